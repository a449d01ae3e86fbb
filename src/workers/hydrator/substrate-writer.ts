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
  checkedAtMs: number;
}

/** Promotions in a row that one write follows; more than one is already rare. */
const MAX_PROMOTIONS = 8;

/**
 * Writes streamed values into the records of the active epochs. When another epoch becomes active, the latest values of
 * all its underlying's contracts are written again, so that nothing streamed meanwhile is lost.
 */
export class SubstrateWriter {
  readonly #substrate: SubstrateStore;
  readonly #epochs: EpochStore;
  readonly #clock: Clock;
  readonly #recheckMs: number;
  readonly #known = new Map<string, Known>();

  constructor(ports: { substrate: SubstrateStore; epochs: EpochStore; clock: Clock }, recheckMs: number) {
    this.#substrate = ports.substrate;
    this.#epochs = ports.epochs;
    this.#clock = ports.clock;
    this.#recheckMs = recheckMs;
  }

  /**
   * Writes the values of the contracts that moved, and looks whether other underlyings have a new epoch. Where it fails it
   * may be called again with the same: nothing is counted, and no epoch taken for written, before everything is.
   */
  async write(state: HydrationState, moved: readonly ContractState[], counts: Counts): Promise<void> {
    const byUnderlying = new Map<string, ContractState[]>();
    for (const contract of moved) {
      const { underlying } = contract.terms;
      const group = byUnderlying.get(underlying);
      if (group === undefined) byUnderlying.set(underlying, [contract]);
      else group.push(contract);
    }
    // All that the state knows, since after a restart what a new epoch lacks may not move for long.
    for (const underlying of state.contractUnderlyings()) {
      if (this.#known.has(underlying)) continue;
      this.#known.set(underlying, { epoch: null, writtenEpoch: null, checkedAtMs: -Infinity });
    }
    const added: Counts = { hydrated: 0, geometry_miss: 0, stale_skip: 0 };
    const writtenEpochs = new Map<Known, EpochId | null>();
    for (const [underlying, known] of this.#known) {
      if (this.#clock.monotonic() - known.checkedAtMs >= this.#recheckMs) await this.#recheck(underlying, known);
      // What moves from here on is nowhere, should that epoch be the active one again.
      if (known.epoch === null) known.writtenEpoch = null;
      const isCurrent = known.epoch === known.writtenEpoch;
      const written = isCurrent ? (byUnderlying.get(underlying) ?? []) : contractsOf(state, underlying);
      if (known.epoch === null || written.length === 0) continue;
      writtenEpochs.set(known, await this.#merge(state, known, underlying, written, added));
    }
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
      const result = await this.#substrate.mergeStreamed(known.epoch, written.map(substrateUpdate));
      counts.hydrated += result.written;
      counts.geometry_miss += result.missing.length;
      counts.stale_skip += result.stale;
      if (result.activeEpoch === known.epoch) return known.epoch;
      known.epoch = result.activeEpoch;
      written = contractsOf(state, underlying);
    }
    return null;
  }

  async #recheck(underlying: string, known: Known): Promise<void> {
    const checkedAtMs = this.#clock.monotonic();
    known.epoch = await this.#epochs.active(underlying);
    known.checkedAtMs = checkedAtMs;
  }
}

function contractsOf(state: HydrationState, underlying: string): readonly ContractState[] {
  return state.contractsOn(underlying).filter(({ latestQuote, latestTrade }) => {
    return latestQuote !== undefined || latestTrade !== undefined;
  });
}
