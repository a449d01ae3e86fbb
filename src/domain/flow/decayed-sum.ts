/** All that a `DecayedSum` remembers, as plain data. JSON carries it without loss. */
export interface DecayedSumState {
  /** The sum at `tMs`. */
  readonly sum: number;
  /** The highest event time added, ms since the Unix epoch; 0 before the first. */
  readonly tMs: number;
}

/**
 * A sum whose terms fade: a term `x` of event time `t` weighs `x * 2^(-(now - t) / halfLife)`. Terms may come in any
 * order and over any number of shards: the result is the same up to rounding (some 1e-12 of the sum of the sizes).
 * A term of many half-lives ago fades to 0.
 *
 * Times are event times as plain numbers of ms since the Unix epoch, never receipt times: replay gives the same sums.
 *
 * The quotient of two, of `x` and of 1 at the same times, is the decayed mean of `x` (Dunning, "Exponential weighted
 * averages with irregular sampling", 2011).
 *
 * @example
 * ```ts
 * const contracts = new DecayedSum(60_000);
 * contracts.add(0, 8);
 * contracts.valueAt(60_000); // 4
 * contracts.add(0, -8); // that print was cancelled
 * contracts.valueAt(60_000); // 0
 * ```
 */
export class DecayedSum {
  readonly halfLifeMs: number;
  #sum = 0;
  #tMs = 0;

  /** @throws {RangeError} unless `halfLifeMs` is finite and above 0. */
  constructor(halfLifeMs: number) {
    if (!Number.isFinite(halfLifeMs) || halfLifeMs <= 0) {
      throw new RangeError(
        `Cannot create a decayed sum: 'halfLifeMs' must be finite and above 0, current value is ${halfLifeMs}`,
      );
    }
    this.halfLifeMs = halfLifeMs;
  }

  /** Goes on from what `state` told. @throws {RangeError} for a state or half-life that is not finite. */
  static fromState(halfLifeMs: number, state: DecayedSumState): DecayedSum {
    const restored = new DecayedSum(halfLifeMs);
    restored.add(state.tMs, state.sum);
    return restored;
  }

  /**
   * Adds a term. A late one counts with what is left of it by now. To take a term back, add its negative at its own
   * event time, not at the time of the cancel.
   *
   * @throws {RangeError} unless both are finite and `tMs` is not before the Unix epoch; the sum stays as it was.
   */
  add(tMs: number, x: number): void {
    if (!Number.isFinite(x)) {
      throw new RangeError(`Cannot add to a decayed sum: 'x' must be finite, current value is ${x}`);
    }
    if (!Number.isFinite(tMs) || tMs < 0) {
      throw new RangeError(
        `Cannot add to a decayed sum: 'tMs' must be finite and not below 0, current value is ${tMs}`,
      );
    }
    if (tMs === this.#tMs) {
      this.#sum += x;
    } else if (tMs > this.#tMs) {
      this.#sum = this.#sum * this.#weight(tMs - this.#tMs) + x;
      this.#tMs = tMs;
    } else {
      this.#sum += x * this.#weight(this.#tMs - tMs);
    }
  }

  /** Adds everything that another shard has added. @throws {RangeError} if its half-life differs. */
  merge(other: DecayedSum): void {
    if (other.halfLifeMs !== this.halfLifeMs) {
      throw new RangeError(
        `Cannot merge decayed sums: 'halfLifeMs' must be ${this.halfLifeMs}, current value is ${other.halfLifeMs}`,
      );
    }
    this.add(other.#tMs, other.#sum);
  }

  /**
   * The sum at event time `tMs`; changes nothing. Before the newest term it is the sum at that term: what came between
   * cannot be told apart any more.
   *
   * @throws {RangeError} for NaN.
   */
  valueAt(tMs: number): number {
    if (Number.isNaN(tMs)) {
      throw new RangeError(`Cannot read a decayed sum: 'tMs' must be a number, current value is ${tMs}`);
    }
    return this.#sum * this.#weight(Math.max(0, tMs - this.#tMs));
  }

  /**
   * Units of `x` per second at event time `tMs`: `ln 2 / halfLife * sum`, whose mean is the rate of a steady stream.
   * Too low while the stream is young, see `correctedRateAt`.
   */
  ratePerSec(tMs: number): number {
    return (Math.LN2 / this.halfLifeMs) * 1_000 * this.valueAt(tMs);
  }

  /**
   * The rate without the bias of a young stream: divided by the share of all weight that the time since `startedMs` can
   * hold. `perSec` is `undefined` until time has passed; it is a rough figure while `warming`, for two half-lives.
   *
   * @param startedMs event time from which on the stream was watched, whether or not anything came.
   */
  correctedRateAt(tMs: number, startedMs: number): { readonly perSec: number | undefined; readonly warming: boolean } {
    const elapsedMs = tMs - startedMs;
    if (!(elapsedMs > 0)) return { perSec: undefined, warming: true };
    const share = -Math.expm1((-Math.LN2 * elapsedMs) / this.halfLifeMs);
    return { perSec: this.ratePerSec(tMs) / share, warming: elapsedMs < 2 * this.halfLifeMs };
  }

  /** Plain data from which `fromState` goes on with exactly the same numbers. */
  state(): DecayedSumState {
    // JSON has no negative zero.
    return { sum: this.#sum + 0, tMs: this.#tMs };
  }

  #weight(ageMs: number): number {
    return 2 ** (-ageMs / this.halfLifeMs);
  }
}
