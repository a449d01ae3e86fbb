import type { OptionRight } from "../market/rows.ts";
import { normalCdf } from "./normal-distribution.ts";

/** What a European option is worth under: everything but its right. */
export interface BlackScholesInput {
  /** Price of the underlying in points, above 0. */
  readonly spot: number;
  /** Points, above 0. */
  readonly strike: number;
  /** Time to expiry in years; at or below 0 the option is worth its intrinsic value. */
  readonly years: number;
  /** Continuously compounded interest rate as a fraction per year (0.05 = 5 %). */
  readonly rate: number;
  /** Continuously compounded dividend yield as a fraction per year. */
  readonly dividendYield: number;
  /** Annualised, as a fraction (0.15 = 15 vol points); at or below 0 the option is worth its intrinsic value. */
  readonly volatility: number;
}

/**
 * Price of a European option in points per unit of the underlying: Black and Scholes (1973) with the continuous yield
 * of Merton (1973). Calls and puts are each priced from their own tail, never by parity from the other, so that a deep
 * out-of-the-money option keeps its digits.
 *
 * Without time or volatility left the price is the discounted intrinsic value, `max(0, w (S e^{-qT} - K e^{-rT}))` with
 * `w` = 1 for a call and -1 for a put, and T taken as 0 where it is negative.
 *
 * @throws {RangeError} unless spot and strike are finite and above 0 and the other inputs are finite.
 * @example
 * ```ts
 * const input = { spot: 42, strike: 40, years: 0.5, rate: 0.1, dividendYield: 0, volatility: 0.2 };
 * blackScholesPrice("C", input); // about 4.7594
 * blackScholesPrice("P", input); // about 0.8086
 * ```
 */
export function blackScholesPrice(right: OptionRight, input: BlackScholesInput): number {
  requirePriceable(input);
  const { spot, strike, rate, dividendYield, volatility } = input;
  const years = Math.max(input.years, 0);
  const sign = right === "C" ? 1 : -1;
  const spotNow = spot * Math.exp(-dividendYield * years);
  const strikeNow = strike * Math.exp(-rate * years);
  if (years === 0 || volatility <= 0) return Math.max(0, sign * (spotNow - strikeNow));

  const deviation = volatility * Math.sqrt(years);
  const d1 = (Math.log(spot / strike) + (rate - dividendYield) * years) / deviation + deviation / 2;
  const d2 = d1 - deviation;
  // The difference of two tiny terms may round below 0; a price cannot.
  return Math.max(0, sign * (spotNow * normalCdf(sign * d1) - strikeNow * normalCdf(sign * d2)));
}

/** @throws {RangeError} as `blackScholesPrice`. */
export function requirePriceable(input: BlackScholesInput): void {
  requireAboveZero("spot", input.spot);
  requireAboveZero("strike", input.strike);
  requireFinite("years", input.years);
  requireFinite("rate", input.rate);
  requireFinite("dividendYield", input.dividendYield);
  requireFinite("volatility", input.volatility);
}

function requireAboveZero(name: string, value: number): void {
  if (!(value > 0 && value < Infinity)) {
    throw new RangeError(`Cannot price an option: '${name}' must be finite and above 0, current value is ${value}`);
  }
}

function requireFinite(name: string, value: number): void {
  if (!Number.isFinite(value)) {
    throw new RangeError(`Cannot price an option: '${name}' must be finite, current value is ${value}`);
  }
}
