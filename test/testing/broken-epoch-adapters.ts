import { tablesOf } from "../../src/adapters/memory/database.ts";
import {
  type MemoryDatabase,
  MemoryEpochStore,
  MemoryFlowSnapshotStore,
  MemorySubstrateStore,
} from "../../src/adapters/memory/index.ts";
import type { EpochDraft, EpochId, SubstrateRecord, SubstrateUpdate } from "../../src/domain/epoch/substrate.ts";
import type { GridSnapshot } from "../../src/domain/flow/snapshot.ts";
import type { DirtyLease } from "../../src/ports/epoch-store.ts";

/** Adapters of the context side that each break one promise. */

/** Promotes whatever is active. */
export class PushyEpochStore extends MemoryEpochStore {
  readonly #database: MemoryDatabase;

  constructor(database: MemoryDatabase) {
    super(database);
    this.#database = database;
  }

  override async promote(_expected: EpochId | null, next: EpochId): Promise<"promoted" | "lost"> {
    const symbol = next.split(":")[0] ?? "";
    return super.promote(tablesOf(this.#database).epochs.active(symbol), next);
  }
}

/** Looks, and then writes. */
export class RacyEpochStore extends PushyEpochStore {
  override async promote(expected: EpochId | null, next: EpochId): Promise<"promoted" | "lost"> {
    const active = await this.active(next.split(":")[0] ?? "");
    return active === expected ? super.promote(expected, next) : "lost";
  }
}

/** Shows what is only staged. */
export class HastyEpochStore extends MemoryEpochStore {
  override async stage(draft: EpochDraft): Promise<void> {
    await super.stage(draft);
    await super.promote(await this.active(draft.symbol), draft.id);
  }
}

/** Tells nobody what it promotes. */
export class MuteEpochStore extends MemoryEpochStore {
  readonly #database: MemoryDatabase;

  constructor(database: MemoryDatabase) {
    super(database);
    this.#database = database;
  }

  override async promote(expected: EpochId | null, next: EpochId): Promise<"promoted" | "lost"> {
    this.assertOpen("promote an epoch");
    return tablesOf(this.#database).epochs.promote(expected, next) === null ? "lost" : "promoted";
  }
}

/** Promotes what was staged as it was staged. */
export class ForgetfulEpochStore extends MemoryEpochStore {
  readonly #database: MemoryDatabase;
  readonly #drafts = new Map<EpochId, EpochDraft>();

  constructor(database: MemoryDatabase) {
    super(database);
    this.#database = database;
  }

  override async stage(draft: EpochDraft): Promise<void> {
    await super.stage(draft);
    this.#drafts.set(draft.id, draft);
  }

  override async promote(expected: EpochId | null, next: EpochId): Promise<"promoted" | "lost"> {
    const outcome = await super.promote(expected, next);
    const stored = tablesOf(this.#database).epochs.readable(next)?.records;
    for (const record of this.#drafts.get(next)?.records ?? []) stored?.set(record.terms.contract, record);
    return outcome;
  }
}

/** Shows what has expired as active. */
export class StaleEpochStore extends MemoryEpochStore {
  readonly #seen = new Map<string, EpochId>();

  override async allActive(): Promise<ReadonlyMap<string, EpochId>> {
    for (const [symbol, epoch] of await super.allActive()) this.#seen.set(symbol, epoch);
    return this.#seen;
  }

  override async promote(expected: EpochId | null, next: EpochId): Promise<"promoted" | "lost"> {
    const outcome = await super.promote(expected, next);
    await this.allActive();
    return outcome;
  }
}

/** Never takes a lease back. */
export class TrustingEpochStore extends MemoryEpochStore {
  override takeDirty(epoch: EpochId, owner: string, _leaseMs: number): Promise<DirtyLease> {
    return super.takeDirty(epoch, owner, 1e12);
  }
}

/** Takes a lease for settled whoever says so. */
export class GullibleEpochStore extends MemoryEpochStore {
  override async settle(lease: DirtyLease): Promise<"settled" | "expired"> {
    await super.settle(lease);
    return "settled";
  }
}

/** Writes whatever comes last, as if it were the newest. */
export class LastWriterSubstrateStore extends MemorySubstrateStore {
  readonly #database: MemoryDatabase;

  constructor(database: MemoryDatabase) {
    super(database);
    this.#database = database;
  }

  override async mergeStreamed(epoch: EpochId, updates: readonly SubstrateUpdate[]) {
    const records = tablesOf(this.#database).epochs.readable(epoch)?.records;
    for (const { contract, ...values } of updates) {
      const record = records?.get(contract);
      if (record !== undefined) records?.set(contract, { ...record, ...values });
    }
    return super.mergeStreamed(epoch, updates);
  }
}

/** Goes on writing to what was superseded. */
export class RestlessSubstrateStore extends MemorySubstrateStore {
  readonly #database: MemoryDatabase;

  constructor(database: MemoryDatabase) {
    super(database);
    this.#database = database;
  }

  override async mergeStreamed(epoch: EpochId, updates: readonly SubstrateUpdate[]) {
    const stored = tablesOf(this.#database).epochs.readable(epoch);
    if (stored === undefined || stored.meta.supersededAtMs === null) return super.mergeStreamed(epoch, updates);
    const { meta } = stored;
    stored.meta = { ...meta, supersededAtMs: null };
    const merged = await super.mergeStreamed(epoch, updates);
    stored.meta = meta;
    return merged;
  }
}

/** Hears the feed in whatever is merged, be it of contracts that the epoch does not have. */
export class EagerSubstrateStore extends MemorySubstrateStore {
  readonly #database: MemoryDatabase;

  constructor(database: MemoryDatabase) {
    super(database);
    this.#database = database;
  }

  override async mergeStreamed(epoch: EpochId, updates: readonly SubstrateUpdate[]) {
    const { clock, epochs } = tablesOf(this.#database);
    const stored = epochs.readable(epoch);
    if (stored !== undefined) stored.meta = { ...stored.meta, streamedAtMs: clock.now() };
    return super.mergeStreamed(epoch, updates);
  }
}

/** Hears the feed in values that are repeated. */
export class EchoingSubstrateStore extends MemorySubstrateStore {
  override mergeStreamed(epoch: EpochId, updates: readonly SubstrateUpdate[]) {
    return super.mergeStreamed(epoch, updates);
  }
}

/** Hears the feed only in values that it writes. */
export class HardOfHearingSubstrateStore extends MemorySubstrateStore {
  readonly #database: MemoryDatabase;

  constructor(database: MemoryDatabase) {
    super(database);
    this.#database = database;
  }

  override async mergeStreamed(...call: Parameters<MemorySubstrateStore["mergeStreamed"]>) {
    const stored = tablesOf(this.#database).epochs.readable(call[0]);
    const streamedAtMs = stored?.meta.streamedAtMs ?? null;
    const merged = await super.mergeStreamed(...call);
    if (stored !== undefined && merged.written === 0) stored.meta = { ...stored.meta, streamedAtMs };
    return merged;
  }
}

/** Compares versions as doubles. */
export class RoundingSubstrateStore extends MemorySubstrateStore {
  override mergeStreamed(epoch: EpochId, updates: readonly SubstrateUpdate[]) {
    return super.mergeStreamed(
      epoch,
      updates.map(({ quote, ...rest }) =>
        quote === undefined ? rest : { ...rest, quote: { ...quote, quoteTsNs: BigInt(Number(quote.quoteTsNs)) } },
      ),
    );
  }
}

/** Answers for an expired epoch as for an empty one. */
export class HalfChainSubstrateStore extends MemorySubstrateStore {
  override async records(epoch: EpochId, contracts?: readonly string[]): Promise<readonly SubstrateRecord[] | null> {
    return (await super.records(epoch, contracts)) ?? [];
  }
}

/** Takes every value of a snapshot for a change. */
export class NoisySubstrateStore extends MemorySubstrateStore {
  override async mergeSnapshot(epoch: EpochId, updates: readonly SubstrateUpdate[]) {
    const { written } = await this.mergeStreamed(epoch, updates);
    return { written };
  }
}

/** Merges the grids of one underlying, whatever expires when. */
export class MergingFlowSnapshotStore extends MemoryFlowSnapshotStore {
  override putGrid(snapshot: GridSnapshot): Promise<void> {
    return super.putGrid({ ...snapshot, expiration: "" });
  }

  override grid(underlying: string, _expiration: string): Promise<GridSnapshot | null> {
    return super.grid(underlying, "");
  }
}

/** Keeps a snapshot as long as nobody writes another. */
export class HoardingFlowSnapshotStore extends MemoryFlowSnapshotStore {
  #last: GridSnapshot | null = null;

  override async putGrid(snapshot: GridSnapshot): Promise<void> {
    await super.putGrid(snapshot);
    this.#last = snapshot;
  }

  override async grid(underlying: string, expiration: string): Promise<GridSnapshot | null> {
    return (await super.grid(underlying, expiration)) ?? this.#last;
  }
}
