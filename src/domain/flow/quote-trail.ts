import { eventMs, eventRestNs } from "../market/event-ms.ts";
import {
  ASK,
  ASK_SIZE,
  askExchange,
  BID,
  BID_SIZE,
  bidExchange,
  QUOTE_FIELDS,
  type QuoteValues,
  REST_NS,
  SEQUENCE,
  T_MS,
  writeQuote,
} from "../market/quote-numbers.ts";
import type { QuoteSource } from "./quote-source.ts";
import { FIRST, LENGTH, NEWEST_MS, QUOTE_TRAIL_DEPTH, RING, SideCells } from "./side-cells.ts";

/** What a trail keeps of a quote. `Nbbo` and `QuoteGroup` are both such. */
export interface TimedQuote extends QuoteValues {
  /** From 1970 on. */
  readonly quoteTsNs: bigint;
}

/** A quote with its source. */
export interface SourcedQuote {
  readonly quote: TimedQuote;
  readonly source: QuoteSource;
}

const NS_PER_MS = 1_000_000n;
/** Of a quote of the substrate the ns behind its ms stand so much lower: below 0. */
const OF_SUBSTRATE = -1_000_000;

/** The quote to be added, by whichever trail. */
const given = new Float64Array(QUOTE_FIELDS);

/**
 * The latest quotes of one contract, one per event time, newest last.
 *
 * What it holds does not depend on the order in which quotes arrive, except of two with one event time: there one of the
 * stream goes before one of the substrate, then the higher sequence; where that says nothing, the later arrival.
 *
 * It holds numbers and no rows. What it answers with is made anew; what was absent is `undefined`. Of exchanges whose id is
 * no whole number below 2^20 - 1 it keeps none.
 */
export class QuoteTrail {
  readonly #cells: SideCells;

  /**
   * @param cells where the quotes stand; or how many of them, in cells of their own.
   * @throws {RangeError} unless they are a whole number above 0.
   */
  constructor(cells: SideCells | number = QUOTE_TRAIL_DEPTH) {
    this.#cells = typeof cells === "number" ? new SideCells(cells) : cells;
  }

  /** The newest quote. */
  get latest(): SourcedQuote | undefined {
    const { size } = this;
    return size === 0 ? undefined : this.#quoteAt(size - 1);
  }

  /** Quotes kept. */
  get size(): number {
    return this.#cells.words[2 * this.#cells.at + LENGTH] ?? 0;
  }

  add(quote: TimedQuote, source: QuoteSource): void {
    const { quoteTsNs } = quote;
    const restNs = eventRestNs(quoteTsNs) + (source === "stream" ? 0 : OF_SUBSTRATE);
    writeQuote(given, 0, quote, eventMs(quoteTsNs), restNs);
    this.addNumbers(given, 0);
  }

  /**
   * Adds a quote whose numbers are at hand: of the stream, unless the ns are below 0.
   *
   * @param from where the numbers begin; see `quote-numbers.ts`.
   */
  addNumbers(quotes: Float64Array, from: number): void {
    const { heads, at } = this.#cells;
    const tMs = quotes[from + T_MS] ?? Number.NaN;
    // Most quotes are newer than those before them.
    if (tMs <= (heads[at + NEWEST_MS] ?? 0)) {
      this.#insert(quotes, from);
      return;
    }
    const offset = this.#append(tMs);
    put(this.#cells.rings, offset, quotes, from);
  }

  /**
   * Adds quotes of the stream, each to the trail of its own contract.
   *
   * @param places where the contracts stand in the cells, which are turned to one of them afterwards.
   * @param quotes their numbers, quote after quote.
   */
  addEach(places: Int32Array, quotes: Float64Array, count: number): void {
    const cells = this.#cells;
    const { depth } = cells;
    let { heads, words, rings } = cells;
    for (let index = 0; index < count; index++) {
      const at = places[index] ?? 0;
      const from = index * QUOTE_FIELDS;
      const tMs = quotes[from + T_MS] ?? Number.NaN;
      const size = words[2 * at + LENGTH] ?? 0;
      // The rest is what `addNumbers` does with most quotes, written out: it happens for each of them.
      if (size === depth && tMs > (heads[at + NEWEST_MS] ?? Number.NaN)) {
        heads[at + NEWEST_MS] = tMs;
        const first = words[2 * at + FIRST] ?? 0;
        words[2 * at + FIRST] = first + 1 === depth ? 0 : first + 1;
        put(rings, (words[2 * at + RING] ?? 0) + first * QUOTE_FIELDS, quotes, from);
        continue;
      }
      cells.at = at;
      this.addNumbers(quotes, from);
      heads = cells.heads;
      words = cells.words;
      rings = cells.rings;
    }
  }

  /** Lets go of everything, where even the newest quote is of an event time below `tMs`. */
  forgetBefore(tMs: number): void {
    const { size } = this;
    if (size > 0 && this.tMsAt(size - 1) < tMs) this.#cells.closeRing(this.#cells.at);
  }

  /**
   * The place of the newest quote of an event time before the ms `endMs`; -1 where there is none. Places count from the
   * oldest quote on and are good until the next `add`.
   *
   * @param before only of quotes at lower places.
   */
  placeBefore(endMs: number, before: number = this.size): number {
    let place = before - 1;
    while (place >= 0 && this.#fieldAt(place, T_MS) >= endMs) place--;
    return place;
  }

  /** Event time of the quote at a place, whole ms. */
  tMsAt(place: number): number {
    return this.#fieldAt(place, T_MS);
  }

  /** Where the numbers of the quote at a place begin among `numbers`. */
  offsetOf(place: number): number {
    const { words, at, depth } = this.#cells;
    const slot = (words[2 * at + FIRST] ?? 0) + place;
    return (words[2 * at + RING] ?? 0) + (slot < depth ? slot : slot - depth) * QUOTE_FIELDS;
  }

  /** Good until the next `add`, of whatever contract. */
  get numbers(): Float64Array {
    return this.#cells.rings;
  }

  /**
   * The quote that stood before a print: the newest of those whose event time, in whole ms, is at least `minAgeMs` below
   * that of the print. With 1 a quote of the print's own ms, which may follow from it, is left out; with 0 it counts.
   */
  prevailing(tradeTsNs: bigint, minAgeMs: number = 1): SourcedQuote | undefined {
    const place = this.placeBefore(eventMs(tradeTsNs) - minAgeMs + 1);
    return place < 0 ? undefined : this.#quoteAt(place);
  }

  #fieldAt(place: number, field: number): number {
    return this.numbers[this.offsetOf(place) + field] ?? Number.NaN;
  }

  /** Makes room behind the newest quote, at the cost of the oldest where the trail is full. @returns where in the rings. */
  #append(tMs: number): number {
    const cells = this.#cells;
    const { words, at, depth } = cells;
    cells.heads[at + NEWEST_MS] = tMs;
    const size = words[2 * at + LENGTH] ?? 0;
    if (size === depth) {
      const first = words[2 * at + FIRST] ?? 0;
      words[2 * at + FIRST] = first + 1 === depth ? 0 : first + 1;
      return (words[2 * at + RING] ?? 0) + first * QUOTE_FIELDS;
    }
    if (size === 0) cells.openRing();
    words[2 * at + LENGTH] = size + 1;
    return this.offsetOf(size);
  }

  /** Adds a quote that is not newer than all others: of one instant one is kept, and none that is older than a full trail. */
  #insert(quotes: Float64Array, from: number): void {
    const { size } = this;
    const tMs = quotes[from + T_MS] ?? Number.NaN;
    const restNs = restNsOf(quotes, from);
    let place = size;
    while (place > 0) {
      const byMs = this.tMsAt(place - 1) - tMs;
      const isAt = byMs === 0 ? restNsOf(this.numbers, this.offsetOf(place - 1)) - restNs : byMs;
      if (isAt < 0) break;
      place -= 1;
      if (isAt > 0) continue;
      if (this.#isReplacedBy(quotes, from, place)) put(this.numbers, this.offsetOf(place), quotes, from);
      return;
    }
    if (size === this.#cells.depth) {
      if (place === 0) return;
      place -= 1;
    }
    const newestMs = this.tMsAt(size - 1);
    this.#append(newestMs);
    for (let to = this.size - 1; to > place; to--) this.#move(to - 1, to);
    put(this.numbers, this.offsetOf(place), quotes, from);
  }

  #isReplacedBy(quotes: Float64Array, from: number, place: number): boolean {
    const source = sourceOf(quotes, from);
    if (sourceOf(this.numbers, this.offsetOf(place)) !== source) return source === "stream";
    const sequence = quotes[from + SEQUENCE] ?? Number.NaN;
    // Where either has none, the later arrival counts.
    return !(sequence < this.#fieldAt(place, SEQUENCE));
  }

  #move(from: number, to: number): void {
    put(this.numbers, this.offsetOf(to), this.numbers, this.offsetOf(from));
  }

  #quoteAt(place: number): SourcedQuote {
    return {
      quote: {
        quoteTsNs:
          BigInt(this.#fieldAt(place, T_MS)) * NS_PER_MS + BigInt(restNsOf(this.numbers, this.offsetOf(place))),
        bid: known(this.#fieldAt(place, BID)),
        ask: known(this.#fieldAt(place, ASK)),
        bidSize: known(this.#fieldAt(place, BID_SIZE)),
        askSize: known(this.#fieldAt(place, ASK_SIZE)),
        bidExchange: bidExchange(this.numbers, this.offsetOf(place)),
        askExchange: askExchange(this.numbers, this.offsetOf(place)),
        sequence: known(this.#fieldAt(place, SEQUENCE)),
      },
      source: sourceOf(this.numbers, this.offsetOf(place)),
    };
  }
}

/** Where the quote whose numbers stand at an offset came from. */
export function sourceOf(numbers: Float64Array, offset: number): QuoteSource {
  return (numbers[offset + REST_NS] ?? 0) < 0 ? "substrate" : "stream";
}

function restNsOf(numbers: Float64Array, offset: number): number {
  const stored = numbers[offset + REST_NS] ?? Number.NaN;
  return stored < 0 ? stored - OF_SUBSTRATE : stored;
}

/** Copies a quote. One by one: for so few numbers that is the fastest. */
function put(numbers: Float64Array, at: number, quotes: Float64Array, from: number): void {
  numbers[at] = quotes[from] ?? Number.NaN;
  numbers[at + 1] = quotes[from + 1] ?? Number.NaN;
  numbers[at + 2] = quotes[from + 2] ?? Number.NaN;
  numbers[at + 3] = quotes[from + 3] ?? Number.NaN;
  numbers[at + 4] = quotes[from + 4] ?? Number.NaN;
  numbers[at + 5] = quotes[from + 5] ?? Number.NaN;
  numbers[at + 6] = quotes[from + 6] ?? Number.NaN;
  numbers[at + 7] = quotes[from + 7] ?? Number.NaN;
}

function known(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value;
}
