import type { SubstrateRecord } from "../domain/epoch/substrate.ts";

/** Which part of a chain to fetch, over one cursor. */
export interface ChainQuery {
  /** As the provider names it: `I:SPX`, `AAPL`. */
  readonly underlying: string;
  /** `YYYY-MM-DD`; every expiration where absent. */
  readonly expiration?: string | undefined;
  /** Calls or puts; both where absent. */
  readonly right?: "C" | "P" | undefined;
  /** Points, both ends included. */
  readonly strikes?: { readonly from: number; readonly to: number } | undefined;
}

/** One contract of a chain. */
export interface FetchedContract {
  /**
   * What the contract is and stands at, on the underlying of the request. Groups that the provider did not send, or did not
   * date, are absent. The trade has no sequence, and is there only where the volume is that of its own trading day. Greeks
   * have no time of their own: `greeksTsNs` is the receipt. `openInterestDay` is the trading day of the receipt; the value
   * may still be that of the day before where the provider changes it during the morning.
   */
  readonly record: SubstrateRecord;
  /** Thousandths of a point: the strike without rounding. */
  readonly strikeThousandths: number;
  /** The provider's JSON text of the contract, as it came; it may keep the page in memory that it is a part of. */
  readonly json: string;
  /** `DELAYED` where the provider says so of its quote or trade, or of the answer; `null` where it says nothing. */
  readonly timeframe: "REAL-TIME" | "DELAYED" | null;
}

/** What came back. */
export interface ChainFetch {
  /** In the order in which they first came; of a contract that came twice the later one. */
  readonly contracts: readonly FetchedContract[];
  /** `false` where a page failed, or none may follow: the contracts are those of the pages before. */
  readonly complete: boolean;
  /** Why it is not complete, a `RestError`; `undefined` where it is. */
  readonly failure: unknown;
  /**
   * Contracts that the answer held although they were not asked for, or that could not be read: they are left out. `ticker`
   * is what the row claims, at most some 60 characters of it, empty where it has none.
   */
  readonly refused: readonly { readonly ticker: string; readonly reason: string }[];
  /**
   * Contracts of the chain with values that could not be read, or with a time that has not come: groups of these values are
   * absent.
   */
  readonly flawed: readonly { readonly ticker: string; readonly reason: string }[];
  /** From the first request to the last byte, waits for the budget included. */
  readonly latencyMs: number;
  readonly receivedAtMs: number;
  /** The bodies of the pages as they came. */
  readonly pages: readonly string[];
  /** Underlying price in points as the snapshot gives it, with its time; `null` where the plan does not include it. */
  readonly spot: { readonly value: number; readonly valueTsNs: bigint } | null;
}

/** Option chains over request and response. */
export interface ChainProvider {
  /**
   * Fetches all pages of one cursor, in order, each once: repeating is the caller's.
   *
   * Rejects with a `RestError` where not even one page came, and where the provider refuses for good (bad key, plan),
   * whatever came before. `isTransient` tells what is worth another try. An abort of `signal` rejects with its reason.
   *
   * @throws {TypeError} for a query that no chain can answer.
   */
  snapshot(query: ChainQuery, signal: AbortSignal): Promise<ChainFetch>;
}
