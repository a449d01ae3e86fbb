import type { LedgerState } from "../hydration/effects.ts";
import { type ConnectionId, connectionName, type Watermark } from "../market/batch.ts";
import type { Gap, GapCause } from "./gap.ts";

/** How a ledger judges time. All in ms. */
export interface LedgerOptions {
  /** How far behind the highest event time a row may come and still be on time. */
  readonly allowedLatenessMs: number;
  /** How much later than the measured receive lag a row may still arrive on a quiet, living link. */
  readonly idleBoundMs: number;
}

export const DEFAULT_LEDGER_OPTIONS: LedgerOptions = Object.freeze({ allowedLatenessMs: 0, idleBoundMs: 250 });

/** How an entry stands to those before it: `next` in order, `repeat` seen before, `hole` after missing ones. */
export type SequenceVerdict = "next" | "repeat" | "hole";

/** Frames whose receive lag is remembered; a handful of seconds on a busy link, a few minutes on a quiet one. */
const REMEMBERED_LAGS = 64;

const NS_PER_MS = 1_000_000n;

/**
 * The account of one epoch of one connection: sequence, highest event time, watermark, whether the link is up.
 *
 * The watermark W is exclusive: no further row with event time < W is expected, rows at W are on time. It is the highest
 * event time of the frames before, minus the allowed lateness, and never decreases, nor does it from one epoch to the
 * next. A row is *late* when it stands behind the W that the frames before its own had asserted: rows of one frame do not
 * make one another late. Rows behind W are marked, never dropped.
 *
 * While the link is proven alive and brings nothing, W follows the proof: proof time minus the receive lag measured on
 * the frames before, minus `idleBoundMs`. The largest remembered lag is taken, so a feed that is delayed by 15 minutes
 * is judged by its own delay. Before the first row there is nothing to measure and W stays unknown.
 *
 * Everyone who derives something from the same entries through a ledger comes to the same verdicts.
 */
export class StreamLedger {
  readonly connection: string;
  readonly epoch: number;
  /** `{class}/{shard}/{epoch}` */
  readonly name: string;
  readonly #latenessNs: bigint;
  readonly #idleBoundMs: number;
  #seq: number;
  #unknown: boolean;
  #maxEventTsNs: bigint | undefined;
  #frameMaxTsNs: bigint | undefined;
  #watermarkTsNs: bigint | undefined;
  #lastReceivedAtMs: number | undefined;
  readonly #lagsMs: number[];
  #down: { readonly cause: GapCause; readonly fromAtMs: number | undefined } | undefined;

  /** @param before the connection's account so far: of the epoch before, or of this very one to go on with it. */
  constructor(connection: ConnectionId | string, epoch: number, options: LedgerOptions, before?: LedgerState) {
    this.connection = typeof connection === "string" ? connection : connectionName(connection);
    this.epoch = epoch;
    this.name = `${this.connection}/${epoch}`;
    this.#latenessNs = BigInt(options.allowedLatenessMs) * NS_PER_MS;
    this.#idleBoundMs = options.idleBoundMs;
    this.#unknown = before === undefined;
    const same = before?.epoch === epoch;
    this.#seq = same ? before.seq : 0;
    this.#maxEventTsNs = before?.maxEventTsNs ?? undefined;
    this.#watermarkTsNs = before?.watermarkTsNs ?? undefined;
    this.#lastReceivedAtMs = before?.lastReceivedAtMs ?? undefined;
    this.#lagsMs = [...(before?.recentLagsMs ?? [])];
    const down = before?.downSince;
    this.#down = down == null ? undefined : { cause: down.cause, fromAtMs: down.fromAtMs ?? undefined };
  }

  /**
   * Takes note of an entry's place. After `repeat` the entry must not be processed further. The very first entry of a
   * connection is `next` whatever its number: a recording may start in the middle.
   */
  accept(seq: number): SequenceVerdict {
    if (seq <= this.#seq) return "repeat";
    const verdict = seq === this.#seq + 1 || this.#unknown ? "next" : "hole";
    this.#unknown = false;
    this.#seq = seq;
    return verdict;
  }

  /** Takes note of one row of the current frame. @returns whether it is late. */
  observe(eventTsNs: bigint): boolean {
    if (this.#frameMaxTsNs === undefined || eventTsNs > this.#frameMaxTsNs) this.#frameMaxTsNs = eventTsNs;
    return this.isLate(eventTsNs);
  }

  /** Whether a row of the current frame is late. To observe the latest row of a frame is enough. */
  isLate(eventTsNs: bigint): boolean {
    return this.#watermarkTsNs !== undefined && eventTsNs < this.#watermarkTsNs;
  }

  /** Ends the current frame: its rows now count for the watermark. */
  endFrame(receivedAtMs: number | undefined): void {
    const frameMax = this.#frameMaxTsNs;
    this.#frameMaxTsNs = undefined;
    if (receivedAtMs !== undefined) this.#lastReceivedAtMs = receivedAtMs;
    if (frameMax === undefined) return;
    if (this.#maxEventTsNs === undefined || frameMax > this.#maxEventTsNs) {
      this.#maxEventTsNs = frameMax;
      this.#advance(frameMax - this.#latenessNs);
    }
    if (receivedAtMs !== undefined) {
      this.#lagsMs.push(receivedAtMs - Number(frameMax / NS_PER_MS));
      if (this.#lagsMs.length > REMEMBERED_LAGS) this.#lagsMs.shift();
    }
  }

  /** The link was proven alive at this instant and had nothing to say. */
  heartbeat(provenAtMs: number): void {
    this.#lastReceivedAtMs = provenAtMs;
    if (this.#down !== undefined || this.#lagsMs.length === 0) return;
    const bound = Math.max(...this.#lagsMs) + this.#idleBoundMs;
    this.#advance(BigInt(Math.floor(provenAtMs - bound)) * NS_PER_MS);
  }

  /** The link went down. Until `up` the watermark stands still and every batch is partial. */
  down(cause: GapCause, fromAtMs: number | undefined): void {
    this.#down ??= { cause, fromAtMs };
  }

  /** The subscription is confirmed: what comes from here on is whole again. */
  up(): void {
    this.#down = undefined;
  }

  /** What may be said of the stream now; `undefined` before the first row. */
  watermark(): Watermark | undefined {
    if (this.#watermarkTsNs === undefined) return undefined;
    if (this.#down === undefined) return { watermarkTsNs: this.#watermarkTsNs, completeness: "Complete" };
    return {
      watermarkTsNs: this.#watermarkTsNs,
      completeness: "Partial",
      hint: `${this.connection} is down: ${this.#down.cause}`,
    };
  }

  get lastReceivedAtMs(): number | undefined {
    return this.#lastReceivedAtMs;
  }

  get maxEventTsNs(): bigint | undefined {
    return this.#maxEventTsNs;
  }

  /** A gap of this connection from its last receipt to `toAtMs`. */
  gapUntil(toAtMs: number | undefined, cause: GapCause): Gap {
    return {
      connection: this.connection,
      fromAtMs: this.#lastReceivedAtMs,
      toAtMs,
      cause,
      scope: "all",
      instruments: undefined,
    };
  }

  /** Plain data from which the account can be continued. */
  state(): LedgerState {
    return {
      connection: this.connection,
      epoch: this.epoch,
      seq: this.#seq,
      maxEventTsNs: this.#maxEventTsNs ?? null,
      watermarkTsNs: this.#watermarkTsNs ?? null,
      lastReceivedAtMs: this.#lastReceivedAtMs ?? null,
      recentLagsMs: [...this.#lagsMs],
      downSince: this.#down === undefined ? null : { cause: this.#down.cause, fromAtMs: this.#down.fromAtMs ?? null },
    };
  }

  #advance(watermarkTsNs: bigint): void {
    if (this.#watermarkTsNs === undefined || watermarkTsNs > this.#watermarkTsNs) this.#watermarkTsNs = watermarkTsNs;
  }
}
