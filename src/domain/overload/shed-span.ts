import type { Gap } from "../stream/gap.ts";

/** Frames that were given up one after the other, and what will be said of them: a gap that encloses every receipt. */
export class ShedSpan {
  #scope: "all" | "quotes";
  #fromAtMs: number | undefined;
  #toAtMs: number | undefined;

  /** @param scope `quotes` where nothing but quotes was given up. */
  constructor(receivedAtMs: number | undefined, scope: "all" | "quotes") {
    this.#scope = scope;
    this.add(receivedAtMs, scope);
  }

  /** Receipt of the earliest frame; `undefined` where it is not known. */
  get fromAtMs(): number | undefined {
    return this.#fromAtMs;
  }

  /** Receipt of the latest frame; `undefined` where it is not known. */
  get toAtMs(): number | undefined {
    return this.#toAtMs;
  }

  /** Takes note of one more frame. The wall clock may have stepped back. */
  add(receivedAtMs: number | undefined, scope: "all" | "quotes"): void {
    if (scope === "all") this.#scope = "all";
    if (receivedAtMs === undefined) return;
    this.#fromAtMs = Math.min(this.#fromAtMs ?? receivedAtMs, receivedAtMs);
    this.#toAtMs = Math.max(this.#toAtMs ?? receivedAtMs, receivedAtMs);
  }

  /** @param connection `{class}/{shard}` */
  gap(connection: string): Gap {
    const { fromAtMs, toAtMs } = this;
    return { connection, fromAtMs, toAtMs, cause: "shed", scope: this.#scope, instruments: undefined };
  }
}
