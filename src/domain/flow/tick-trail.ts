import { DIFFERENT, DIFFERENT_MS, LAST, LAST_MS, SideCells } from "./side-cells.ts";

/** The last two different prices that one contract traded at: what the tick test needs, and no more. */
export class TickTrail {
  readonly #cells: SideCells;

  /** @param cells where the prices stand; default cells of their own. */
  constructor(cells: SideCells = new SideCells(1)) {
    this.#cells = cells;
  }

  /** Event time of the newest print, whole ms; NaN before the first. */
  get lastMs(): number {
    return this.#cells.heads[this.#cells.at + LAST_MS] ?? Number.NaN;
  }

  /**
   * The last price before a print that differs from its own; `null` where there is none, where it was last paid longer
   * ago than `mostAgeMs`, or where prints after it were taken already, for then nobody knows any more.
   *
   * @param price millionths of a point.
   * @param tMs event time, whole ms: the stream has no finer times.
   */
  previousDifferent(price: number, tMs: number, mostAgeMs: number = Number.POSITIVE_INFINITY): number | null {
    const { heads, at } = this.#cells;
    const last = heads[at + LAST] ?? Number.NaN;
    const lastMs = heads[at + LAST_MS] ?? Number.NaN;
    // Before the first print both are NaN, and so is every age.
    if (tMs < lastMs) return null;
    const isSame = last === price;
    const previous = isSame ? (heads[at + DIFFERENT] ?? Number.NaN) : last;
    const paidMs = isSame ? (heads[at + DIFFERENT_MS] ?? Number.NaN) : lastMs;
    return tMs - paidMs <= mostAgeMs ? previous : null;
  }

  /**
   * Takes a print, after it was asked about. One older than the newest is passed over; of one ms the order of arrival
   * counts.
   */
  add(price: number, tMs: number): void {
    const { heads, at } = this.#cells;
    const lastMs = heads[at + LAST_MS] ?? Number.NaN;
    if (!Number.isFinite(price) || tMs < lastMs) return;
    const last = heads[at + LAST] ?? Number.NaN;
    if (price !== last) {
      heads[at + DIFFERENT] = last;
      heads[at + DIFFERENT_MS] = lastMs;
      heads[at + LAST] = price;
    }
    heads[at + LAST_MS] = tMs;
  }

  /** Forgets everything: a new trading day starts without a tick. */
  reset(): void {
    const { heads, at } = this.#cells;
    heads.fill(Number.NaN, at + LAST, at + DIFFERENT_MS + 1);
  }
}
