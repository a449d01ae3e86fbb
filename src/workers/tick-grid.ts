/** Ticks at a fixed distance from an origin: whoever comes late to one waits for the next, and the grid stays. */
export class TickGrid {
  readonly #originMs: number;
  readonly #intervalMs: number;
  #last = 0;

  /** @param originMs of the first tick, in the time of a monotonic clock. */
  constructor(originMs: number, intervalMs: number) {
    this.#originMs = originMs;
    this.#intervalMs = intervalMs;
  }

  /**
   * Moves on to the first tick behind the last one that is not before `fromMs`.
   *
   * @returns when it is, and how many between the two are given up.
   */
  next(fromMs: number): { readonly atMs: number; readonly skipped: number } {
    // Sums of fractions are not exact: a tick that is a nanosecond old is not missed.
    const first = Math.ceil((fromMs - this.#originMs) / this.#intervalMs - 1e-6);
    const next = Math.max(this.#last + 1, first);
    const skipped = next - this.#last - 1;
    this.#last = next;
    return { atMs: this.#originMs + next * this.#intervalMs, skipped };
  }
}
