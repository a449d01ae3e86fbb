import { describeValue } from "../../domain/wire/describe-value.ts";
import { parseExactJson } from "../../domain/wire/exact-json.ts";
import type { SpotAnswer } from "../../ports/spot-provider.ts";
import { claimedTicker } from "./check-row.ts";
import { isDelayed, isObject } from "./read-body.ts";
import { DEFAULT_MAX_FUTURE_SKEW_MS } from "./rest-context.ts";
import { INDEX_LIST, type ReadSpot, readIndex, readStock, STOCK_LIST } from "./spot-rows.ts";
import { tickerAnswer } from "./ticker-answer.ts";

const NO_TICKER = "the row must have a 'ticker', it has none";

/** A stored answer: nobody measured how long it took. */
export type StoredSpotAnswer = Omit<SpotAnswer, "latencyMs">;

/**
 * Reads an answer about indices or stocks that was stored as it came, `massive:spot:stream` of Redis for one, as it was
 * read when it was fetched. Which symbols were asked for it does not say: one that was not answered is not among `refused`.
 *
 * Never throws: of a payload that is no such answer everything is refused, under the empty symbol.
 *
 * @param receivedAtMs when it was received.
 * @param options.maxFutureSkewMs how far behind its receipt the time of a value may lie; default 5,000.
 * @example
 * ```ts
 * const payload = '{"results":[{"ticker":"I:SPX","value":6870.5,"last_updated":1766437199000000000}]}';
 * readSpotAnswer(payload, 1_766_437_200_000).values[0]?.value; // 6870.5
 * ```
 */
export function readSpotAnswer(
  payload: string,
  receivedAtMs: number,
  options: { readonly maxFutureSkewMs?: number | undefined } = {},
): StoredSpotAnswer {
  const read = rowsOf(payload);
  if ("reason" in read) return { values: [], refused: [{ symbol: "", reason: read.reason }], payload, receivedAtMs };
  const { maxFutureSkewMs = DEFAULT_MAX_FUTURE_SKEW_MS } = options;
  const context = { receivedAtMs, delayed: read.delayed, maxFutureSkewMs };
  const answered = read.rows.map(claimedTicker).filter((ticker) => ticker !== "");
  const { rows, refused } = tickerAnswer(answered, read, (ticker, row) => read.readRow(ticker, row, context));
  const named = refused.map(({ symbol, reason }) => ({ symbol, reason: symbol === "" ? NO_TICKER : reason }));
  return { values: rows, refused: named, payload, receivedAtMs };
}

interface StoredRows {
  readonly rows: readonly unknown[];
  readonly delayed: boolean;
  readonly readRow: ReadSpot;
}

/** The two endpoints name their lists differently. */
function rowsOf(payload: string): StoredRows | { readonly reason: string } {
  let body: unknown;
  try {
    body = parseExactJson(payload);
  } catch {
    return { reason: `the answer must be JSON, current value is ${describeValue(payload)}` };
  }
  if (isObject(body)) {
    const delayed = isDelayed(body);
    const { [INDEX_LIST]: indices, [STOCK_LIST]: stocks } = body;
    if (Array.isArray(indices)) return { rows: indices, delayed, readRow: readIndex };
    if (Array.isArray(stocks)) return { rows: stocks, delayed, readRow: readStock };
  }
  return {
    reason: `the answer must be an object with a list in '${INDEX_LIST}' (indices) or '${STOCK_LIST}' (stocks), current value is ${describeValue(body)}`,
  };
}
