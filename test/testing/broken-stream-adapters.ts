import { tablesOf } from "../../src/adapters/memory/database.ts";
import {
  type MemoryDatabase,
  MemoryHydrationStore,
  MemoryMessageBus,
  MemoryRawLog,
} from "../../src/adapters/memory/index.ts";
import type { TradeRecord, TradeStreamId } from "../../src/domain/hydration/effects.ts";
import type { ConnectionId } from "../../src/domain/market/batch.ts";
import { type Cursor, splitCursor } from "../../src/domain/stream/cursor.ts";
import type { RawDraft } from "../../src/domain/stream/raw-entry.ts";
import type { AcquireResult, CommitResult, HydrationStep, Lease } from "../../src/ports/hydration-store.ts";
import type { BusMessage } from "../../src/ports/message-bus.ts";
import type { ConnectionTail, RawLogRetention, TrimReport } from "../../src/ports/raw-log.ts";

/** Adapters of the stream side that each break one promise. */

/** Takes a repeated call for a new one. */
export class DoublingRawLog extends MemoryRawLog {
  #calls = 0;

  override async append(producer: string, firstSeq: number, entries: readonly RawDraft[]) {
    this.#calls += 1;
    return super.append(`${producer}#${this.#calls}`, firstSeq, entries);
  }
}

/** Skips a whole call when its first entry is known. */
export class OverlapLosingRawLog extends MemoryRawLog {
  override async append(producer: string, firstSeq: number, entries: readonly RawDraft[]) {
    const storedSeq = await this.storedSeq(producer);
    return firstSeq >= 1 && firstSeq <= storedSeq ? { storedSeq } : super.append(producer, firstSeq, entries);
  }
}

/** Stores the entries of a call one after the other. */
export class TricklingRawLog extends MemoryRawLog {
  override async append(producer: string, firstSeq: number, entries: readonly RawDraft[]) {
    let answer = await super.append(producer, firstSeq, []);
    for (const [index, entry] of entries.entries()) answer = await super.append(producer, firstSeq + index, [entry]);
    return answer;
  }
}

/** Says nothing of what retention removed. */
export class ForgetfulRawLog extends MemoryRawLog {
  override async read(after: Cursor, limit: number, blockMs: number, signal: AbortSignal) {
    return { ...(await super.read(after, limit, blockMs, signal)), trimmed: undefined };
  }
}

/** Says of too little that it was removed. */
export class InexactRawLog extends MemoryRawLog {
  override async read(after: Cursor, limit: number, blockMs: number, signal: AbortSignal) {
    const answer = await super.read(after, limit, blockMs, signal);
    return { ...answer, trimmed: answer.trimmed && { from: answer.trimmed.to, to: answer.trimmed.to } };
  }
}

/** Takes the tail of a connection from the entries that are there. */
export class ShortTailedRawLog extends MemoryRawLog {
  override async connectionTail(connection: ConnectionId): Promise<ConnectionTail | undefined> {
    const tail = await super.connectionTail(connection);
    const { entries } = await super.read("0-0", 10_000, 0, new AbortController().signal);
    const isThere = entries.some(({ draft: { position } }) => {
      return position.class === connection.class && position.shard === connection.shard;
    });
    return isThere ? tail : undefined;
  }
}

/** Takes the last entry of a connection for its tail, whatever came before it. */
export class LastTailRawLog extends MemoryRawLog {
  override async connectionTail(connection: ConnectionId): Promise<ConnectionTail | undefined> {
    await super.connectionTail(connection);
    const { entries } = await super.read("0-0", 10_000, 0, new AbortController().signal);
    const last = entries.findLast(({ draft: { position } }) => {
      return position.class === connection.class && position.shard === connection.shard;
    });
    return last && { epoch: last.draft.position.epoch, receivedAtMs: last.draft.receivedAtMs };
  }
}

/** Never waits for an append. */
export class ImpatientRawLog extends MemoryRawLog {
  override async read(after: Cursor, limit: number, _blockMs: number, signal: AbortSignal) {
    return super.read(after, limit, 0, signal);
  }
}

/** Trims by length alone, as XTRIM MAXLEN does. */
export class RecklessRawLog extends MemoryRawLog {
  readonly #whole: Cursor = "9000000000000000-0";

  override async trim(_slowestReader: Cursor): Promise<TrimReport> {
    return super.trim(this.#whole);
  }
}

/** Keeps one entry too few at the hard bound. */
export class TightRawLog extends MemoryRawLog {
  constructor(database: MemoryDatabase, retention: RawLogRetention) {
    super(database, { ...retention, hardMaxBytes: Math.max(0, retention.hardMaxBytes - 1) });
  }
}

/** Gives cursors by a clock of its own, which is an hour fast. */
export class FastClockRawLog extends MemoryRawLog {
  readonly #shift = (cursor: Cursor, ms: number): Cursor => {
    const at = splitCursor(cursor);
    return `${Math.max(0, at.ms + ms)}-${at.n}`;
  };

  override async read(after: Cursor, limit: number, blockMs: number, signal: AbortSignal) {
    const answer = await super.read(this.#shift(after, -3_600_000), limit, blockMs, signal);
    const entries = answer.entries.map(({ cursor, draft }) => ({ cursor: this.#shift(cursor, 3_600_000), draft }));
    return { ...answer, entries };
  }
}

/** Goes on working after its end. */
export class ImmortalRawLog extends MemoryRawLog {
  override async close(): Promise<void> {}
}

/** Lets counters of a fenced step through. */
export class LeakyHydrationStore extends MemoryHydrationStore {
  readonly #database: MemoryDatabase;

  constructor(database: MemoryDatabase) {
    super(database);
    this.#database = database;
  }

  override async commit(lease: Lease, step: HydrationStep): Promise<CommitResult> {
    const result = await super.commit(lease, step);
    if (result.status === "fenced") {
      const other = tablesOf(this.#database).hydration.acquire(99, "leak", 1, true);
      const next = `${Date.UTC(2030, 0)}-${Math.floor(this.#database.clock.monotonic())}`;
      const counted: HydrationStep = {
        ...step,
        prev: "0-0",
        next,
        trades: [],
        totals: [],
        ledgers: [],
        gaps: [],
        quarantine: [],
      };
      if (other.status === "acquired") tablesOf(this.#database).hydration.commit(other.lease, counted);
    }
    return result;
  }
}

/** Fences nobody: whoever held the partition last may go on. */
export class UnfencedHydrationStore extends MemoryHydrationStore {
  readonly #database: MemoryDatabase;

  constructor(database: MemoryDatabase) {
    super(database);
    this.#database = database;
  }

  override async commit(lease: Lease, step: HydrationStep): Promise<CommitResult> {
    const current = tablesOf(this.#database).hydration.acquire(lease.partition, lease.owner, 1_000, true);
    return super.commit(current.status === "acquired" ? current.lease : lease, step);
  }
}

/** Never says `held`. */
export class GreedyHydrationStore extends MemoryHydrationStore {
  override acquire(partition: number, owner: string, ttlMs: number): Promise<AcquireResult> {
    return super.acquire(partition, owner, ttlMs, { takeOver: true });
  }
}

/** Puts event times through doubles. */
export class RoundingHydrationStore extends MemoryHydrationStore {
  override async trades(stream: TradeStreamId, limit: number): Promise<readonly TradeRecord[]> {
    const records = await super.trades(stream, limit);
    return records.map((record) => {
      const tradeTsNs = BigInt(Number(record.trade.tradeTsNs));
      return { ...record, trade: { ...record.trade, tradeTsNs } };
    });
  }
}

/** Answers with the first prints, not the last. */
export class BackwardHydrationStore extends MemoryHydrationStore {
  override async trades(stream: TradeStreamId, limit: number): Promise<readonly TradeRecord[]> {
    return (await super.trades(stream, Math.max(limit, 10_000))).slice(0, limit);
  }
}

/** Stores a step in two halves. */
export class HalvingHydrationStore extends MemoryHydrationStore {
  override async commit(lease: Lease, step: HydrationStep): Promise<CommitResult> {
    const bare: HydrationStep = { ...step, trades: [] };
    const result = await super.commit(lease, bare);
    return result.status === "moved" ? { status: "applied" } : result;
  }
}

/** Delivers twice, as a broker with at-least-once delivery may. */
export class DoublingMessageBus extends MemoryMessageBus {
  override async publish(channel: string, body: string): Promise<void> {
    await super.publish(channel, body);
    await super.publish(channel, body);
  }
}

/** Does not say that messages may have been missed. */
export class UnsyncedMessageBus extends MemoryMessageBus {
  override subscribe(channel: string, on: (message: BusMessage) => void, signal: AbortSignal): Promise<void> {
    return super.subscribe(channel, (message) => message.kind === "message" && on(message), signal);
  }
}

/** Goes on talking after the end of a subscription. */
export class StubbornMessageBus extends MemoryMessageBus {
  override subscribe(channel: string, on: (message: BusMessage) => void, _signal: AbortSignal): Promise<void> {
    return super.subscribe(channel, on, new AbortController().signal);
  }
}

/** Has one channel. */
export class SharedChannelMessageBus extends MemoryMessageBus {
  override publish(_channel: string, body: string): Promise<void> {
    return super.publish("all", body);
  }

  override subscribe(_channel: string, on: (message: BusMessage) => void, signal: AbortSignal): Promise<void> {
    return super.subscribe("all", on, signal);
  }
}
