import type { ChainHealth, ChainSnapshot } from "../../../domain/context/chain.ts";
import { geometryHash } from "../../../domain/epoch/geometry.ts";
import type { EpochId } from "../../../domain/epoch/substrate.ts";
import { isTransient } from "../../../domain/errors.ts";
import type { ChainStore } from "../../../ports/chain-store.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { Logger } from "../../../ports/logger.ts";
import { FIRST_RETRY_MS, nextRetryMs, untilStored } from "../../until-stored.ts";
import type { Promotion } from "./epoch-keeper.ts";
import type { WholeChain } from "./fetch-chain.ts";

/** What is said of a fetch besides its contracts. */
export interface FetchOutcome {
  readonly health: Exclude<ChainHealth, "error">;
  /** Whether its geometry counts. */
  readonly isWhole: boolean;
  readonly slaViolated: boolean;
  readonly promotion: Promotion;
  readonly epoch: EpochId | null;
}

/** Contracts in one batch: what a store is busy with at a time. */
const BATCH_CONTRACTS = 500;
const NS_PER_MS = 1_000_000n;

/** Stores what was fetched of one symbol: the contracts, then that they are there, with one number per fetch. */
export class ChainPublisher {
  readonly #chain: ChainStore;
  readonly #context: { readonly clock: Clock; readonly logger: Logger; readonly signal: AbortSignal };
  readonly #symbol: string;
  readonly #producer: string;
  #seq: number | undefined;

  constructor(
    chain: ChainStore,
    symbol: string,
    context: { readonly clock: Clock; readonly logger: Logger; readonly signal: AbortSignal },
  ) {
    this.#chain = chain;
    this.#symbol = symbol;
    this.#producer = `chain/${symbol}`;
    this.#context = context;
  }

  /** Stores the contracts, each as the provider sent it. */
  async contracts({ contracts }: WholeChain): Promise<void> {
    const batches = Array.from({ length: Math.ceil(contracts.length / BATCH_CONTRACTS) }, (_, index) => {
      return contracts.slice(index * BATCH_CONTRACTS, (index + 1) * BATCH_CONTRACTS);
    });
    for (const batch of batches) {
      const rows = batch.map(({ record: { terms }, strikeThousandths, json }) => {
        const { underlying, root, expiration, right } = terms;
        return { id: { underlying, root, expiration, right, strikeThousandths }, json };
      });
      await untilStored("store contracts of a chain", () => this.#chain.putContracts(rows), this.#context);
    }
  }

  /** Tells that a fetch is complete. */
  async complete(chain: WholeChain, outcome: FetchOutcome): Promise<void> {
    const snapshot = snapshotOf(this.#symbol, chain, outcome);
    const { slaViolated, promotion } = outcome;
    const stalenessMs = stalenessOf(chain);
    await this.#counted((seq, publishFailures) => {
      const completion = { snapshot, stalenessMs, slaViolated, promotion, publishFailures };
      return this.#chain.complete(this.#producer, seq, completion);
    });
  }

  /** Tells that a fetch was not answered. */
  async fail(): Promise<void> {
    await this.#counted((seq) => this.#chain.fail(this.#producer, seq, this.#symbol));
  }

  /**
   * Stores under the next number, again and again while repeating may help. A number that is taken at the first try was
   * given by another process of the same name: the one behind it is tried.
   */
  async #counted(store: (seq: number, failures: number) => Promise<"stored" | "already">): Promise<void> {
    const { clock, logger, signal } = this.#context;
    let delayMs = FIRST_RETRY_MS;
    for (let failures = 0; ; ) {
      try {
        this.#seq ??= (await this.#chain.storedSeq(this.#producer)) + 1;
        const result = await store(this.#seq, failures);
        const isTaken = result === "already" && failures === 0;
        this.#seq = isTaken ? undefined : this.#seq + 1;
        if (!isTaken) return;
      } catch (error) {
        if (!isTransient(error) || signal.aborted) throw error;
        logger.error(`Cannot store a fetch of ${this.#symbol}, trying again in ${delayMs} ms`, error);
        failures += 1;
        await clock.sleep(delayMs, signal);
        delayMs = nextRetryMs(delayMs);
      }
    }
  }
}

function snapshotOf(symbol: string, chain: WholeChain, { health, isWhole, epoch }: FetchOutcome): ChainSnapshot {
  const terms = chain.contracts.map(({ record }) => record.terms);
  const tickers = terms.map(({ contract }) => contract);
  const strikes = terms.map(({ strike }) => strike);
  return {
    symbol,
    expirations: [...new Set(terms.map(({ expiration }) => expiration))].sort(),
    contracts: terms.length,
    latency_ms: chain.latencyMs,
    health,
    epoch,
    ts: chain.receivedAtMs / 1_000,
    geometry_hash: isWhole ? geometryHash(tickers) : null,
    strike_min: strikes.length === 0 ? null : strikes.reduce((least, strike) => Math.min(least, strike)),
    strike_max: strikes.length === 0 ? null : strikes.reduce((most, strike) => Math.max(most, strike)),
    tickers,
    pages: null,
  };
}

/** Age of the newest quote or trade at receipt, ms; `null` where the chain has none. */
function stalenessOf({ contracts, receivedAtMs }: WholeChain): number | null {
  let newestNs: bigint | undefined;
  for (const { record } of contracts) {
    for (const tsNs of [record.quote?.quoteTsNs, record.trade?.tradeTsNs]) {
      if (tsNs !== undefined && (newestNs === undefined || tsNs > newestNs)) newestNs = tsNs;
    }
  }
  return newestNs === undefined ? null : Math.max(0, receivedAtMs - Number(newestNs / NS_PER_MS));
}
