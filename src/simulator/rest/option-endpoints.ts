import type { MarketContract } from "../market/contract-universe.ts";
import { type Answer, errorAnswer, Refusal } from "./answer.ts";
import { type ContractOrders, isShown, readTerms, swollen, thinned } from "./contract-query.ts";
import type { JsonObject } from "./json.ts";
import { chainRow } from "./option-row.ts";
import { listBody, pageOf } from "./paging.ts";
import { type RestRequest, readDate, readLimit, readRange, readText } from "./rest-request.ts";
import { isEntitled, isIndex, type RestView, termsOf, underlyingTicker } from "./view.ts";

const CHAIN_LIMIT = 250;
const LIST_LIMIT = 1_000;

/** `GET /v3/snapshot/options/{underlying}` */
export function answerChain(request: RestRequest, view: RestView, orders: ContractOrders, ticker: string): Answer {
  requireOptions(request, view);
  const limit = readLimit(request, CHAIN_LIMIT);
  const isAsked = readTerms(request);
  const isAlive = isShown(view);
  const underlying = symbolOf(view, ticker);
  const { contracts, sortValue, isDescending } = orders.sorted(request, underlying, [
    "ticker",
    "expiration_date",
    "strike_price",
  ]);
  const found = contracts.filter((contract) => isAlive(contract) && isAsked(contract));
  const page = pageOf(thinned(found, view.faults), request, limit, sortValue, isDescending, view.faults);
  const others = (): readonly MarketContract[] => {
    const unasked = contracts.filter((contract) => isAlive(contract) && !isAsked(contract));
    return unasked.length > 0
      ? unasked
      : view.market.contracts().filter((contract) => isAlive(contract) && contract.underlying !== underlying);
  };
  const rows = swollen(page.items, others, view.faults);
  return {
    status: 200,
    body: listBody(
      request,
      rows.map((contract) => chainRow(view, contract)),
      page.nextUrl,
    ),
  };
}

/** `GET /v3/snapshot/options/{underlying}/{contract}` */
export function answerContract(request: RestRequest, view: RestView, underlying: string, ticker: string): Answer {
  requireOptions(request, view);
  const contract = view.market.contract(ticker);
  const isThere =
    contract !== undefined && isShown(view)(contract) && contract.underlying === symbolOf(view, underlying);
  if (!isThere || thinned([contract], view.faults).length === 0) return errorAnswer(404, request.id);
  return { status: 200, body: { request_id: request.id, results: chainRow(view, contract), status: "OK" } };
}

/** `GET /v3/reference/options/contracts` */
export function answerContractList(request: RestRequest, view: RestView, orders: ContractOrders): Answer {
  requireOptions(request, view);
  const limit = readLimit(request, LIST_LIMIT);
  const isAsked = readTerms(request);
  const isUnderlying = readRange(request, "underlying_ticker", "a ticker", readText);
  const isTicker = readRange(request, "ticker", "a ticker", readText);
  const isStanding = readStanding(request, view);
  const { contracts, sortValue, isDescending } = orders.sorted(request, undefined, [
    "ticker",
    "underlying_ticker",
    "expiration_date",
    "strike_price",
  ]);
  const matches = (contract: MarketContract): boolean =>
    isUnderlying(contract.underlying) && isTicker(contract.ticker) && isAsked(contract);
  const found = contracts.filter((contract) => isStanding(contract) && matches(contract));
  const page = pageOf(thinned(found, view.faults), request, limit, sortValue, isDescending, view.faults);
  const others = (): readonly MarketContract[] =>
    contracts.filter((contract) => isStanding(contract) && !matches(contract));
  const rows = swollen(page.items, others, view.faults);
  return {
    status: 200,
    body: listBody(
      request,
      rows.map((contract) => listedRow(view, contract)),
      page.nextUrl,
    ),
  };
}

/** Which contracts count as there: those of today, or of the day `as_of`; or, with `expired`, those that are settled. */
function readStanding(request: RestRequest, view: RestView): (contract: MarketContract) => boolean {
  const nowMs = view.nowMs();
  const asOf = request.query.get("as_of");
  if (request.query.get("expired") === "true") {
    return ({ expiresAtMs }) => expiresAtMs <= nowMs;
  }
  if (asOf === null || readDate(asOf) === undefined) return isShown(view);
  return ({ expiration }) => expiration >= asOf;
}

function listedRow(view: RestView, contract: MarketContract): JsonObject {
  const isIndexOption = isIndex(view.market, contract.underlying);
  return {
    cfi: `O${contract.right}${isIndexOption ? "EICS" : "ASPS"}`,
    ...termsOf(view, contract),
    primary_exchange: isIndexOption ? "XCBO" : "BATO",
    ticker: contract.ticker,
    underlying_ticker: contract.underlying,
  };
}

/** `SPX` of `I:SPX`; `undefined` stands for what has no chain here. Shares go without a prefix, indices with one. */
function symbolOf(view: RestView, ticker: string): string {
  const symbol = ticker.replace(/^I:/, "");
  return underlyingTicker(view, symbol) === ticker ? symbol : "";
}

function requireOptions(request: RestRequest, view: RestView): void {
  if (!isEntitled(view, "options")) throw new Refusal(errorAnswer(403, request.id));
}
