import type { Timeframe } from "./chain-rows.ts";

/** What any ticker stands at. What the provider left out is absent; times are nanoseconds, prices points. */
export interface UnifiedSnapshot {
  /** As the provider names it: `O:SPXW251223P06870000`, `I:SPX`, `SPY`. */
  readonly ticker: string;
  /** `options`, `indices`, `stocks`, or another that the provider has. */
  readonly type: string | undefined;
  readonly name: string | undefined;
  /** In the provider's words: `open`, `closed`, `early_trading`, `regular_trading`. */
  readonly marketStatus: string | undefined;
  readonly timeframe: Timeframe | undefined;
  readonly lastUpdatedTsNs: bigint | undefined;
  /** Of an index. */
  readonly value: number | undefined;
  readonly session: UnifiedSession | undefined;
  readonly quote: UnifiedQuote | undefined;
  readonly trade: UnifiedTrade | undefined;
  /** Of an option; per day and per vol point as the provider gives them. */
  readonly greeks: UnifiedGreeks | undefined;
  /** A fraction: 0.30 is 30 %. */
  readonly impliedVolatility: number | undefined;
  /** Contracts, end of the trading day before. */
  readonly openInterest: number | undefined;
}

/** The trading day so far. */
export interface UnifiedSession {
  readonly open: number | undefined;
  readonly high: number | undefined;
  readonly low: number | undefined;
  readonly close: number | undefined;
  readonly previousClose: number | undefined;
  readonly price: number | undefined;
  readonly volume: number | undefined;
  readonly change: number | undefined;
  /** 0.5 is half a percent. */
  readonly changePercent: number | undefined;
}

/** The best bid and offer. */
export interface UnifiedQuote {
  readonly bid: number | undefined;
  readonly ask: number | undefined;
  readonly bidSize: number | undefined;
  readonly askSize: number | undefined;
  readonly quoteTsNs: bigint | undefined;
  readonly timeframe: Timeframe | undefined;
}

/** The last print. */
export interface UnifiedTrade {
  readonly price: number | undefined;
  readonly size: number | undefined;
  readonly conditions: readonly number[] | undefined;
  readonly tradeTsNs: bigint | undefined;
  readonly timeframe: Timeframe | undefined;
}

/** Greeks as the provider gives them. */
export interface UnifiedGreeks {
  readonly delta: number | undefined;
  readonly gamma: number | undefined;
  readonly theta: number | undefined;
  readonly vega: number | undefined;
}

/** One answer about several tickers. */
export interface UnifiedAnswer {
  /** In the order of the answer. */
  readonly snapshots: readonly UnifiedSnapshot[];
  /** As `SpotAnswer.refused`. */
  readonly refused: readonly { readonly symbol: string; readonly reason: string }[];
  /** The body as it came. */
  readonly payload: string;
  readonly receivedAtMs: number;
  /** From the request to the last byte, waits for the budget included. */
  readonly latencyMs: number;
}
