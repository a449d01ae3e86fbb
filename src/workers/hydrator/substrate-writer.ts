import type { EpochId } from "../../domain/epoch/substrate.ts";
import type { ContractState } from "../../domain/hydration/contract-state.ts";
import type { HydrationEffects } from "../../domain/hydration/fold-effects.ts";
import { type HydrationState, substrateUpdate } from "../../domain/hydration/state.ts";
import type { Clock } from "../../ports/clock.ts";
import type { EpochStore } from "../../ports/epoch-store.ts";
import type { SubstrateStore } from "../../ports/substrate-store.ts";

/** Where the outcome is added up. */
type Counts = Pick<HydrationEffects["counters"], "hydrated" | "geometry_miss" | "stale_skip">;

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
  readonly #active = new Map<string, { epoch: EpochId | null; checkedAtMs: number }>();

  constructor(ports: { substrate: SubstrateStore; epochs: EpochStore; clock: Clock }, recheckMs: number) {
    this.#substrate = ports.substrate;
    this.#epochs = ports.epochs;
    this.#clock = ports.clock;
    this.#recheckMs = recheckMs;
  }

  /** Writes the values of the contracts that moved, and looks whether other underlyings have a new epoch. */
  async write(state: HydrationState, moved: readonly ContractState[], counts: Counts): Promise<void> {
    const byUnderlying = new Map<string, ContractState[]>();
    for (const contract of moved) {
      const { underlying } = contract.terms;
      const group = byUnderlying.get(underlying);
      if (group === undefined) byUnderlying.set(underlying, [contract]);
      else group.push(contract);
      if (!this.#active.has(underlying)) this.#active.set(underlying, { epoch: null, checkedAtMs: -Infinity });
    }
    for (const [underlying, known] of this.#active) {
      const contracts = byUnderlying.get(underlying) ?? [];
      const before = known.epoch;
      if (this.#clock.monotonic() - known.checkedAtMs >= this.#recheckMs) await this.#recheck(underlying, known);
      if (known.epoch === null) continue;
      const changed = known.epoch !== before;
      const written = changed ? contractsOf(state, underlying) : contracts;
      if (written.length > 0) await this.#merge(state, known, underlying, written, counts);
    }
  }

  async #merge(
    state: HydrationState,
    known: { epoch: EpochId | null },
    underlying: string,
    contracts: readonly ContractState[],
    counts: Counts,
  ): Promise<void> {
    let written = contracts;
    for (let promotions = 0; known.epoch !== null && promotions < MAX_PROMOTIONS; promotions++) {
      const result = await this.#substrate.mergeStreamed(known.epoch, written.map(substrateUpdate));
      counts.hydrated += result.written;
      counts.geometry_miss += result.missing.length;
      counts.stale_skip += result.stale;
      if (result.activeEpoch === known.epoch) return;
      known.epoch = result.activeEpoch;
      written = contractsOf(state, underlying);
    }
  }

  async #recheck(underlying: string, known: { epoch: EpochId | null; checkedAtMs: number }): Promise<void> {
    known.checkedAtMs = this.#clock.monotonic();
    known.epoch = await this.#epochs.active(underlying);
  }
}

function contractsOf(state: HydrationState, underlying: string): readonly ContractState[] {
  return state.contractsOn(underlying).filter(({ latestQuote, latestTrade }) => {
    return latestQuote !== undefined || latestTrade !== undefined;
  });
}
