import {
  type EpochId,
  mergeValues,
  type SubstrateRecord,
  type SubstrateUpdate,
  type SubstrateValues,
} from "../../domain/epoch/substrate.ts";
import type { MergeStreamedResult, SubstrateStore } from "../../ports/substrate-store.ts";
import { PortClient } from "../port-client.ts";
import { type MemoryDatabase, type MemoryTables, tablesOf } from "./database.ts";
import type { StoredEpoch } from "./epoch-table.ts";

const GROUPS = ["quote", "trade", "greeks", "day"] as const;

/** A client of the contract records of a database's epochs. The records it returns are frozen. */
export class MemorySubstrateStore extends PortClient implements SubstrateStore {
  readonly #tables: MemoryTables;

  constructor(database: MemoryDatabase) {
    super();
    this.#tables = tablesOf(database);
  }

  async mergeStreamed(epoch: EpochId, updates: readonly SubstrateUpdate[]): Promise<MergeStreamedResult> {
    this.assertOpen("merge streamed values");
    const { epochs } = this.#tables;
    const stored = epochs.readable(epoch);
    const merged = merge(stored, updates);
    if (stored !== undefined && merged.written.size > 0) {
      stored.hadStreamedUpdates = true;
      for (const contract of merged.written) stored.dirty.mark(contract);
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
  for (const update of updates) {
    const { contract } = update;
    const before = stored?.records.get(contract);
    if (stored === undefined || before === undefined) {
      merged.missing.add(contract);
      continue;
    }
    const { values, groups } = copyGroups(update);
    const { record, stale } = mergeValues(before, values);
    merged.stale += stale;
    if (stale === groups) continue;
    stored.records.set(contract, Object.freeze(record));
    merged.written.add(contract);
    if (GROUPS.some((group) => !sameFields(before[group], record[group]))) merged.changed.add(contract);
  }
  return merged;
}

/** Frozen copies, so that the caller's objects stay the caller's. */
function copyGroups({ quote, trade, greeks, day }: SubstrateUpdate): { values: SubstrateValues; groups: number } {
  const values = {
    ...(quote && { quote: Object.freeze({ ...quote }) }),
    ...(trade && { trade: Object.freeze({ ...trade }) }),
    ...(greeks && { greeks: Object.freeze({ ...greeks }) }),
    ...(day && { day: Object.freeze({ ...day }) }),
  };
  return { values, groups: Object.keys(values).length };
}

function sameFields(before: object | undefined, after: object | undefined): boolean {
  if (before === after) return true;
  if (before === undefined || after === undefined) return false;
  const fields = new Map(Object.entries(before));
  return Object.entries(after).every(([name, value]) => Object.is(fields.get(name), value));
}

/** The symbol of `{symbol}:{created_ts}:{hash}`. */
function symbolOf(epoch: EpochId): string {
  return epoch.split(":").slice(0, -2).join(":");
}
