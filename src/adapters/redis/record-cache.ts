import type { StoredRecord } from "./substrate-record.ts";

/**
 * Records as they last stood, by key, those used last. What is in it may be out of date: who writes on the strength of
 * it has the server compare the revision.
 */
export class RecordCache {
  readonly #limit: number;
  readonly #records = new Map<string, StoredRecord>();

  /** @param limit records kept at most. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get(key: string): StoredRecord | undefined {
    return this.#records.get(key);
  }

  set(key: string, stored: StoredRecord): void {
    // Behind all others, so that those that nobody writes go first.
    this.#records.delete(key);
    this.#records.set(key, stored);
    if (this.#records.size <= this.#limit) return;
    for (const oldest of this.#records.keys()) {
      this.#records.delete(oldest);
      break;
    }
  }

  delete(key: string): void {
    this.#records.delete(key);
  }
}
