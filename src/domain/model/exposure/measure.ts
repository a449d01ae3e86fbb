import { type BlackScholesGreeks, blackScholesGreeks } from "../black-scholes-greeks.ts";
import { countedIv, countedPosition, type ExposureContract, LEAST_YEARS, type MissingReason } from "./contract.ts";
import type { ExposureConvention } from "./sign-model.ts";

/** What one contract adds to each exposure, or why it adds nothing. */
export interface MeasuredContract {
  /** Dollars of delta per rise of the underlying by 1 %. */
  readonly gexUsdPerPct: number | MissingReason;
  /** Dollars of delta per rise of volatility by one point. */
  readonly vexUsdPerVolPoint: number | MissingReason;
  /** Dollars of delta per calendar day. */
  readonly chexUsdPerDay: number | MissingReason;
  /** Dollars of delta from now to settlement, were the underlying to stay where it is. */
  readonly deltaToCloseUsd: number | MissingReason;
  /** Whose gamma it is; `null` where it does not count. */
  readonly gammaSource: "provider" | "model" | null;
}

const DAYS_PER_YEAR = 365;
const PER_CENT = 0.01;
/** Times spot; more than any option has a minute before it settles. */
const MOST_GAMMA = 1e6;

/**
 * Exposures of one contract to a spot: the dealers' position times its greek, all as changes of the dealers' delta, the
 * reverse of what they trade to stay hedged. A given delta or gamma counts before one computed from `iv`; vanna and charm
 * are always computed.
 *
 * @param spot above 0 and at most 1e9.
 */
export function measureContract(
  contract: ExposureContract,
  spot: number,
  convention: ExposureConvention,
): MeasuredContract {
  const position = countedPosition(contract, convention);
  if (typeof position === "string") return missing(position);
  const own = ownGreeks(contract, spot);
  const { right, strike, multiplier } = contract;
  const dollars = position * multiplier * spot;

  const isOwnGamma = !isGamma(contract.gamma, spot);
  const gamma = isOwnGamma ? (typeof own === "string" ? reasonOf(contract.gamma, own) : own.gamma) : contract.gamma;
  const sign = right === "C" ? 1 : -1;
  const isOwnDelta = !isDelta(contract.delta, sign);
  const delta = isOwnDelta ? (typeof own === "string" ? reasonOf(contract.delta, own) : own.delta) : contract.delta;
  const settledDelta = spot === strike ? sign / 2 : spot > strike === (sign === 1) ? sign : 0;
  return {
    gexUsdPerPct: typeof gamma === "string" ? gamma : dollars * gamma * spot * PER_CENT,
    vexUsdPerVolPoint: typeof own === "string" ? own : dollars * own.vanna * PER_CENT,
    chexUsdPerDay: typeof own === "string" ? own : (dollars * own.charm) / DAYS_PER_YEAR,
    deltaToCloseUsd: typeof delta === "string" ? delta : dollars * (settledDelta - delta),
    gammaSource: typeof gamma === "string" ? null : isOwnGamma ? "model" : (contract.greeksSource ?? "provider"),
  };
}

function missing(reason: MissingReason): MeasuredContract {
  return {
    gexUsdPerPct: reason,
    vexUsdPerVolPoint: reason,
    chexUsdPerDay: reason,
    deltaToCloseUsd: reason,
    gammaSource: null,
  };
}

function ownGreeks(contract: ExposureContract, spot: number): BlackScholesGreeks | MissingReason {
  const iv = countedIv(contract);
  if (typeof iv === "string") return iv;
  const { right, strike, years, rate, dividendYield } = contract;
  return blackScholesGreeks(right, {
    spot,
    strike,
    years: Math.max(years ?? 0, LEAST_YEARS),
    rate,
    dividendYield,
    volatility: iv,
  });
}

/** That a given greek is absurd says more than that there is no volatility to replace it. */
function reasonOf(given: number | null, own: MissingReason): MissingReason {
  return given === null ? own : "bad_greek";
}

/** Whether a given gamma can be reckoned with at a spot. */
export function isGamma(gamma: number | null, spot: number): gamma is number {
  return gamma !== null && gamma >= 0 && gamma * spot <= MOST_GAMMA;
}

function isDelta(delta: number | null, sign: 1 | -1): delta is number {
  return delta !== null && sign * delta >= 0 && sign * delta <= 1;
}
