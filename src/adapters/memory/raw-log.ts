import { type ConnectionId, connectionName } from "../../domain/market/batch.ts";
import type { Cursor, CursorRange } from "../../domain/stream/cursor.ts";
import type { RawDraft, RawEntry } from "../../domain/stream/raw-entry.ts";
import type { ConnectionTail, ProducerId, RawLog, RawLogRetention, TrimReport } from "../../ports/raw-log.ts";
import {
  assertDrafts,
  assertFirstSeq,
  assertLimit,
  assertProducer,
  assertShard,
  resolveRetention,
} from "../arguments.ts";
import { PortClient } from "../port-client.ts";
import { type MemoryDatabase, type MemoryTables, tablesOf } from "./database.ts";

/**
 * A client of a database's raw log. Frames are kept as the objects that were appended, not as copies: they are readonly
 * by type, and one is made for each frame of the feed.
 */
export class MemoryRawLog extends PortClient implements RawLog {
  readonly #tables: MemoryTables;
  readonly #retention: RawLogRetention;

  /** @throws {RangeError} for a bound that is no integer of at least 0. */
  constructor(database: MemoryDatabase, retention?: RawLogRetention) {
    super();
    this.#tables = tablesOf(database);
    this.#retention = resolveRetention(retention);
  }

  async append(
    producer: ProducerId,
    firstSeq: number,
    entries: readonly RawDraft[],
  ): Promise<{ readonly storedSeq: number }> {
    const action = "append to the raw log";
    this.assertOpen(action);
    assertProducer(action, producer);
    assertFirstSeq(firstSeq);
    assertDrafts(entries);
    return { storedSeq: this.#tables.rawLog.append(producer, firstSeq, entries) };
  }

  async storedSeq(producer: ProducerId): Promise<number> {
    const action = "read a producer's stored sequence";
    this.assertOpen(action);
    assertProducer(action, producer);
    return this.#tables.rawLog.storedSeq(producer);
  }

  async connectionTail(connection: ConnectionId): Promise<ConnectionTail | undefined> {
    const action = "read the tail of a connection";
    this.assertOpen(action);
    assertShard(action, connection);
    return this.#tables.rawLog.connectionTail(connectionName(connection));
  }

  async read(
    after: Cursor,
    limit: number,
    blockMs: number,
    signal: AbortSignal,
  ): Promise<{ readonly entries: readonly RawEntry[]; readonly trimmed: CursorRange | undefined }> {
    const { clock, rawLog } = this.#tables;
    const deadline = clock.monotonic() + blockMs;
    for (;;) {
      this.assertOpen("read the raw log");
      assertLimit("read the raw log", limit);
      const answer = rawLog.read(after, limit);
      if (signal.aborted) return { entries: [], trimmed: undefined };
      const left = deadline - clock.monotonic();
      if (answer.entries.length > 0 || answer.trimmed !== undefined || !(left > 0)) return answer;
      await this.#waitForAppend(left, signal);
    }
  }

  async countAfter(after: Cursor): Promise<number> {
    this.assertOpen("count raw log entries");
    return this.#tables.rawLog.countAfter(after);
  }

  async trim(slowestReader: Cursor): Promise<TrimReport> {
    this.assertOpen("trim the raw log");
    return this.#tables.rawLog.trim(slowestReader, this.#retention);
  }

  /** One sleep that an append, the signal and `close()` cut short. */
  async #waitForAppend(ms: number, signal: AbortSignal): Promise<void> {
    const awake = new AbortController();
    const wake = (): void => awake.abort();
    const forgetAppend = this.#tables.rawLog.onAppend(wake);
    const forgetClose = this.onClose(wake);
    signal.addEventListener("abort", wake, { once: true });
    try {
      await this.#tables.clock.sleep(ms, awake.signal);
    } finally {
      forgetAppend();
      forgetClose();
      signal.removeEventListener("abort", wake);
    }
  }
}
