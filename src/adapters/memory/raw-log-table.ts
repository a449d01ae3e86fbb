import { ChunkedDeque } from "../../domain/chunked-deque.ts";
import {
  CURSOR_START,
  type Cursor,
  type CursorRange,
  compareCursors,
  splitCursor,
} from "../../domain/stream/cursor.ts";
import type { RawDraft, RawEntry } from "../../domain/stream/raw-entry.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ConnectionTail, ProducerId, RawLogRetention, TrimReport } from "../../ports/raw-log.ts";
import { connectionTails, laterTail } from "../connection-tails.ts";
import { frozenCopy } from "./frozen-copy.ts";

/** The raw log of a database, what its clients share. Every method is one atomic step. */
export class RawLogTable {
  readonly #clock: Clock;
  readonly #entries = new ChunkedDeque<RawEntry>();
  readonly #producers = new Map<ProducerId, number>();
  /** By connection, as `connectionName` names it. */
  readonly #tails = new Map<string, ConnectionTail>();
  readonly #waiting = new Set<() => void>();
  #bytes = 0;
  // The last id given.
  #ms = 0;
  #n = 0;
  #removed: CursorRange | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  storedSeq(producer: ProducerId): number {
    return this.#producers.get(producer) ?? 0;
  }

  append(producer: ProducerId, firstSeq: number, drafts: readonly RawDraft[]): number {
    const stored = this.storedSeq(producer);
    const skip = Math.max(0, stored + 1 - firstSeq);
    if (skip >= drafts.length) return stored;
    this.#ms = Math.max(this.#ms, Math.floor(this.#clock.now()));
    for (let index = skip; index < drafts.length; index++) {
      const draft = drafts[index];
      if (draft === undefined) continue;
      this.#n += 1;
      this.#entries.push({
        cursor: `${this.#ms}-${this.#n}`,
        draft: draft.kind === "gap" ? frozenCopy(draft) : draft,
      });
      this.#bytes += payloadLength(draft);
    }
    for (const [name, tail] of connectionTails(drafts.slice(skip))) {
      this.#tails.set(name, laterTail(this.#tails.get(name), tail));
    }
    const last = firstSeq + drafts.length - 1;
    this.#producers.set(producer, last);
    for (const wake of this.#waiting) wake();
    return last;
  }

  connectionTail(name: string): ConnectionTail | undefined {
    return this.#tails.get(name);
  }

  /** How many readers wait: 0 when none was left behind. */
  get waitingReaders(): number {
    return this.#waiting.size;
  }

  /** Has `wake` called with every append; the function returned takes that back. */
  onAppend(wake: () => void): () => void {
    this.#waiting.add(wake);
    return () => this.#waiting.delete(wake);
  }

  read(after: Cursor, limit: number): { entries: readonly RawEntry[]; trimmed: CursorRange | undefined } {
    const from = this.#firstBehind(after);
    return { entries: this.#entries.slice(from, from + limit), trimmed: this.#removedBehind(after) };
  }

  countAfter(after: Cursor): number {
    return this.#entries.length - this.#firstBehind(after);
  }

  trim(slowestReader: Cursor, retention: RawLogRetention): TrimReport {
    const length = this.#entries.length;
    const read = this.#firstBehind(slowestReader);
    const { maxAgeMs = Number.POSITIVE_INFINITY } = retention;
    const tooMany = length - retention.softMaxEntries;
    const tooOld = this.#firstBehind(
      `${Math.max(1, Math.floor(this.#clock.now()) - maxAgeMs) - 1}-${Number.MAX_SAFE_INTEGER}`,
    );
    const soft = Math.min(read, Math.max(tooMany, tooOld));
    let removed = 0;
    let unread: CursorRange | undefined;
    while (removed < length && (removed < soft || this.#bytes > retention.hardMaxBytes)) {
      const entry = this.#entries.at(removed);
      if (entry !== undefined) {
        this.#bytes -= payloadLength(entry.draft);
        this.#removed = { from: this.#removed?.from ?? entry.cursor, to: entry.cursor };
        if (removed >= read) unread = { from: unread?.from ?? entry.cursor, to: entry.cursor };
      }
      removed += 1;
    }
    this.#entries.dropHead(removed);
    return { removed, unread };
  }

  #removedBehind(after: Cursor): CursorRange | undefined {
    const removed = this.#removed;
    if (removed === undefined || compareCursors(after, removed.to) >= 0) return undefined;
    const { ms, n } = splitCursor(after);
    const next = `${ms}-${n + 1}`;
    return { from: compareCursors(next, removed.from) < 0 ? removed.from : next, to: removed.to };
  }

  /** Index of the first entry behind a cursor, by bisection; the length where there is none. */
  #firstBehind(after: Cursor): number {
    const { ms, n } = splitCursor(after);
    let low = 0;
    let high = this.#entries.length;
    // Readers mostly stand at the end.
    if (ms > this.#ms || (ms === this.#ms && n >= this.#n)) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = splitCursor(this.#entries.at(middle)?.cursor ?? CURSOR_START);
      if (entry.ms < ms || (entry.ms === ms && entry.n <= n)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function payloadLength(draft: RawDraft): number {
  return draft.kind === "frame" ? draft.payload.length : 0;
}
