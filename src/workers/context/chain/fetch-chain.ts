import { endsFetching } from "../../../domain/context/fetch-backoff.ts";
import type { ChainFetch, ChainProvider, ChainQuery, FetchedContract } from "../../../ports/chain-provider.ts";
import type { Clock } from "../../../ports/clock.ts";

/** Which part of a chain to fetch. */
export interface ChainRequest {
  /** As the provider names it: `I:SPX`, `AAPL`. */
  readonly underlying: string;
  /** `YYYY-MM-DD`, ascending. */
  readonly expirations: readonly string[];
  /** Points, both ends included; all strikes where absent. */
  readonly strikes: { readonly from: number; readonly to: number } | undefined;
}

/** A chain as a whole: what its parts came to together. */
export interface WholeChain {
  /** By ticker, ascending. */
  readonly contracts: readonly FetchedContract[];
  /** `false` where a page of any part failed: the contracts are those that came. */
  readonly complete: boolean;
  /** Why it is not complete; `undefined` where it is. */
  readonly failure: unknown;
  readonly refused: ChainFetch["refused"];
  readonly flawed: ChainFetch["flawed"];
  /** From the first request to the last byte. */
  readonly latencyMs: number;
  /** Of the last part. */
  readonly receivedAtMs: number;
  readonly pages: readonly string[];
  /** The latest that any part gave. */
  readonly spot: ChainFetch["spot"];
}

/**
 * Fetches a chain: each expiration's calls and puts at once, as far as the provider's budget allows, the pages of each in
 * order.
 *
 * Rejects where no part was answered, with the failure of the first; where the provider refuses for good, with that; and
 * with the reason of `signal` where that aborts.
 */
export async function fetchChain(
  provider: ChainProvider,
  request: ChainRequest,
  clock: Clock,
  signal: AbortSignal,
): Promise<WholeChain> {
  const startedMs = clock.monotonic();
  const answers = await Promise.allSettled(queriesOf(request).map((query) => provider.snapshot(query, signal)));
  signal.throwIfAborted();
  const parts = answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []));
  const failures = answers.flatMap((answer): unknown[] => (answer.status === "rejected" ? [answer.reason] : []));
  const final = failures.find(endsFetching) ?? parts.map(({ failure }) => failure).find(endsFetching);
  if (final !== undefined) throw final;
  if (parts.length === 0 && failures.length > 0) throw failures[0];
  return {
    contracts: contractsOf(parts),
    complete: failures.length === 0 && parts.every(({ complete }) => complete),
    failure: failures[0] ?? parts.find(({ complete }) => !complete)?.failure,
    refused: parts.flatMap(({ refused }) => refused),
    flawed: parts.flatMap(({ flawed }) => flawed),
    latencyMs: Math.round(clock.monotonic() - startedMs),
    receivedAtMs: parts.reduce((latest, { receivedAtMs }) => Math.max(latest, receivedAtMs), 0) || clock.now(),
    pages: parts.flatMap(({ pages }) => pages),
    spot: parts.map(({ spot }) => spot).reduce(laterSpot, null),
  };
}

function queriesOf({ underlying, expirations, strikes }: ChainRequest): readonly ChainQuery[] {
  return expirations.flatMap((expiration) => {
    return (["C", "P"] as const).map((right) => ({ underlying, expiration, right, strikes }));
  });
}

function contractsOf(parts: readonly ChainFetch[]): readonly FetchedContract[] {
  const byTicker = new Map<string, FetchedContract>();
  for (const { contracts } of parts) {
    for (const contract of contracts) byTicker.set(contract.record.terms.contract, contract);
  }
  return [...byTicker].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, contract]) => contract);
}

function laterSpot(one: ChainFetch["spot"], other: ChainFetch["spot"]): ChainFetch["spot"] {
  if (one === null || other === null) return one ?? other;
  return other.valueTsNs > one.valueTsNs ? other : one;
}
