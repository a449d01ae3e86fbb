import { eventMs } from "../market/event-ms.ts";

/** The last two different prices that one contract traded at: what the tick test needs, and no more. */
export class TickTrail {
  #last: number | undefined;
  #different: number | undefined;
  #lastTsNs = 0n;
  #lastMs = 0;
  #differentMs = 0;

  /** Event time of the newest print; 0 before the first. */
  get lastTsNs(): bigint {
    return this.#lastTsNs;
  }

  /**
   * The last price before a print that differs from its own; `null` where there is none, where it was last paid longer
   * ago than `mostAgeMs`, or where prints after it were taken already, for then nobody knows any more.
   *
   * @param price millionths of a point.
   */
  previousDifferent(price: number, tsNs: bigint, mostAgeMs: number = Number.POSITIVE_INFINITY): number | null {
    if (tsNs < this.#lastTsNs || this.#last === undefined) return null;
    const isSame = this.#last === price;
    const previous = isSame ? this.#different : this.#last;
    const paidMs = isSame ? this.#differentMs : this.#lastMs;
    return previous === undefined || eventMs(tsNs) - paidMs > mostAgeMs ? null : previous;
  }

  /**
   * Takes a print, after it was asked about. One older than the newest is passed over; of one instant the order of
   * arrival counts.
   */
  add(price: number, tsNs: bigint): void {
    if (tsNs < this.#lastTsNs || !Number.isFinite(price)) return;
    if (price !== this.#last) {
      this.#different = this.#last;
      this.#differentMs = this.#lastMs;
      this.#last = price;
    }
    this.#lastTsNs = tsNs;
    this.#lastMs = eventMs(tsNs);
  }

  /** Forgets everything: a new trading day starts without a tick. */
  reset(): void {
    this.#last = undefined;
    this.#different = undefined;
    this.#lastTsNs = 0n;
  }
}
