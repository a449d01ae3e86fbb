import { formatOptionTicker } from "../../domain/instrument/option-symbol.ts";
import type { OptionRight } from "../../domain/market/rows.ts";
import type { Random } from "../../domain/random.ts";
import { listedExpirations, type SettlementStyle, settlementTimeMs } from "./calendar.ts";
import type { StrikeListing } from "./strike-listing.ts";
import type { RootSpec, StrikeBand, UnderlyingSpec } from "./underlyings.ts";
import { atTheMoneyVariance } from "./volatility-surface.ts";

const MS_PER_DAY = 86_400_000;
const MS_PER_YEAR = 365 * MS_PER_DAY;

/** One listed option. */
export interface MarketContract {
  /** Place in `ContractUniverse.contracts`. */
  readonly index: number;
  /** Provider ticker, `O:SPXW251223P06870000`. */
  readonly ticker: string;
  readonly root: string;
  /** Without `I:`. */
  readonly underlying: string;
  /** `YYYY-MM-DD`. */
  readonly expiration: string;
  readonly right: OptionRight;
  /** Points. */
  readonly strike: number;
  readonly settlement: SettlementStyle;
  /** When it settles and its life ends, ms since the Unix epoch. */
  readonly expiresAtMs: number;
  /** From when on it is listed, ms since the Unix epoch; at or before the market's start but for strikes listed later. */
  readonly listedAtMs: number;
  /** Contracts open at the end of the day before; fixed. */
  readonly openInterest: number;
}

/** Calls, or puts, of one root and expiration: neighbours in `contracts`, by strike. */
interface ContractSeries {
  /** Place of the lowest strike. */
  readonly first: number;
  readonly count: number;
  /** From a contract of this series to the one of the other right at the same strike. */
  readonly toOtherRight: number;
}

/** Every contract of one underlying and how active each is. */
export interface ContractUniverse {
  readonly spec: UnderlyingSpec;
  readonly contracts: readonly MarketContract[];
  readonly seriesOf: (contract: MarketContract) => ContractSeries;
  /** Share of the underlying's orders that go to each contract; they add up to 1. */
  readonly tradeShares: readonly number[];
  /** Share of its spontaneous quotes, flatter than the trades. */
  readonly quoteShares: readonly number[];
}

/** Time to settlement in years of 365 days; 0 or below once settled. */
export function yearsToExpiry(contract: MarketContract, atMs: number): number {
  return (contract.expiresAtMs - atMs) / MS_PER_YEAR;
}

/** Whether a contract is listed and not settled. */
export function isAlive({ listedAtMs, expiresAtMs }: MarketContract, atMs: number): boolean {
  return listedAtMs <= atMs && expiresAtMs > atMs;
}

/**
 * Lists the contracts of an underlying that are alive at `startMs`, and those that are to be listed later.
 *
 * @param listings of any underlying, in ms after `startMs`.
 */
export function buildUniverse(
  spec: UnderlyingSpec,
  startMs: number,
  random: Random,
  listings: readonly StrikeListing[] = [],
): ContractUniverse {
  const contracts: MarketContract[] = [];
  const seriesByIndex: ContractSeries[] = [];
  const tradeWeights: number[] = [];

  for (const root of spec.roots) {
    for (const { date, isMonthly } of listedExpirations(startMs, spec.expirations)) {
      const expiresAtMs = settlementTimeMs(date, root.settlement);
      if (expiresAtMs <= startMs || (root.expirations === "monthly" && !isMonthly)) continue;
      const days = (expiresAtMs - startMs) / MS_PER_DAY;
      const listed = listedStrikes(spec.strikeBands, spec.spot, days);
      const listedLater = laterStrikes(listings, spec.symbol, root.root, date, new Set(listed));
      const strikes = listedLater.size === 0 ? listed : ascending([...listed, ...listedLater.keys()]);
      for (const right of ["C", "P"] as const) {
        const line: ContractSeries = {
          first: contracts.length,
          count: strikes.length,
          toOtherRight: right === "C" ? strikes.length : -strikes.length,
        };
        for (const strike of strikes) {
          const weight = activity(spec, root, right, strike, days, isMonthly);
          contracts.push({
            index: contracts.length,
            ticker: formatOptionTicker({
              root: root.root,
              expiration: date,
              right,
              strikeThousandths: Math.round(strike * 1000),
            }),
            root: root.root,
            underlying: spec.symbol,
            expiration: date,
            right,
            strike,
            settlement: root.settlement,
            expiresAtMs,
            listedAtMs: startMs + (listedLater.get(strike) ?? 0),
            openInterest: openInterest(strike, weight, random),
          });
          seriesByIndex.push(line);
          tradeWeights.push(weight);
        }
      }
    }
  }
  return {
    spec,
    contracts,
    seriesOf: (contract) => {
      const line = seriesByIndex[contract.index];
      if (line === undefined) {
        throw new RangeError(`Cannot find a series: the contract must be of this universe, got "${contract.ticker}"`);
      }
      return line;
    },
    tradeShares: normalised(tradeWeights),
    quoteShares: normalised(tradeWeights.map((weight) => weight ** 0.7)),
  };
}

function listedStrikes(bands: readonly StrikeBand[], spot: number, days: number): readonly number[] {
  const strikes = new Set<number>();
  for (const { within, step, maxDays } of bands) {
    if (days > maxDays) continue;
    const lowest = Math.ceil((spot * (1 - within)) / step) * step;
    for (let strike = lowest; strike <= spot * (1 + within); strike += step) strikes.add(strike);
  }
  return ascending([...strikes]);
}

/** Strikes of one root and expiration that are not listed yet, with when they will be. */
function laterStrikes(
  listings: readonly StrikeListing[],
  symbol: string,
  root: string,
  date: string,
  listed: ReadonlySet<number>,
): ReadonlyMap<number, number> {
  const later = new Map<number, number>();
  for (const { atMs, underlying, root: only, expiration, strikes } of listings) {
    if (underlying !== symbol || (only ?? root) !== root || (expiration ?? date) !== date) continue;
    for (const strike of strikes) {
      if (!listed.has(strike)) later.set(strike, Math.min(atMs, later.get(strike) ?? atMs));
    }
  }
  return later;
}

function ascending(numbers: readonly number[]): readonly number[] {
  return [...numbers].sort((left, right) => left - right);
}

/**
 * How busy a contract is, relative to others of its underlying: falls off on both sides of the money, faster in the
 * money, and with time to expiry; monthly expirations draw more than their neighbours.
 */
function activity(
  spec: UnderlyingSpec,
  root: RootSpec,
  right: OptionRight,
  strike: number,
  days: number,
  isMonthly: boolean,
): number {
  // A contract of the last half day is not busier the narrower its range gets.
  const deviation = Math.sqrt(atTheMoneyVariance(spec.volatility, Math.max(days, 0.5) / 365));
  const outOfTheMoney = ((right === "C" ? 1 : -1) * Math.log(strike / spec.spot)) / deviation;
  const moneyness = outOfTheMoney >= 0 ? Math.exp(-outOfTheMoney) : Math.exp(2 * outOfTheMoney);
  const nearness = (days + 0.4) ** -1.8 * (isMonthly ? 3 : 1);
  return root.activity * nearness * (moneyness + 2e-4);
}

function openInterest(strike: number, weight: number, random: Random): number {
  const roundStrike = strike % 100 === 0 ? 4 : strike % 25 === 0 ? 2 : 1;
  return Math.floor(6_000 * roundStrike * Math.sqrt(weight) * random.exponential());
}

function normalised(weights: readonly number[]): readonly number[] {
  let total = 0;
  for (const weight of weights) total += weight;
  return weights.map((weight) => weight / total);
}
