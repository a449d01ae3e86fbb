import type { ConnectionId } from "../domain/market/batch.ts";
import type { Cursor, CursorRange } from "../domain/stream/cursor.ts";
import type { RawDraft, RawEntry } from "../domain/stream/raw-entry.ts";

/**
 * Names one writer for the life of its sequence: `options/0`, `replay/monday`. Names that end in `/status` belong to the
 * source status store.
 */
export type ProducerId = string;

/** Where a connection was last: what a source that starts has to go on from. */
export interface ConnectionTail {
  /** The highest epoch that was ever appended for it. */
  readonly epoch: number;
  /** The latest receipt appended in that epoch, ms; `undefined` where none of its entries had one. */
  readonly receivedAtMs: number | undefined;
}

/** How much of the log is kept. Given when the log is opened; every client of one log must agree on it. */
export interface RawLogRetention {
  /** Entries to which the log is cut as far as every reader has read them. */
  readonly softMaxEntries: number;
  /** Sum of payload lengths at which entries go even when nobody has read them; bytes, in memory characters. */
  readonly hardMaxBytes: number;
  /** Entries stored longer ago than this go as soon as every reader has read them, ms. @default never */
  readonly maxAgeMs?: number | undefined;
}

/** What a trim removed. */
export interface TrimReport {
  readonly removed: number;
  /** What the slowest reader had not read; `undefined` where it lost nothing. */
  readonly unread: CursorRange | undefined;
}

/**
 * The log of everything received, verbatim, before anything is derived from it.
 *
 * Order: entries are read in the order in which they were appended, and every reader sees the same order.
 * After `close()` every method rejects with `ClosedError`; a `read` that is waiting rejects with it too.
 */
export interface RawLog {
  /**
   * Appends `entries`, which carry the producer's sequence numbers `firstSeq`, `firstSeq + 1`, and so on.
   *
   * Atomic: a reader sees all of the call's entries or none. Idempotent per `(producer, seq)`: entries up to the
   * producer's stored sequence are skipped, so that a call repeated after a lost reply adds nothing. A `firstSeq`
   * beyond the next one is accepted: what is missing is a hole that the entries' own positions show.
   *
   * @returns the producer's last stored sequence after the call.
   * @throws {RangeError} unless `firstSeq` is a positive safe integer, and for an entry with a time that is no number
   * of milliseconds from 1 on, or a place whose numbers are no whole ones.
   * @throws {TypeError} for a producer whose name ends in `/status`.
   */
  append(producer: ProducerId, firstSeq: number, entries: readonly RawDraft[]): Promise<{ readonly storedSeq: number }>;
  /**
   * The producer's last stored sequence; 0 for one that never wrote.
   *
   * @throws {TypeError} for a producer whose name ends in `/status`.
   */
  storedSeq(producer: ProducerId): Promise<number>;
  /**
   * Where a connection was last, whichever producer appended for it; `undefined` for one that was never there. Outlives
   * the entries: what a trim removes is remembered here, for good.
   *
   * @throws {RangeError} for a shard that is no whole number of at most nine digits.
   */
  connectionTail(connection: ConnectionId): Promise<ConnectionTail | undefined>;
  /**
   * Up to `limit` entries behind `after`, oldest first. Keeps no state about the reader: the same call gives the same
   * entries while they are there.
   *
   * Where there are none and none were removed, waits for the first append for at most `blockMs` (not at all for 0 or
   * less), then answers with an empty list. An abort of `signal`, even one before the call, answers with an empty list
   * at once.
   *
   * @returns `trimmed` where entries behind `after` were removed before the answer: the places they had been in, from
   * the one right behind `after`, or that of the first entry ever removed if it is later, to that of the last removed.
   * @throws {RangeError} unless `limit` is a positive safe integer.
   * @throws {TypeError} where `after` is no cursor.
   */
  read(
    after: Cursor,
    limit: number,
    blockMs: number,
    signal: AbortSignal,
  ): Promise<{ readonly entries: readonly RawEntry[]; readonly trimmed: CursorRange | undefined }>;
  /** How many entries stand behind `after`. @throws {TypeError} where it is no cursor. */
  countAfter(after: Cursor): Promise<number>;
  /**
   * Removes the oldest entries: those up to `slowestReader` while the log holds more than `softMaxEntries` or they are
   * older than `maxAgeMs`, and further ones only while it holds more than `hardMaxBytes`. May take several steps, between
   * which others read and write.
   *
   * @throws {TypeError} where `slowestReader` is no cursor.
   */
  trim(slowestReader: Cursor): Promise<TrimReport>;
  /** Idempotent. */
  close(): Promise<void>;
}
