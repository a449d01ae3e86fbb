import type { Days } from "./day-bar.ts";
import type { JsonObject } from "./json.ts";
import type { StockBook } from "./market-book.ts";
import { isBlank, phaseAt } from "./market-hours.ts";
import { isEntitled, nanoseconds, points, type RestView, tidy, timeframe } from "./view.ts";

const NAMES: Readonly<Record<string, string>> = {
  "I:SPX": "S&P 500",
  "I:NDX": "Nasdaq 100",
  "I:VIX": "CBOE Volatility Index",
  SPY: "SPDR S&P 500 ETF Trust",
  QQQ: "Invesco QQQ Trust, Series 1",
  IWM: "iShares Russell 2000 ETF",
};

/** The row of an index; one that does not exist is a row as well. */
export function indexRow(view: RestView, ticker: string): JsonObject {
  const book = view.book.index(ticker);
  if (book === undefined) return notFound(ticker);
  if (!isEntitled(view, "indices")) return notEntitled(ticker);
  const { value, days } = book;
  return {
    value: points(value.event.valueCents),
    last_updated: nanoseconds(view, value),
    timeframe: timeframe(view, "indices"),
    name: NAMES[ticker] ?? ticker,
    ticker,
    market_status: phaseAt(view.hours, view.nowMs()) === "open" ? "regular_trading" : "closed",
    type: "indices",
    session: sessionOf(days, value.event.valueCents),
  };
}

/** The row of shares in the unified snapshot. */
export function unifiedStockRow(view: RestView, symbol: string): JsonObject {
  const book = view.book.stock(symbol);
  if (book === undefined) return notFound(symbol);
  if (!isEntitled(view, "stocks")) return notEntitled(symbol);
  const { quote, trade, days, minute } = book;
  const phase = phaseAt(view.hours, view.nowMs());
  const frame = timeframe(view, "stocks");
  const price = sharePriceCents(book);
  return {
    last_minute: minute && {
      close: points(minute.closeCents ?? 0),
      high: points(minute.highCents),
      low: points(minute.lowCents),
      open: points(minute.openCents ?? 0),
      transactions: minute.prints,
      volume: minute.volume,
      vwap: tidy(minute.notionalCents / minute.volume / 100, 4),
      last_updated: BigInt(Number(minute.period) - view.ageMs) * 1_000_000n,
    },
    last_quote:
      quote &&
      (isEntitled(view, "stocks", "Q")
        ? {
            last_updated: nanoseconds(view, quote),
            timeframe: frame,
            ask: points(quote.event.askCents),
            ask_size: quote.event.askSize,
            ask_exchange: quote.event.askExchange,
            bid: points(quote.event.bidCents),
            bid_size: quote.event.bidSize,
            bid_exchange: quote.event.bidExchange,
          }
        : undefined),
    last_trade:
      trade &&
      (isEntitled(view, "stocks", "T")
        ? {
            last_updated: nanoseconds(view, trade),
            timeframe: frame,
            id: trade.event.tradeId,
            price: points(trade.event.priceCents),
            size: trade.event.size,
            exchange: trade.event.exchange,
            conditions: trade.event.conditions,
          }
        : undefined),
    last_updated: lastUpdate(view, book),
    market_status: { open: "open", early: "early_trading", late: "late_trading", closed: "closed" }[phase],
    name: NAMES[symbol] ?? symbol,
    session: { ...sessionOf(days, price), price: points(price), volume: days.today?.volume ?? 0 },
    ticker: symbol,
    timeframe: frame,
    type: "stocks",
  };
}

/** The row of shares in the old style, with keys of one letter. */
export function stockRow(view: RestView, symbol: string, book: StockBook): JsonObject {
  const { quote, trade, days, minute } = book;
  const blank = isBlank(view.hours, view.nowMs(), trade?.tMs ?? 0);
  const { today, yesterday } = days;
  const last = sharePriceCents(book);
  const change = blank || today === undefined ? 0 : last - days.previousCloseCents;
  const previous = points(days.previousCloseCents);
  return {
    ticker: symbol,
    todaysChange: tidy(points(change)),
    todaysChangePerc: tidy((100 * change) / days.previousCloseCents),
    updated: blank ? 0 : lastUpdate(view, book),
    day: oldBar(blank ? undefined : today),
    lastQuote:
      quote === undefined || !isEntitled(view, "stocks", "Q")
        ? undefined
        : {
            P: points(quote.event.askCents),
            S: quote.event.askSize,
            p: points(quote.event.bidCents),
            s: quote.event.bidSize,
            t: nanoseconds(view, quote),
          },
    lastTrade:
      trade === undefined || !isEntitled(view, "stocks", "T")
        ? undefined
        : {
            c: trade.event.conditions ?? null,
            i: trade.event.tradeId,
            p: points(trade.event.priceCents),
            s: trade.event.size,
            t: nanoseconds(view, trade),
            x: trade.event.exchange,
          },
    min: blank
      ? { av: 0, t: 0, n: 0, ...oldBar(undefined) }
      : { av: today?.volume ?? 0, t: Number(minute?.period ?? 0), n: minute?.prints ?? 0, ...oldBar(minute) },
    prevDay:
      yesterday === undefined
        ? { o: previous, h: previous, l: previous, c: previous, v: 0, vw: previous }
        : oldBar(yesterday),
  };
}

/** What shares are at: their last print, else the middle of their market, else where they started. */
export function sharePriceCents({ trade, quote, days }: StockBook): number {
  if (trade !== undefined) return trade.event.priceCents;
  if (quote !== undefined) return Math.round((quote.event.bidCents + quote.event.askCents) / 2);
  return days.previousCloseCents;
}

export function notFound(ticker: string): JsonObject {
  return { error: "NOT_FOUND", message: "Ticker not found.", ticker };
}

export function notEntitled(ticker: string): JsonObject {
  return { error: "NOT_ENTITLED", message: "Not entitled to this ticker.", ticker };
}

/** The day as newer endpoints show it. */
export function sessionOf({ today, previousCloseCents }: Days, lastCents: number): JsonObject {
  const change = lastCents - previousCloseCents;
  return {
    change: tidy(points(change)),
    change_percent: previousCloseCents === 0 ? 0 : tidy((100 * change) / previousCloseCents),
    close: points(today?.closeCents ?? lastCents),
    high: points(today?.openCents === undefined ? lastCents : today.highCents),
    low: points(today?.openCents === undefined ? lastCents : today.lowCents),
    open: points(today?.openCents ?? lastCents),
    previous_close: points(previousCloseCents),
  };
}

function lastUpdate(view: RestView, { quote, trade }: StockBook): bigint {
  const times = [quote, trade].flatMap((one) => (one === undefined ? [] : [nanoseconds(view, one)]));
  return times.length === 0 ? 0n : times.reduce((latest, time) => (time > latest ? time : latest));
}

function oldBar(bar: Days["today"]): JsonObject {
  if (bar === undefined || bar.volume === 0) return { o: 0, h: 0, l: 0, c: 0, v: 0, vw: 0 };
  return {
    o: points(bar.openCents ?? 0),
    h: points(bar.highCents),
    l: points(bar.lowCents),
    c: points(bar.closeCents ?? 0),
    v: bar.volume,
    vw: tidy(bar.notionalCents / bar.volume / 100, 4),
  };
}
