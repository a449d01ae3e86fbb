import type { Answer } from "./answer.ts";
import type { ContractOrders } from "./contract-query.ts";
import { answerMarketNow, answerMarketUpcoming } from "./market-status.ts";
import { answerChain, answerContract, answerContractList } from "./option-endpoints.ts";
import type { RestRequest } from "./rest-request.ts";
import { answerIndices, answerStock, answerStocks, answerUnified } from "./snapshot-endpoints.ts";
import type { RestView } from "./view.ts";

/** Answers a request on one route. Throws a `Refusal` for a question that is none. */
export type Endpoint = (request: RestRequest, view: RestView, orders: ContractOrders) => Answer;

/** What a path leads to. */
export interface Route {
  readonly endpoint: Endpoint;
  /** Tickers in the path. */
  readonly tickers: readonly string[];
}

const STOCKS = "/v2/snapshot/locale/us/markets/stocks/tickers";

const FIXED: ReadonlyMap<string, Endpoint> = new Map<string, Endpoint>([
  ["/v3/snapshot", answerUnified],
  ["/v3/snapshot/indices", answerIndices],
  ["/v3/reference/options/contracts", answerContractList],
  ["/v1/marketstatus/now", (_, view) => answerMarketNow(view)],
  ["/v1/marketstatus/upcoming", (_, view) => answerMarketUpcoming(view)],
  [STOCKS, answerStocks],
]);

/** @param path decoded. @returns `undefined` for a path that leads nowhere. */
export function routeOf(path: string): Route | undefined {
  const fixed = FIXED.get(path);
  if (fixed !== undefined) return { endpoint: fixed, tickers: [] };
  const [, ...parts] = path.split("/");
  if (parts.includes("")) return undefined;
  if (path.startsWith("/v3/snapshot/options/")) {
    const [underlying = "", ticker] = parts.slice(3);
    if (parts.length > 5) return undefined;
    if (ticker === undefined) {
      return {
        endpoint: (request, view, orders) => answerChain(request, view, orders, underlying),
        tickers: [underlying],
      };
    }
    return {
      endpoint: (request, view) => answerContract(request, view, underlying, ticker),
      tickers: [underlying, ticker],
    };
  }
  const symbol = parts.at(-1) ?? "";
  if (path !== `${STOCKS}/${symbol}`) return undefined;
  return { endpoint: (request, view) => answerStock(request, view, symbol), tickers: [symbol] };
}
