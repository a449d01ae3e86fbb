import type { StrikeExposure } from "./exposure-cells.ts";

/** A strike, and the exposure that makes it a wall. */
export interface Wall {
  readonly strike: number;
  /** Dollars of delta per 1 %, signed. */
  readonly gexUsdPerPct: number;
}

/** The strikes at which gamma exposure is largest. `null` where there is none of that sign, never 0 or spot. */
export interface ExposureWalls {
  /** Most call GEX, if above 0. */
  readonly callWallGross: Wall | null;
  /** Most net GEX, if above 0. */
  readonly callWallNet: Wall | null;
  /** Least put GEX, if below 0. */
  readonly putWallGross: Wall | null;
  /** Least net GEX, if below 0. */
  readonly putWallNet: Wall | null;
  /** Most absolute GEX, calls and puts not netted. */
  readonly absoluteStrike: Wall | null;
}

/** Exposures are alike that differ by no more than what rounding leaves of the same sum. */
const TIE = 1e-12;

/**
 * Finds the walls. Of strikes alike the one nearest to spot is meant, then the lower one.
 *
 * @param byStrike of an `ExposureReport`, in any order.
 */
export function exposureWalls(byStrike: readonly StrikeExposure[], spot: number): ExposureWalls {
  const most = (of: (row: StrikeExposure) => number | null) => largest(byStrike, spot, of, 1);
  const least = (of: (row: StrikeExposure) => number | null) => largest(byStrike, spot, of, -1);
  return {
    callWallGross: most((row) => row.gexUsdPerPct.calls),
    callWallNet: most((row) => row.gexUsdPerPct.net),
    putWallGross: least((row) => row.gexUsdPerPct.puts),
    putWallNet: least((row) => row.gexUsdPerPct.net),
    absoluteStrike: most((row) => row.gexUsdPerPct.absolute),
  };
}

function largest(
  rows: readonly StrikeExposure[],
  spot: number,
  of: (row: StrikeExposure) => number | null,
  sign: 1 | -1,
): Wall | null {
  let most = 0;
  for (const row of rows) most = Math.max(most, sign * (of(row) ?? 0));
  if (most === 0) return null;
  let wall: Wall | null = null;
  for (const row of rows) {
    const gexUsdPerPct = of(row);
    if (gexUsdPerPct === null || sign * gexUsdPerPct < most * (1 - TIE)) continue;
    if (wall === null || isNearer(row.strike, wall.strike, spot)) wall = { strike: row.strike, gexUsdPerPct };
  }
  return wall;
}

/** Whether a level is nearer to spot than another one, or as near and lower. */
export function isNearer(level: number, other: number, spot: number): boolean {
  const distance = Math.abs(level - spot);
  const otherDistance = Math.abs(other - spot);
  return distance < otherDistance || (distance === otherDistance && level < other);
}
