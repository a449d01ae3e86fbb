import type { EpochId, SubstrateRecord, SubstrateUpdate, SubstrateValues } from "../../domain/epoch/substrate.ts";
import type { MergeStreamedOptions, MergeStreamedResult, SubstrateStore } from "../../ports/substrate-store.ts";
import { assertUpdates } from "../epoch-arguments.ts";
import { copyGroups, symbolOf } from "../substrate-groups.ts";
import { RecordCache } from "./record-cache.ts";
import { type MergeTask, type Proposal, propose } from "./record-merge.ts";
import { RedisClient } from "./redis-client.ts";
import { valueError } from "./reply-errors.ts";
import { CHECK_RECORDS } from "./scripts/check-records.ts";
import { EPOCH_LIFE } from "./scripts/epoch-life.ts";
import { HAD_UPDATES } from "./scripts/had-updates.ts";
import { MERGE_RECORDS } from "./scripts/merge-records.ts";
import { slices } from "./slices.ts";
import { decodeRecord, encodeRecord, type StoredRecord } from "./substrate-record.ts";

/** More would keep other clients of the server waiting. */
const RECORDS_PER_SCRIPT = 250;
const RECORDS_PER_MGET = 500;
/** Some 40 MB: two halves, so that a chain of 20,000 contracts has room in one. */
const CACHED_RECORDS = 40_000;

/** How long to wait before writing again to records that are held, ms: it takes as long as a promotion. */
const HELD_MS = 2;

/** What the server did with a part of a merge. */
type Outcome = "done" | "unreadable" | "superseded" | "held";

/** Where values come from: the feed just now, the feed some time before, or a chain. */
type Origin = "feed" | "repeat" | "chain";

interface Merged {
  written: number;
  stale: number;
  readonly missing: Set<string>;
  activeEpoch: EpochId | null;
}

/** The contract records of epochs: JSON strings, written by comparing their revisions. */
export class RedisSubstrateStore extends RedisClient implements SubstrateStore {
  readonly #cache = new RecordCache(CACHED_RECORDS);

  async mergeStreamed(
    epoch: EpochId,
    updates: readonly SubstrateUpdate[],
    { repeated = false }: MergeStreamedOptions = {},
  ): Promise<MergeStreamedResult> {
    const origin = repeated ? "repeat" : "feed";
    const { written, stale, missing, activeEpoch } = await this.#merge("merge streamed values", epoch, updates, origin);
    const inOrder = updates.filter(({ contract }) => missing.delete(contract)).map(({ contract }) => contract);
    return { written, stale, missing: inOrder, activeEpoch };
  }

  async mergeSnapshot(epoch: EpochId, updates: readonly SubstrateUpdate[]): Promise<{ readonly written: number }> {
    const { written } = await this.#merge("merge snapshot values", epoch, updates, "chain");
    return { written };
  }

  async records(epoch: EpochId, contracts?: readonly string[]): Promise<readonly SubstrateRecord[] | null> {
    const action = "read the records of an epoch";
    this.assertOpen(action);
    const wanted = contracts === undefined ? await this.#contracts(action, epoch) : [...contracts];
    if (wanted === null) return null;
    const [found, life] = await Promise.all([this.#read(action, epoch, wanted), this.#life(action, epoch)]);
    // Looked at last: records live for as long as the epoch can be read, so none of them can have gone before.
    if (!life.readable) return null;
    await this.#checkAbsent(
      action,
      epoch,
      wanted.filter((contract) => !found.has(contract)),
    );
    return wanted.flatMap((contract) => found.get(contract)?.record ?? []);
  }

  async hadStreamedUpdates(epoch: EpochId): Promise<boolean> {
    const names = [this.keys.of("epochMeta", { id: epoch }), this.keys.of("hadWsUpdates", { id: epoch })];
    return (await this.run("ask for streamed updates", HAD_UPDATES, names, [])) === "1";
  }

  async #merge(action: string, epoch: EpochId, updates: readonly SubstrateUpdate[], origin: Origin): Promise<Merged> {
    this.assertOpen(action);
    assertUpdates(action, updates);
    const merged: Merged = { written: 0, stale: 0, missing: new Set(), activeEpoch: null };
    let tasks = this.#tasksOf(epoch, updates);
    do {
      const bases = await this.#bases(action, epoch, tasks);
      const proposals: Proposal[] = [];
      for (const task of tasks) {
        const base = bases.get(task.key);
        if (base === undefined) merged.missing.add(task.contract);
        else proposals.push(propose(task, base));
      }
      // What was written by others meanwhile is merged with again.
      tasks = await this.#store(action, epoch, proposals, origin, merged);
    } while (tasks.length > 0);
    return merged;
  }

  #tasksOf(epoch: EpochId, updates: readonly SubstrateUpdate[]): readonly MergeTask[] {
    const prefix = this.keys.of("epochContract", { id: epoch, contract: "" });
    const byContract = new Map<string, SubstrateValues[]>();
    for (const update of updates) {
      const values = byContract.get(update.contract);
      if (values === undefined) byContract.set(update.contract, [copyGroups(update)]);
      else values.push(copyGroups(update));
    }
    return Array.from(byContract, ([contract, values]) => ({ contract, key: prefix + contract, updates: values }));
  }

  /** What is known of the records, and where nothing is, what is stored; none for contracts that the epoch does not have. */
  async #bases(
    action: string,
    epoch: EpochId,
    tasks: readonly MergeTask[],
  ): Promise<ReadonlyMap<string, StoredRecord>> {
    const bases = new Map<string, StoredRecord>();
    const unknown: MergeTask[] = [];
    for (const task of tasks) {
      const known = this.#cache.get(task.key);
      if (known === undefined) unknown.push(task);
      else bases.set(task.key, known);
    }
    if (unknown.length === 0) return bases;
    const found = await this.#read(
      action,
      epoch,
      unknown.map(({ contract }) => contract),
    );
    const absent: string[] = [];
    for (const { contract, key } of unknown) {
      const stored = found.get(contract);
      if (stored === undefined) absent.push(contract);
      else bases.set(key, stored);
    }
    await this.#checkAbsent(action, epoch, absent);
    return bases;
  }

  /** Stores what is still made from what stands there. @returns the tasks to do again. */
  async #store(
    action: string,
    epoch: EpochId,
    proposals: readonly Proposal[],
    origin: Origin,
    merged: Merged,
  ): Promise<readonly MergeTask[]> {
    const { keys } = this;
    const names = [
      keys.of("epochMeta", { id: epoch }),
      keys.of("hadWsUpdates", { id: epoch }),
      keys.of("dirtyContracts", { id: epoch }),
      keys.of("dirty"),
      keys.of("clean"),
      keys.of("active"),
      keys.of("epochHeld", { id: epoch }),
    ];
    const head = [
      epoch,
      symbolOf(epoch),
      keys.of("epochMeta", { id: "" }),
      keys.of("epochContract", { id: epoch, contract: "" }),
    ];
    // Without proposals there is still the active epoch to ask for.
    const parts = proposals.length === 0 ? [[]] : slices(proposals, RECORDS_PER_SCRIPT);
    const streamed = origin !== "chain";
    let isHeld = false;
    const again = await Promise.all(
      parts.map(async (part) => {
        const isHeard = origin === "feed" && part.some(({ written, stale }) => written || stale > 0);
        const args: (string | number)[] = [...head, streamed ? 1 : 0, isHeard ? 1 : 0];
        for (const { base, next, written } of part) {
          const changed = next !== base;
          args.push(base.rev, changed ? encodeRecord(next) : "", written && (streamed || changed) ? 1 : 0);
        }
        const partNames = [...names, ...part.map(({ key }) => key)];
        const answer = await this.run(action, MERGE_RECORDS, partNames, args);
        const [outcome, active, places] = answer as readonly [Outcome, string, readonly number[]];
        // Parts are answered in their order, the last one is the latest.
        merged.activeEpoch = active === "" ? null : active;
        if (outcome === "superseded") merged.missing.clear();
        if (outcome === "held") isHeld = true;
        return this.#tally(part, outcome, new Set(places), merged);
      }),
    );
    if (isHeld) await this.connection.clock.sleep(HELD_MS);
    return again.flat();
  }

  /** Adds up what was stored. @returns what was not. */
  #tally(
    part: readonly Proposal[],
    outcome: Outcome,
    changedByOthers: ReadonlySet<number>,
    merged: Merged,
  ): readonly MergeTask[] {
    const again: MergeTask[] = [];
    for (const [place, proposal] of part.entries()) {
      const { contract, key, next, stale, written } = proposal;
      if (outcome === "held") again.push(proposal);
      else if (outcome !== "done") {
        this.#cache.delete(key);
        if (outcome === "unreadable") merged.missing.add(contract);
      } else if (changedByOthers.has(place)) {
        this.#cache.delete(key);
        again.push(proposal);
      } else {
        this.#cache.set(key, next);
        merged.stale += stale;
        if (written) merged.written += 1;
      }
    }
    return again;
  }

  /** The records that are stored, by contract. */
  async #read(
    action: string,
    epoch: EpochId,
    contracts: readonly string[],
  ): Promise<ReadonlyMap<string, StoredRecord>> {
    const prefix = this.keys.of("epochContract", { id: epoch, contract: "" });
    const found = new Map<string, StoredRecord>();
    await Promise.all(
      slices(contracts, RECORDS_PER_MGET).map(async (part) => {
        const answer = await this.command(action, "MGET", ...part.map((contract) => prefix + contract));
        const values = answer as readonly (string | null)[];
        for (const [index, contract] of part.entries()) {
          const json = values[index] ?? null;
          if (json !== null) found.set(contract, decodeRecord(action, prefix + contract, contract, json));
        }
      }),
    );
    return found;
  }

  /** @throws {StorageError} where one of the contracts belongs to the epoch: there should be a record. */
  async #checkAbsent(action: string, epoch: EpochId, contracts: readonly string[]): Promise<void> {
    const set = this.keys.of("epochContracts", { id: epoch });
    const prefix = this.keys.of("epochContract", { id: epoch, contract: "" });
    for (const part of slices(contracts, RECORDS_PER_SCRIPT)) {
      await this.run(action, CHECK_RECORDS, [set, ...part.map((contract) => prefix + contract)], part);
    }
  }

  /** The contracts of an epoch in ticker order; `null` where it cannot be read. */
  async #contracts(action: string, epoch: EpochId): Promise<readonly string[] | null> {
    const key = this.keys.of("epochContracts", { id: epoch });
    const [contracts, life] = await Promise.all([this.command(action, "SMEMBERS", key), this.#life(action, epoch)]);
    if (!life.readable) return null;
    const sorted = [...(contracts as readonly string[])].sort();
    if (sorted.length === life.contractCount) return sorted;
    throw valueError(action, key, `the ${life.contractCount} contracts of the epoch`, `${sorted.length} of them`);
  }

  async #life(action: string, epoch: EpochId): Promise<{ readable: boolean; contractCount: number }> {
    const answer = await this.run(action, EPOCH_LIFE, [this.keys.of("epochMeta", { id: epoch })], []);
    const [readable, , , count] = answer as readonly [number, number, string, string, string];
    return { readable: readable === 1, contractCount: Number(count) };
  }
}
