import { requireSpot } from "./contract.ts";
import type { RepricedGamma } from "./repriced-gamma.ts";

/** Net GEX were the underlying at another level. */
export interface ProfilePoint {
  /** Points. */
  readonly level: number;
  /** Dollars of delta per 1 %. */
  readonly gexUsdPerPct: number;
}

/**
 * Levels around spot at even distances, both ends included.
 *
 * @param count at least 2.
 * @param from share of spot.
 * @param to share of spot.
 * @throws {RangeError} for a spot that is not from 1e-6 to 1e9, a count below 2, and shares that do not rise from above 0.
 */
export function profileLevels(spot: number, count = 81, from = 0.9, to = 1.1): readonly number[] {
  requireSpot(spot);
  if (!(Number.isInteger(count) && count >= 2 && from > 0 && from < to && to < Infinity)) {
    throw new RangeError(
      `Cannot lay out a profile: 'count', 'from' and 'to' must be an integer from 2 and shares that rise from above 0, current value is ${count}, ${from}, ${to}`,
    );
  }
  return Array.from({ length: count }, (_, index) => spot * (from + ((to - from) * index) / (count - 1)));
}

/** The profile curve: re-priced net GEX at each level; `null` where no contract can be re-priced. */
export function gammaProfile(gamma: RepricedGamma, levels: readonly number[]): readonly ProfilePoint[] | null {
  if (gamma.counts.used === 0) return null;
  return levels.map((level) => ({ level, gexUsdPerPct: gamma.gexUsdPerPctAt(level) }));
}
