import { compareContracts, countedIv, countedPosition, type ExposureContract, LEAST_YEARS } from "./contract.ts";
import { type CountedContracts, countsByReason } from "./counts.ts";
import type { ExposureConvention } from "./sign-model.ts";

const ONE_OVER_SQRT_TWO_PI = 0.3989422804014327;
const PER_CENT = 0.01;
/** Beyond, a bell is less than 1e-297 of its height, and its last digits soon are none. */
const MOST_DEVIATIONS = 37;
/** Grid points after which a running product is computed anew, before its rounding shows. */
const ANEW_AFTER = 256;

/**
 * Net GEX of a chain as a function of spot: every contract re-priced at other spots with its own implied volatility and
 * time frozen (sticky strike).
 *
 * Per contract that is a bell over ln(spot), `amplitude * spot * exp(-d^2 / 2)` with `d = (ln spot - centre) / s`. Contracts
 * of the same bell, as a call and a put with one volatility, are one term; where they cancel, none.
 */
export class RepricedGamma {
  /** How many contracts are in it, and why others are not. */
  readonly counts: CountedContracts;
  readonly #amplitudes: Float64Array;
  readonly #centres: Float64Array;
  readonly #inverseDeviations: Float64Array;
  readonly #strikes: Float64Array;

  /** The order in which contracts come does not matter, to the last bit. */
  constructor(contracts: Iterable<ExposureContract>, convention: ExposureConvention) {
    const missing = countsByReason(() => 0);
    const terms: Term[] = [];
    let used = 0;
    let last: Term | undefined;
    for (const contract of [...contracts].sort(compareContracts)) {
      const position = countedPosition(contract, convention);
      if (typeof position === "string") {
        missing[position] += 1;
        continue;
      }
      const iv = countedIv(contract);
      if (typeof iv === "string") {
        missing[iv] += 1;
        continue;
      }
      used += 1;
      const size = position * contract.multiplier;
      if (last !== undefined && isSameBell(last.contract, contract)) {
        last.size += size;
        continue;
      }
      last = { contract, iv, size };
      terms.push(last);
    }
    this.counts = { used, missing };
    const live = terms.filter(({ size }) => size !== 0);
    this.#amplitudes = new Float64Array(live.length);
    this.#centres = new Float64Array(live.length);
    this.#inverseDeviations = new Float64Array(live.length);
    this.#strikes = new Float64Array(live.length);
    for (const [index, { contract, iv, size }] of live.entries()) {
      const years = Math.max(contract.years ?? 0, LEAST_YEARS);
      const deviation = iv * Math.sqrt(years);
      const { strike, rate, dividendYield } = contract;
      const discount = Math.exp(-dividendYield * years);
      this.#amplitudes[index] = (size * PER_CENT * discount * ONE_OVER_SQRT_TWO_PI) / deviation;
      this.#centres[index] = Math.log(strike) - (rate - dividendYield) * years - (deviation * deviation) / 2;
      this.#inverseDeviations[index] = 1 / deviation;
      this.#strikes[index] = strike;
    }
  }

  /** Whether calls and puts cancel at every level, or nothing is held. */
  get isFlat(): boolean {
    return this.#amplitudes.length === 0;
  }

  /** Strikes that count, ascending. */
  get strikes(): readonly number[] {
    return [...new Set(this.#strikes)].sort((a, b) => a - b);
  }

  /** The narrowest bell: the smallest sigma sqrt(T) of all; `Infinity` where there is none. */
  get leastDeviation(): number {
    let most = 0;
    for (const inverse of this.#inverseDeviations) most = Math.max(most, inverse);
    return 1 / most;
  }

  /**
   * The step in ln(spot) from `log` to where net GEX would be 0 were it straight there, as Newton's method takes it.
   *
   * @returns the sign of net GEX there, and the step; both 0 where every bell is.
   */
  newtonStep(log: number): { readonly sign: number; readonly step: number } {
    const amplitudes = this.#amplitudes;
    let sum = 0;
    let slope = 0;
    for (let index = 0; index < amplitudes.length; index++) {
      const inverse = this.#inverseDeviations[index] ?? 0;
      const d = (log - (this.#centres[index] ?? 0)) * inverse;
      if (d > MOST_DEVIATIONS || d < -MOST_DEVIATIONS) continue;
      const value = (amplitudes[index] ?? 0) * Math.exp(-0.5 * d * d);
      sum += value;
      slope -= value * d * inverse;
    }
    return { sign: Math.sign(sum), step: sum === 0 ? 0 : -sum / slope };
  }

  /** Net GEX in dollars of delta per 1 % were the underlying at `level`. */
  gexUsdPerPctAt(level: number): number {
    const log = Math.log(level);
    const amplitudes = this.#amplitudes;
    let sum = 0;
    for (let index = 0; index < amplitudes.length; index++) {
      const d = (log - (this.#centres[index] ?? 0)) * (this.#inverseDeviations[index] ?? 0);
      if (d < MOST_DEVIATIONS && d > -MOST_DEVIATIONS) sum += (amplitudes[index] ?? 0) * Math.exp(-0.5 * d * d);
    }
    return sum * level;
  }

  /**
   * Net GEX over spot at evenly spaced ln(spot), as what adds to it and what takes from it: far quicker than level by
   * level, since along such a grid a bell is a running product. Relative error below 1e-11.
   *
   * @returns the positive and the negative part at each point.
   */
  sample(firstLog: number, step: number, points: number): readonly [Float64Array, Float64Array] {
    const gains = new Float64Array(points);
    const losses = new Float64Array(points);
    for (let index = 0; index < this.#amplitudes.length; index++) {
      const amplitude = this.#amplitudes[index] ?? 0;
      const inverse = this.#inverseDeviations[index] ?? 0;
      const first = (firstLog - (this.#centres[index] ?? 0)) * inverse;
      addBell(amplitude > 0 ? gains : losses, Math.abs(amplitude), first, step * inverse);
    }
    return [gains, losses];
  }
}

interface Term {
  readonly contract: ExposureContract;
  readonly iv: number;
  size: number;
}

function isSameBell(a: ExposureContract, b: ExposureContract): boolean {
  return (
    a.strike === b.strike &&
    a.iv === b.iv &&
    a.years === b.years &&
    a.rate === b.rate &&
    a.dividendYield === b.dividendYield
  );
}

/** Adds `amplitude * exp(-d^2 / 2)` for `d = first + i * step` to every point where that is anything. */
function addBell(into: Float64Array, amplitude: number, first: number, step: number): void {
  const from = Math.max(0, Math.ceil((-MOST_DEVIATIONS - first) / step));
  const to = Math.min(into.length, Math.floor((MOST_DEVIATIONS - first) / step) + 1);
  const ratioChange = Math.exp(-step * step);
  for (let start = from; start < to; start += ANEW_AFTER) {
    const end = Math.min(to, start + ANEW_AFTER);
    const d = first + start * step;
    let value = amplitude * Math.exp(-0.5 * d * d);
    let ratio = Math.exp(-step * (d + step / 2));
    for (let point = start; point < end; point++) {
      into[point] = (into[point] ?? 0) + value;
      value *= ratio;
      ratio *= ratioChange;
    }
  }
}
