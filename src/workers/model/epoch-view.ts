import type { EpochId, SubstrateRecord } from "../../domain/epoch/substrate.ts";
import { type RecordTimes, recordTimes } from "../../domain/model/definition/model-inputs.ts";
import { NO_RECORD_TIMES } from "../../domain/model/definition/model-run.ts";
import type { DirtyLease, EpochStore } from "../../ports/epoch-store.ts";
import type { SubstrateStore } from "../../ports/substrate-store.ts";

/** How long contracts stay lent to a builder that does not come back. */
const LEASE_MS = 10_000;
/** Everything is read anew so often, whatever was told: what is missing must not be missing for good. */
const READ_ALL_EVERY_MS = 60_000;

/** What has been read of an epoch. */
export interface EpochReading {
  /** Others than at the last reading; `null` where all may be. */
  readonly changed: readonly SubstrateRecord[] | null;
  /** To be settled once what follows from them is published; `undefined` where nothing was lent. */
  readonly lease: DirtyLease | undefined;
}

/** The records of a symbol's active epoch, as they were read last: all of them at first, then those that became dirty. */
export class EpochView {
  readonly #symbol: string;
  readonly #owner: string;
  readonly #ports: { readonly epochs: EpochStore; readonly substrate: SubstrateStore };
  readonly #records = new Map<string, SubstrateRecord>();
  #epoch: EpochId | null = null;
  #expirations: readonly string[] = [];
  #times: RecordTimes = NO_RECORD_TIMES;
  /** When all were read, in monotonic time; `undefined` where they have to be read now. */
  #wholeAtMs: number | undefined;
  /** Of the last lease of the epoch that lent anything, as far as is known here. */
  #lentToken: number | null = null;

  /** @param owner names the process in leases. */
  constructor(
    symbol: string,
    owner: string,
    ports: { readonly epochs: EpochStore; readonly substrate: SubstrateStore },
  ) {
    this.#symbol = symbol;
    this.#owner = owner;
    this.#ports = ports;
  }

  /** `null` where none is active. */
  get epoch(): EpochId | null {
    return this.#epoch;
  }

  /** By contract; none where no epoch is active. */
  get records(): ReadonlyMap<string, SubstrateRecord> {
    return this.#records;
  }

  /** Of its contracts, ascending. */
  get expirations(): readonly string[] {
    return this.#expirations;
  }

  get times(): RecordTimes {
    return this.#times;
  }

  /** Takes what was read for lost: the next reading is one of everything. */
  forget(): void {
    this.#wholeAtMs = undefined;
  }

  /**
   * Reads what has become dirty, or everything.
   *
   * Whatever it rejects with, what was lent comes back by itself, and the next reading is one of everything.
   */
  async read(monotonicMs: number): Promise<EpochReading> {
    const { epochs } = this.#ports;
    const epoch = await epochs.active(this.#symbol);
    if (epoch === null) return this.#none();
    const wholeAtMs = epoch === this.#epoch ? this.#wholeAtMs : undefined;
    this.forget();
    // Taken before the records are read: what changes in between is dirty again.
    const lease = await epochs.takeDirty(epoch, this.#owner, LEASE_MS);
    // What another builder took meanwhile would be missing here.
    const isAlone = lease.previous === this.#lentToken;
    this.#lentToken = lease.contracts.length === 0 ? lease.previous : lease.token;
    const isWhole = wholeAtMs === undefined || !isAlone || monotonicMs - wholeAtMs >= READ_ALL_EVERY_MS;
    const changed = isWhole ? await this.#readAll(epoch) : await this.#readSome(epoch, lease.contracts);
    if (changed === "gone") return this.#none();
    this.#wholeAtMs = isWhole ? monotonicMs : wholeAtMs;
    return { changed, lease: lease.contracts.length === 0 ? undefined : lease };
  }

  async #readAll(epoch: EpochId): Promise<null | "gone"> {
    const records = await this.#ports.substrate.records(epoch);
    if (records === null) return "gone";
    this.#epoch = epoch;
    this.#records.clear();
    for (const record of records) this.#records.set(record.terms.contract, record);
    this.#expirations = [...new Set(records.map(({ terms }) => terms.expiration))].sort();
    this.#times = recordTimes(this.#records.values());
    return null;
  }

  async #readSome(epoch: EpochId, contracts: readonly string[]): Promise<readonly SubstrateRecord[] | "gone"> {
    if (contracts.length === 0) return [];
    const changed = await this.#ports.substrate.records(epoch, contracts);
    if (changed === null) return "gone";
    for (const record of changed) this.#records.set(record.terms.contract, record);
    this.#times = recordTimes(this.#records.values());
    return changed;
  }

  #none(): EpochReading {
    const isNews = this.#epoch !== null;
    this.#epoch = null;
    this.#records.clear();
    this.#expirations = [];
    this.#times = NO_RECORD_TIMES;
    this.forget();
    return { changed: isNews ? null : [], lease: undefined };
  }
}
