import { type FrameContent, isQuotesOnly } from "../../domain/overload/frame-content.ts";
import { ShedSpan } from "../../domain/overload/shed-span.ts";
import type { Gap } from "../../domain/stream/gap.ts";

/** A stretch is told after so long, if it has not ended before: under overload one gap a second. */
const LONGEST_MS = 1_000;

/** The stretch of frames that are being given up, until it is told as one gap. */
export class ShedAccount {
  readonly #connection: string;
  #span: ShedSpan | undefined;

  /** @param connection `{class}/{shard}` */
  constructor(connection: string) {
    this.#connection = connection;
  }

  add(receivedAtMs: number, content: FrameContent): void {
    const scope = isQuotesOnly(content) ? "quotes" : "all";
    if (this.#span === undefined) this.#span = new ShedSpan(receivedAtMs, scope);
    else this.#span.add(receivedAtMs, scope);
  }

  /** The gap, where it is time to tell it. @param goesOn whether more is going to be given up. */
  due(nowMs: number, goesOn: boolean): Gap | undefined {
    const sinceMs = this.#span?.fromAtMs;
    if (sinceMs === undefined) return undefined;
    // The wall clock may have stepped back.
    const isLong = Math.abs(nowMs - sinceMs) >= LONGEST_MS;
    return isLong || !goesOn ? this.take() : undefined;
  }

  /** The gap so far, which is over with that. */
  take(): Gap | undefined {
    const gap = this.#span?.gap(this.#connection);
    this.#span = undefined;
    return gap;
  }
}
