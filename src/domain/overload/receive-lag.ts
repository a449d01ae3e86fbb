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
 */
export class ReceiveLag {
  /** Start of the stretch at hand; `undefined` before the first receipt. */
  #sinceMs: number | undefined;
  #receipts = 0;
  #shortestMs = Number.POSITIVE_INFINITY;
  /** Of the last whole stretch that had enough receipts. */
  #lagMs: number | undefined;
  /** The shortest lag of each of the last blocks, the newest last. */
  #blocks: number[] = [];
  #blockSinceMs = Number.NEGATIVE_INFINITY;

  /** Takes note of a frame: when it was received, and the latest event time in it, both ms since the Unix epoch. */
  add(receivedAtMs: number, eventMs: number): void {
    this.#sinceMs ??= receivedAtMs;
    const elapsedMs = receivedAtMs - this.#sinceMs;
    const isWhole = elapsedMs >= WINDOW_MS && this.#receipts >= LEAST_RECEIPTS;
    // The wall clock may have stepped back.
    if (isWhole || elapsedMs < 0) this.#endWindow(receivedAtMs);
    this.#receipts += 1;
    this.#shortestMs = Math.min(this.#shortestMs, receivedAtMs - eventMs);
  }

  /** The clock of receipts stepped: what was measured by it is void. */
  clockStepped(): void {
    this.#sinceMs = undefined;
    this.#receipts = 0;
    this.#shortestMs = Number.POSITIVE_INFINITY;
    this.#lagMs = undefined;
    this.#blocks = [];
    this.#blockSinceMs = Number.NEGATIVE_INFINITY;
  }

  /** The lag of late, ms, negative where the clocks differ; `undefined` before enough is known. */
  get lagMs(): number | undefined {
    return this.#lagMs;
  }

  /** How much of it is above the baseline, ms. */
  get excessMs(): number {
    return this.#lagMs === undefined ? 0 : this.#lagMs - Math.min(...this.#blocks);
  }

  #endWindow(atMs: number): void {
    if (this.#receipts >= LEAST_RECEIPTS) {
      this.#lagMs = this.#shortestMs;
      const inBlockMs = atMs - this.#blockSinceMs;
      if (inBlockMs >= BLOCK_MS || inBlockMs < 0) {
        this.#blockSinceMs = atMs;
        this.#blocks.push(this.#shortestMs);
        if (this.#blocks.length > BLOCKS) this.#blocks.shift();
      } else {
        this.#blocks.push(Math.min(this.#blocks.pop() ?? this.#shortestMs, this.#shortestMs));
      }
    }
    this.#sinceMs = atMs;
    this.#receipts = 0;
    this.#shortestMs = Number.POSITIVE_INFINITY;
  }
}
