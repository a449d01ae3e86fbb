import { type ConnectionId, connectionName } from "../../domain/market/batch.ts";
import {
  CURSOR_START,
  type Cursor,
  type CursorRange,
  compareCursors,
  splitCursor,
} from "../../domain/stream/cursor.ts";
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
import { BlockingClients } from "./blocking-clients.ts";
import type { RedisConnection } from "./connection.ts";
import { codeDrafts, codeTails, readRawEntry, readTail, type StreamEntry } from "./raw-entry-coding.ts";
import { readCursor } from "./read-cursor.ts";
import { RedisClient } from "./redis-client.ts";
import { valueError } from "./reply-errors.ts";
import { APPEND_RAW } from "./scripts/append-raw.ts";
import { COUNT_RAW } from "./scripts/count-raw.ts";
import { TRIM_RAW } from "./scripts/trim-raw.ts";

/** Entries that one trim script removes at most: longer ones would keep other clients waiting. */
const TRIM_ENTRIES = 1_000;

/** The raw log in a stream, appended to by one script per call. */
export class RedisRawLog extends RedisClient implements RawLog {
  readonly #retention: RawLogRetention;
  readonly #waiting: BlockingClients;
  readonly #stream: string;
  readonly #state: string;

  /** @throws {RangeError} for a bound that is no integer of at least 0. */
  constructor(connection: RedisConnection, retention?: RawLogRetention) {
    super(connection);
    this.#retention = resolveRetention(retention);
    this.#waiting = new BlockingClients(connection);
    this.#stream = this.keys.of("rawStream");
    this.#state = this.keys.of("rawState");
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
    const { keys } = this;
    const names = [
      this.#stream,
      this.#state,
      keys.of("producers"),
      keys.of("producersUsed"),
      keys.of("analytics"),
      keys.of("connections"),
    ];
    const args = [producer, firstSeq, codeTails(entries), ...codeDrafts(entries)];
    return { storedSeq: Number(await this.run(action, APPEND_RAW, names, args)) };
  }

  async storedSeq(producer: ProducerId): Promise<number> {
    const action = "read a producer's stored sequence";
    this.assertOpen(action);
    assertProducer(action, producer);
    const key = this.keys.of("producers");
    const answer = await this.command(action, "HGET", key, producer);
    if (answer === null) return 0;
    if (/^\d{1,15}$/.test(String(answer))) return Number(answer);
    throw valueError(action, key, "sequences of producers", String(answer));
  }

  async connectionTail(connection: ConnectionId): Promise<ConnectionTail | undefined> {
    const action = "read the tail of a connection";
    this.assertOpen(action);
    assertShard(action, connection);
    const key = this.keys.of("connections");
    const text = await this.command(action, "HGET", key, connectionName(connection));
    return typeof text === "string" ? readTail(action, key, text) : undefined;
  }

  async read(
    after: Cursor,
    limit: number,
    blockMs: number,
    signal: AbortSignal,
  ): Promise<{ readonly entries: readonly RawEntry[]; readonly trimmed: CursorRange | undefined }> {
    const { clock } = this.connection;
    const deadline = clock.monotonic() + blockMs;
    for (;;) {
      this.assertOpen("read the raw log");
      assertLimit("read the raw log", limit);
      splitCursor(after);
      if (signal.aborted) return { entries: [], trimmed: undefined };
      const answer = await this.#readNow(after, limit);
      const left = deadline - clock.monotonic();
      if (signal.aborted) return { entries: [], trimmed: undefined };
      if (answer.entries.length > 0 || answer.trimmed !== undefined || !(left > 0)) return answer;
      await this.#waitForAppend(after, left, signal);
    }
  }

  async countAfter(after: Cursor): Promise<number> {
    const action = "count raw log entries";
    this.assertOpen(action);
    splitCursor(after);
    return Number(await this.run(action, COUNT_RAW, [this.#stream], [after]));
  }

  async trim(slowestReader: Cursor): Promise<TrimReport> {
    const action = "trim the raw log";
    this.assertOpen(action);
    splitCursor(slowestReader);
    const { softMaxEntries, hardMaxBytes, maxAgeMs = "" } = this.#retention;
    const args = [slowestReader, softMaxEntries, hardMaxBytes, maxAgeMs, TRIM_ENTRIES];
    let removed = 0;
    let unread: CursorRange | undefined;
    for (;;) {
      const answer = await this.run(action, TRIM_RAW, [this.#stream, this.#state], args);
      const [count, from, to, more] = answer as readonly [number, string, string, number];
      removed += count;
      if (from !== "") unread = { from: unread?.from ?? from, to };
      if (more === 0) return { removed, unread };
    }
  }

  override async close(): Promise<void> {
    await super.close();
    this.#waiting.close();
  }

  /** Entries, and what was removed before them, as of one moment. */
  async #readNow(
    after: Cursor,
    limit: number,
  ): Promise<{ entries: readonly RawEntry[]; trimmed: CursorRange | undefined }> {
    const action = "read the raw log";
    for (;;) {
      const [first, last, entries, still] = await this.commands(action, [
        ["HGET", this.#state, "first_removed"],
        ["HGET", this.#state, "last_removed"],
        ["XRANGE", this.#stream, `(${after}`, "+", "COUNT", limit],
        ["HGET", this.#state, "last_removed"],
      ]);
      // A trim came between: what it removed is neither here nor there.
      if (still !== last) continue;
      const [from, to] = [first, last].map((cursor) => readCursor(action, this.#state, cursor));
      return {
        entries: (entries as readonly StreamEntry[]).map((entry) => readRawEntry(this.#stream, entry)),
        trimmed: removedBehind(after, from ?? CURSOR_START, to ?? CURSOR_START),
      };
    }
  }

  /** One wait that an append, the signal and `close()` cut short. */
  async #waitForAppend(after: Cursor, ms: number, signal: AbortSignal): Promise<void> {
    const closed = new AbortController();
    const forgetClose = this.onClose(() => closed.abort());
    const waitMs = Math.max(1, Math.ceil(ms));
    const awake = AbortSignal.any([signal, closed.signal]);
    const args = ["COUNT", 1, "BLOCK", waitMs, "STREAMS", this.#stream, after];
    try {
      await this.#waiting.send("read the raw log", this.#stream, waitMs, awake, "XREAD", ...args);
    } finally {
      forgetClose();
    }
  }
}

/** The part of what was removed, both ends included, that stands behind a cursor. */
function removedBehind(after: Cursor, from: Cursor, to: Cursor): CursorRange | undefined {
  if (compareCursors(after, to) >= 0) return undefined;
  const { ms, n } = splitCursor(after);
  const next = `${ms}-${n + 1}`;
  return { from: compareCursors(next, from) < 0 ? from : next, to };
}
