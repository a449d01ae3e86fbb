import type { ExposureBasis, MissingReason, SignModel } from "../exposure/index.ts";

/** One exposure of a group of contracts. `null` where no contract of it counts, never for a sum of 0. */
export interface SidesData {
  /** Signed, as the sign model has it. */
  readonly calls: number | null;
  readonly puts: number | null;
  /** Calls and puts together. */
  readonly net: number | null;
  /** The contracts' amounts without their signs. */
  readonly absolute: number | null;
}

/**
 * All exposures of a group: changes of the dealers' delta in dollars. What they trade to stay hedged is the reverse.
 */
export interface ExposureData {
  /** GEX: per rise of the underlying by 1 %. */
  readonly gex_usd_per_pct: SidesData;
  /** VEX: per rise of volatility by one point. */
  readonly vex_usd_per_vol_point: SidesData;
  /** CHEX: per calendar day. */
  readonly chex_usd_per_day: SidesData;
  /** From now to settlement, were the underlying to stay where it is. */
  readonly delta_to_close_usd: SidesData;
}

/** The same of many groups, one a strike in the order of the strikes. */
export interface SidesColumns {
  readonly calls: readonly (number | null)[];
  readonly puts: readonly (number | null)[];
  readonly net: readonly (number | null)[];
  readonly absolute: readonly (number | null)[];
}

/** Exposures by strike, over all expirations. */
export interface StrikesData {
  /** Ascending. */
  readonly strikes_pts: readonly number[];
  readonly gex_usd_per_pct: SidesColumns;
  readonly vex_usd_per_vol_point: SidesColumns;
  readonly chex_usd_per_day: SidesColumns;
  readonly delta_to_close_usd: SidesColumns;
}

/** Exposures of one root and expiration, over all strikes. An AM and a PM settled series of one date are two. */
export interface SeriesData extends ExposureData {
  readonly root: string;
  readonly expiration: string;
  /** Expires on the trading day itself. */
  readonly is_zero_dte: boolean;
  /** `null` where its date is none; so the next. */
  readonly settles_ts: number | null;
  /** Of `terms_ts`, in years of 365 days; exposures count a minute at least. */
  readonly t_years: number | null;
}

/** One exposure of single strikes: calls and puts, signed. Their sum is the net, the sum of their sizes the absolute. */
export interface CellColumns {
  readonly calls: readonly (number | null)[];
  readonly puts: readonly (number | null)[];
}

/** The strikes of one root and expiration. */
export interface CellsData {
  readonly root: string;
  readonly expiration: string;
  /** Ascending. */
  readonly strikes_pts: readonly number[];
  readonly gex_usd_per_pct: CellColumns;
  readonly vex_usd_per_vol_point: CellColumns;
  readonly chex_usd_per_day: CellColumns;
  readonly delta_to_close_usd: CellColumns;
}

/** A strike at which gamma exposure is largest. */
export interface WallData {
  readonly strike_pts: number;
  readonly gex_usd_per_pct: number;
}

/** `null` where there is none of that sign, never 0 or spot. Gross is calls or puts alone. */
export interface WallsData {
  readonly call_wall_gross: WallData | null;
  readonly call_wall_net: WallData | null;
  readonly put_wall_gross: WallData | null;
  readonly put_wall_net: WallData | null;
  readonly absolute_strike: WallData | null;
}

/** A level at which re-priced net GEX changes its sign. */
export interface FlipData {
  readonly level_pts: number;
  /** `rising`: below 0 under the level, above 0 over it. */
  readonly slope: "rising" | "falling";
}

/** Net GEX re-priced at other spots, every volatility and time frozen: where it is 0, and its curve. */
export interface RepricedData {
  /** The instant and spot that it was computed at: at most once a second. */
  readonly ts: number;
  readonly spot_pts: number;
  /**
   * `insufficient`: no contract can be re-priced; `flat`: what there is cancels; `no_crossing`: net GEX keeps its sign over
   * the range.
   */
  readonly status: "resolved" | "no_crossing" | "flat" | "insufficient";
  /** The one nearest to spot; `null` unless resolved. */
  readonly flip: FlipData | null;
  /** All of the range, ascending. */
  readonly flips: readonly FlipData[];
  readonly from_pts: number;
  readonly to_pts: number;
  /** Flips closer together may be missed. */
  readonly grid_step_pts: number | null;
  /** `null` where no contract can be re-priced. */
  readonly profile: { readonly levels_pts: readonly number[]; readonly gex_usd_per_pct: readonly number[] } | null;
  readonly used: number;
  readonly missing: Readonly<Record<MissingReason, number>>;
}

/** How many contracts count, and how many do not for which reason. */
export interface CountedData {
  readonly used: number;
  readonly missing: Readonly<Record<MissingReason, number>>;
}

/** Exposures on one basis. */
export interface BasisData {
  readonly basis: ExposureBasis;
  /** Whose side dealers are taken to be on. All but `flow` are assumptions. */
  readonly sign_model: SignModel;
  readonly totals: ExposureData & {
    /** GEX per rise by one point. */
    readonly gex_usd_per_point: SidesData;
    readonly chex_usd_per_hour: SidesData;
  };
  /** What share of absolute GEX expires on the trading day, 0 to 1; `null` where there is none. */
  readonly zero_dte_share: number | null;
  readonly walls: WallsData;
  /** Where net GEX, added up from the lowest strike, changes its sign: another thing than `repriced.flip`. */
  readonly flip_cumulative: {
    readonly level_pts: number | null;
    readonly status: "resolved" | "no_crossing" | "flat" | "insufficient";
  };
  readonly repriced: RepricedData;
  readonly by_strike: StrikesData;
  /** By expiration and root, ascending. */
  readonly by_series: readonly SeriesData[];
  /** The same series, strike by strike. */
  readonly cells: readonly CellsData[];
  readonly counts: {
    readonly contracts: number;
    /** Whose gamma was used: the provider's own, or one computed from a volatility. */
    readonly gamma_sources: Readonly<Record<"provider" | "model", number>>;
    readonly gex_usd_per_pct: CountedData;
    readonly vex_usd_per_vol_point: CountedData;
    readonly chex_usd_per_day: CountedData;
    readonly delta_to_close_usd: CountedData;
  };
}

/** Where the greeks of the contracts are from. */
export interface GreeksSourceCounts {
  /** Delta and gamma of the provider, not older than `greeks_max_age_ms`. */
  readonly provider: number;
  /** Computed, from a volatility that the quotes of today imply, */
  readonly model_quote: number;
  /** or from the last volatility of the provider. */
  readonly model_provider_iv: number;
  /** No gamma, and no volatility to compute one from. */
  readonly none: number;
}

/** Exposures of an underlying, and the levels that follow. */
export interface GexData {
  readonly trading_day: string;
  /** The instant that times to settlement are of. */
  readonly terms_ts: number;
  /** Continuously compounded, fractions per year. */
  readonly rate: number;
  readonly dividend_yield: number;
  /** Past this age greeks of the provider are replaced by our own where that can be. */
  readonly greeks_max_age_ms: number;
  readonly greeks: GreeksSourceCounts;
  readonly open_interest: BasisData;
  /** Volume of the trading day, with the same signs. */
  readonly volume: BasisData;
  /** What dealers are estimated to hold by signed flow; `null` where nobody tells, as `flow_reason` says. */
  readonly flow: BasisData | null;
  readonly flow_reason: "no_flow" | null;
  /**
   * How often the sides behind `flow` are right, as published: p, the mean over contracts. Each counts with `2p - 1` of its
   * contracts. `null` where nobody tells.
   */
  readonly flow_accuracy: number | null;
  /** Event time up to which prints are in `flow`, Unix seconds: where the feed is away it stays behind. */
  readonly flow_ts: number | null;
}
