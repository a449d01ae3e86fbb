import type { AssetClass } from "../../domain/instrument/resource.ts";
import type { MarketContract } from "../market/contract-universe.ts";
import type { Market } from "../market/market.ts";
import { PLAN_CHANNELS } from "../server/protocol.ts";
import type { SimulatedPlan } from "../server/simulator-options.ts";
import type { MarketBook, Stamped } from "./market-book.ts";
import type { Hours } from "./market-hours.ts";
import type { OpenInterest } from "./open-interest.ts";
import type { RestFault } from "./rest-fault.ts";

/** What a server shows over REST. */
export interface RestSource {
  readonly market: Market;
  readonly book: MarketBook;
  readonly openInterest: OpenInterest;
  readonly hours: Hours;
  /** Age of everything, as of a delayed feed. */
  readonly isDelayed: boolean;
  /** The instant up to which events were published, ms since the Unix epoch. */
  readonly nowMs: () => number;
}

/** What one client sees of it, in one request. */
export interface RestView extends RestSource {
  readonly plan: SimulatedPlan | undefined;
  readonly faults: readonly RestFault[];
  /** Taken off every time. */
  readonly ageMs: number;
  /** Open interest is that of the trading day before. */
  readonly isFlipped: boolean;
}

/** Whether the plan has a class; with a channel, whether it has that. A delayed feed has no quotes of options. */
export function isEntitled({ plan, isDelayed }: RestView, assetClass: AssetClass, channel?: string): boolean {
  const channels = (plan?.channels ?? PLAN_CHANNELS)[assetClass];
  if (channels === undefined) return false;
  if (isDelayed && assetClass === "options" && channel === "Q") return false;
  return channel === undefined || channels.includes(channel);
}

/** How the plan has a class. */
export function timeframe({ plan, isDelayed }: RestView, assetClass: AssetClass): "REAL-TIME" | "DELAYED" {
  return isDelayed || plan?.delayed?.includes(assetClass) ? "DELAYED" : "REAL-TIME";
}

/** The time of an event in ns: what the stream wrote in ms, with what is below. */
export function nanoseconds({ ageMs }: RestView, { tMs, belowNs }: Stamped<unknown>): bigint {
  return BigInt(Math.floor(tMs - ageMs)) * 1_000_000n + BigInt(belowNs);
}

/** `I:SPX` for an index, `SPY` for shares. */
export function underlyingTicker({ market }: RestView, symbol: string): string {
  return isIndex(market, symbol) ? `I:${symbol}` : symbol;
}

/** Whether an underlying is an index. */
export function isIndex(market: Market, symbol: string): boolean {
  return market.underlyings().some((spec) => spec.symbol === symbol && spec.assetClass === "indices");
}

/** Points. */
export function points(cents: number): number {
  return cents / 100;
}

/** A number as a person would write it: without the dust of binary fractions. */
export function tidy(value: number, digits = 6): number {
  return Number(value.toFixed(digits));
}

/** What contracts deliver, apart from their ticker. */
export function termsOf(
  view: RestView,
  contract: MarketContract,
): {
  readonly contract_type: "call" | "put";
  readonly exercise_style: "european" | "american";
  readonly expiration_date: string;
  readonly shares_per_contract: number;
  readonly strike_price: number;
} {
  return {
    contract_type: contract.right === "C" ? "call" : "put",
    exercise_style: isIndex(view.market, contract.underlying) ? "european" : "american",
    expiration_date: contract.expiration,
    shares_per_contract: 100,
    strike_price: contract.strike,
  };
}
