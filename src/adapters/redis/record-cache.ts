import type { StoredRecord } from "./substrate-record.ts";

/**
 * Records as they last stood, by key, those used last. What is in it may be out of date: who writes on the strength of
 * it has the server compare the revision.
 */
export class RecordCache {
  readonly #limit: number;
  /** Records set since the older ones were put aside. */
  #newer = new Map<string, StoredRecord>();
  /** Let go of all at once: a map from which the first is taken again and again becomes slow. */
  #older = new Map<string, StoredRecord>();

  /** @param limit records kept at most, at least half as many of those used last. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get(key: string): StoredRecord | undefined {
    return this.#newer.get(key) ?? this.#older.get(key);
  }

  set(key: string, stored: StoredRecord): void {
    this.#newer.set(key, stored);
    if (this.#newer.size * 2 <= this.#limit) return;
    this.#older = this.#newer;
    this.#newer = new Map();
  }

  delete(key: string): void {
    this.#newer.delete(key);
    this.#older.delete(key);
  }
}
