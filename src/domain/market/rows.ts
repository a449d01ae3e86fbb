import type { SideVerdict } from "../flow/side-verdict.ts";
import type { NbboState } from "./nbbo-state.ts";

/**
 * Typed rows. Every row of one kind has the same properties in the same order, so that engines keep one hidden class
 * per kind: an absent optional is present as `undefined`. Missing is never 0.
 *
 * Event times (`...TsNs`) are `bigint` nanoseconds since the Unix epoch, at the venue. Receipt times (`...AtMs`) are
 * numbers of milliseconds since the Unix epoch, at our socket. The two are never mixed. Where sums need event time as a
 * plain number of milliseconds, it is called `tMs`, as the provider's own `t`.
 */

/** Call or put. */
export type OptionRight = "C" | "P";

/** One print of an option contract. The feed gives it no id; see `PrintHistory`. */
export interface OptionTrade {
  readonly type: "optionTrade";
  /** Provider ticker, `O:SPXW251223P06870000`. */
  readonly contract: string;
  /** OCC root, `SPXW`. */
  readonly root: string;
  /** What the contract is on, without `I:`: `SPX`. */
  readonly underlying: string;
  /** Expiration date, `YYYY-MM-DD`. */
  readonly expiration: string;
  readonly right: OptionRight;
  /** Strike in points (dollars) of the underlying; the double nearest to a whole number of thousandths. */
  readonly strike: number;
  readonly tradeTsNs: bigint;
  /** Price in points per unit of the underlying, not per contract. */
  readonly price: number;
  /** Contracts. */
  readonly size: number;
  /** Provider condition ids; `undefined` where the event had none, possibly empty where it had an empty list. */
  readonly conditions: readonly number[] | undefined;
  readonly exchange: number | undefined;
  /** Per ticker, increasing, not consecutive, reset daily: an ordering hint, useless for finding loss. */
  readonly sequence: number | undefined;
  readonly receivedAtMs: number | undefined;
  /** Who was the aggressor: see `SidedTrade`; `undefined` in batches that are not `Enriched`. */
  readonly side: SideVerdict | undefined;
}

/** One print of a stock. */
export interface EquityTrade {
  readonly type: "equityTrade";
  readonly symbol: string;
  readonly tradeTsNs: bigint;
  /** Dollars per share. */
  readonly price: number;
  /** Whole shares; a fractional print has its exact size in `decimalSize`. */
  readonly size: number;
  /** Exact size with its fraction as the provider's decimal text. */
  readonly decimalSize: string | undefined;
  readonly conditions: readonly number[] | undefined;
  readonly exchange: number | undefined;
  readonly sequence: number | undefined;
  readonly tradeId: string | undefined;
  /** 1 NYSE, 2 AMEX, 3 Nasdaq. */
  readonly tape: number | undefined;
  /** Trade reporting facility, off-exchange prints only. */
  readonly trfId: number | undefined;
  readonly trfTsNs: bigint | undefined;
  readonly receivedAtMs: number | undefined;
}

/** The national best bid and offer of one instrument. */
export interface Nbbo {
  readonly type: "nbbo";
  /** Option ticker with `O:`, or a stock symbol. */
  readonly instrument: string;
  readonly quoteTsNs: bigint;
  /** Points; a real 0 stays 0. */
  readonly bid: number | undefined;
  readonly ask: number | undefined;
  /** Contracts for options; the provider's own unit for stocks (lots or shares is undocumented). */
  readonly bidSize: number | undefined;
  readonly askSize: number | undefined;
  readonly bidExchange: number | undefined;
  readonly askExchange: number | undefined;
  readonly sequence: number | undefined;
  readonly state: NbboState;
  readonly receivedAtMs: number | undefined;
}

/** One value of an index. */
export interface IndexValue {
  readonly type: "indexValue";
  /** Provider ticker, `I:SPX`. */
  readonly symbol: string;
  readonly valueTsNs: bigint;
  /** Index points. */
  readonly value: number;
  readonly receivedAtMs: number | undefined;
}

/** A print of an option or a stock, or a quote of either. */
export type TradeOrNbbo = OptionTrade | EquityTrade | Nbbo;

/** Every kind of row that a feed yields. */
export type Row = TradeOrNbbo | IndexValue;

/** The event time of any row, in nanoseconds. */
export function eventTsNs(row: Row): bigint {
  switch (row.type) {
    case "optionTrade":
    case "equityTrade":
      return row.tradeTsNs;
    case "nbbo":
      return row.quoteTsNs;
    case "indexValue":
      return row.valueTsNs;
  }
}
