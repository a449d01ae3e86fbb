const BITS = 8;
const CHUNK = 1 << BITS;
const MASK = CHUNK - 1;

/**
 * A list that grows at its tail and shrinks at its head, in chunks of 256, so that neither moves what stays. `push`, `shift`
 * and `at` are O(1); `dropHead` takes time for what it drops.
 *
 * What leaves is let go of at once.
 */
export class ChunkedDeque<T extends object> {
  #chunks: (T | undefined)[][] = [];
  /** Slots of the first chunk that are free again. */
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
      // With all its room at once: it is not to be copied as it fills.
      chunk = new Array<T | undefined>(CHUNK).fill(undefined);
      this.#chunks.push(chunk);
    }
    chunk[slot & MASK] = item;
    this.#length += 1;
  }

  /** Removes the item at the head; `undefined` where there is none. */
  shift(): T | undefined {
    const item = this.at(0);
    this.dropHead(1);
    return item;
  }

  /** Removes `count` items from the head, or all where there are fewer. */
  dropHead(count: number): void {
    for (let left = Math.min(count, this.#length); left > 0; ) {
      const end = Math.min(this.#start + left, CHUNK);
      this.#chunks[0]?.fill(undefined, this.#start, end);
      this.#length -= end - this.#start;
      left -= end - this.#start;
      this.#start = end;
      if (end < CHUNK) break;
      this.#chunks.shift();
      this.#start = 0;
    }
  }

  /** Removes the items that `isRemoved` says so of, asked from head to tail. It must leave the list alone. */
  removeWhere(isRemoved: (item: T) => boolean): void {
    const kept = new ChunkedDeque<T>();
    for (const item of this) if (!isRemoved(item)) kept.push(item);
    this.dropHead(this.#length);
    this.#chunks = kept.#chunks;
    this.#start = kept.#start;
    this.#length = kept.#length;
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
