import type { ExpirationCounts, SettlementStyle } from "./calendar.ts";
import { CBOE_ONLY, MULTI_LISTED_OPTIONS, NASDAQ_OPTIONS, type Venues } from "./venues.ts";
import type { VolatilityParameters } from "./volatility-surface.ts";

/** Strikes listed around the money: every multiple of `step` points within a fraction of spot. */
export interface StrikeBand {
  readonly within: number;
  readonly step: number;
  /** Only for expirations at most this many days away. */
  readonly maxDays: number;
}

/** One line of contracts of an underlying. */
export interface RootSpec {
  /** OCC root, `SPXW`. */
  readonly root: string;
  readonly settlement: SettlementStyle;
  readonly expirations: "all" | "monthly";
  /** Relative activity against the other roots of the underlying, per contract. */
  readonly activity: number;
}

/** An index or fund with options: what it costs, how it moves, what is listed on it. */
export interface UnderlyingSpec {
  /** Without `I:`, `SPX`. */
  readonly symbol: string;
  readonly assetClass: "indices" | "stocks";
  /** What moves together exactly: a fund is its index times a constant. */
  readonly family: string;
  /** Points (dollars) at the start. */
  readonly spot: number;
  /** Continuously compounded, fractions per year. */
  readonly rate: number;
  readonly dividendYield: number;
  /** Annualised volatility that the spot really has, over trading time (252 days of 6.5 hours). */
  readonly realizedVolatility: number;
  /** Correlation of the family's moves with those of the whole market. */
  readonly marketCorrelation: number;
  readonly volatility: VolatilityParameters;
  readonly roots: readonly RootSpec[];
  readonly strikeBands: readonly StrikeBand[];
  /** @default the next 5 trading days, 4 Fridays and 3 monthly expirations */
  readonly expirations?: ExpirationCounts;
  readonly ticks: TickRule;
  /** Half the quoted spread in cents: `halfSpreadCents + halfSpreadFraction * price`. */
  readonly halfSpreadCents: number;
  readonly halfSpreadFraction: number;
  /** Share of all option orders, relative to the other underlyings. */
  readonly optionShare: number;
  readonly optionVenues: Venues;
  /** Mean displayed size in contracts. */
  readonly meanQuoteSize: number;
}

/** Minimum price increment of a product's options in cents, below and from a price on. */
export interface TickRule {
  readonly belowCents: number;
  readonly tickBelowCents: number;
  readonly tickFromCents: number;
}

const INDEX_TICKS: TickRule = { belowCents: 300, tickBelowCents: 5, tickFromCents: 10 };
const PENNY_TICKS: TickRule = { belowCents: 0, tickBelowCents: 1, tickFromCents: 1 };

/** Days beyond any listed expiration. */
const ALWAYS = 10_000;

const PM_DAILY = { settlement: "PM", expirations: "all", activity: 1 } as const;
const AM_MONTHLY = { settlement: "AM", expirations: "monthly", activity: 0.5 } as const;

const SP500 = {
  family: "S&P 500",
  rate: 0.0375,
  dividendYield: 0.0115,
  realizedVolatility: 0.105,
  marketCorrelation: 0.98,
  volatility: { shortVolatility: 0.078, longVolatility: 0.165, reversionPerYear: 18, skew: -0.5, smile: 0.9 },
} as const;

const NASDAQ100 = {
  family: "Nasdaq-100",
  rate: 0.0375,
  dividendYield: 0.0065,
  realizedVolatility: 0.15,
  marketCorrelation: 0.92,
  volatility: { shortVolatility: 0.115, longVolatility: 0.215, reversionPerYear: 16, skew: -0.55, smile: 0.85 },
} as const;

const FUND_OPTIONS = {
  assetClass: "stocks",
  ticks: PENNY_TICKS,
  halfSpreadCents: 0.4,
  halfSpreadFraction: 0.004,
  optionVenues: MULTI_LISTED_OPTIONS,
} as const;

/** The bundled market: two indices with their AM and PM roots and the three big funds, at December 2025 levels. */
export const DEFAULT_UNDERLYINGS: readonly UnderlyingSpec[] = [
  {
    ...SP500,
    symbol: "SPX",
    assetClass: "indices",
    spot: 6878.5,
    roots: [
      { root: "SPX", ...AM_MONTHLY },
      { root: "SPXW", ...PM_DAILY },
    ],
    strikeBands: [
      { within: 0.06, step: 5, maxDays: 45 },
      { within: 0.15, step: 25, maxDays: ALWAYS },
      { within: 0.3, step: 100, maxDays: ALWAYS },
    ],
    ticks: INDEX_TICKS,
    halfSpreadCents: 3,
    halfSpreadFraction: 0.006,
    optionShare: 0.36,
    optionVenues: CBOE_ONLY,
    meanQuoteSize: 22,
  },
  {
    ...NASDAQ100,
    symbol: "NDX",
    assetClass: "indices",
    spot: 25_461.7,
    roots: [
      { root: "NDX", ...AM_MONTHLY },
      { root: "NDXP", ...PM_DAILY },
    ],
    strikeBands: [
      { within: 0.05, step: 25, maxDays: 45 },
      { within: 0.12, step: 100, maxDays: ALWAYS },
      { within: 0.25, step: 250, maxDays: ALWAYS },
    ],
    ticks: INDEX_TICKS,
    halfSpreadCents: 30,
    halfSpreadFraction: 0.015,
    optionShare: 0.06,
    optionVenues: NASDAQ_OPTIONS,
    meanQuoteSize: 3,
  },
  {
    ...SP500,
    ...FUND_OPTIONS,
    symbol: "SPY",
    spot: 685.2,
    roots: [{ root: "SPY", ...PM_DAILY }],
    strikeBands: [
      { within: 0.08, step: 1, maxDays: 45 },
      { within: 0.25, step: 5, maxDays: ALWAYS },
    ],
    optionShare: 0.28,
    meanQuoteSize: 140,
  },
  {
    ...NASDAQ100,
    ...FUND_OPTIONS,
    symbol: "QQQ",
    spot: 619.4,
    roots: [{ root: "QQQ", ...PM_DAILY }],
    strikeBands: [
      { within: 0.08, step: 1, maxDays: 45 },
      { within: 0.25, step: 5, maxDays: ALWAYS },
    ],
    optionShare: 0.21,
    meanQuoteSize: 90,
  },
  {
    ...FUND_OPTIONS,
    symbol: "IWM",
    family: "Russell 2000",
    spot: 253.4,
    rate: 0.0375,
    dividendYield: 0.0105,
    realizedVolatility: 0.17,
    marketCorrelation: 0.8,
    volatility: { shortVolatility: 0.135, longVolatility: 0.225, reversionPerYear: 14, skew: -0.45, smile: 0.85 },
    roots: [{ root: "IWM", ...PM_DAILY }],
    strikeBands: [
      { within: 0.1, step: 1, maxDays: 45 },
      { within: 0.25, step: 5, maxDays: ALWAYS },
    ],
    optionShare: 0.09,
    meanQuoteSize: 70,
  },
];
