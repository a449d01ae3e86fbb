import type { ChainHealth } from "../context/chain.ts";

/** How a fetch of a chain ended, over all its cursors. */
export interface ChainObservation {
  /** `false` where not even a page came. */
  readonly isAnswered: boolean;
  /** `false` where a page failed. */
  readonly isComplete: boolean;
  /** How many contracts came. */
  readonly contracts: number;
  readonly latencyMs: number;
}

/** What a fetch is good for: `all`, geometry and values; `valuesOnly`, values of contracts that are known; `nothing`. */
export type ChainUse = "all" | "valuesOnly" | "nothing";

/** What is thought of a fetch. */
export interface ChainVerdict {
  readonly health: ChainHealth;
  readonly use: ChainUse;
  /** Whether a chain that looked wrong was seen twice in a row: `collapsed` or `empty` and true from then on. */
  readonly isConfirmed: boolean;
  /** Trailing median of contracts that this fetch was held against; `null` where there is none yet. */
  readonly medianContracts: number | null;
}

/** Of so many chains the median is taken. */
const TRAIL = 21;
/** A chain of less than this share of the median has collapsed. */
const COLLAPSED_SHARE = 0.5;
/** A chain that looks wrong is believed when it comes so many times in a row. */
const BELIEVED_AFTER = 2;

/**
 * Judges the fetches of one chain, in the order in which they ended.
 *
 * `error` no answer, good for nothing. `partial` a page failed: its values count, its geometry does not. `empty` complete
 * without a contract: good for nothing, and confirmed when seen twice in a row. `collapsed` complete with fewer than half
 * the median of the last 21 chains: values only; seen twice in a row it is believed, good for all, and the median starts
 * anew with it. `slow` longer than agreed, and `ok`: good for all. An `error` tells nothing about the chain, so it does
 * not break a row; everything else does.
 *
 * @example
 * ```ts
 * const history = new ChainHistory({ slowMs: 5_000 });
 * const fetch = { isAnswered: true, isComplete: true, contracts: 4_000, latencyMs: 900 };
 * history.judge(fetch).health; // "ok"
 * history.judge({ ...fetch, contracts: 1_999 }); // collapsed, valuesOnly
 * history.judge({ ...fetch, contracts: 1_999 }); // collapsed, all: confirmed
 * history.judge({ ...fetch, contracts: 1_999 }).health; // "ok"
 * ```
 */
export class ChainHistory {
  readonly #slowMs: number;
  /** Contracts of the last chains that were believed, oldest first. */
  readonly #counts: number[] = [];
  #row: { readonly health: ChainHealth; times: number } = { health: "ok", times: 0 };

  /** @param options.slowMs a fetch that took longer is `slow`. */
  constructor(options: { readonly slowMs: number }) {
    this.#slowMs = options.slowMs;
  }

  /** Judges a fetch and remembers it. @throws {RangeError} for a count that is no non-negative integer. */
  judge(fetch: ChainObservation): ChainVerdict {
    if (!Number.isSafeInteger(fetch.contracts) || fetch.contracts < 0) {
      throw new RangeError(
        `Cannot judge a fetch: 'contracts' must be a non-negative integer, current value is ${fetch.contracts}`,
      );
    }
    const medianContracts = this.#median();
    const health = this.#classify(fetch, medianContracts);
    if (health === "error") return { health, use: "nothing", isConfirmed: false, medianContracts };
    this.#row = health === this.#row.health ? { health, times: this.#row.times + 1 } : { health, times: 1 };
    const isConfirmed = (health === "collapsed" || health === "empty") && this.#row.times >= BELIEVED_AFTER;
    if (health === "collapsed" && isConfirmed) this.#counts.length = 0;
    const use = useOf(health, isConfirmed);
    if (use === "all") this.#remember(fetch.contracts);
    return { health, use, isConfirmed, medianContracts };
  }

  /** Forgets how large chains were: for when less is asked for from now on, such as a narrower strike window. */
  restart(): void {
    this.#counts.length = 0;
    this.#row = { health: "ok", times: 0 };
  }

  #classify({ isAnswered, isComplete, contracts, latencyMs }: ChainObservation, median: number | null): ChainHealth {
    if (!isAnswered) return "error";
    if (!isComplete) return "partial";
    if (contracts === 0) return "empty";
    if (median !== null && contracts < median * COLLAPSED_SHARE) return "collapsed";
    return latencyMs > this.#slowMs ? "slow" : "ok";
  }

  #remember(contracts: number): void {
    this.#counts.push(contracts);
    if (this.#counts.length > TRAIL) this.#counts.shift();
  }

  /** Of an even number the lower of the two in the middle. */
  #median(): number | null {
    const sorted = [...this.#counts].sort((one, other) => one - other);
    return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
  }
}

function useOf(health: ChainHealth, isConfirmed: boolean): ChainUse {
  if (health === "partial") return "valuesOnly";
  if (health === "collapsed") return isConfirmed ? "all" : "valuesOnly";
  return health === "ok" || health === "slow" ? "all" : "nothing";
}
