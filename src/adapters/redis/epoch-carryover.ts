import { randomUUID } from "node:crypto";
import { type EpochId, mergeValues } from "../../domain/epoch/substrate.ts";
import type { Logger } from "../../ports/logger.ts";
import { sameValues } from "../substrate-groups.ts";
import type { RedisCommand } from "./connection.ts";
import type { RedisKeys } from "./keys.ts";
import { nextRevision } from "./record-merge.ts";
import type { RedisScript } from "./script.ts";
import { CARRY_RECORDS } from "./scripts/carry-records.ts";
import { CHECK_RECORDS } from "./scripts/check-records.ts";
import { HOLD_EPOCH, RELEASE_EPOCH } from "./scripts/hold-epoch.ts";
import { MOVED_RECORDS } from "./scripts/moved-records.ts";
import { slices } from "./slices.ts";
import { decodeRecord, encodeRecord, type StoredRecord } from "./substrate-record.ts";

/** More would keep other clients of the server waiting. */
const RECORDS_PER_SCRIPT = 250;
const RECORDS_PER_MGET = 500;
const REVISIONS_PER_SCRIPT = 1_000;
/** So few are merged while writers wait. */
const FEW_MOVED = 250;
/** Under a firehose there are never few. */
const PASSES_BEFORE_HOLD = 3;

/** The records of an epoch as they were staged, as long as that attempt is the last one. */
export interface StagedRecords {
  readonly attempt: string;
  /** By contract. */
  readonly records: ReadonlyMap<string, StoredRecord>;
}

/** What a carry-over sends commands with. */
export interface CarrySender {
  readonly keys: RedisKeys;
  command(...command: RedisCommand): Promise<unknown>;
  run(script: RedisScript, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown>;
}

/**
 * Brings the values of the contracts that an active and a staged epoch share into the staged one, group by group what is
 * newer. Most of it is done while others go on writing; for the rest they wait, so that it comes to its end however fast
 * they write: what they write after that goes to the successor, or is seen by the next try.
 */
export class EpochCarryover {
  readonly #sender: CarrySender;
  readonly #action: string;
  readonly #held: string;
  readonly #staged: string;
  readonly #contracts: readonly [previous: string, next: string];
  readonly #records: readonly [previous: string, next: string];
  readonly #known: StagedRecords | undefined;
  /** Of the attempt that staged the records that are merged into. */
  #attempt: string | null = null;
  #hold: string | undefined;
  #shared: readonly string[] = [];
  /** The staged records as their draft had them. */
  readonly #drafted = new Map<string, StoredRecord>();
  /** The revisions that staged records have now. */
  readonly #revisions = new Map<string, number>();
  /** The revisions of the predecessor's records that were merged, those that have a staged one. */
  readonly #merged = new Map<string, number>();

  /**
   * @param action completes "Cannot ...".
   * @param known what need not be read, where it is known.
   */
  constructor(action: string, sender: CarrySender, previous: EpochId, next: EpochId, known?: StagedRecords) {
    const { keys } = sender;
    this.#known = known;
    this.#action = action;
    this.#sender = sender;
    this.#held = keys.of("epochHeld", { id: previous });
    this.#staged = keys.of("epochStaged", { id: next });
    this.#contracts = [keys.of("epochContracts", { id: previous }), keys.of("epochContracts", { id: next })];
    this.#records = [
      keys.of("epochContract", { id: previous, contract: "" }),
      keys.of("epochContract", { id: next, contract: "" }),
    ];
  }

  /** Merges what others write meanwhile, until little is left. Goes on where the last try ended. */
  async approach(): Promise<void> {
    await this.#begin();
    for (let passes = 0; passes < PASSES_BEFORE_HOLD; passes++) {
      const moved = await this.#moved();
      if (moved.length <= FEW_MOVED) return;
      await this.#carry(moved);
    }
  }

  /**
   * Has writers wait for `holdMs` at most, and merges the rest.
   *
   * @returns what the promotion must find held; nothing can have changed as long as it does.
   */
  async hold(holdMs: number): Promise<string> {
    this.#hold = String(await this.#sender.run(HOLD_EPOCH, [this.#held], [randomUUID(), holdMs]));
    await this.#carry(await this.#moved());
    return this.#hold;
  }

  /** Has writers go on; without effect where nothing is held. A hold ends by itself, so a failure is only logged. */
  async release(logger: Logger): Promise<void> {
    if (this.#hold === undefined) return;
    try {
      await this.#sender.run(RELEASE_EPOCH, [this.#held], [this.#hold]);
    } catch (error) {
      logger.warn("Records stay held until that ends by itself", { key: this.#held, error: String(error) });
    }
  }

  /** The token of the attempt to stage that was merged into: another one's records are not. */
  get attempt(): string {
    return this.#attempt ?? "";
  }

  async #begin(): Promise<void> {
    const attempt = (await this.#sender.command("HGET", this.#staged, "token")) as string | null;
    if (attempt === this.#attempt && this.#shared.length > 0) return;
    this.#attempt = attempt;
    for (const known of [this.#drafted, this.#revisions, this.#merged]) known.clear();
    this.#shared = (await this.#sender.command("SINTER", ...this.#contracts)) as readonly string[];
    if (this.#known?.attempt === attempt) this.#remember(this.#known.records);
  }

  #remember(drafted: ReadonlyMap<string, StoredRecord>): void {
    for (const [contract, stored] of drafted) {
      this.#drafted.set(contract, stored);
      this.#revisions.set(contract, stored.rev);
    }
  }

  /** The shared contracts that have another record than was merged, or of which none was. */
  async #moved(): Promise<readonly string[]> {
    const moved = this.#shared.filter((contract) => !this.#merged.has(contract));
    const [prefix] = this.#records;
    await Promise.all(
      slices([...this.#merged], REVISIONS_PER_SCRIPT).map(async (part) => {
        const names = part.map(([contract]) => prefix + contract);
        const revisions = part.map(([, revision]) => revision);
        const places = (await this.#sender.run(MOVED_RECORDS, names, revisions)) as readonly number[];
        for (const place of places) moved.push(part[place]?.[0] ?? "");
      }),
    );
    return moved;
  }

  async #carry(contracts: readonly string[]): Promise<void> {
    await Promise.all(
      slices(contracts, RECORDS_PER_MGET).map(async (part) => {
        // Who promotes the same epoch may have written the staged records, too.
        for (let left = part; left.length > 0; ) left = await this.#carryPart(left);
      }),
    );
  }

  /** @returns the contracts whose staged records others wrote meanwhile. */
  async #carryPart(contracts: readonly string[]): Promise<readonly string[]> {
    const [previousPrefix, nextPrefix] = this.#records;
    const unread = contracts.filter((contract) => !this.#drafted.has(contract));
    const [previous, drafted] = await Promise.all([
      this.#read(this.#contracts[0], previousPrefix, contracts),
      this.#read(this.#contracts[1], nextPrefix, unread),
    ]);
    this.#remember(drafted);
    const changes: { readonly contract: string; readonly rev: number; readonly next: StoredRecord }[] = [];
    for (const contract of contracts) {
      const from = previous.get(contract);
      const draft = this.#drafted.get(contract);
      const rev = this.#revisions.get(contract);
      if (from === undefined || draft === undefined || rev === undefined) continue;
      const { terms: _terms, ...values } = draft.record;
      // The draft came later: of equal versions it has the later writer, but for open interest, which is pinned.
      const merged = mergeValues({ ...from.record, terms: draft.record.terms }, values).record;
      this.#merged.set(contract, from.rev);
      if (rev === draft.rev && sameValues(draft.record, merged)) continue;
      changes.push({ contract, rev, next: { rev: nextRevision(rev), record: merged } });
    }
    const again: string[] = [];
    await Promise.all(
      slices(changes, RECORDS_PER_SCRIPT).map(async (part) => {
        const names = part.map(({ contract }) => nextPrefix + contract);
        const args = part.flatMap(({ rev, next }) => [rev, encodeRecord(next)]);
        const answer = await this.#sender.run(CARRY_RECORDS, [this.#staged, ...names], [this.attempt, ...args]);
        // Staged anew: the promotion finds that out.
        const places = new Set((answer ?? []) as readonly number[]);
        for (const [place, { contract, next }] of part.entries()) {
          if (places.has(place)) {
            this.#drafted.delete(contract);
            this.#merged.delete(contract);
            again.push(contract);
          } else this.#revisions.set(contract, next.rev);
        }
      }),
    );
    return again;
  }

  /** The records that are stored. @throws {StorageError} where one of the epoch's contracts has none. */
  async #read(set: string, prefix: string, contracts: readonly string[]): Promise<ReadonlyMap<string, StoredRecord>> {
    const found = new Map<string, StoredRecord>();
    if (contracts.length === 0) return found;
    const names = contracts.map((contract) => prefix + contract);
    const values = (await this.#sender.command("MGET", ...names)) as readonly (string | null)[];
    const absent: string[] = [];
    for (const [index, contract] of contracts.entries()) {
      const json = values[index] ?? null;
      if (json === null) absent.push(contract);
      else found.set(contract, decodeRecord(this.#action, prefix + contract, contract, json));
    }
    for (const part of slices(absent, RECORDS_PER_SCRIPT)) {
      await this.#sender.run(CHECK_RECORDS, [set, ...part.map((contract) => prefix + contract)], part);
    }
    return found;
  }
}
