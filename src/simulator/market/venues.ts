import type { Alternatives, Share } from "./share.ts";

/** An exchange by the provider's id, with its share of the prints or quotes of a product. */
export interface VenueShare extends Share {
  readonly exchange: number;
}

/** Where a product trades. */
export type Venues = Alternatives<VenueShare>;

/** SPX and SPXW are listed on Cboe alone. */
export const CBOE_ONLY: Venues = [{ exchange: 302, share: 1 }];

/** NDX and NDXP are Nasdaq's own: ISE, PHLX, GEMX. */
export const NASDAQ_OPTIONS: Venues = [
  { exchange: 308, share: 0.45 },
  { exchange: 323, share: 0.4 },
  { exchange: 307, share: 0.15 },
];

/** Options on exchange-traded funds trade nearly everywhere. */
export const MULTI_LISTED_OPTIONS: Venues = [
  { exchange: 302, share: 0.12 },
  { exchange: 313, share: 0.1 },
  { exchange: 312, share: 0.09 },
  { exchange: 325, share: 0.08 },
  { exchange: 323, share: 0.08 },
  { exchange: 300, share: 0.07 },
  { exchange: 301, share: 0.06 },
  { exchange: 308, share: 0.06 },
  { exchange: 315, share: 0.06 },
  { exchange: 316, share: 0.06 },
  { exchange: 303, share: 0.05 },
  { exchange: 304, share: 0.04 },
  { exchange: 320, share: 0.04 },
  { exchange: 322, share: 0.03 },
  { exchange: 307, share: 0.02 },
  { exchange: 309, share: 0.02 },
  { exchange: 319, share: 0.01 },
  { exchange: 318, share: 0.01 },
];

/** FINRA's trade reporting facilities: one id for every off-exchange print. */
export const OFF_EXCHANGE = 4;

/** Where shares of the funds print. */
export const STOCK_TRADE_VENUES: Venues = [
  { exchange: OFF_EXCHANGE, share: 0.38 },
  { exchange: 12, share: 0.17 },
  { exchange: 11, share: 0.16 },
  { exchange: 19, share: 0.11 },
  { exchange: 8, share: 0.1 },
  { exchange: 21, share: 0.08 },
];

/** Where shares of the funds are quoted; never off exchange. */
export const STOCK_QUOTE_VENUES: Venues = [
  { exchange: 12, share: 0.3 },
  { exchange: 11, share: 0.3 },
  { exchange: 8, share: 0.15 },
  { exchange: 19, share: 0.15 },
  { exchange: 21, share: 0.1 },
];
