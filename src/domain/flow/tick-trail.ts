/** The last two different prices that one contract traded at: what the tick test needs, and no more. */
export class TickTrail {
  #last: number | undefined;
  #different: number | undefined;
  #lastTsNs = 0n;

  /** Event time of the newest print; 0 before the first. */
  get lastTsNs(): bigint {
    return this.#lastTsNs;
  }

  /**
   * The last price before a print that differs from its own; `null` where there is none, or where prints after it were
   * taken already, for then nobody knows any more.
   *
   * @param price millionths of a point.
   */
  previousDifferent(price: number, tsNs: bigint): number | null {
    if (tsNs < this.#lastTsNs || this.#last === undefined) return null;
    return (this.#last === price ? this.#different : this.#last) ?? null;
  }

  /**
   * Takes a print, after it was asked about. One older than the newest is passed over; of one instant the order of
   * arrival counts.
   */
  add(price: number, tsNs: bigint): void {
    if (tsNs < this.#lastTsNs || !Number.isFinite(price)) return;
    this.#lastTsNs = tsNs;
    if (price === this.#last) return;
    this.#different = this.#last;
    this.#last = price;
  }

  /** Forgets everything: a new trading day starts without a tick. */
  reset(): void {
    this.#last = undefined;
    this.#different = undefined;
    this.#lastTsNs = 0n;
  }
}
