import type { SubstrateRecord } from "../domain/epoch/substrate.ts";

/** Which part of a chain to fetch. */
export interface ChainQuery {
  /** As the provider names it: `I:SPX`, `AAPL`. */
  readonly underlying: string;
  /** `YYYY-MM-DD`; all of them where absent. */
  readonly expirations?: readonly string[];
  /** Points, both ends included. */
  readonly strikes?: { readonly from: number; readonly to: number };
}

/** What came back. */
export interface ChainFetch {
  readonly records: readonly SubstrateRecord[];
  /** `false` where a page failed: the records are those of the pages before it. */
  readonly complete: boolean;
  /** Why it is not complete. */
  readonly failure: unknown;
  readonly latencyMs: number;
  /** Underlying price in points as the snapshot gives it, with its time; `null` where the plan does not include it. */
  readonly spot: { readonly value: number; readonly valueTsNs: bigint } | null;
}

/** Option chains over request and response. */
export interface ChainProvider {
  /**
   * Fetches all pages of a chain.
   *
   * Rejects with a coded error where not even one page came, and where the provider refuses for good (bad key, plan).
   * An abort of `signal` rejects with its reason.
   */
  snapshot(query: ChainQuery, signal: AbortSignal): Promise<ChainFetch>;
}
