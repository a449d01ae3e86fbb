import { CHANNELS } from "../../domain/channels.ts";
import type { EpochDraft, EpochId, EpochMeta } from "../../domain/epoch/substrate.ts";
import type { DirtyLease, EpochStore } from "../../ports/epoch-store.ts";
import { assertEpochDraft, assertLeaseMs, assertValidUntil } from "../epoch-arguments.ts";
import { PortClient } from "../port-client.ts";
import { type MemoryDatabase, type MemoryTables, tablesOf } from "./database.ts";

/** A client of a database's epochs. */
export class MemoryEpochStore extends PortClient implements EpochStore {
  readonly #tables: MemoryTables;

  constructor(database: MemoryDatabase) {
    super();
    this.#tables = tablesOf(database);
  }

  async active(symbol: string): Promise<EpochId | null> {
    this.assertOpen("read the active epoch");
    return this.#tables.epochs.active(symbol);
  }

  async allActive(): Promise<ReadonlyMap<string, EpochId>> {
    this.assertOpen("read the active epochs");
    return new Map(this.#tables.epochs.allActive().map(({ meta }) => [meta.symbol, meta.id]));
  }

  async meta(epoch: EpochId): Promise<EpochMeta | null> {
    this.assertOpen("read an epoch's meta data");
    return this.#tables.epochs.meta(epoch);
  }

  async stage(draft: EpochDraft): Promise<void> {
    this.assertOpen("stage an epoch");
    assertEpochDraft("stage an epoch", draft);
    this.#tables.epochs.stage(draft);
  }

  async promote(expected: EpochId | null, next: EpochId): Promise<"promoted" | "lost"> {
    this.assertOpen("promote an epoch");
    const promotion = this.#tables.epochs.promote(expected, next);
    if (promotion === null) return "lost";
    this.#tables.bus.publish(CHANNELS.epochPromoted, JSON.stringify(promotion));
    return "promoted";
  }

  async renew(epoch: EpochId, validUntilMs: number): Promise<void> {
    this.assertOpen("renew an epoch");
    assertValidUntil("renew an epoch", validUntilMs);
    this.#tables.epochs.renew(epoch, validUntilMs);
  }

  async timeline(symbol: string): Promise<readonly EpochMeta[]> {
    this.assertOpen("read a timeline");
    return this.#tables.epochs.timeline(symbol);
  }

  async dirtyEpochs(): Promise<readonly EpochId[]> {
    this.assertOpen("list dirty epochs");
    const { clock, epochs } = this.#tables;
    return epochs
      .allActive()
      .filter((stored) => stored.dirty.hasDirty(clock.now()))
      .map((stored) => stored.meta.id);
  }

  async takeDirty(epoch: EpochId, owner: string, leaseMs: number): Promise<DirtyLease> {
    this.assertOpen("take dirty contracts");
    assertLeaseMs("take dirty contracts", leaseMs);
    const { clock, epochs } = this.#tables;
    const token = epochs.nextToken();
    const stored = epochs.isActive(epoch) ? epochs.readable(epoch) : undefined;
    const previous = stored?.dirty.lastToken ?? null;
    return { epoch, owner, token, previous, contracts: stored?.dirty.take(token, clock.now(), leaseMs) ?? [] };
  }

  async settle(lease: DirtyLease): Promise<"settled" | "expired"> {
    this.assertOpen("settle a lease");
    if (lease.contracts.length === 0) return "settled";
    const { clock, epochs } = this.#tables;
    return epochs.readable(lease.epoch)?.dirty.settle(lease.token, clock.now()) ? "settled" : "expired";
  }
}
