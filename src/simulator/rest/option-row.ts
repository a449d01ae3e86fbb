import type { MarketContract } from "../market/contract-universe.ts";
import { blackScholesGreeks, type Greeks } from "./greeks.ts";
import type { JsonObject } from "./json.ts";
import type { OptionBook } from "./market-book.ts";
import { phaseAt } from "./market-hours.ts";
import { notEntitled, notFound, sessionOf, sharePriceCents } from "./spot-rows.ts";
import {
  isEntitled,
  isIndex,
  nanoseconds,
  points,
  type RestView,
  termsOf,
  tidy,
  timeframe,
  underlyingTicker,
} from "./view.ts";

/** Beyond this delta in the money there are no greeks, and from the second on no implied volatility either. */
const NO_GREEKS = 0.98;
const NO_VOLATILITY = 0.997;

/** A contract as the chain shows it. */
export function chainRow(view: RestView, contract: MarketContract): JsonObject {
  const book = view.book.option(contract);
  return {
    break_even_price: breakEven(contract, book),
    day: dayOf(view, book),
    details: { ...termsOf(view, contract), ticker: contract.ticker },
    ...modelOf(view, contract),
    ...lastOf(view, book),
    open_interest: view.openInterest.at(contract, view.nowMs(), view.isFlipped),
    underlying_asset: underlyingOf(view, contract, book),
  };
}

/** A contract in the unified snapshot. */
export function unifiedOptionRow(view: RestView, ticker: string, contract: MarketContract | undefined): JsonObject {
  if (contract === undefined) return notFound(ticker);
  if (!isEntitled(view, "options")) return notEntitled(ticker);
  const book = view.book.option(contract);
  const { days, quote, trade } = book;
  const frame = timeframe(view, "options");
  const last = days.today?.closeCents ?? days.previousCloseCents;
  const updated = [quote, trade].flatMap((one) => (one === undefined ? [] : [nanoseconds(view, one)]));
  return {
    break_even_price: breakEven(contract, book),
    details: { ...termsOf(view, contract), underlying_ticker: underlyingTicker(view, contract.underlying) },
    ...modelOf(view, contract),
    ...lastOf(view, book),
    last_updated: updated.reduce((latest, time) => (time > latest ? time : latest), 0n),
    market_status: phaseAt(view.hours, view.nowMs()) === "open" ? "open" : "closed",
    name: `${contract.underlying} ${contract.expiration} ${contract.strike} ${contract.right === "C" ? "Call" : "Put"}`,
    open_interest: view.openInterest.at(contract, view.nowMs(), view.isFlipped),
    session: { ...sessionOf(days, last), volume: days.today?.volume ?? 0 },
    ticker,
    timeframe: frame,
    type: "options",
    underlying_asset: underlyingOf(view, contract, book),
  };
}

/** What a contract costs that nobody traded today: the middle of its market. */
function breakEven({ right, strike }: MarketContract, { quote, days }: OptionBook): number {
  const middle = quote === undefined ? days.previousCloseCents : (quote.event.bidCents + quote.event.askCents) / 2;
  return tidy(strike + (right === "C" ? 1 : -1) * points(middle), 4);
}

/** Nothing for a contract that never traded; the provider's shape for it is not known. */
function dayOf(view: RestView, { days, trade }: OptionBook): JsonObject {
  const { today, previousCloseCents } = days;
  if (today?.closeCents === undefined || today.volume === 0 || trade === undefined) return {};
  const isRanged = today.highCents >= today.lowCents;
  return {
    ...sessionOf(days, today.closeCents),
    high: points(isRanged ? today.highCents : previousCloseCents),
    low: points(isRanged ? today.lowCents : previousCloseCents),
    last_updated: nanoseconds(view, trade),
    volume: today.volume,
    vwap: tidy(today.notionalCents / today.volume / 100, 4),
  };
}

function lastOf(view: RestView, { quote, trade }: OptionBook): JsonObject {
  const frame = timeframe(view, "options");
  return {
    last_quote:
      quote === undefined || !isEntitled(view, "options", "Q")
        ? undefined
        : {
            ask: points(quote.event.askCents),
            ask_size: quote.event.askSize,
            ask_exchange: quote.event.askExchange,
            bid: points(quote.event.bidCents),
            bid_size: quote.event.bidSize,
            bid_exchange: quote.event.bidExchange,
            last_updated: nanoseconds(view, quote),
            midpoint: tidy(points((quote.event.bidCents + quote.event.askCents) / 2)),
            timeframe: frame,
          },
    last_trade:
      trade === undefined || !isEntitled(view, "options", "T")
        ? undefined
        : {
            sip_timestamp: nanoseconds(view, trade),
            conditions: trade.event.conditions,
            price: points(trade.event.priceCents),
            size: trade.event.size,
            exchange: trade.event.exchange,
            timeframe: frame,
          },
  };
}

/** Greeks and implied volatility, where there are any. */
function modelOf(view: RestView, contract: MarketContract): JsonObject {
  const { market } = view;
  const valuation = market.valuation(contract.ticker);
  const spec = market.underlyings().find(({ symbol }) => symbol === contract.underlying);
  if (valuation === undefined || spec === undefined || !(valuation.years > 0)) return {};
  const { spot, years, impliedVolatility: volatility } = valuation;
  const { rate, dividendYield } = spec;
  const { strike, right } = contract;
  const greeks: Greeks = blackScholesGreeks(right, { spot, strike, years, rate, dividendYield, volatility });
  const depth = Math.abs(greeks.delta);
  return {
    greeks: depth > NO_GREEKS ? undefined : { ...greeks },
    implied_volatility: depth > NO_VOLATILITY ? undefined : volatility,
  };
}

/** The underlying as the stream last showed it; its price only where the plan has that class. */
function underlyingOf(view: RestView, contract: MarketContract, option: OptionBook): JsonObject {
  const { underlying } = contract;
  const assetClass = isIndex(view.market, underlying) ? "indices" : "stocks";
  const ticker = underlyingTicker(view, underlying);
  if (!isEntitled(view, assetClass)) return { ticker };
  const frame = timeframe(view, assetClass);
  const toBreakEven = (value: number): number => tidy(breakEven(contract, option) - value, 4);
  if (assetClass === "indices") {
    const value = view.book.index(ticker)?.value;
    if (value === undefined) return { ticker };
    const now = points(value.event.valueCents);
    return {
      change_to_break_even: toBreakEven(now),
      last_updated: nanoseconds(view, value),
      ticker,
      timeframe: frame,
      value: now,
    };
  }
  const book = view.book.stock(underlying);
  if (book === undefined) return { ticker };
  const last = book.trade ?? book.quote;
  const now = points(sharePriceCents(book));
  return {
    change_to_break_even: toBreakEven(now),
    last_updated: last === undefined ? undefined : nanoseconds(view, last),
    price: now,
    ticker,
    timeframe: frame,
  };
}
