import type { ContractTerms } from "../../epoch/substrate.ts";
import type { OptionRight } from "../../market/rows.ts";

/**
 * All are debits, above 0 where the buyer pays. `single`: long the centre strike. `vertical`: long the centre, short the
 * strike one width out of the money, above for calls and below for puts. `butterfly`: long both strikes one width from the
 * centre, short the centre twice.
 */
export type TileStrategy = "single" | "vertical" | "butterfly";

/** All strategies. */
export const TILE_STRATEGIES: readonly TileStrategy[] = ["single", "vertical", "butterfly"];

/**
 * Why a tile has no price: `skewed` its legs were quoted too far apart; `stale` a leg was quoted too long ago; `one_sided`
 * a leg has no ask, or one that is no wing has no bid; `crossed` a leg's bid is above its ask; `bad_quote` a leg's price or
 * time is no such thing; `missing_leg` a leg's contract is not listed or not quoted; `not_listed` a leg's strike is not
 * listed at all.
 */
export type TileReason = "skewed" | "stale" | "one_sided" | "crossed" | "bad_quote" | "missing_leg" | "not_listed";

/** All reasons. Of several that apply the last one is told. */
export const TILE_REASONS: readonly TileReason[] = [
  "skewed",
  "stale",
  "one_sided",
  "crossed",
  "bad_quote",
  "missing_leg",
  "not_listed",
];

/**
 * What to know of a price: `locked` a leg's bid is its ask; `zero_bid` a wing has no bid, and counts as half its ask, so
 * that cheapness is no sign of anything; `bound_violation` the middle is outside of what the package can be worth, which
 * wide quotes do often; `arbitrage` so is what it trades at: one can be had, or a leg is behind.
 */
export type TileFlag = "locked" | "zero_bid" | "bound_violation" | "arbitrage";

/** All flags, as their bits have it: 1, 2, 4, 8. */
export const TILE_FLAGS: readonly TileFlag[] = ["locked", "zero_bid", "bound_violation", "arbitrage"];

/** What tells the contracts of one underlying apart. */
export type HeatmapContractId = Pick<ContractTerms, "root" | "expiration" | "strike" | "right">;

/** The contracts that settle together. An AM and a PM settled series of one date are two. */
export type HeatmapSeriesId = Pick<ContractTerms, "root" | "expiration">;

/** Names a tile of a series. */
export interface TileId extends HeatmapSeriesId {
  readonly strategy: TileStrategy;
  readonly right: OptionRight;
  /** Points. */
  readonly centre: number;
  /** Points; `null` for a single. */
  readonly widthPts: number | null;
}

/** Prices of a tile in points, not clamped to what it can be worth. */
export interface TilePrices {
  readonly midPts: number;
  /** Paying the asks and hitting the bids. */
  readonly naturalPts: number;
  /** Paid the asks and hit on the bids: what selling it to the market brings. */
  readonly oppositePts: number;
  readonly flags: readonly TileFlag[];
}

/** A tile as it stands: prices, or why there are none. */
export interface HeatmapTile extends TileId {
  readonly prices: TilePrices | null;
  readonly reason: TileReason | null;
  /** When the leg quoted longest ago and the one quoted last were, ms; `null` without prices. */
  readonly oldestQuoteTMs: number | null;
  readonly newestQuoteTMs: number | null;
}

/** The place of a reason among the states of a tile, in which 0 is a price. */
export const STATES: Readonly<Record<TileReason, number>> = {
  skewed: 1,
  stale: 2,
  one_sided: 3,
  crossed: 4,
  bad_quote: 5,
  missing_leg: 6,
  not_listed: 7,
};

/** The state of a tile with a price. */
export const PRICED = 0;

/** How many states there are. */
export const STATE_COUNT = 8;

/** The bits of flags. */
export const LOCKED = 1;
export const ZERO_BID = 2;
export const BOUND_VIOLATION = 4;
export const ARBITRAGE = 8;

const FLAG_SETS: readonly (readonly TileFlag[])[] = Array.from({ length: 16 }, (_, bits) =>
  Object.freeze(TILE_FLAGS.filter((_flag, index) => (bits & (1 << index)) !== 0)),
);

/** The flags of bits, always the same list. */
export function flagsOf(bits: number): readonly TileFlag[] {
  return FLAG_SETS[bits] ?? [];
}

/** The reason of a state. */
export function reasonOf(state: number): TileReason | null {
  return TILE_REASONS[state - 1] ?? null;
}
