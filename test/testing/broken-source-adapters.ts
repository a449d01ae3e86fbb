import { tablesOf } from "../../src/adapters/memory/database.ts";
import {
  type MemoryDatabase,
  MemorySourceStatusStore,
  MemorySubscriptionStore,
} from "../../src/adapters/memory/index.ts";
import { CHANNELS } from "../../src/domain/channels.ts";
import type { ConnectionGauges, SourceCounters, SourceGauges } from "../../src/domain/context/source-status.ts";
import type { ConnectionId } from "../../src/domain/market/batch.ts";
import type { SubscriptionChange } from "../../src/ports/subscription-store.ts";

/** Stores of sources that each break one promise. */

let calls = 0;

/** Takes every call for a new one. */
export class DoublingStatusStore extends MemorySourceStatusStore {
  override record(_producer: string, seq: number, counts: SourceCounters, gauges: SourceGauges) {
    calls += 1;
    return super.record(`call ${calls}`, seq, counts, gauges);
  }
}

/** Replaces the gauges even where a call is a repeat. */
export class LastGaugesStatusStore extends MemorySourceStatusStore {
  override async record(producer: string, seq: number, counts: SourceCounters, gauges: SourceGauges) {
    const result = await super.record(producer, seq, counts, gauges);
    if (result === "stored") return result;
    calls += 1;
    await super.record(`${producer}, call ${calls}`, 1, {}, gauges);
    return result;
  }
}

/** Leaves gauges that are unknown now as they were. */
export class StickyStatusStore extends MemorySourceStatusStore {
  override async record(producer: string, seq: number, counts: SourceCounters, gauges: SourceGauges) {
    return super.record(producer, seq, counts, laidOver(await super.gauges(), gauges));
  }

  override async putConnection(connection: ConnectionId, gauges: ConnectionGauges): Promise<void> {
    const before = connection.shard < 10 ? await super.connectionGauges(connection).catch(() => null) : null;
    return super.putConnection(connection, laidOver(before, gauges));
  }
}

function laidOver<Gauges extends object>(before: Gauges | null, gauges: Gauges): Gauges {
  const known = Object.entries(gauges).filter(([, value]) => value !== null);
  return { ...gauges, ...before, ...Object.fromEntries(known) };
}

/** Keeps the gauges of a class, whichever shard they are of. */
export class ShardlessStatusStore extends MemorySourceStatusStore {
  override putConnection(connection: ConnectionId, gauges: ConnectionGauges): Promise<void> {
    return super.putConnection(whole(connection), gauges);
  }

  override connectionGauges(connection: ConnectionId): Promise<ConnectionGauges | null> {
    return super.connectionGauges(whole(connection));
  }
}

function whole({ class: assetClass, shard }: ConnectionId): ConnectionId {
  return { class: assetClass, shard: shard === 1 ? 0 : shard };
}

/** Announces what was asked for. */
export class ParrotSubscriptionStore extends MemorySubscriptionStore {
  override async change(change: SubscriptionChange): Promise<SubscriptionChange> {
    await super.change(change);
    return change;
  }
}

/** Adds, then removes: two steps, two messages. */
export class HalvingSubscriptionStore extends MemorySubscriptionStore {
  override async change({ added, removed }: SubscriptionChange): Promise<SubscriptionChange> {
    const first = await super.change({ added, removed: [] });
    const kept = new Set(added);
    const second = await super.change({ added: [], removed: removed.filter((topic) => !kept.has(topic)) });
    return { added: first.added, removed: second.removed };
  }
}

/** Announces before it changes anything. */
export class HastySubscriptionStore extends MemorySubscriptionStore {
  readonly #database: MemoryDatabase;

  constructor(database: MemoryDatabase) {
    super(database);
    this.#database = database;
  }

  override async change(change: SubscriptionChange): Promise<SubscriptionChange> {
    tablesOf(this.#database).bus.publish(CHANNELS.subscriptions, JSON.stringify(change));
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    return super.change(change);
  }
}

/** Lets the last list that names a topic win. */
export class RemovingSubscriptionStore extends MemorySubscriptionStore {
  override change({ added, removed }: SubscriptionChange): Promise<SubscriptionChange> {
    const unwanted = new Set(removed);
    return super.change({ added: added.filter((topic) => !unwanted.has(topic)), removed });
  }
}
