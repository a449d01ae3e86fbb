const BITS = 10;
const CHUNK = 1 << BITS;
const MASK = CHUNK - 1;

/**
 * A list that grows at its tail and shrinks at its head, in chunks of 1024, so that neither moves what stays. `push`
 * and `at` are O(1); `dropHead` takes time for what it drops and lets go of it at once.
 */
export class ChunkedDeque<T extends object> {
  #chunks: (T | undefined)[][] = [];
  /** Slots of the first chunk that were dropped. */
  #start = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The item at `index` from the head; `undefined` outside the list. */
  at(index: number): T | undefined {
    if (index < 0 || index >= this.#length) return undefined;
    const slot = this.#start + index;
    return this.#chunks[slot >> BITS]?.[slot & MASK];
  }

  push(item: T): void {
    const slot = this.#start + this.#length;
    let chunk = this.#chunks[slot >> BITS];
    if (chunk === undefined) {
      chunk = [];
      this.#chunks.push(chunk);
    }
    chunk.push(item);
    this.#length += 1;
  }

  /** Removes `count` items from the head, or all where there are fewer. */
  dropHead(count: number): void {
    const dropped = Math.min(count, this.#length);
    const slot = this.#start + dropped;
    const chunks = slot >> BITS;
    this.#length -= dropped;
    if (this.#length === 0) {
      this.#chunks = [];
      this.#start = 0;
      return;
    }
    const from = chunks === 0 ? this.#start : 0;
    if (chunks > 0) this.#chunks.splice(0, chunks);
    this.#start = slot & MASK;
    // A dropped frame may be large: the chunk it stands in must not keep it.
    this.#chunks[0]?.fill(undefined, from, this.#start);
  }

  /** A new array of the items from `from` up to but not including `to`, both cut to the list. */
  slice(from: number, to: number): T[] {
    const items: T[] = [];
    const end = Math.min(to, this.#length);
    for (let index = Math.max(from, 0); index < end; index++) {
      const item = this.at(index);
      if (item !== undefined) items.push(item);
    }
    return items;
  }

  /** The items from the head to the tail. */
  *[Symbol.iterator](): IterableIterator<T> {
    for (let index = 0; index < this.#length; index++) {
      const item = this.at(index);
      if (item !== undefined) yield item;
    }
  }

  /** A new array of the last `count` items, oldest first. */
  last(count: number): T[] {
    return this.slice(this.#length - count, this.#length);
  }

  /** Appends an item and drops from the head what is then beyond `max` items. */
  pushBounded(item: T, max: number): void {
    this.push(item);
    if (this.#length > max) this.dropHead(this.#length - max);
  }
}
