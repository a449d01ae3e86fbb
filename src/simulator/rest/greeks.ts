import type { OptionRight } from "../../domain/market/rows.ts";
import { normalCdf } from "../../domain/model/normal-distribution.ts";

/** Sensitivities as the provider states them. */
export interface Greeks {
  readonly delta: number;
  readonly gamma: number;
  /** Per calendar day. */
  readonly theta: number;
  /** Per vol point. */
  readonly vega: number;
}

/** What they depend on, as in `BlackScholesInput`. */
export interface GreeksInput {
  readonly spot: number;
  readonly strike: number;
  readonly years: number;
  readonly rate: number;
  readonly dividendYield: number;
  readonly volatility: number;
}

/** Of a European option with time and volatility left. */
export function blackScholesGreeks(right: OptionRight, input: GreeksInput): Greeks {
  const { spot, strike, years, rate, dividendYield, volatility } = input;
  const sign = right === "C" ? 1 : -1;
  const deviation = volatility * Math.sqrt(years);
  const d1 = (Math.log(spot / strike) + (rate - dividendYield) * years) / deviation + deviation / 2;
  const d2 = d1 - deviation;
  const density = Math.exp((-d1 * d1) / 2) / Math.sqrt(2 * Math.PI);
  const yieldFactor = Math.exp(-dividendYield * years);
  const strikeNow = strike * Math.exp(-rate * years);
  const decay = (spot * yieldFactor * density * volatility) / (2 * Math.sqrt(years));
  const carry =
    sign * (dividendYield * spot * yieldFactor * normalCdf(sign * d1) - rate * strikeNow * normalCdf(sign * d2));
  return {
    delta: sign * yieldFactor * normalCdf(sign * d1),
    gamma: (yieldFactor * density) / (spot * deviation),
    theta: (carry - decay) / 365,
    vega: (spot * yieldFactor * density * Math.sqrt(years)) / 100,
  };
}
