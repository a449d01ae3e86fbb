import type { SpotAnswer } from "../../ports/spot-provider.ts";
import { checkedTickers } from "./query-arguments.ts";
import { readBody } from "./read-body.ts";
import type { RestContext } from "./rest-context.ts";
import { restUrl } from "./rest-url.ts";
import { INDEX_LIST, type ReadSpot, readIndex, readStock, STOCK_LIST } from "./spot-rows.ts";
import { tickerAnswer } from "./ticker-answer.ts";

/** How many tickers a snapshot endpoint takes, and how many rows it gives. */
export const MAX_TICKERS = 250;

/** `GET /v3/snapshot/indices`. */
export function fetchIndices(
  context: RestContext,
  symbols: readonly string[],
  signal: AbortSignal,
): Promise<SpotAnswer> {
  const asked = checkedTickers("fetch indices", "indices", symbols, MAX_TICKERS);
  const url = restUrl(context.origin, ["v3", "snapshot", "indices"], { "ticker.any_of": asked, limit: MAX_TICKERS });
  return fetchSpots(context, { asked, url, list: INDEX_LIST, read: readIndex }, signal);
}

/** `GET /v2/snapshot/locale/us/markets/stocks/tickers`: it takes no limit. */
export function fetchStocks(
  context: RestContext,
  symbols: readonly string[],
  signal: AbortSignal,
): Promise<SpotAnswer> {
  const asked = checkedTickers("fetch stocks", "stocks", symbols, MAX_TICKERS);
  const path = ["v2", "snapshot", "locale", "us", "markets", "stocks", "tickers"];
  const url = restUrl(context.origin, path, { tickers: asked });
  return fetchSpots(context, { asked, url, list: STOCK_LIST, read: readStock }, signal);
}

async function fetchSpots(
  { client, clock, maxFutureSkewMs }: RestContext,
  request: { readonly asked: readonly string[]; readonly url: string; readonly list: string; readonly read: ReadSpot },
  signal: AbortSignal,
): Promise<SpotAnswer> {
  const startedAtMs = clock.monotonic();
  const answer = await client.get(request.url, signal);
  const body = readBody(client, answer, request.list);
  const { text: payload, receivedAtMs } = answer;
  const context = { receivedAtMs, delayed: body.delayed, maxFutureSkewMs };
  const { rows, refused } = tickerAnswer(request.asked, body, (ticker, row) => request.read(ticker, row, context));
  return { values: rows, refused, payload, receivedAtMs, latencyMs: clock.monotonic() - startedAtMs };
}
