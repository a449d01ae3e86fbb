import { type EpochId, mergeValues, type SubstrateRecord, type SubstrateUpdate } from "../../domain/epoch/substrate.ts";
import type { MergeStreamedOptions, MergeStreamedResult, SubstrateStore } from "../../ports/substrate-store.ts";
import { assertUpdates } from "../epoch-arguments.ts";
import { PortClient } from "../port-client.ts";
import { copyGroups, sameValues, symbolOf } from "../substrate-groups.ts";
import { type MemoryDatabase, type MemoryTables, tablesOf } from "./database.ts";
import type { StoredEpoch } from "./epoch-table.ts";

/** A client of the contract records of a database's epochs. The records it returns are frozen. */
export class MemorySubstrateStore extends PortClient implements SubstrateStore {
  readonly #tables: MemoryTables;

  constructor(database: MemoryDatabase) {
    super();
    this.#tables = tablesOf(database);
  }

  async mergeStreamed(
    epoch: EpochId,
    updates: readonly SubstrateUpdate[],
    { repeated = false }: MergeStreamedOptions = {},
  ): Promise<MergeStreamedResult> {
    this.assertOpen("merge streamed values");
    assertUpdates("merge streamed values", updates);
    const { clock, epochs } = this.#tables;
    const stored = epochs.readable(epoch);
    const merged = merge(stored, updates);
    if (stored !== undefined && merged.written.size > 0) {
      stored.hadStreamedUpdates = true;
      for (const contract of merged.written) stored.dirty.mark(contract);
    }
    if (stored !== undefined && !repeated && merged.written.size + merged.stale > 0) {
      stored.meta = Object.freeze({ ...stored.meta, streamedAtMs: Math.floor(clock.now()) });
    }
    return {
      written: merged.written.size,
      stale: merged.stale,
      missing: [...merged.missing],
      activeEpoch: epochs.active(epochs.meta(epoch)?.symbol ?? symbolOf(epoch)),
    };
  }

  async mergeSnapshot(epoch: EpochId, updates: readonly SubstrateUpdate[]): Promise<{ readonly written: number }> {
    this.assertOpen("merge snapshot values");
    assertUpdates("merge snapshot values", updates);
    const stored = this.#tables.epochs.readable(epoch);
    const merged = merge(stored, updates);
    for (const contract of merged.changed) stored?.dirty.mark(contract);
    return { written: merged.written.size };
  }

  async records(epoch: EpochId, contracts?: readonly string[]): Promise<readonly SubstrateRecord[] | null> {
    this.assertOpen("read the records of an epoch");
    const stored = this.#tables.epochs.readable(epoch);
    if (stored === undefined) return null;
    if (contracts === undefined) return [...stored.records.values()];
    return contracts.flatMap((contract) => stored.records.get(contract) ?? []);
  }

  async hadStreamedUpdates(epoch: EpochId): Promise<boolean> {
    this.assertOpen("ask for streamed updates");
    return this.#tables.epochs.readable(epoch)?.hadStreamedUpdates ?? false;
  }
}

interface Merged {
  /** Contracts with at least one group written. */
  readonly written: Set<string>;
  /** Those of them that are not what they were. */
  readonly changed: Set<string>;
  readonly missing: Set<string>;
  stale: number;
}

function merge(stored: StoredEpoch | undefined, updates: readonly SubstrateUpdate[]): Merged {
  const merged: Merged = { written: new Set(), changed: new Set(), missing: new Set(), stale: 0 };
  if (stored !== undefined && stored.meta.supersededAtMs !== null) return merged;
  for (const update of updates) {
    const { contract } = update;
    const before = stored?.records.get(contract);
    if (stored === undefined || before === undefined) {
      merged.missing.add(contract);
      continue;
    }
    const values = copyGroups(update);
    const { record, stale } = mergeValues(before, values);
    merged.stale += stale;
    if (stale === Object.keys(values).length) continue;
    stored.records.set(contract, Object.freeze(record));
    merged.written.add(contract);
    if (!sameValues(before, record)) merged.changed.add(contract);
  }
  return merged;
}
