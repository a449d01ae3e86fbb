import { QUOTE_FIELDS } from "../market/quote-numbers.ts";
import type { SideFeed } from "./side-feed.ts";

/** Quotes of one contract that are kept by default. */
export const QUOTE_TRAIL_DEPTH = 16;

/*
 * What is remembered of a contract, apart from its quotes: its head, of the size of a cache line. Most of it is numbers by
 * their place behind the contract's own; NaN is absent.
 */

/** Event time of the newest quote, whole ms. */
export const NEWEST_MS = 3;
/** The last price in millionths of a point, and event time of the last print, whole ms. */
export const LAST = 4;
export const LAST_MS = 5;
/** The last price before it that was another one, and when it was last paid, ms. */
export const DIFFERENT = 6;
export const DIFFERENT_MS = 7;
const HEAD = 8;

/*
 * The rest is whole numbers, in the place of the first of those: by their place behind twice the contract's own.
 */

/** Where the contract's quotes begin in the rings; -1 where it has none. */
export const RING = 0;
/** The slot of the oldest quote in its ring, and how many quotes there are. */
export const FIRST = 1;
export const LENGTH = 2;
/** The feed that the last streamed quote came from, and that of the last print, by number; -1 where nobody told. */
export const QUOTE_FEED = 3;
export const PRINT_FEED = 4;

/** There is room for so many times the quotes that are kept before any is given back. */
const SHRINKS_TO = 4;

/**
 * What sides remember of many contracts, as numbers side by side: what costs most is to fetch them from memory, and objects
 * that live for seconds, thousands of them, cost their engine more to move about than all the rest.
 *
 * A contract is named by the place of its first number. Trails and histories tell of the one that their cells are turned to.
 */
export class SideCells {
  /** Quotes kept of a contract. */
  readonly depth: number;
  /** The numbers of all contracts. Another array once there are more. */
  heads: Float64Array = new Float64Array(HEAD);
  /** The same memory, as whole numbers. */
  words: Int32Array = new Int32Array(this.heads.buffer);
  /** Their quotes. Another array once there are more, or many fewer. */
  rings: Float64Array;
  /** The contract that the cells are turned to. */
  at: number;
  #headsEnd = 0;
  #ringsEnd = 0;
  readonly #freeHeads: number[] = [];
  #freeRings: number[] = [];
  /** By number. There are as many as connections: a few. */
  readonly #feeds: SideFeed[] = [];
  #lastFeed = 0;

  /** @throws {RangeError} unless `depth` is a whole number above 0. */
  constructor(depth: number = QUOTE_TRAIL_DEPTH) {
    if (!Number.isSafeInteger(depth) || depth < 1) {
      throw new RangeError(`Cannot keep quotes: 'depth' must be a whole number above 0, current value is ${depth}`);
    }
    this.depth = depth;
    this.rings = new Float64Array(depth * QUOTE_FIELDS);
    this.at = this.open();
  }

  /** A place for one more contract, of which nothing is known. The first one is open from the start. */
  open(): number {
    const free = this.#freeHeads.pop();
    const at = free ?? this.#headsEnd;
    if (free === undefined) {
      this.#headsEnd += HEAD;
      this.heads = grown(this.heads, this.#headsEnd);
      this.words = new Int32Array(this.heads.buffer);
    } else this.closeRing(at);
    this.heads.fill(Number.NaN, at, at + HEAD);
    this.words.fill(-1, 2 * at, 2 * (at + NEWEST_MS));
    this.words[2 * at + LENGTH] = 0;
    return at;
  }

  /** Gives a contract's place to the next that is opened. */
  close(at: number): void {
    this.closeRing(at);
    this.#freeHeads.push(at);
  }

  /** Makes room for quotes of the contract at hand, which has none yet. */
  openRing(): void {
    const size = this.depth * QUOTE_FIELDS;
    const ring = this.#freeRings.pop() ?? this.#ringsEnd;
    if (ring === this.#ringsEnd) {
      this.#ringsEnd += size;
      this.rings = grown(this.rings, this.#ringsEnd);
    }
    this.words[2 * this.at + RING] = ring;
    this.words[2 * this.at + FIRST] = 0;
  }

  /** Forgets the quotes of a contract. */
  closeRing(at: number): void {
    const ring = this.words[2 * at + RING] ?? -1;
    if (ring >= 0) this.#freeRings.push(ring);
    this.words[2 * at + RING] = -1;
    this.words[2 * at + LENGTH] = 0;
    this.heads[at + NEWEST_MS] = Number.NaN;
  }

  /** Gives memory back, where most of the quotes that there was room for have been forgotten. */
  compact(): void {
    const size = this.depth * QUOTE_FIELDS;
    const used = this.#ringsEnd - this.#freeRings.length * size;
    if (this.rings.length <= SHRINKS_TO * Math.max(used, size)) return;
    const rings = new Float64Array(Math.max(used, size));
    let end = 0;
    for (let at = 0; at < this.#headsEnd; at += HEAD) {
      const ring = this.words[2 * at + RING] ?? -1;
      if (ring < 0) continue;
      rings.set(this.rings.subarray(ring, ring + size), end);
      this.words[2 * at + RING] = end;
      end += size;
    }
    this.rings = rings;
    this.#ringsEnd = end;
    this.#freeRings = [];
  }

  /** The feed whose number stands in a field of the contract at hand. */
  feedOf(field: number): SideFeed | undefined {
    const number = this.words[2 * this.at + field] ?? -1;
    return number >= 0 ? this.#feeds[number] : undefined;
  }

  setFeed(field: number, feed: SideFeed): void {
    this.words[2 * this.at + field] = this.numberOf(feed);
  }

  /** The number of a feed, which is given to it when it comes first. */
  numberOf(feed: SideFeed): number {
    if (this.#feeds[this.#lastFeed] !== feed) {
      const known = this.#feeds.indexOf(feed);
      this.#lastFeed = known < 0 ? this.#feeds.push(feed) - 1 : known;
    }
    return this.#lastFeed;
  }
}

/** The same numbers with room for so many; itself where it has that. */
function grown(cells: Float64Array, length: number): Float64Array {
  if (cells.length >= length) return cells;
  const larger = new Float64Array(Math.max(length, 2 * cells.length));
  larger.set(cells);
  return larger;
}
