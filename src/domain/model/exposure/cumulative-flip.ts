import type { StrikeExposure } from "./exposure-cells.ts";
import { isNearer } from "./walls.ts";

/** The strike level where net GEX, added up from the lowest strike, changes its sign. */
export interface CumulativeFlip {
  /** Points, between two strikes in proportion; `null` unless resolved. */
  readonly level: number | null;
  /** `insufficient`: no strike has a net GEX; `flat`: all are 0; `no_crossing`: the sum keeps its sign. */
  readonly status: "resolved" | "no_crossing" | "flat" | "insufficient";
}

/** Sums below this share of what was added up are rounding, not exposure. */
const NOTHING = 1e-12;

/**
 * The flip by summing over strikes, as several public boards have it: another thing than the level at which re-priced net
 * GEX is 0. Of several the one nearest to spot, then the lower one.
 *
 * @param byStrike of an `ExposureReport`, ascending.
 */
export function cumulativeFlip(byStrike: readonly StrikeExposure[], spot: number): CumulativeFlip {
  let sum = 0;
  let gross = 0;
  let known = 0;
  let before: { readonly strike: number; readonly sum: number } | null = null;
  let level: number | null = null;
  for (const { strike, gexUsdPerPct } of byStrike) {
    if (gexUsdPerPct.net === null) continue;
    known += 1;
    sum += gexUsdPerPct.net;
    gross += Math.abs(gexUsdPerPct.net);
    if (Math.abs(sum) <= NOTHING * gross) continue;
    if (before !== null && before.sum < 0 !== sum < 0) {
      const crossing = before.strike + (strike - before.strike) * (before.sum / (before.sum - sum));
      if (level === null || isNearer(crossing, level, spot)) level = crossing;
    }
    before = { strike, sum };
  }
  if (level !== null) return { level, status: "resolved" };
  return { level, status: known === 0 ? "insufficient" : gross === 0 ? "flat" : "no_crossing" };
}
