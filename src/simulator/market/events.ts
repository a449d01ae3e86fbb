import type { MarketContract } from "./contract-universe.ts";

/**
 * What happens in the market, apart from how it is written down. `tMs` is the event time that the provider stamps, in ms
 * since the Unix epoch; `publishedAtMs` is when the venue lets the event go, the same instant unless it is late. What only
 * the model knows is under `truth` and never on the wire.
 */
export type MarketEvent = OptionTradeEvent | OptionQuoteEvent | StockTradeEvent | StockQuoteEvent | IndexValueEvent;

/** Side of the customer whose order made the print. */
export type AggressorSide = "buy" | "sell";

/**
 * Where a print lies in the market that its order met: `touch` the ask for a buyer (the bid for a seller), `inside`
 * better than that, `mid` the exact middle, `passive` the customer's own resting price, that is the other side of the
 * market, `through` worse than the touch.
 */
export type PriceLocation = "touch" | "inside" | "mid" | "passive" | "through";

/**
 * How a print came about: `regular`; one of several `fills` of an order in one millisecond; an `equal` print, in
 * everything the feed shows the same as the one before; a `leg` of a package; a `lateReport`, printed long after its
 * event time with a condition that says so; a `slow` one, merely delivered late; a `cancel` of an earlier one.
 */
export type PrintKind = "regular" | "fills" | "equal" | "leg" | "lateReport" | "slow" | "cancel";

/** What the model knows about a print. */
export interface PrintTruth {
  /** Unique in the market. */
  readonly printId: number;
  /** Prints of one order, legs of one package included, share it; a cancel has that of its print. */
  readonly orderId: number;
  readonly kind: PrintKind;
  readonly aggressor: AggressorSide;
  /** `undefined` for legs, which are priced as a package. */
  readonly location: PriceLocation | undefined;
  /** Theoretical value when the order came, in points. */
  readonly theo: number;
  /** `printId` of the print that this one cannot be told from. */
  readonly equalTo: number | undefined;
  /** `printId` of the print that a cancel takes back. */
  readonly cancelOf: number | undefined;
}

/** A print of an option. */
export interface OptionTradeEvent {
  readonly kind: "optionTrade";
  readonly publishedAtMs: number;
  readonly tMs: number;
  readonly contract: MarketContract;
  /** Increasing per contract over trades and quotes together, not consecutive. */
  readonly sequence: number;
  readonly priceCents: number;
  /** Contracts. */
  readonly size: number;
  readonly exchange: number;
  /** `undefined` where the venue gave none. */
  readonly conditions: readonly number[] | undefined;
  readonly truth: PrintTruth;
}

/** A change of an option's best bid and offer. */
export interface OptionQuoteEvent {
  readonly kind: "optionQuote";
  readonly publishedAtMs: number;
  readonly tMs: number;
  readonly contract: MarketContract;
  readonly sequence: number;
  /** 0 with size 0 where nobody bids. */
  readonly bidCents: number;
  readonly bidSize: number;
  readonly bidExchange: number;
  readonly askCents: number;
  readonly askSize: number;
  readonly askExchange: number;
  readonly truth: QuoteTruth;
}

/** What the model knows about a quote. */
export interface QuoteTruth {
  /** Theoretical value, in points. */
  readonly theo: number;
  /** Price of the underlying, in points. */
  readonly spot: number;
}

/** A print of a fund's shares. */
export interface StockTradeEvent {
  readonly kind: "stockTrade";
  readonly publishedAtMs: number;
  readonly tMs: number;
  readonly symbol: string;
  readonly tradeId: string;
  readonly sequence: number;
  readonly priceCents: number;
  /** Shares. */
  readonly size: number;
  readonly exchange: number;
  /** `undefined` where there are none. */
  readonly conditions: readonly number[] | undefined;
  /** 1 NYSE, 2 AMEX, 3 Nasdaq. */
  readonly tape: number;
  /** Reporting facility and its time, off-exchange prints only. */
  readonly reportingFacility: number | undefined;
  readonly truth: { readonly aggressor: AggressorSide; readonly spot: number };
}

/** A change of a fund's best bid and offer. */
export interface StockQuoteEvent {
  readonly kind: "stockQuote";
  readonly publishedAtMs: number;
  readonly tMs: number;
  readonly symbol: string;
  readonly sequence: number;
  readonly bidCents: number;
  readonly bidSize: number;
  readonly bidExchange: number;
  readonly askCents: number;
  readonly askSize: number;
  readonly askExchange: number;
  readonly tape: number;
  readonly truth: { readonly spot: number };
}

/** A value of an index. */
export interface IndexValueEvent {
  readonly kind: "indexValue";
  readonly publishedAtMs: number;
  readonly tMs: number;
  /** `I:SPX`. */
  readonly ticker: string;
  /** Hundredths of an index point. */
  readonly valueCents: number;
}
