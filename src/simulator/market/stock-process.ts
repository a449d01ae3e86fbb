import type { Random } from "../../domain/random.ts";
import type { Agenda } from "./agenda.ts";
import type { IndexValueEvent, MarketEvent, StockQuoteEvent, StockTradeEvent } from "./events.ts";
import { drawShare } from "./share.ts";
import type { SpotProcess } from "./spot-process.ts";
import type { UnderlyingSpec } from "./underlyings.ts";
import { OFF_EXCHANGE, STOCK_QUOTE_VENUES, STOCK_TRADE_VENUES } from "./venues.ts";
import { atTheMoneyVariance } from "./volatility-surface.ts";

/** Quotes per trade of the funds' shares. */
const QUOTES_PER_TRADE = 4;

/** Odd lots, sweeps, extended hours: stock conditions are numbers of another kind than those of options. */
const STOCK_CONDITIONS: readonly (readonly number[] | undefined)[] = [
  undefined,
  [14, 41],
  [37],
  [14, 37, 41],
  [12, 37],
];

/** Consolidated tape by listing: 1 NYSE, 2 AMEX and Arca, 3 Nasdaq. */
const TAPES: ReadonlyMap<string, number> = new Map([
  ["SPY", 2],
  ["QQQ", 3],
  ["IWM", 2],
]);

/** The quoted spread of the big funds: a cent around a price on the half cent below. */
interface StockMarket {
  readonly bidCents: number;
  readonly askCents: number;
}

/** Starts trades and quotes of a fund's shares: Poisson arrivals at a price that follows the spot. */
export function startStock(
  spec: UnderlyingSpec,
  eventsPerSecond: number,
  spots: SpotProcess,
  agenda: Agenda,
  random: Random,
  emit: (event: MarketEvent) => void,
): void {
  if (eventsPerSecond === 0) return;
  const gapMs = 1000 / eventsPerSecond;
  const { symbol } = spec;
  const tape = TAPES.get(symbol) ?? 1;
  let sequence = 1e6 + random.int(1e6);
  let tradeId = random.int(1e6);

  const marketNow = (spot: number): StockMarket => {
    const bidCents = Math.floor(spot * 100);
    return { bidCents, askCents: bidCents + 1 + (random.next() < 0.25 ? 1 : 0) };
  };
  const quote = (tMs: number, spot: number): StockQuoteEvent => {
    const { bidCents, askCents } = marketNow(spot);
    return {
      kind: "stockQuote",
      publishedAtMs: tMs,
      tMs,
      symbol,
      sequence,
      bidCents,
      bidSize: 1 + Math.floor(6 * random.exponential()),
      bidExchange: drawShare(STOCK_QUOTE_VENUES, random).exchange,
      askCents,
      askSize: 1 + Math.floor(6 * random.exponential()),
      askExchange: drawShare(STOCK_QUOTE_VENUES, random).exchange,
      tape,
      truth: { spot },
    };
  };
  const trade = (tMs: number, spot: number): StockTradeEvent => {
    const { bidCents, askCents } = marketNow(spot);
    const isBuy = random.next() < 0.5;
    const exchange = drawShare(STOCK_TRADE_VENUES, random).exchange;
    const size = random.next() < 0.6 ? 1 + random.int(99) : 100 * (1 + Math.floor(2 * random.exponential()));
    return {
      kind: "stockTrade",
      publishedAtMs: tMs,
      tMs,
      symbol,
      tradeId: String(++tradeId),
      sequence,
      priceCents: isBuy ? askCents : bidCents,
      size,
      exchange,
      conditions: STOCK_CONDITIONS[random.int(STOCK_CONDITIONS.length)],
      tape,
      reportingFacility: exchange === OFF_EXCHANGE ? 201 + random.int(2) : undefined,
      truth: { aggressor: isBuy ? "buy" : "sell", spot },
    };
  };
  const happen = (atMs: number): void => {
    agenda.schedule(atMs + gapMs * random.exponential(), happen);
    spots.moveTo(symbol, atMs);
    sequence += 1 + Math.floor(4 * random.exponential());
    const make = random.next() * (1 + QUOTES_PER_TRADE) < 1 ? trade : quote;
    emit(make(Math.floor(atMs), spots.spot(symbol)));
  };
  agenda.schedule(agenda.nowMs + gapMs * random.exponential(), happen);
}

/** How much dearer a strip of all strikes is than the options at the money. */
const STRIP_PREMIUM = 1.12;

const THIRTY_DAYS = 30 / 365;

/**
 * A stand-in for the VIX on an underlying, in points: 30-day volatility at the money, in vol points, with a premium for
 * the smile. Not the published formula.
 */
export function volatilityIndex(spec: UnderlyingSpec, spots: SpotProcess): number {
  const atTheMoney = Math.sqrt(atTheMoneyVariance(spec.volatility, THIRTY_DAYS) / THIRTY_DAYS);
  return 100 * STRIP_PREMIUM * atTheMoney * spots.volatilityLevel(spec.symbol);
}

/** Starts the values of an index, one every `intervalMs`. */
export function startIndex(
  ticker: string,
  intervalMs: number,
  agenda: Agenda,
  read: (atMs: number) => number,
  emit: (event: IndexValueEvent) => void,
): void {
  const publish = (atMs: number): void => {
    agenda.schedule(atMs + intervalMs, publish);
    const tMs = Math.floor(atMs);
    emit({ kind: "indexValue", publishedAtMs: tMs, tMs, ticker, valueCents: Math.round(100 * read(atMs)) });
  };
  agenda.schedule(agenda.nowMs + intervalMs, publish);
}
