import type { EpochId } from "../../domain/epoch/substrate.ts";
import type { ContractState } from "../../domain/hydration/contract-state.ts";
import type { HydrationEffects } from "../../domain/hydration/fold-effects.ts";
import { type HydrationState, substrateUpdate } from "../../domain/hydration/state.ts";
import type { Clock } from "../../ports/clock.ts";
import type { EpochStore } from "../../ports/epoch-store.ts";
import type { SubstrateStore } from "../../ports/substrate-store.ts";

/** Where the outcome is added up. */
type Counts = Pick<HydrationEffects["counters"], "hydrated" | "geometry_miss" | "stale_skip">;

/** What is known of one underlying. */
interface Known {
  /** The active epoch, as far as we know. */
  epoch: EpochId | null;
  /** The epoch that has the latest values of all contracts; `null` where none has, or they may have moved since. */
  writtenEpoch: EpochId | null;
}

/** How many times as long as a write took it may be to the next one: prints must not wait for values that move again. */
const PAUSE_PER_WRITE = 4;
/** With a backlog values move on before anybody reads them, and all depends on its end. */
const PAUSE_PER_WRITE_BEHIND = 16;
/** However long a write took, what moved waits no longer than this for the next one. */
const MAX_PAUSE_MS = 1_000;

/** Promotions in a row that one write follows; more than one is already rare. */
const MAX_PROMOTIONS = 8;

/**
 * Writes streamed values into the records of the active epochs. When another epoch becomes active, the latest values of
 * all its underlying's contracts are written again, so that nothing streamed meanwhile is lost; what of them has not moved
 * since is repeated, and makes no feed look alive.
 */
export class SubstrateWriter {
  readonly #substrate: SubstrateStore;
  readonly #epochs: EpochStore;
  readonly #clock: Clock;
  readonly #recheckMs: number;
  readonly #intervalMs: number;
  readonly #known = new Map<string, Known>();
  #checkedAtMs = Number.NEGATIVE_INFINITY;
  #writtenAtMs = Number.NEGATIVE_INFINITY;
  /** How long the last write took. */
  #tookMs = 0;
  /** What moved and is not written yet, each once. */
  #moved = new Set<ContractState>();

  /**
   * @param recheckMs how old what is known of the active epochs may be.
   * @param intervalMs contracts that move within it are written together.
   */
  constructor(
    ports: { substrate: SubstrateStore; epochs: EpochStore; clock: Clock },
    recheckMs: number,
    intervalMs: number,
  ) {
    this.#substrate = ports.substrate;
    this.#epochs = ports.epochs;
    this.#clock = ports.clock;
    this.#recheckMs = recheckMs;
    this.#intervalMs = intervalMs;
  }

  /** Takes note of contracts that moved. */
  mark(moved: readonly ContractState[]): void {
    for (const contract of moved) this.#moved.add(contract);
  }

  /**
   * In how many ms what moved is to be written; infinite where nothing did.
   *
   * @param isBehind with a backlog writes are rarer.
   */
  dueInMs(isBehind: boolean): number {
    if (this.#moved.size === 0) return Number.POSITIVE_INFINITY;
    const perWrite = isBehind ? PAUSE_PER_WRITE_BEHIND : PAUSE_PER_WRITE;
    const pauseMs = Math.max(this.#intervalMs, Math.min(perWrite * this.#tookMs, MAX_PAUSE_MS));
    return Math.max(0, this.#writtenAtMs + pauseMs - this.#clock.monotonic());
  }

  /**
   * Writes the values of the contracts that moved, and looks whether other underlyings have a new epoch. Where it fails it
   * may be called again: nothing is counted, and nothing taken for written, before everything is.
   */
  async write(state: HydrationState, counts: Counts): Promise<void> {
    this.#writtenAtMs = this.#clock.monotonic();
    const byUnderlying = new Map<string, ContractState[]>();
    for (const contract of this.#moved) {
      const { underlying } = contract.terms;
      const group = byUnderlying.get(underlying);
      if (group === undefined) byUnderlying.set(underlying, [contract]);
      else group.push(contract);
    }
    // All that the state knows, since after a restart what a new epoch lacks may not move for long.
    for (const underlying of state.contractUnderlyings()) {
      if (this.#known.has(underlying)) continue;
      this.#known.set(underlying, { epoch: null, writtenEpoch: null });
      this.#checkedAtMs = Number.NEGATIVE_INFINITY;
    }
    if (this.#known.size > 0 && this.#clock.monotonic() - this.#checkedAtMs >= this.#recheckMs) await this.#recheck();
    const added: Counts = { hydrated: 0, geometry_miss: 0, stale_skip: 0 };
    const writtenEpochs = new Map<Known, EpochId | null>();
    for (const [underlying, known] of this.#known) {
      // What moves from here on is nowhere, should that epoch be the active one again.
      if (known.epoch === null) known.writtenEpoch = null;
      const isCurrent = known.epoch === known.writtenEpoch;
      const written = isCurrent ? (byUnderlying.get(underlying) ?? []) : contractsOf(state, underlying);
      if (known.epoch === null || written.length === 0) continue;
      writtenEpochs.set(known, await this.#merge(state, known, underlying, written, added));
    }
    this.#moved.clear();
    this.#tookMs = this.#clock.monotonic() - this.#writtenAtMs;
    for (const [known, epoch] of writtenEpochs) known.writtenEpoch = epoch;
    counts.hydrated += added.hydrated;
    counts.geometry_miss += added.geometry_miss;
    counts.stale_skip += added.stale_skip;
  }

  /** @returns the epoch that all values are in, `null` where there is none or it changed too often. */
  async #merge(
    state: HydrationState,
    known: Known,
    underlying: string,
    contracts: readonly ContractState[],
    counts: Counts,
  ): Promise<EpochId | null> {
    let written = contracts;
    for (let promotions = 0; known.epoch !== null && promotions < MAX_PROMOTIONS; promotions++) {
      const repeated = !written.some((contract) => this.#moved.has(contract));
      const result = await this.#substrate.mergeStreamed(known.epoch, written.map(substrateUpdate), { repeated });
      counts.hydrated += result.written;
      counts.geometry_miss += result.missing.length;
      counts.stale_skip += result.stale;
      if (result.activeEpoch === known.epoch) return known.epoch;
      known.epoch = result.activeEpoch;
      written = contractsOf(state, underlying);
    }
    return null;
  }

  /** One call for all underlyings, however many there are. */
  async #recheck(): Promise<void> {
    const checkedAtMs = this.#clock.monotonic();
    const active = await this.#epochs.allActive();
    for (const [underlying, known] of this.#known) known.epoch = active.get(underlying) ?? null;
    this.#checkedAtMs = checkedAtMs;
  }
}

function contractsOf(state: HydrationState, underlying: string): readonly ContractState[] {
  return state.contractsOn(underlying).filter(({ latestQuote, latestTrade }) => {
    return latestQuote !== undefined || latestTrade !== undefined;
  });
}
