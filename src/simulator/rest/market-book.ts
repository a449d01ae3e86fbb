import type { MarketContract } from "../market/contract-universe.ts";
import type {
  IndexValueEvent,
  MarketEvent,
  OptionQuoteEvent,
  OptionTradeEvent,
  StockQuoteEvent,
  StockTradeEvent,
} from "../market/events.ts";
import type { Market } from "../market/market.ts";
import { Bar, COUNTS, Days, optionEligibility } from "./day-bar.ts";
import { EasternDates } from "./eastern-dates.ts";
import { hashOf } from "./text-hash.ts";

/** An event with the time that was published with it. */
export interface Stamped<Event> {
  readonly event: Event;
  readonly tMs: number;
  /** When it happened by the market's own time. */
  readonly marketMs: number;
  /** The part of the time below a ms, which the stream cuts off: 0 to 999,999 ns, later where the event is. */
  readonly belowNs: number;
}

/** What is known of a contract from what was published. */
export interface OptionBook {
  quote: Stamped<OptionQuoteEvent> | undefined;
  trade: Stamped<OptionTradeEvent> | undefined;
  readonly days: Days;
}

/** The same of a fund's shares. */
export interface StockBook {
  quote: Stamped<StockQuoteEvent> | undefined;
  trade: Stamped<StockTradeEvent> | undefined;
  minute: Bar | undefined;
  readonly days: Days;
}

/** The same of an index. */
export interface IndexBook {
  value: Stamped<IndexValueEvent>;
  readonly days: Days;
}

const MINUTE_MS = 60_000;

/**
 * The last state of everything that the feed published, as a snapshot shows it: what a client of the stream could know. An
 * event that comes late replaces no newer one.
 */
export class MarketBook {
  readonly #market: Market;
  readonly #options = new Map<MarketContract, OptionBook>();
  readonly #stocks = new Map<string, StockBook>();
  readonly #indices = new Map<string, IndexBook>();
  readonly #dates = new EasternDates();

  /** @param market not yet advanced: what it is at now counts as published. */
  constructor(market: Market) {
    this.#market = market;
    for (const contract of market.contracts()) this.#option(contract);
    for (const { symbol, assetClass } of market.underlyings()) {
      if (assetClass === "indices") this.#addIndex(`I:${symbol}`, symbol);
      else
        this.#stocks.set(symbol, { quote: undefined, trade: undefined, minute: undefined, days: this.#daysOf(symbol) });
    }
    if (market.spot("VIX") !== undefined) this.#addIndex("I:VIX", "VIX");
  }

  /** Takes in what is published. @param marketMs when it happened by the market's own time, which never
   * goes back. @param tMs the event time that is written. */
  record(event: MarketEvent, marketMs: number, tMs: number): void {
    switch (event.kind) {
      case "optionQuote": {
        const book = this.#option(event.contract);
        if (!isOlder(event, marketMs, book.quote))
          book.quote = stamped(event, marketMs, tMs, event.sequence, book.quote);
        return;
      }
      case "optionTrade":
        this.#recordTrade(event, marketMs, tMs);
        return;
      case "stockQuote": {
        const book = this.#stocks.get(event.symbol);
        if (book === undefined || isOlder(event, marketMs, book.quote)) return;
        book.quote = stamped(event, marketMs, tMs, event.sequence, book.quote);
        return;
      }
      case "stockTrade":
        this.#recordShares(event, marketMs, tMs);
        return;
      case "indexValue": {
        const book = this.#indices.get(event.ticker);
        if (book === undefined) return;
        if (marketMs >= book.value.marketMs) book.value = stamped(event, marketMs, tMs, event.valueCents, book.value);
        book.days.at(this.#dates.at(tMs)).add(event.valueCents, 0, tMs, COUNTS);
      }
    }
  }

  /** A listed contract's; it begins with the quote that the contract is listed with. */
  option(contract: MarketContract): OptionBook {
    return this.#option(contract);
  }

  stock(symbol: string): StockBook | undefined {
    return this.#stocks.get(symbol);
  }

  /** @param ticker `I:SPX`. */
  index(ticker: string): IndexBook | undefined {
    return this.#indices.get(ticker);
  }

  /** In order. */
  stocks(): readonly string[] {
    return [...this.#stocks.keys()].sort();
  }

  /** In order. */
  indices(): readonly string[] {
    return [...this.#indices.keys()].sort();
  }

  #option(contract: MarketContract): OptionBook {
    const known = this.#options.get(contract);
    if (known !== undefined) return known;
    const event = this.#market.quote(contract.ticker);
    const middle = event === undefined ? 0 : Math.round((event.bidCents + event.askCents) / 2);
    const book: OptionBook = {
      quote: event && stamped(event, event.tMs, event.tMs, event.sequence, undefined),
      trade: undefined,
      days: new Days(middle),
    };
    this.#options.set(contract, book);
    return book;
  }

  #recordTrade(event: OptionTradeEvent, marketMs: number, tMs: number): void {
    const book = this.#option(event.contract);
    const counts = optionEligibility(event.conditions);
    book.days.at(this.#dates.at(tMs)).add(event.priceCents, event.size, tMs, counts);
    if (!counts.openClose || isOlder(event, marketMs, book.trade)) return;
    book.trade = stamped(event, marketMs, tMs, event.sequence, book.trade);
  }

  #recordShares(event: StockTradeEvent, marketMs: number, tMs: number): void {
    const book = this.#stocks.get(event.symbol);
    if (book === undefined) return;
    if (!isOlder(event, marketMs, book.trade)) book.trade = stamped(event, marketMs, tMs, event.sequence, book.trade);
    book.days.at(this.#dates.at(tMs)).add(event.priceCents, event.size, tMs, COUNTS);
    const minute = Math.floor(tMs / MINUTE_MS) * MINUTE_MS;
    if (book.minute?.period !== minute) book.minute = new Bar(minute);
    book.minute.add(event.priceCents, event.size, tMs, COUNTS);
  }

  #addIndex(ticker: string, symbol: string): void {
    const tMs = Math.floor(this.#market.nowMs);
    const valueCents = Math.round(100 * (this.#market.spot(symbol) ?? 0));
    this.#indices.set(ticker, {
      value: stamped(
        { kind: "indexValue", publishedAtMs: tMs, tMs, ticker, valueCents },
        tMs,
        tMs,
        valueCents,
        undefined,
      ),
      days: this.#daysOf(symbol),
    });
  }

  #daysOf(symbol: string): Days {
    return new Days(Math.round(100 * (this.#market.spot(symbol) ?? 0)));
  }
}

function stamped<Event>(
  event: Event,
  marketMs: number,
  tMs: number,
  number: number,
  before: Stamped<Event> | undefined,
): Stamped<Event> {
  const own = hashOf(`${number}`) % 500_000;
  // Two of one ms stay in their order.
  const belowNs = before?.tMs === tMs ? Math.min(999_999, before.belowNs + 1 + (own % 1_000)) : own;
  return { event, tMs, marketMs, belowNs };
}

function isOlder(
  event: { readonly sequence: number },
  marketMs: number,
  known: Stamped<{ readonly sequence: number }> | undefined,
): boolean {
  if (known === undefined || marketMs > known.marketMs) return false;
  return marketMs < known.marketMs || event.sequence < known.event.sequence;
}
