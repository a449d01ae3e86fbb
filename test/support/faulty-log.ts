import { StorageError, StoreFullError, UnavailableError } from "../../src/domain/errors.ts";
import type { ConnectionId } from "../../src/domain/market/batch.ts";
import type { Cursor } from "../../src/domain/stream/cursor.ts";
import type { RawDraft } from "../../src/domain/stream/raw-entry.ts";
import type { ConnectionTail, ProducerId, RawLog, TrimReport } from "../../src/ports/raw-log.ts";

/** `lost` takes effect and fails all the same, `silent` does nothing and never answers. */
export type LogMood = "well" | "unavailable" | "full" | "lost" | "silent" | "refusing";

export interface AppendCall {
  readonly producer: ProducerId;
  readonly firstSeq: number;
  readonly entries: readonly RawDraft[];
}

/** The writing half of a raw log, in a mood that the test chooses. */
export class FaultyLog implements Pick<RawLog, "append" | "storedSeq" | "connectionTail" | "trim"> {
  mood: LogMood = "well";
  /** Every append that was tried, failed ones too. */
  readonly appends: AppendCall[] = [];
  asked = 0;
  pending = 0;
  mostPending = 0;
  readonly #log: RawLog;

  constructor(log: RawLog) {
    this.#log = log;
  }

  append(
    producer: ProducerId,
    firstSeq: number,
    entries: readonly RawDraft[],
  ): Promise<{ readonly storedSeq: number }> {
    this.appends.push({ producer, firstSeq, entries: [...entries] });
    return this.#moodily(() => this.#log.append(producer, firstSeq, entries));
  }

  storedSeq(producer: ProducerId): Promise<number> {
    this.asked += 1;
    return this.#moodily(() => this.#log.storedSeq(producer));
  }

  connectionTail(connection: ConnectionId): Promise<ConnectionTail | undefined> {
    return this.#moodily(() => this.#log.connectionTail(connection));
  }

  trim(slowestReader: Cursor): Promise<TrimReport> {
    return this.#moodily(() => this.#log.trim(slowestReader));
  }

  async #moodily<T>(operation: () => Promise<T>): Promise<T> {
    this.pending += 1;
    this.mostPending = Math.max(this.mostPending, this.pending);
    try {
      switch (this.mood) {
        case "well":
          return await operation();
        case "lost":
          await operation();
          throw new UnavailableError("Cannot append: no answer in time");
        case "unavailable":
          throw new UnavailableError("Cannot append: the connection must be open, it is not");
        case "full":
          throw new StoreFullError("Cannot append: there must be room, there is none");
        case "refusing":
          throw new StorageError("Cannot append: the key must be a stream, it is a string");
        case "silent":
          return await new Promise<never>(() => {});
      }
    } finally {
      this.pending -= 1;
    }
  }
}
