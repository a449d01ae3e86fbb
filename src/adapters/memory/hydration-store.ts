import type {
  HydrationCounters,
  QuarantineRecord,
  TradeRecord,
  TradeStreamId,
} from "../../domain/hydration/effects.ts";
import type { OpenPrint, OpenPrintQuery } from "../../domain/hydration/open-print.ts";
import type { Cursor } from "../../domain/stream/cursor.ts";
import type { Gap } from "../../domain/stream/gap.ts";
import type {
  AcquireResult,
  CommitResult,
  HydrationCheckpoint,
  HydrationStep,
  HydrationStore,
  Lease,
} from "../../ports/hydration-store.ts";
import { assertLimit, assertStep } from "../arguments.ts";
import { PortClient } from "../port-client.ts";
import { type MemoryDatabase, type MemoryTables, tablesOf } from "./database.ts";

/**
 * A client of a database's hydration store. Trades are kept as the objects that were committed, not as copies: they are
 * readonly by type. Everything else is copied.
 */
export class MemoryHydrationStore extends PortClient implements HydrationStore {
  readonly #tables: MemoryTables;

  constructor(database: MemoryDatabase) {
    super();
    this.#tables = tablesOf(database);
  }

  async acquire(
    partition: number,
    owner: string,
    ttlMs: number,
    options: { readonly takeOver?: boolean } = {},
  ): Promise<AcquireResult> {
    this.assertOpen("acquire a partition");
    return this.#tables.hydration.acquire(partition, owner, ttlMs, options.takeOver ?? false);
  }

  async renew(lease: Lease, ttlMs: number): Promise<"renewed" | "fenced"> {
    this.assertOpen("renew a lease");
    return this.#tables.hydration.renew(lease, ttlMs);
  }

  async release(lease: Lease): Promise<void> {
    this.assertOpen("release a lease");
    this.#tables.hydration.release(lease);
  }

  async commit(lease: Lease, step: HydrationStep): Promise<CommitResult> {
    this.assertOpen("commit a step");
    assertStep(step);
    return this.#tables.hydration.commit(lease, step);
  }

  async checkpoint(partition: number): Promise<HydrationCheckpoint> {
    this.assertOpen("read a checkpoint");
    return this.#tables.hydration.checkpoint(partition);
  }

  async cursors(): Promise<ReadonlyMap<number, Cursor>> {
    this.assertOpen("read cursors");
    return this.#tables.hydration.cursors();
  }

  async stateCursors(): Promise<ReadonlyMap<number, Cursor>> {
    this.assertOpen("read state cursors");
    return this.#tables.hydration.stateCursors();
  }

  async counters(): Promise<HydrationCounters> {
    this.assertOpen("read counters");
    return this.#tables.hydration.counters();
  }

  async tradeStreams(): Promise<readonly TradeStreamId[]> {
    this.assertOpen("list trade streams");
    return this.#tables.hydration.tradeStreams();
  }

  async trades(stream: TradeStreamId, limit: number): Promise<readonly TradeRecord[]> {
    this.assertOpen("read trades");
    assertLimit("read trades", limit);
    return this.#tables.hydration.trades(stream, limit);
  }

  async findOpenPrint(query: OpenPrintQuery, unstored: readonly TradeRecord[]): Promise<OpenPrint | undefined> {
    this.assertOpen("find an open print");
    return this.#tables.hydration.findOpenPrint(query, unstored);
  }

  async gaps(limit: number): Promise<readonly Gap[]> {
    this.assertOpen("read gaps");
    assertLimit("read gaps", limit);
    return this.#tables.hydration.gaps(limit);
  }

  async quarantine(limit: number): Promise<readonly QuarantineRecord[]> {
    this.assertOpen("read the quarantine");
    assertLimit("read the quarantine", limit);
    return this.#tables.hydration.quarantine(limit);
  }
}
