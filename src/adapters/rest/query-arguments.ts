import { symbolField } from "../../domain/context/fields.ts";
import { describeValue } from "../../domain/wire/describe-value.ts";
import { isIndexSymbol, isStockSymbol } from "../../domain/wire/events.ts";
import type { ChainQuery } from "../../ports/chain-provider.ts";

/** @throws {TypeError} unless the text is a date of the calendar. */
export function assertDate(action: string, name: string, date: string): void {
  const ms = /^\d{4}-\d\d-\d\d$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN;
  if (!Number.isNaN(ms) && new Date(ms).toISOString().startsWith(date)) return;
  throw new TypeError(`Cannot ${action}: '${name}' must be a date YYYY-MM-DD, current value is ${describeValue(date)}`);
}

/**
 * An underlying without its `I:`.
 *
 * @throws {TypeError} unless it is a symbol.
 */
export function bareUnderlying(action: string, underlying: string): string {
  const bare = typeof underlying === "string" ? underlying.replace(/^I:/, "") : underlying;
  if (symbolField.safeParse(bare).success) return bare;
  throw new TypeError(
    `Cannot ${action}: 'underlying' must be a symbol such as I:SPX or AAPL, current value is ${describeValue(underlying)}`,
  );
}

/** @throws {TypeError} unless it is a right or absent. */
export function assertRight(action: string, right: "C" | "P" | undefined): void {
  if (right === undefined || right === "C" || right === "P") return;
  throw new TypeError(`Cannot ${action}: 'right' must be "C" or "P", current value is ${describeValue(right)}`);
}

/**
 * The underlying of the query, without `I:`.
 *
 * @throws {TypeError} for a query that no chain can answer.
 */
export function assertChainQuery(action: string, query: ChainQuery): string {
  const bare = bareUnderlying(action, query.underlying);
  if (query.expiration !== undefined) assertDate(action, "expiration", query.expiration);
  assertRight(action, query.right);
  const { strikes } = query;
  if (strikes === undefined || (strikes.from >= 0 && strikes.to >= strikes.from && strikes.to < Infinity)) return bare;
  throw new TypeError(
    `Cannot ${action}: 'strikes' must be finite, at least 0 and in order, current value is ${describeValue(strikes)}`,
  );
}

/** What a request asks for by ticker. */
export type TickerKind = "indices" | "stocks" | "any";

interface TickerRule {
  readonly is: (ticker: string) => boolean;
  readonly expected: string;
}

const TICKER_RULES: Readonly<Record<TickerKind, TickerRule>> = {
  indices: { is: isIndexSymbol, expected: "an index such as I:SPX" },
  stocks: { is: isStockSymbol, expected: "a stock symbol such as SPY" },
  any: { is: (ticker) => /^[\x21-\x2b\x2d-\x7e]{1,64}$/.test(ticker), expected: "a ticker without a comma" },
};

/**
 * The tickers of one request, each once.
 *
 * @throws {RangeError} for none and for more than one request can ask for.
 * @throws {TypeError} for a text that is no ticker of that kind.
 */
export function checkedTickers(
  action: string,
  kind: TickerKind,
  tickers: readonly string[],
  most: number,
): readonly string[] {
  const { is, expected } = TICKER_RULES[kind];
  for (const [index, ticker] of tickers.entries()) {
    if (typeof ticker === "string" && is(ticker)) continue;
    throw new TypeError(
      `Cannot ${action}: symbol ${index} must be ${expected}, current value is ${describeValue(ticker)}`,
    );
  }
  const once = [...new Set(tickers)];
  if (once.length >= 1 && once.length <= most) return once;
  throw new RangeError(`Cannot ${action}: there must be 1 to ${most} symbols, current value is ${once.length}`);
}
