import type {
  HydrationCounters,
  QuarantineRecord,
  TradeRecord,
  TradeStreamId,
} from "../../domain/hydration/effects.ts";
import type { OpenPrintQuery } from "../../domain/hydration/open-print.ts";
import { type Cursor, compareCursors } from "../../domain/stream/cursor.ts";
import type { Gap } from "../../domain/stream/gap.ts";
import type {
  AcquireResult,
  CommitResult,
  HydrationCheckpoint,
  HydrationStep,
  HydrationStore,
  Lease,
} from "../../ports/hydration-store.ts";
import { assertLimit, MemoryClient } from "./client.ts";
import type { MemoryDatabase } from "./database.ts";

/**
 * A client of a database's hydration store. Trades are kept as the objects that were committed, not as copies: they are
 * readonly by type. Everything else is copied.
 */
export class MemoryHydrationStore extends MemoryClient implements HydrationStore {
  readonly #database: MemoryDatabase;

  constructor(database: MemoryDatabase) {
    super();
    this.#database = database;
  }

  async acquire(
    partition: number,
    owner: string,
    ttlMs: number,
    options: { readonly takeOver?: boolean } = {},
  ): Promise<AcquireResult> {
    this.assertOpen("acquire a partition");
    return this.#database.hydration.acquire(partition, owner, ttlMs, options.takeOver ?? false);
  }

  async renew(lease: Lease, ttlMs: number): Promise<"renewed" | "fenced"> {
    this.assertOpen("renew a lease");
    return this.#database.hydration.renew(lease, ttlMs);
  }

  async release(lease: Lease): Promise<void> {
    this.assertOpen("release a lease");
    this.#database.hydration.release(lease);
  }

  async commit(lease: Lease, step: HydrationStep): Promise<CommitResult> {
    this.assertOpen("commit a step");
    if (compareCursors(step.next, step.prev) <= 0) {
      throw new RangeError(
        `Cannot commit a step: 'next' must stand behind 'prev' ${step.prev}, current value is ${step.next}`,
      );
    }
    return this.#database.hydration.commit(lease, step);
  }

  async checkpoint(partition: number): Promise<HydrationCheckpoint> {
    this.assertOpen("read a checkpoint");
    return this.#database.hydration.checkpoint(partition);
  }

  async cursors(): Promise<ReadonlyMap<number, Cursor>> {
    this.assertOpen("read cursors");
    return this.#database.hydration.cursors();
  }

  async counters(): Promise<HydrationCounters> {
    this.assertOpen("read counters");
    return this.#database.hydration.counters();
  }

  async tradeStreams(): Promise<readonly TradeStreamId[]> {
    this.assertOpen("list trade streams");
    return this.#database.hydration.tradeStreams();
  }

  async trades(stream: TradeStreamId, limit: number): Promise<readonly TradeRecord[]> {
    this.assertOpen("read trades");
    assertLimit("read trades", limit);
    return this.#database.hydration.trades(stream, limit);
  }

  async findOpenPrint(query: OpenPrintQuery, unstored: readonly TradeRecord[]): Promise<bigint | undefined> {
    this.assertOpen("find an open print");
    return this.#database.hydration.findOpenPrint(query, unstored);
  }

  async gaps(limit: number): Promise<readonly Gap[]> {
    this.assertOpen("read gaps");
    assertLimit("read gaps", limit);
    return this.#database.hydration.gaps(limit);
  }

  async quarantine(limit: number): Promise<readonly QuarantineRecord[]> {
    this.assertOpen("read the quarantine");
    assertLimit("read the quarantine", limit);
    return this.#database.hydration.quarantine(limit);
  }
}
