import type { MarketContract } from "../market/contract-universe.ts";
import type { Market } from "../market/market.ts";
import { order } from "./paging.ts";
import type { RestFault } from "./rest-fault.ts";
import { type RestRequest, readDate, readNumber, readRange, readWord } from "./rest-request.ts";
import { fractionOf } from "./text-hash.ts";
import type { RestView } from "./view.ts";

/** What contracts can be sorted by. */
export type ContractSort = "ticker" | "expiration_date" | "strike_price" | "underlying_ticker";

const VALUES: Readonly<Record<ContractSort, (contract: MarketContract) => string | number>> = {
  ticker: ({ ticker }) => ticker,
  expiration_date: ({ expiration }) => expiration,
  strike_price: ({ strike }) => strike,
  underlying_ticker: ({ underlying }) => underlying,
};

/** Contracts in an order, and how they were sorted. */
export interface SortedContracts {
  readonly contracts: readonly MarketContract[];
  readonly sortValue: (contract: MarketContract) => string | number;
  readonly isDescending: boolean;
}

/** Keeps the orders in which a market's contracts are asked for: sorting thousands for every page would be the most of it. */
export class ContractOrders {
  readonly #market: Market;
  #listed: readonly MarketContract[] = [];
  readonly #sorted = new Map<string, readonly MarketContract[]>();

  constructor(market: Market) {
    this.#market = market;
  }

  /** @param underlying `undefined` for all. */
  sorted(request: RestRequest, underlying: string | undefined, sorts: readonly ContractSort[]): SortedContracts {
    const sort = readWord(request, "sort", sorts) ?? "ticker";
    const isDescending = readWord(request, "order", ["asc", "desc"]) === "desc";
    const contracts = this.#market.contracts();
    if (contracts !== this.#listed) {
      this.#listed = contracts;
      this.#sorted.clear();
    }
    const name = `${underlying ?? "*"} ${sort} ${isDescending}`;
    const sortValue = VALUES[sort];
    let known = this.#sorted.get(name);
    if (known === undefined) {
      const sign = isDescending ? -1 : 1;
      known = contracts
        .filter((contract) => underlying === undefined || contract.underlying === underlying)
        .sort((left, right) => sign * (order(sortValue(left), sortValue(right)) || order(left.ticker, right.ticker)));
      this.#sorted.set(name, known);
    }
    return { contracts: known, sortValue, isDescending };
  }
}

/** What `contract_type`, `strike_price` and `expiration_date` of a request ask for. */
export function readTerms(request: RestRequest): (contract: MarketContract) => boolean {
  const right = { call: "C", put: "P", any: undefined }[readWord(request, "contract_type", ["call", "put"]) ?? "any"];
  const isStrike = readRange(request, "strike_price", "a number", readNumber);
  const isExpiration = readRange(request, "expiration_date", "a date as YYYY-MM-DD", readDate);
  return (contract) =>
    (right === undefined || contract.right === right) && isStrike(contract.strike) && isExpiration(contract.expiration);
}

/** Whether a contract of the market can be shown: those that have settled are gone. */
export function isShown({ nowMs }: RestView): (contract: MarketContract) => boolean {
  const atMs = nowMs();
  return ({ expiresAtMs }) => expiresAtMs > atMs;
}

/** Takes away what faults take away. */
export function thinned(contracts: readonly MarketContract[], faults: readonly RestFault[]): readonly MarketContract[] {
  let left = contracts;
  for (const fault of faults) {
    if (fault.kind === "restEmpty") left = [];
    else if (fault.kind === "restCollapsed") left = left.slice(0, fault.contracts ?? 10);
    else if (fault.kind === "restPartial") {
      const share = fault.share ?? 0.5;
      left = left.filter(({ ticker }) => fractionOf(`partial ${ticker}`) < share);
    }
  }
  return left;
}

/**
 * Adds to a page what faults add.
 *
 * @param others contracts that were not asked for.
 */
export function swollen(
  page: readonly MarketContract[],
  others: () => readonly MarketContract[],
  faults: readonly RestFault[],
): readonly MarketContract[] {
  let rows = page;
  for (const fault of faults) {
    if (fault.kind === "restOutside") rows = [...others().slice(0, fault.contracts ?? 5), ...rows];
    else if (fault.kind === "restDuplicates") rows = [...rows, ...rows.slice(0, fault.rows ?? 5)];
  }
  return rows;
}
