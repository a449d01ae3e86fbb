import type { ReceivedFrame } from "./inbox.ts";

/** Receipts within one such stretch are judged together; on a quiet link it takes longer. */
const WINDOW_MS = 250;
/** Fewer receipts say nothing: a single late print is no backlog. */
const LEAST_RECEIPTS = 8;
/** Of so many stretches the shortest lag is remembered. */
const BLOCK_MS = 10_000;
const BLOCKS = 30;

/**
 * How much later than usual data arrives: receipt minus event time, above the shortest that was seen in the last five
 * minutes. It grows where a queue grows that we cannot see: in the socket, in the network, at the provider. A starved
 * event loop shows in it too, and a feed that is delayed by 15 minutes does not.
 *
 * What counts is the shortest lag within a quarter of a second, or of eight frames where those take longer: late reports
 * arrive late on a healthy link.
 *
 * What is above the baseline is measured in monotonic time, whose origin does not matter in a difference: a wall clock
 * that is set makes no backlog.
 */
export class ReceiveLag {
  /** Start of the stretch at hand; `undefined` before the first receipt. Monotonic, as all that is not said to differ. */
  #sinceMs: number | undefined;
  #receipts = 0;
  #shortestMs = Number.POSITIVE_INFINITY;
  /** The same by the wall clock. */
  #shortestWallMs = Number.POSITIVE_INFINITY;
  /** Of the last whole stretch that had enough receipts; up to the origin of the clock. */
  #delayMs: number | undefined;
  /** The same by the wall clock. */
  #lagMs: number | undefined;
  /** The shortest delay of each of the last blocks, the newest last. */
  readonly #blocks: number[] = [];
  #blockSinceMs = Number.NEGATIVE_INFINITY;

  /** Takes note of a frame: its receipts, and the latest event time in it, ms since the Unix epoch. */
  add({ receivedAtMs, receivedMs }: Pick<ReceivedFrame, "receivedAtMs" | "receivedMs">, eventMs: number): void {
    this.#sinceMs ??= receivedMs;
    if (receivedMs - this.#sinceMs >= WINDOW_MS && this.#receipts >= LEAST_RECEIPTS) this.#endWindow(receivedMs);
    this.#receipts += 1;
    this.#shortestMs = Math.min(this.#shortestMs, receivedMs - eventMs);
    this.#shortestWallMs = Math.min(this.#shortestWallMs, receivedAtMs - eventMs);
  }

  /** The lag of late by the wall clock, ms, negative where the clocks differ; `undefined` before enough is known. */
  get lagMs(): number | undefined {
    return this.#lagMs;
  }

  /** How much of it is above the baseline, ms. */
  get excessMs(): number {
    return this.#delayMs === undefined ? 0 : this.#delayMs - Math.min(...this.#blocks);
  }

  #endWindow(nowMs: number): void {
    this.#delayMs = this.#shortestMs;
    this.#lagMs = this.#shortestWallMs;
    if (nowMs - this.#blockSinceMs >= BLOCK_MS) {
      this.#blockSinceMs = nowMs;
      this.#blocks.push(this.#shortestMs);
      if (this.#blocks.length > BLOCKS) this.#blocks.shift();
    } else {
      this.#blocks.push(Math.min(this.#blocks.pop() ?? this.#shortestMs, this.#shortestMs));
    }
    this.#sinceMs = nowMs;
    this.#receipts = 0;
    this.#shortestMs = Number.POSITIVE_INFINITY;
    this.#shortestWallMs = Number.POSITIVE_INFINITY;
  }
}
