import type { OptionRight } from "../market/rows.ts";
import { type BlackScholesInput, requirePriceable } from "./black-scholes.ts";
import { normalCdf, normalPdf } from "./normal-distribution.ts";

/** Price and sensitivities of a European option, each per unit of the underlying. */
export interface BlackScholesGreeks {
  /** Points. */
  readonly price: number;
  /** dV/dS, per point. */
  readonly delta: number;
  /** d2V/dS2, per point squared; the same for calls and puts. */
  readonly gamma: number;
  /** dV/dsigma, per 1.00 of volatility; a hundredth of it is per vol point. */
  readonly vega: number;
  /** dV/dt with calendar time forward, per year; a 365th of it is per day. */
  readonly theta: number;
  /** dV/dr, per 1.00 of rate. */
  readonly rho: number;
  /** d2V/dS dsigma, per point and 1.00 of volatility; the same for calls and puts. */
  readonly vanna: number;
  /** Change of delta with calendar time forward, per year. */
  readonly charm: number;
  /** d2V/dsigma2, per 1.00 of volatility squared. */
  readonly vomma: number;
  /** d3V/dS3, per point cubed. */
  readonly speed: number;
  /** dGamma/dsigma, per point squared and 1.00 of volatility. */
  readonly zomma: number;
  /** Change of gamma with calendar time forward, per point squared and year. */
  readonly color: number;
  /** Without time or volatility left: the price is intrinsic, and all but delta, theta and rho are 0. */
  readonly degenerate: boolean;
}

/** Below this the digits of a double no longer tell the option from its intrinsic value, and its gamma may overflow. */
const NEGLIGIBLE_DEVIATION = 1e-75;

/**
 * Price and greeks by Black, Scholes and Merton, in the units of a year, 1.00 of volatility and one point.
 *
 * Without time or volatility the option is `degenerate`: delta is that of the discounted forward where it ends in the
 * money, half of it exactly at the money, else 0; theta and rho are those of the intrinsic value, and 0 once no time is
 * left. Every figure is finite for volatilities up to 100 and rates that do not overflow over the time.
 *
 * @throws {RangeError} as `blackScholesPrice`.
 * @example
 * ```ts
 * const input = { spot: 49, strike: 50, years: 0.3846, rate: 0.05, dividendYield: 0, volatility: 0.2 };
 * blackScholesGreeks("C", input).delta; // about 0.5216
 * ```
 */
export function blackScholesGreeks(right: OptionRight, input: BlackScholesInput): BlackScholesGreeks {
  requirePriceable(input);
  const { spot, strike, rate, dividendYield: yield_, volatility } = input;
  const sign = right === "C" ? 1 : -1;
  const years = Math.max(input.years, 0);
  const yieldDiscount = Math.exp(-yield_ * years);
  const spotNow = spot * yieldDiscount;
  const strikeNow = strike * Math.exp(-rate * years);
  const root = Math.sqrt(years);
  const deviation = volatility * root;
  if (!(deviation >= NEGLIGIBLE_DEVIATION)) return degenerate(sign, input, yieldDiscount, spotNow, strikeNow);

  const carry = (rate - yield_) * years;
  const d1 = (Math.log(spot / strike) + carry) / deviation + deviation / 2;
  const d2 = d1 - deviation;
  const forwardShare = sign * normalCdf(sign * d1);
  const strikeShare = sign * normalCdf(sign * d2);
  const common = {
    price: Math.max(0, spotNow * forwardShare - strikeNow * strikeShare),
    delta: yieldDiscount * forwardShare,
    rho: strikeNow * years * strikeShare,
    degenerate: false,
  };
  const drift = yield_ * spotNow * forwardShare - rate * strikeNow * strikeShare;
  const charmOfYield = yield_ * yieldDiscount * forwardShare;
  const density = yieldDiscount * normalPdf(d1);
  // So far out that the density is nothing; its products with d1 and d2 could be 0 times infinity.
  if (density === 0) return { ...common, ...NO_CURVATURE, theta: drift, charm: charmOfYield };

  const gamma = density / (spot * deviation);
  const vega = spot * density * root;
  const drag = (2 * carry - d2 * deviation) / (2 * years * deviation);
  return {
    ...common,
    gamma,
    vega,
    theta: drift - (spot * density * volatility) / (2 * root),
    vanna: (-density * d2) / volatility,
    charm: charmOfYield - density * drag,
    vomma: (vega * d1 * d2) / volatility,
    speed: (-gamma / spot) * (d1 / deviation + 1),
    zomma: (gamma * (d1 * d2 - 1)) / volatility,
    color: gamma * (yield_ + 1 / (2 * years) + drag * d1),
  };
}

const NO_CURVATURE = { gamma: 0, vega: 0, vanna: 0, vomma: 0, speed: 0, zomma: 0, color: 0 } as const;

function degenerate(
  sign: 1 | -1,
  { years, rate, dividendYield }: BlackScholesInput,
  yieldDiscount: number,
  spotNow: number,
  strikeNow: number,
): BlackScholesGreeks {
  const intrinsic = sign * (spotNow - strikeNow);
  const share = intrinsic > 0 ? sign : intrinsic === 0 ? sign / 2 : 0;
  const alive = years > 0;
  return {
    ...NO_CURVATURE,
    price: Math.max(0, intrinsic),
    delta: share * yieldDiscount,
    theta: alive ? share * (dividendYield * spotNow - rate * strikeNow) : 0,
    rho: alive ? share * strikeNow * years : 0,
    charm: 0,
    degenerate: true,
  };
}
