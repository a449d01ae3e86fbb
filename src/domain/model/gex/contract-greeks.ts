import type { GreeksGroup, QuoteGroup, SubstrateRecord } from "../../epoch/substrate.ts";
import { eventMs } from "../../market/event-ms.ts";
import { IV_RANGE } from "../exposure/index.ts";
import { isGamma } from "../exposure/measure.ts";
import { midVolatility, outOfTheMoneyRight } from "../quote-volatility.ts";

/** Where a contract's gamma is from. */
export type GreeksOrigin = "provider" | "model_quote" | "model_provider_iv" | "none";

/** What of a contract's greeks exposures are computed from. Missing is `null`. */
export interface ContractGreeks {
  readonly delta: number | null;
  readonly gamma: number | null;
  readonly iv: number | null;
  readonly origin: GreeksOrigin;
}

/** What greeks are judged by and computed for. */
export interface GreeksMoment {
  readonly spot: number;
  /** What ages are told at. */
  readonly atMs: number;
  /** To settlement; `null` where unknown. */
  readonly years: number | null;
  readonly rate: number;
  readonly dividendYield: number;
  /** Smallest step of prices, points. */
  readonly tick: number;
  /** Past this age the provider's greeks are replaced where that can be, */
  readonly freshMs: number;
  /** and past this one nothing of theirs counts, nor of a quote. */
  readonly maxAgeMs: number;
}

/** Both contracts of one strike of a series. */
export interface StrikeRecords {
  readonly C: SubstrateRecord | undefined;
  readonly P: SubstrateRecord | undefined;
}

/**
 * The provider's delta and gamma where they are fresh. Else both are to be computed, at the spot of the moment, from the
 * volatility that the quote of the out-of-the-money contract of the strike implies, and where there is none from the last
 * one of the provider. So is what the provider does not give.
 */
export function contractGreeks(record: SubstrateRecord, strike: StrikeRecords, moment: GreeksMoment): ContractGreeks {
  const own = ageMs(record.greeks?.greeksTsNs, moment) <= moment.maxAgeMs ? record.greeks : undefined;
  const isFresh = ageMs(own?.greeksTsNs, moment) <= moment.freshMs;
  const ownIv = own !== undefined && isIv(own.iv) ? own.iv : null;
  if (own !== undefined && isFresh && own.gamma !== null) {
    const implied = ownIv === null ? impliedVolatility(strike, moment) : null;
    const iv = ownIv ?? implied;
    // An absurd one stays, so that it is told of, and another is computed in its place.
    const replaced = implied !== null ? "model_quote" : ownIv !== null ? "model_provider_iv" : "none";
    const origin = isGamma(own.gamma, moment.spot) ? originOf(own) : replaced;
    return { delta: own.delta, gamma: own.gamma, iv, origin };
  }
  if (isFresh && ownIv !== null)
    return { delta: own?.delta ?? null, gamma: null, iv: ownIv, origin: "model_provider_iv" };
  const implied = impliedVolatility(strike, moment);
  if (implied !== null) return { delta: null, gamma: null, iv: implied, origin: "model_quote" };
  return { delta: null, gamma: null, iv: ownIv, origin: ownIv === null ? "none" : "model_provider_iv" };
}

/** Greeks that somebody computed and stored as such are not the provider's. */
function originOf({ source }: GreeksGroup): GreeksOrigin {
  return source === "provider" ? "provider" : "model_quote";
}

function impliedVolatility({ C, P }: StrikeRecords, moment: GreeksMoment): number | null {
  const { spot, years, rate, dividendYield, tick, maxAgeMs } = moment;
  const strike = (C ?? P)?.terms.strike;
  if (strike === undefined || years === null || !(years > 0)) return null;
  const forward = spot * Math.exp((rate - dividendYield) * years);
  const right = outOfTheMoneyRight(forward, strike);
  const quote: QuoteGroup | undefined = (right === "C" ? C : P)?.quote;
  if (quote === undefined || ageMs(quote.quoteTsNs, moment) > maxAgeMs) return null;
  const { bid, ask } = quote;
  const result = midVolatility({ right, bid, ask, tick, spot, strike, years, rate, dividendYield });
  return result.ok && isIv(result.sigma) ? result.sigma : null;
}

function isIv(iv: number | null): iv is number {
  return iv !== null && iv >= IV_RANGE[0] && iv <= IV_RANGE[1];
}

function ageMs(tsNs: bigint | undefined, { atMs }: GreeksMoment): number {
  return tsNs === undefined ? Number.POSITIVE_INFINITY : atMs - eventMs(tsNs);
}
