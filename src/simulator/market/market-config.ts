import { DEFAULT_HAPPENINGS, type HappeningShares } from "./happenings.ts";
import type { SelfExcitation } from "./hawkes.ts";
import { requireListings, type StrikeListing } from "./strike-listing.ts";
import { DEFAULT_UNDERLYINGS, type UnderlyingSpec } from "./underlyings.ts";

/** What a market is made of. Only `startMs` is required. */
export interface MarketConfig {
  /** When the market starts, ms since the Unix epoch. Decides which expirations are listed. */
  readonly startMs: number;
  /** @default DEFAULT_UNDERLYINGS */
  readonly underlyings?: readonly UnderlyingSpec[];
  /** Long-run mean of option trades and quotes together, above 0. @default 1000 */
  readonly optionEventsPerSecond?: number;
  /** Option quotes for each print, 1 or more, since every order comes with a quote. @default 3 */
  readonly quotesPerTrade?: number;
  /** Mean number of quotes that one move of a spot sets off, 1 or more. @default 10 */
  readonly quotesPerMove?: number;
  /** Chance that a quote is delivered 1.2 to 4 s late. @default 0.0005 */
  readonly slowQuotes?: number;
  /** How orders set off others. @default { branchingRatio: 0.55, meanDelayMs: 350 } */
  readonly excitation?: SelfExcitation;
  /** What orders end in; missing shares are those of `DEFAULT_HAPPENINGS`. */
  readonly happenings?: Partial<HappeningShares>;
  /** Trades and quotes of all funds' shares together. @default 0 */
  readonly stockEventsPerSecond?: number;
  /** Time between two values of an index; 0 for none. @default 0 */
  readonly indexIntervalMs?: number;
  /** Strikes that are listed while the market runs. @default none */
  readonly listings?: readonly StrikeListing[];
}

/** A configuration without gaps. */
export interface MarketSettings extends Required<Omit<MarketConfig, "happenings">> {
  readonly happenings: HappeningShares;
}

/**
 * Fills in what is missing and checks every limit.
 *
 * @throws {RangeError} naming the setting, its limits and its value.
 */
export function completeConfig(config: MarketConfig): MarketSettings {
  const settings: MarketSettings = {
    startMs: config.startMs,
    underlyings: config.underlyings ?? DEFAULT_UNDERLYINGS,
    optionEventsPerSecond: config.optionEventsPerSecond ?? 1_000,
    quotesPerTrade: config.quotesPerTrade ?? 3,
    quotesPerMove: config.quotesPerMove ?? 10,
    slowQuotes: config.slowQuotes ?? 0.0005,
    excitation: config.excitation ?? { branchingRatio: 0.55, meanDelayMs: 350 },
    happenings: { ...DEFAULT_HAPPENINGS, ...config.happenings },
    stockEventsPerSecond: config.stockEventsPerSecond ?? 0,
    indexIntervalMs: config.indexIntervalMs ?? 0,
    listings: config.listings ?? [],
  };
  requireBetween("startMs", settings.startMs, 0, 8.64e15);
  requireBetween("optionEventsPerSecond", settings.optionEventsPerSecond, Number.MIN_VALUE, 1e9);
  requireBetween("quotesPerTrade", settings.quotesPerTrade, 1, 1e6);
  requireBetween("quotesPerMove", settings.quotesPerMove, 1, 1e6);
  requireBetween("slowQuotes", settings.slowQuotes, 0, 1);
  requireBetween("stockEventsPerSecond", settings.stockEventsPerSecond, 0, 1e9);
  requireBetween("indexIntervalMs", settings.indexIntervalMs, 0, 1e9);
  requireListings(settings.listings);
  let share = 0;
  for (const [name, value] of Object.entries(settings.happenings)) {
    requireBetween(`happenings.${name}`, value, 0, 1);
    share += value;
  }
  requireBetween("sum of happenings", share, 0, 1);
  return settings;
}

function requireBetween(name: string, value: number, least: number, most: number): void {
  if (!(value >= least && value <= most)) {
    throw new RangeError(`Cannot make a market: '${name}' must be in ${least}..${most}, current value is ${value}`);
  }
}
