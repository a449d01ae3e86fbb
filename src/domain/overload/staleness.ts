const REMEMBERED = 1_024;

/** How old what was processed last was, from receipt to processing: percentiles over the last 1,024 samples. */
export class Staleness {
  readonly #samplesMs = new Float64Array(REMEMBERED);
  #count = 0;

  add(ms: number): void {
    this.#samplesMs[this.#count % REMEMBERED] = ms;
    this.#count += 1;
  }

  /**
   * The age in ms that a share of the samples did not exceed, in the order asked for; `undefined` before the first sample.
   *
   * @param shares each in 0..1.
   */
  quantilesMs(...shares: readonly number[]): readonly number[] | undefined {
    if (this.#count === 0) return undefined;
    const sorted = this.#samplesMs.slice(0, Math.min(this.#count, REMEMBERED)).sort();
    return shares.map((share) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0);
  }
}
