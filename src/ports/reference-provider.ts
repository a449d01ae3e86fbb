import type { ContractTerms } from "../domain/epoch/substrate.ts";

/** A contract as the provider lists it. */
export interface ListedContract extends ContractTerms {
  /** Whether the provider lists something that it delivers besides the underlying: what that is stays out. */
  readonly isAdjusted: boolean;
}

/** Which contracts to list. Expired ones are left out. */
export interface ContractQuery {
  /** Without `I:`, as reference endpoints want it: `SPX`. */
  readonly underlying: string;
  /** `YYYY-MM-DD`, both ends included. */
  readonly expirations?: { readonly from?: string | undefined; readonly to?: string | undefined } | undefined;
  readonly right?: "C" | "P" | undefined;
}

/** Whether the market is open, as the provider says. There is no entry for options: those of stocks and indices stand in. */
export interface MarketStatus {
  readonly stocks: "open" | "closed" | "extended";
  /** By group of indices, `s_and_p`; empty where the provider lists none. */
  readonly indices: ReadonlyMap<string, "open" | "closed" | "extended">;
  readonly serverTimeMs: number | null;
}

/** A day on which an exchange does not keep its usual hours. */
export interface MarketHoliday {
  readonly exchange: string;
  readonly name: string;
  /** `YYYY-MM-DD`. */
  readonly date: string;
  readonly status: "closed" | "early-close";
  /** Of an early close, ms since the Unix epoch. */
  readonly openAtMs: number | null;
  readonly closeAtMs: number | null;
}

/** What does not change from second to second, over request and response. Every method rejects as `ChainProvider` does. */
export interface ReferenceProvider {
  /**
   * The nearest expirations from a date on that have contracts, ascending, `YYYY-MM-DD`, in a few small requests.
   *
   * @param underlying with `I:` or without.
   * @param count how many at most.
   */
  expirations(underlying: string, from: string, count: number, signal: AbortSignal): Promise<readonly string[]>;
  /**
   * All contracts of a query, page by page, in the order of the answer; throws where a page fails. Rows that were not asked
   * for, or that cannot be read, are left out and logged. A ticker can come twice, as the provider lists it.
   */
  contracts(query: ContractQuery, signal: AbortSignal): AsyncIterable<readonly ListedContract[]>;
  marketStatus(signal: AbortSignal): Promise<MarketStatus>;
  upcomingHolidays(signal: AbortSignal): Promise<readonly MarketHoliday[]>;
}
