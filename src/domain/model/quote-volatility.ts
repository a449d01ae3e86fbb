import { type BlackScholesInput, blackScholesPrice } from "./black-scholes.ts";
import { blackScholesGreeks } from "./black-scholes-greeks.ts";
import {
  type ImpliedVolatilityFailure,
  type ImpliedVolatilityInput,
  type ImpliedVolatilityResult,
  impliedVolatility,
} from "./implied-volatility.ts";

/** A quote, and all that its prices depend on but volatility. */
export interface QuoteVolatilityInput extends Omit<ImpliedVolatilityInput, "price"> {
  /** Points; `null` where the side is absent. */
  readonly bid: number | null;
  readonly ask: number | null;
  /** Smallest step of the price, points. */
  readonly tick: number;
}

/**
 * Why the middle of a quote tells no volatility: `one_sided` without an ask, or without any bid; `zero_bid`;
 * `crossed` bid above ask; `half_tick` its time value is less than half a tick; `wing` less than 0.01 of delta under a
 * spread wider than its value; `out_of_range` below 0.01 or above 5; else as `impliedVolatility`.
 */
export type QuoteVolatilityFailure =
  | ImpliedVolatilityFailure
  | "one_sided"
  | "zero_bid"
  | "crossed"
  | "half_tick"
  | "wing"
  | "out_of_range";

/** Volatilities of a quote: that of the middle under all guards, and those of both sides to show how far it is known. */
export interface QuoteVolatility {
  readonly mid: ImpliedVolatilityResult | { readonly ok: false; readonly reason: QuoteVolatilityFailure };
  readonly bid: ImpliedVolatilityResult;
  readonly ask: ImpliedVolatilityResult;
}

/** Between these a volatility counts as one. */
const LEAST_SIGMA = 0.01;
const MOST_SIGMA = 5;
const WING_DELTA = 0.01;

/**
 * What a quote says about volatility. Sides without a usable price are `no_price` there; a locked quote has one price and
 * is no failure.
 *
 * @throws {RangeError} unless the tick is finite and above 0.
 */
export function quoteVolatility(input: QuoteVolatilityInput): QuoteVolatility {
  const { bid, ask } = input;
  return {
    mid: midVolatility(input),
    bid: impliedVolatility({ ...input, price: bid }),
    ask: impliedVolatility({ ...input, price: ask }),
  };
}

/** The volatility of the middle alone, under the same guards. @throws {RangeError} as `quoteVolatility`. */
export function midVolatility(input: QuoteVolatilityInput): QuoteVolatility["mid"] {
  const { bid, ask, tick, right, years, spot, strike, rate, dividendYield } = input;
  if (!(tick > 0 && tick < Infinity)) {
    throw new RangeError(
      `Cannot tell a quote's volatility: 'tick' must be finite and above 0, current value is ${tick}`,
    );
  }
  if (bid === null || ask === null) return { ok: false, reason: "one_sided" };
  if (!(bid >= 0 && ask >= 0)) return { ok: false, reason: "no_price" };
  if (bid > ask) return { ok: false, reason: "crossed" };
  if (bid === 0) return { ok: false, reason: "zero_bid" };
  const price = (bid + ask) / 2;
  const result = impliedVolatility({ ...input, price });
  if (!result.ok) return result;
  const { sigma } = result;
  const terms: BlackScholesInput = { spot, strike, years, rate, dividendYield, volatility: sigma };
  const timeValue = price - blackScholesPrice(right, { ...terms, volatility: 0 });
  if (timeValue < tick / 2) return { ok: false, reason: "half_tick" };
  if (Math.abs(blackScholesGreeks(right, terms).delta) < WING_DELTA && ask - bid > price) {
    return { ok: false, reason: "wing" };
  }
  return sigma >= LEAST_SIGMA && sigma <= MOST_SIGMA ? result : { ok: false, reason: "out_of_range" };
}

/**
 * Of the call and the put of one strike the one that is out of the money, whose volatility counts for both: the call
 * where the strike lies at or above the forward.
 */
export function outOfTheMoneyRight(forward: number, strike: number): "C" | "P" {
  return strike >= forward ? "C" : "P";
}
