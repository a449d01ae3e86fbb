import type { OptionRight } from "../market/rows.ts";
import type { BlackScholesInput } from "./black-scholes.ts";
import { normalisedVolatility } from "./normalised-volatility.ts";

/** What an option costs, and all that its price depends on but volatility. */
export interface ImpliedVolatilityInput extends Omit<BlackScholesInput, "volatility"> {
  readonly right: OptionRight;
  /** Points per unit of the underlying; `null` where there is none. */
  readonly price: number | null;
}

/**
 * Why no volatility gives a price: `no_price` there is none, or it is not a number; `no_time` is left; `no_terms` spot or
 * strike are not above 0, or a term is not finite; `below_intrinsic`; `at_intrinsic`, where every volatility near 0 does,
 * within the rounding of the inputs; `above_maximum` at or above the discounted forward of a call, the discounted strike
 * of a put, which no volatility reaches.
 */
export type ImpliedVolatilityFailure =
  | "no_price"
  | "no_time"
  | "no_terms"
  | "below_intrinsic"
  | "at_intrinsic"
  | "above_maximum";

/** A volatility as a fraction per year, or why there is none. */
export type ImpliedVolatilityResult =
  | { readonly ok: true; readonly sigma: number }
  | { readonly ok: false; readonly reason: ImpliedVolatilityFailure };

/** Spacing of doubles at 1. */
const EPSILON = 2 ** -52;

const FAILURES: Readonly<Record<ImpliedVolatilityFailure, ImpliedVolatilityResult>> = {
  no_price: { ok: false, reason: "no_price" },
  no_time: { ok: false, reason: "no_time" },
  no_terms: { ok: false, reason: "no_terms" },
  below_intrinsic: { ok: false, reason: "below_intrinsic" },
  at_intrinsic: { ok: false, reason: "at_intrinsic" },
  above_maximum: { ok: false, reason: "above_maximum" },
};

/**
 * The volatility at which Black, Scholes and Merton give a price, to the precision that the inputs allow: of an
 * out-of-the-money option that is a few roundings, of one in the money what its time value keeps of the price's digits.
 *
 * Never throws: prices that no volatility gives are every day's business, each with its reason.
 *
 * @example
 * ```ts
 * const terms = { right: "C", spot: 100, strike: 100, years: 0.5, rate: 0.02, dividendYield: 0.02 } as const;
 * impliedVolatility({ ...terms, price: 5.581106724604812 }); // { ok: true, sigma: 0.2 }, but for rounding
 * impliedVolatility({ ...terms, price: 0 }); // { ok: false, reason: "at_intrinsic" }
 * ```
 */
export function impliedVolatility(input: ImpliedVolatilityInput): ImpliedVolatilityResult {
  const { price, spot, strike, years, rate, dividendYield } = input;
  if (price === null || !Number.isFinite(price)) return FAILURES.no_price;
  const growth = Math.exp(rate * years);
  const forward = spot * Math.exp((rate - dividendYield) * years);
  if (!(spot > 0 && strike > 0 && forward > 0 && forward < Infinity && strike < Infinity && growth < Infinity)) {
    return FAILURES.no_terms;
  }
  if (years <= 0) return FAILURES.no_time;

  const undiscounted = price * growth;
  const intrinsic = Math.max(0, input.right === "C" ? forward - strike : strike - forward);
  // By parity that of the out-of-the-money option of the same strike, which has the same volatility.
  const timeValue = undiscounted - intrinsic;
  if (timeValue <= 0) {
    return timeValue < -4 * EPSILON * (forward + strike) ? FAILURES.below_intrinsic : FAILURES.at_intrinsic;
  }
  if (timeValue >= Math.min(forward, strike)) return FAILURES.above_maximum;
  const x = -Math.abs(logRatio(forward, strike));
  const normalised = timeValue / (Math.sqrt(forward) * Math.sqrt(strike));
  // In the money the time value may be smaller than any number that the square root leaves.
  if (normalised === 0) return FAILURES.at_intrinsic;
  if (normalised >= Math.exp(x / 2)) return FAILURES.above_maximum;
  const sigma = normalisedVolatility(x, normalised) / Math.sqrt(years);
  return sigma > 0 && sigma < Infinity ? { ok: true, sigma } : FAILURES.no_terms;
}

/** ln(a / b), also where they are so close that the quotient would round the difference away. */
function logRatio(a: number, b: number): number {
  const share = (a - b) / b;
  return Math.abs(share) < 0.5 ? Math.log1p(share) : Math.log(a / b);
}
