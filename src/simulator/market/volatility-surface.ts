/** Parameters of one underlying's implied volatilities. */
export interface VolatilityParameters {
  /** At-the-money volatility of an option that expires at once, a fraction per year. */
  readonly shortVolatility: number;
  /** At-the-money volatility of the far end. */
  readonly longVolatility: number;
  /** How fast the first goes over into the second, per year. */
  readonly reversionPerYear: number;
  /** Correlation parameter of the smile in (-1, 1); below 0 low strikes are dearer. */
  readonly skew: number;
  /** Curvature of the smile, above 0. With `smile * (1 + |skew|) <= 2` no butterfly is free. */
  readonly smile: number;
}

/**
 * Total variance at the money, the at-the-money volatility squared times `years`: the mean of a variance that reverts
 * from the short to the long level. Grows with `years`, so calendar spreads are never free.
 */
export function atTheMoneyVariance(parameters: VolatilityParameters, years: number): number {
  const { shortVolatility, longVolatility, reversionPerYear } = parameters;
  const long = longVolatility * longVolatility;
  const short = shortVolatility * shortVolatility;
  return long * years - ((long - short) * -Math.expm1(-reversionPerYear * years)) / reversionPerYear;
}

/**
 * Implied volatility as a function of log-moneyness and time: the surface SSVI of Gatheral and Jacquier, "Arbitrage-free
 * SVI volatility surfaces", Quantitative Finance 14 (2014), with their power law of exponent 1/2.
 *
 * @param logMoneyness ln(K / F), strike against forward.
 * @param years time to expiry, above 0.
 * @param level multiplies every volatility of the surface; 1 leaves it.
 * @returns a fraction per year.
 */
export function impliedVolatility(
  parameters: VolatilityParameters,
  logMoneyness: number,
  years: number,
  level: number,
): number {
  const { skew, smile } = parameters;
  const variance = atTheMoneyVariance(parameters, years) * level * level;
  const scaled = (smile / Math.sqrt(variance * (1 + variance))) * logMoneyness;
  const shifted = scaled + skew;
  const total = (variance / 2) * (1 + skew * scaled + Math.sqrt(shifted * shifted + 1 - skew * skew));
  return Math.sqrt(total / years);
}
