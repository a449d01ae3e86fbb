import type { AssetClass } from "../../domain/instrument/resource.ts";
import { type Answer, errorAnswer, Refusal } from "./answer.ts";
import { type ContractOrders, isShown, thinned } from "./contract-query.ts";
import type { JsonObject } from "./json.ts";
import { unifiedOptionRow } from "./option-row.ts";
import { listBody, order, pageOf, type Sortable } from "./paging.ts";
import { type RestRequest, readLimit, readRange, readText, readTickers, readWord } from "./rest-request.ts";
import { indexRow, stockRow, unifiedStockRow } from "./spot-rows.ts";
import { isEntitled, type RestView } from "./view.ts";

const LIMIT = 250;

/** `GET /v3/snapshot` */
export function answerUnified(request: RestRequest, view: RestView, orders: ContractOrders): Answer {
  const type = readWord(request, "type", ["stocks", "options", "fx", "crypto", "indices"]);
  const asked = readTickers(request, "ticker.any_of", LIMIT);
  const isAsked = readRange(request, "ticker", "a ticker", readText);
  const tickers = asked ?? (hasRange(request) || type !== undefined ? everything(request, view, orders, type) : []);
  return answerTickers(request, view, tickers.filter(isAsked), (ticker) => {
    if (ticker.startsWith("O:")) {
      const contract = view.market.contract(ticker);
      return unifiedOptionRow(view, ticker, contract !== undefined && isShown(view)(contract) ? contract : undefined);
    }
    return ticker.startsWith("I:") ? indexRow(view, ticker) : unifiedStockRow(view, ticker);
  });
}

/** `GET /v3/snapshot/indices` */
export function answerIndices(request: RestRequest, view: RestView): Answer {
  requireClass(request, view, "indices");
  const asked = readTickers(request, "ticker.any_of", LIMIT);
  const isAsked = readRange(request, "ticker", "a ticker", readText);
  const tickers = asked ?? view.book.indices();
  return answerTickers(request, view, tickers.filter(isAsked), (ticker) => indexRow(view, ticker));
}

/** `GET /v2/snapshot/locale/us/markets/stocks/tickers` */
export function answerStocks(request: RestRequest, view: RestView): Answer {
  requireClass(request, view, "stocks");
  const asked = readTickers(request, "tickers", 10_000) ?? view.book.stocks();
  const tickers = asked.flatMap((symbol) => {
    const book = view.book.stock(symbol);
    return book === undefined ? [] : [stockRow(view, symbol, book)];
  });
  return { status: 200, body: { count: tickers.length, status: "OK", request_id: request.id, tickers } };
}

/** `GET /v2/snapshot/locale/us/markets/stocks/tickers/{ticker}` */
export function answerStock(request: RestRequest, view: RestView, symbol: string): Answer {
  requireClass(request, view, "stocks");
  const book = view.book.stock(symbol);
  if (book === undefined) return errorAnswer(404, request.id);
  return { status: 200, body: { request_id: request.id, status: "OK", ticker: stockRow(view, symbol, book) } };
}

function answerTickers(
  request: RestRequest,
  view: RestView,
  tickers: readonly string[],
  rowOf: (ticker: string) => JsonObject,
): Answer {
  const limit = readLimit(request, LIMIT);
  readWord(request, "sort", ["ticker"]);
  const isDescending = readWord(request, "order", ["asc", "desc"]) === "desc";
  const sign = isDescending ? -1 : 1;
  const isEmpty = view.faults.some(({ kind }) => kind === "restEmpty");
  const sorted = (isEmpty ? [] : [...new Set(tickers)])
    .sort((left, right) => sign * order(left, right))
    .map((ticker): Sortable => ({ ticker }));
  const page = pageOf(sorted, request, limit, ({ ticker }) => ticker, isDescending, view.faults);
  return {
    status: 200,
    body: listBody(
      request,
      page.items.map(({ ticker }) => rowOf(ticker)),
      page.nextUrl,
    ),
  };
}

function hasRange({ query }: RestRequest): boolean {
  return ["", ".gt", ".gte", ".lt", ".lte"].some((suffix) => query.has(`ticker${suffix}`));
}

function everything(
  request: RestRequest,
  view: RestView,
  orders: ContractOrders,
  type: AssetClass | "fx" | "crypto" | undefined,
): readonly string[] {
  const has = (name: AssetClass): boolean => type === undefined || type === name;
  const contracts = has("options") ? orders.sorted(request, undefined, ["ticker"]).contracts.filter(isShown(view)) : [];
  return [
    ...thinned(contracts, view.faults).map(({ ticker }) => ticker),
    ...(has("stocks") ? view.book.stocks() : []),
    ...(has("indices") ? view.book.indices() : []),
  ];
}

function requireClass(request: RestRequest, view: RestView, assetClass: AssetClass): void {
  if (!isEntitled(view, assetClass)) throw new Refusal(errorAnswer(403, request.id));
}
