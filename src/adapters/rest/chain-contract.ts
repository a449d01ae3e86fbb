import type { DayGroup, GreeksGroup, QuoteGroup, SubstrateRecord, TradeGroup } from "../../domain/epoch/substrate.ts";
import { classifyConditions } from "../../domain/market/conditions.ts";
import type { TradingDayClock } from "../../domain/market/trading-day.ts";
import type { ChainQuery, FetchedContract } from "../../ports/chain-provider.ts";
import { type ChainRow, chainRow } from "./chain-rows.ts";
import { type CheckedRow, checkRow } from "./check-row.ts";
import { type ReadTerms, readTerms } from "./contract-terms.ts";

const NS_PER_MS = 1_000_000n;

/** What a row is read for. */
export interface ChainRowContext {
  readonly query: ChainQuery;
  /** Of the query, without `I:`. */
  readonly underlying: string;
  /** Of the page. */
  readonly receivedAtMs: number;
  /** The page as a whole says that it is delayed. */
  readonly delayed: boolean;
  readonly maxFutureSkewMs: number;
  readonly days: TradingDayClock;
}

/** A contract, and what its row says about the underlying. */
export interface ReadContract {
  readonly contract: FetchedContract;
  readonly spot: { readonly value: number; readonly valueTsNs: bigint } | undefined;
}

/** Reads one row of a chain. @param json its source text. */
export function readContract(row: unknown, json: string, context: ChainRowContext): CheckedRow<ReadContract> {
  const checked = checkRow(chainRow, row);
  if ("reason" in checked) return checked;
  const fields = checked.row;
  const read = readTerms(fields.details.ticker, fields.details, context.underlying);
  if ("reason" in read) return read;
  const reason = notAskedFor(read.row, fields, context) ?? fromTheFuture(fields, context);
  if (reason !== undefined) return { reason };
  return {
    row: {
      contract: {
        record: recordOf(read.row, fields, context),
        strikeThousandths: read.row.strikeThousandths,
        json,
        timeframe: timeframeOf(fields, context.delayed),
      },
      spot: spotOf(fields),
    },
  };
}

function notAskedFor(
  { terms }: ReadTerms,
  { underlying_asset }: ChainRow,
  context: ChainRowContext,
): string | undefined {
  const { underlying, expiration, right, strikes } = context.query;
  const named = underlying_asset?.ticker;
  if (named !== undefined && named !== null && named.replace(/^I:/, "") !== context.underlying) {
    return unwanted("underlying", underlying, named);
  }
  if (expiration !== undefined && terms.expiration !== expiration) {
    return unwanted("expiration", expiration, terms.expiration);
  }
  if (right !== undefined && terms.right !== right) return unwanted("right", right, terms.right);
  if (strikes !== undefined && (terms.strike < strikes.from || terms.strike > strikes.to)) {
    return unwanted("strike", `from ${strikes.from} to ${strikes.to}`, terms.strike);
  }
  return undefined;
}

function unwanted(what: string, asked: string, value: string | number): string {
  return `the ${what} must be ${asked} as asked for, current value is ${value}`;
}

/** A time that has not come yet would keep every newer value out until it has. */
function fromTheFuture(row: ChainRow, { receivedAtMs, maxFutureSkewMs }: ChainRowContext): string | undefined {
  const latestTsNs = receiptTsNs(receivedAtMs + maxFutureSkewMs);
  const times = {
    "last_quote.last_updated": row.last_quote?.last_updated,
    "last_trade.sip_timestamp": row.last_trade?.sip_timestamp,
    "underlying_asset.last_updated": row.underlying_asset?.last_updated,
  };
  for (const [name, tsNs] of Object.entries(times)) {
    if (tsNs === undefined || tsNs <= latestTsNs) continue;
    return `'${name}' must be at most ${maxFutureSkewMs} ms after receipt, current value is ${tsNs}`;
  }
  return undefined;
}

function recordOf({ terms }: ReadTerms, row: ChainRow, { receivedAtMs, days }: ChainRowContext): SubstrateRecord {
  const quote = quoteOf(row);
  const trade = tradeOf(row, days);
  const greeks = greeksOf(row, receivedAtMs);
  const day = dayOf(row, receivedAtMs, days);
  return {
    terms,
    ...(quote === undefined ? {} : { quote }),
    ...(trade === undefined ? {} : { trade }),
    ...(greeks === undefined ? {} : { greeks }),
    ...(day === undefined ? {} : { day }),
  };
}

function quoteOf({ last_quote: row }: ChainRow): QuoteGroup | undefined {
  const quoteTsNs = row?.last_updated;
  if (!row || quoteTsNs === undefined) return undefined;
  const { bid = null, ask = null, bid_size: bidSize = null, ask_size: askSize = null } = row;
  if (bid === null && ask === null) return undefined;
  return { quoteTsNs, bid, ask, bidSize, askSize };
}

/**
 * The last sale with the volume of its trading day, which is the bar's only where the bar is of that day: it need not be
 * today's. A print that sets no last sale is none.
 */
function tradeOf({ last_trade: row, day }: ChainRow, days: TradingDayClock): TradeGroup | undefined {
  const tradeTsNs = row?.sip_timestamp;
  const barTsNs = day?.last_updated;
  if (!row || tradeTsNs === undefined || barTsNs === undefined) return undefined;
  const { price: last, size } = row;
  const volume = day?.volume ?? null;
  if (last === undefined || last === null || size === undefined || size === null || volume === null) return undefined;
  const { startTsNs, endTsNs } = days.boundsOf(tradeTsNs);
  if (barTsNs < startTsNs || barTsNs >= endTsNs) return undefined;
  if (!classifyConditions(row.conditions ?? undefined).countsOpenClose) return undefined;
  return { tradeTsNs, sequence: null, last, size, volume };
}

/**
 * The provider gives greeks no time. Their version is the receipt: it orders answers as they came, whatever of quote and
 * underlying the plan leaves out, and never stands still while the greeks move.
 */
function greeksOf({ greeks, implied_volatility }: ChainRow, receivedAtMs: number): GreeksGroup | undefined {
  const iv = implied_volatility ?? null;
  const { delta = null, gamma = null, theta = null, vega = null } = greeks ?? {};
  if ([delta, gamma, theta, vega, iv].every((value) => value === null)) return undefined;
  return { greeksTsNs: receiptTsNs(receivedAtMs), delta, gamma, theta, vega, iv, source: "provider" };
}

/** Open interest is that of the trading day before; the day that it is valid for is that of the receipt. */
function dayOf(
  { open_interest: openInterest }: ChainRow,
  receivedAtMs: number,
  days: TradingDayClock,
): DayGroup | undefined {
  if (openInterest === undefined || openInterest === null) return undefined;
  return { openInterestDay: days.dayOf(receiptTsNs(receivedAtMs)), openInterest };
}

function spotOf({ underlying_asset: row }: ChainRow): ReadContract["spot"] {
  const value = row?.value ?? row?.price ?? undefined;
  const valueTsNs = row?.last_updated;
  return value === undefined || valueTsNs === undefined ? undefined : { value, valueTsNs };
}

function timeframeOf({ last_quote, last_trade }: ChainRow, delayed: boolean): FetchedContract["timeframe"] {
  const said = [last_quote?.timeframe, last_trade?.timeframe];
  if (delayed || said.includes("DELAYED")) return "DELAYED";
  return said.includes("REAL-TIME") ? "REAL-TIME" : null;
}

function receiptTsNs(receivedAtMs: number): bigint {
  return BigInt(Math.floor(receivedAtMs)) * NS_PER_MS;
}
