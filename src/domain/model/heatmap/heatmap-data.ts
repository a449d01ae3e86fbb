import type { TileReason } from "./tile.ts";
import type { TileCounts } from "./tile-counts.ts";

/** Tiles of one strategy and width, one a centre in the order of the series' centres. */
export interface TileColumn {
  /** `null` for singles. */
  readonly width_pts: number | null;
  /** `null` where there is no price; so the others. Debits: above 0 where the buyer pays. Not clamped. */
  readonly mid_pts: readonly (number | null)[];
  /** Paying the asks and hitting the bids. */
  readonly natural_pts: readonly (number | null)[];
  /** Paid the asks and hit on the bids. */
  readonly opposite_pts: readonly (number | null)[];
  /** Why there is no price; `null` where there is one. */
  readonly reasons: readonly (TileReason | null)[];
  /** The sum of 1 `locked`, 2 `zero_bid`, 4 `bound_violation`, 8 `arbitrage`; 0 without a price. */
  readonly flags: readonly number[];
}

/** Tiles of one right. */
export interface TileSide {
  /** When the contract of each centre was quoted, the provider's own ms; `null` where it is not quoted. */
  readonly quote_t: readonly (number | null)[];
  readonly single: TileColumn;
  /** Long the centre, short the strike one width out of the money. By ascending width; so butterflies. */
  readonly vertical: readonly TileColumn[];
  /** Long both strikes one width from the centre, short the centre twice. */
  readonly butterfly: readonly TileColumn[];
}

/** By how much middles miss parity, without sign: what the quotes are worth. */
export interface ParityFigures {
  /** Centres at which calls and puts have prices. */
  readonly pairs: number;
  readonly mean_pts: number;
  readonly worst_pts: number;
  /** Pairs that miss it by more than the half spreads of both packages together. */
  readonly beyond_spread: number;
}

/** A butterfly that costs least of its width. */
export interface CheapestButterfly {
  readonly root: string;
  readonly expiration: string;
  readonly right: "C" | "P";
  readonly centre_pts: number;
  readonly width_pts: number;
  readonly mid_pts: number;
  readonly natural_pts: number;
  readonly opposite_pts: number;
  /** When the legs quoted first and last were, the provider's own ms. */
  readonly oldest_quote_t: number;
  readonly newest_quote_t: number;
}

/** All tiles of one root and expiration: an AM and a PM settled series of one date are two. */
export interface SeriesTilesData {
  readonly root: string;
  readonly expiration: string;
  /** `null` where its date is none; so the next. */
  readonly settles_ts: number | null;
  /** From the whole minute before on, in years of 365 days; 0 once it has settled. */
  readonly t_years: number | null;
  /** What a point at settlement is worth now. */
  readonly discount_factor: number | null;
  /** One standard deviation to settlement as the straddle nearest to spot tells it; `null` where none has a price. */
  readonly expected_move_pts: number | null;
  readonly contracts: number;
  /** Contracts that have prices, of whatever age, and when these are from, the provider's own ms. */
  readonly quoted: number;
  readonly oldest_quote_t: number | null;
  readonly newest_quote_t: number | null;
  readonly smallest_gap_pts: number | null;
  /** Of all centres, those too that are not shown. */
  readonly counts: TileCounts;
  readonly parity: {
    /** A call less the put of its strike is the underlying less the strike, both discounted. */
    readonly put_call: ParityFigures | null;
    readonly by_width: readonly {
      readonly width_pts: number;
      /** A call butterfly and the put butterfly of the same strikes are worth the same. */
      readonly butterfly: ParityFigures | null;
      /** A call vertical and the put vertical of the same strikes are worth the width, discounted, together. */
      readonly box: ParityFigures | null;
    }[];
  };
  /**
   * Of the centres within one expected move of spot. `null` where none has a price that nothing is to be said against, and
   * once the series has settled.
   */
  readonly cheapest_butterfly: CheapestButterfly | null;
  /** The strikes shown, ascending. */
  readonly centres_pts: readonly number[];
  readonly calls: TileSide;
  readonly puts: TileSide;
}

/** The heatmap of an underlying. */
export interface HeatmapData {
  readonly widths_pts: readonly number[];
  /** Shown are centres within so many expected moves of spot, and within the largest width at least; */
  readonly expected_moves: number;
  /** of these at most so many a series, the nearest. */
  readonly most_centres: number;
  /** No tile has a leg older than this; `null` for any age. */
  readonly quote_max_age_ms: number | null;
  /** Nor legs further apart. */
  readonly quote_max_skew_ms: number | null;
  /** Continuously compounded, fractions per year. */
  readonly rate: number;
  readonly dividend_yield: number;
  readonly contracts: number;
  /** Contracts whose strike or expiration is none: in no series, and not among `contracts`. */
  readonly unplaced: number;
  readonly counts: TileCounts;
  /** Of all series. */
  readonly cheapest_butterfly: CheapestButterfly | null;
  /** By expiration and root, ascending. */
  readonly series: readonly SeriesTilesData[];
}
