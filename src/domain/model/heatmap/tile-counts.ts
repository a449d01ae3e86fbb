import {
  PRICED,
  STATE_COUNT,
  STATES,
  TILE_REASONS,
  TILE_STRATEGIES,
  type TileReason,
  type TileStrategy,
} from "./tile.ts";

/** How many tiles have prices, and how many have none for which reason. */
export interface CountedTiles {
  readonly priced: number;
  readonly missing: Readonly<Record<TileReason, number>>;
}

/** The same of every strategy. */
export type TileCounts = Readonly<Record<TileStrategy, CountedTiles>>;

/** Counts of a column of strategies and states. */
export function tileCounts(counts: Uint32Array): TileCounts {
  return { single: countedTiles(counts, 0), vertical: countedTiles(counts, 1), butterfly: countedTiles(counts, 2) };
}

/** Adds one column of counts to another. */
export function addCounts(sum: Uint32Array, counts: Uint32Array): void {
  for (let index = 0; index < sum.length; index++) sum[index] = (sum[index] ?? 0) + (counts[index] ?? 0);
}

/** A column in which nothing is counted. */
export function noCounts(): Uint32Array {
  return new Uint32Array(TILE_STRATEGIES.length * STATE_COUNT);
}

function countedTiles(counts: Uint32Array, strategy: number): CountedTiles {
  const of = (state: number): number => counts[strategy * STATE_COUNT + state] ?? 0;
  const missing = { skewed: 0, stale: 0, one_sided: 0, crossed: 0, bad_quote: 0, missing_leg: 0, not_listed: 0 };
  for (const reason of TILE_REASONS) missing[reason] = of(STATES[reason]);
  return { priced: of(PRICED), missing };
}
