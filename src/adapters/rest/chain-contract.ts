import type { DayGroup, GreeksGroup, QuoteGroup, SubstrateRecord, TradeGroup } from "../../domain/epoch/substrate.ts";
import { classifyConditions } from "../../domain/market/conditions.ts";
import type { TradingDayClock } from "../../domain/market/trading-day.ts";
import type { ChainQuery, FetchedContract } from "../../ports/chain-provider.ts";
import { type ChainRow, chainRow } from "./chain-rows.ts";
import { type CheckedRow, checkRow } from "./check-row.ts";
import { type ReadTerms, readTerms } from "./contract-terms.ts";
import { isObject } from "./read-body.ts";

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
  /** Why values of it were left out; `undefined` where none were. */
  readonly flaw: string | undefined;
}

/** What a contract stands at. What it is, is in its details. */
const VALUE_FIELDS: ReadonlySet<string> = new Set([
  "last_quote",
  "last_trade",
  "greeks",
  "implied_volatility",
  "open_interest",
  "day",
  "underlying_asset",
]);

/**
 * Reads one row of a chain. Values that cannot be read, or that have a time that has not come, are left out; the contract is
 * there all the same, since what it stands at says nothing about which contracts there are.
 *
 * @param json its source text.
 */
export function readContract(row: unknown, json: string, context: ChainRowContext): CheckedRow<ReadContract> {
  const checked = checkValues(row);
  if ("reason" in checked) return checked;
  const read = readTerms(checked.row.details.ticker, checked.row.details, context.underlying);
  if ("reason" in read) return read;
  const reason = notAskedFor(read.row, checked.row, context);
  if (reason !== undefined) return { reason };
  const { fields, flaw } = withoutFuture(checked.row, context);
  return {
    row: {
      flaw: checked.flaw ?? flaw,
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

/** Holds a row against its schema, without those of its values that are none. `flaw` tells of the first of them. */
function checkValues(
  row: unknown,
): { readonly row: ChainRow; readonly flaw: string | undefined } | { readonly reason: string } {
  let left = row;
  let flaw: string | undefined;
  for (;;) {
    const checked = checkRow(chainRow, left);
    if ("row" in checked) return { row: checked.row, flaw };
    const { reason, field } = checked;
    if (field === undefined || !VALUE_FIELDS.has(field) || !isObject(left)) return { reason };
    flaw ??= reason;
    left = { ...left, [field]: undefined };
  }
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
function withoutFuture(
  row: ChainRow,
  { receivedAtMs, maxFutureSkewMs }: ChainRowContext,
): { readonly fields: ChainRow; readonly flaw: string | undefined } {
  const latestTsNs = receiptTsNs(receivedAtMs + maxFutureSkewMs);
  const times = [
    ["last_quote", "last_updated", row.last_quote?.last_updated],
    ["last_trade", "sip_timestamp", row.last_trade?.sip_timestamp],
    ["underlying_asset", "last_updated", row.underlying_asset?.last_updated],
  ] as const;
  let fields = row;
  let flaw: string | undefined;
  for (const [field, name, tsNs] of times) {
    if (tsNs === undefined || tsNs <= latestTsNs) continue;
    flaw ??= `'${field}.${name}' must be at most ${maxFutureSkewMs} ms after receipt, current value is ${tsNs}`;
    fields = { ...fields, [field]: undefined };
  }
  return { fields, flaw };
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
