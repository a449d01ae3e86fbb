import { isStrikewireError, type RestError } from "../../domain/errors.ts";
import { TradingDayClock } from "../../domain/market/trading-day.ts";
import type { ChainFetch, ChainQuery, FetchedContract } from "../../ports/chain-provider.ts";
import { type ReadContract, readContract } from "./chain-contract.ts";
import { describeTicker } from "./check-row.ts";
import { assertChainQuery } from "./query-arguments.ts";
import { isObject, type ReadBody } from "./read-body.ts";
import type { RestContext } from "./rest-context.ts";
import { restUrl } from "./rest-url.ts";
import { walkPages } from "./walk-pages.ts";

const ACTION = "fetch a chain";
/** The largest page that the endpoint gives. */
const PAGE_SIZE = 250;

/** `GET /v3/snapshot/options/{underlying}`, all pages of one cursor. */
export async function fetchChain(context: RestContext, query: ChainQuery, signal: AbortSignal): Promise<ChainFetch> {
  const underlying = assertChainQuery(ACTION, query);
  const startedAtMs = context.clock.monotonic();
  const chain = new CollectedChain(context, query, underlying);
  let failure: unknown;
  try {
    for await (const page of walkPages(context.client, chainUrl(context.origin, query), context.maxPages, signal)) {
      chain.add(page);
    }
  } catch (error) {
    if (!chain.hasPages || !isRestError(error)) throw error;
    // The pages before hold, but a key or a plan that is refused is news that must not be mistaken for a torn chain.
    if (error.reason === "unauthorized" || error.reason === "forbidden") throw error;
    failure = error;
  }
  return chain.end(failure, context.clock.monotonic() - startedAtMs);
}

function isRestError(error: unknown): error is RestError {
  return isStrikewireError(error, "STRIKEWIRE_REST");
}

function chainUrl(origin: string, { underlying, expiration, right, strikes }: ChainQuery): string {
  return restUrl(origin, ["v3", "snapshot", "options", underlying], {
    expiration_date: expiration,
    contract_type: right === undefined ? undefined : right === "C" ? "call" : "put",
    "strike_price.gte": strikes?.from,
    "strike_price.lte": strikes?.to,
    order: "asc",
    sort: "ticker",
    limit: PAGE_SIZE,
  });
}

/** What the pages so far add up to. */
class CollectedChain {
  readonly #context: RestContext;
  readonly #query: ChainQuery;
  readonly #underlying: string;
  readonly #contracts = new Map<string, FetchedContract>();
  readonly #refused: { ticker: string; reason: string }[] = [];
  readonly #flawed: { ticker: string; reason: string }[] = [];
  readonly #pages: string[] = [];
  readonly #days = new TradingDayClock();
  #spot: ReadContract["spot"];
  #receivedAtMs = 0;

  constructor(context: RestContext, query: ChainQuery, underlying: string) {
    this.#context = context;
    this.#query = query;
    this.#underlying = underlying;
  }

  get hasPages(): boolean {
    return this.#pages.length > 0;
  }

  add({ answer, rows, sources, delayed }: ReadBody): void {
    this.#pages.push(answer.text);
    this.#receivedAtMs = answer.receivedAtMs;
    const page = {
      query: this.#query,
      underlying: this.#underlying,
      receivedAtMs: answer.receivedAtMs,
      delayed,
      maxFutureSkewMs: this.#context.maxFutureSkewMs,
      days: this.#days,
    };
    for (const [index, row] of rows.entries()) {
      const read = readContract(row, sources[index] ?? "", page);
      if ("reason" in read) {
        this.#refused.push({ ticker: tickerOf(row), reason: read.reason });
        continue;
      }
      const { contract, spot, flaw } = read.row;
      if (flaw !== undefined) this.#flawed.push({ ticker: contract.record.terms.contract, reason: flaw });
      this.#contracts.set(contract.record.terms.contract, contract);
      if (spot !== undefined && spot.valueTsNs >= (this.#spot?.valueTsNs ?? 0n)) this.#spot = spot;
    }
  }

  end(failure: unknown, latencyMs: number): ChainFetch {
    return {
      contracts: [...this.#contracts.values()],
      complete: failure === undefined,
      failure,
      refused: this.#refused,
      flawed: this.#flawed,
      latencyMs,
      receivedAtMs: this.#receivedAtMs,
      pages: this.#pages,
      spot: this.#spot ?? null,
    };
  }
}

function tickerOf(row: unknown): string {
  const details = isObject(row) ? row["details"] : undefined;
  const ticker = isObject(details) ? details["ticker"] : undefined;
  return typeof ticker === "string" ? describeTicker(ticker) : "";
}
