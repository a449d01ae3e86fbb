import { ChunkedDeque } from "../../domain/chunked-deque.ts";
import type {
  ContractTotals,
  HydrationCounters,
  LedgerState,
  QuarantineRecord,
  TradeRecord,
  TradeStreamId,
} from "../../domain/hydration/effects.ts";
import { latestOpenPrint, type OpenPrint, type OpenPrintQuery } from "../../domain/hydration/open-print.ts";
import { CURSOR_START, type Cursor, compareCursors } from "../../domain/stream/cursor.ts";
import type { Gap } from "../../domain/stream/gap.ts";
import type { Clock } from "../../ports/clock.ts";
import type {
  AcquireResult,
  CommitResult,
  HydrationCheckpoint,
  HydrationStep,
  Lease,
} from "../../ports/hydration-store.ts";
import { frozenCopy } from "./frozen-copy.ts";

const MAX_GAPS = 10_000;
const MAX_QUARANTINE = 10_000;

interface Partition {
  token: number;
  /** `undefined` where nobody holds the lease. */
  owner: string | undefined;
  leasedUntilMs: number;
  cursor: Cursor;
  /** What ledgers and totals are as of. */
  stateCursor: Cursor;
  /** By connection. */
  readonly ledgers: Map<string, readonly LedgerState[]>;
  /** By contract. */
  readonly totals: Map<string, ContractTotals>;
}

/** What hydration wrote to a database, what its clients share. Every method is one atomic step. */
export class HydrationTable {
  readonly #clock: Clock;
  readonly #maxTradesPerStream: number;
  readonly #partitions = new Map<number, Partition>();
  readonly #counters = new Map<string, number>();
  /** By underlying, then expiration: two look-ups of short texts cost less than joining them for every trade. */
  readonly #streams = new Map<string, Map<string, ChunkedDeque<TradeRecord>>>();
  readonly #gaps = new ChunkedDeque<Gap>();
  readonly #quarantine = new ChunkedDeque<QuarantineRecord>();

  constructor(clock: Clock, maxTradesPerStream: number) {
    this.#clock = clock;
    this.#maxTradesPerStream = maxTradesPerStream;
  }

  acquire(number: number, owner: string, ttlMs: number, takeOver: boolean): AcquireResult {
    const nowMs = this.#clock.now();
    const partition = this.#partitions.get(number) ?? newPartition();
    this.#partitions.set(number, partition);
    const holder = partition.owner;
    if (!takeOver && holder !== undefined && holder !== owner && nowMs < partition.leasedUntilMs) {
      return { status: "held", owner: holder, expiresInMs: partition.leasedUntilMs - nowMs };
    }
    partition.token += 1;
    partition.owner = owner;
    partition.leasedUntilMs = nowMs + ttlMs;
    return {
      status: "acquired",
      lease: { partition: number, owner, token: partition.token },
      cursor: partition.cursor,
    };
  }

  renew(lease: Lease, ttlMs: number): "renewed" | "fenced" {
    const partition = this.#current(lease);
    if (partition === undefined) return "fenced";
    partition.leasedUntilMs = this.#clock.now() + ttlMs;
    return "renewed";
  }

  release(lease: Lease): void {
    const partition = this.#current(lease);
    if (partition !== undefined) partition.owner = undefined;
  }

  commit(lease: Lease, step: HydrationStep): CommitResult {
    const partition = this.#current(lease);
    if (partition === undefined) return { status: "fenced" };
    const standsAlready = compareCursors(partition.cursor, step.next) === 0;
    if (standsAlready && compareCursors(step.prev, step.next) !== 0) return { status: "already" };
    if (compareCursors(partition.cursor, step.prev) !== 0) return { status: "moved", cursor: partition.cursor };
    partition.cursor = step.next;
    if (step.deferred !== true) partition.stateCursor = step.next;
    for (const record of step.trades) this.#stream(record).pushBounded(record, this.#maxTradesPerStream);
    for (const totals of step.totals)
      partition.totals.set(totals.contract, { ...totals, buckets: frozenCopy(totals.buckets) });
    for (const [connection, ledgers] of byConnection(step.ledgers)) partition.ledgers.set(connection, ledgers);
    for (const [name, by] of Object.entries(step.counters)) {
      this.#counters.set(name, (this.#counters.get(name) ?? 0) + by);
    }
    for (const gap of step.gaps) this.#gaps.pushBounded(frozenCopy(gap), MAX_GAPS);
    for (const record of step.quarantine) this.#quarantine.pushBounded(frozenCopy(record), MAX_QUARANTINE);
    return { status: "applied" };
  }

  checkpoint(number: number): HydrationCheckpoint {
    const partition = this.#partitions.get(number) ?? newPartition();
    return {
      cursor: partition.cursor,
      stateCursor: partition.stateCursor,
      ledgers: [...partition.ledgers.values()].flat(),
      totals: Array.from(partition.totals.values(), (totals) => ({ ...totals })),
    };
  }

  cursors(): ReadonlyMap<number, Cursor> {
    return new Map(Array.from(this.#partitions, ([number, { cursor }]) => [number, cursor]));
  }

  stateCursors(): ReadonlyMap<number, Cursor> {
    return new Map(Array.from(this.#partitions, ([number, { stateCursor }]) => [number, stateCursor]));
  }

  counters(): HydrationCounters {
    return Object.fromEntries(this.#counters);
  }

  tradeStreams(): readonly TradeStreamId[] {
    const streams: TradeStreamId[] = [];
    for (const underlying of [...this.#streams.keys()].sort()) {
      const expirations = this.#streams.get(underlying)?.keys() ?? [];
      for (const expiration of [...expirations].sort()) streams.push({ underlying, expiration });
    }
    return streams;
  }

  trades(stream: TradeStreamId, limit: number): readonly TradeRecord[] {
    return this.#streams.get(stream.underlying)?.get(stream.expiration)?.last(limit) ?? [];
  }

  findOpenPrint(query: OpenPrintQuery, unstored: readonly TradeRecord[]): OpenPrint | undefined {
    return latestOpenPrint(this.#streams.get(query.underlying)?.get(query.expiration) ?? [], query, unstored);
  }

  gaps(limit: number): readonly Gap[] {
    return this.#gaps.last(limit);
  }

  quarantine(limit: number): readonly QuarantineRecord[] {
    return this.#quarantine.last(limit);
  }

  /** The partition that a lease is good for. One that ran out is, until somebody else takes the partition. */
  #current(lease: Lease): Partition | undefined {
    const partition = this.#partitions.get(lease.partition);
    return partition?.token === lease.token && partition.owner !== undefined ? partition : undefined;
  }

  #stream({ trade: { underlying, expiration } }: TradeRecord): ChunkedDeque<TradeRecord> {
    let expirations = this.#streams.get(underlying);
    if (expirations === undefined) {
      expirations = new Map();
      this.#streams.set(underlying, expirations);
    }
    let stream = expirations.get(expiration);
    if (stream === undefined) {
      stream = new ChunkedDeque();
      expirations.set(expiration, stream);
    }
    return stream;
  }
}

function byConnection(ledgers: readonly LedgerState[]): ReadonlyMap<string, readonly LedgerState[]> {
  const groups = new Map<string, LedgerState[]>();
  for (const ledger of ledgers) {
    const group = groups.get(ledger.connection) ?? [];
    groups.set(ledger.connection, group);
    group.push(frozenCopy(ledger));
  }
  return groups;
}

function newPartition(): Partition {
  return {
    token: 0,
    owner: undefined,
    leasedUntilMs: 0,
    cursor: CURSOR_START,
    stateCursor: CURSOR_START,
    ledgers: new Map(),
    totals: new Map(),
  };
}
