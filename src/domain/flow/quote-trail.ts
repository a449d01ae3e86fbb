import { eventMs, eventRestNs } from "../market/event-ms.ts";
import type { QuoteSource } from "./quote-source.ts";
import { FIRST, LENGTH, NEWEST_MS, QUOTE_FIELDS, QUOTE_TRAIL_DEPTH, RING, SideCells } from "./side-cells.ts";

/** What a trail keeps of a quote. `Nbbo` and `QuoteGroup` are both such. */
export interface TimedQuote {
  /** From 1970 on. */
  readonly quoteTsNs: bigint;
  /** Points. */
  readonly bid: number | null | undefined;
  readonly ask: number | null | undefined;
  /** Contracts. */
  readonly bidSize: number | null | undefined;
  readonly askSize: number | null | undefined;
  readonly bidExchange?: number | undefined;
  readonly askExchange?: number | undefined;
  readonly sequence?: number | undefined;
}

/** A quote with its source. */
export interface SourcedQuote {
  readonly quote: TimedQuote;
  readonly source: QuoteSource;
}

/** Numbers of a quote, by their place behind `offsetOf`; NaN where absent. */
export const BID = 0;
export const ASK = 1;
export const BID_SIZE = 2;
export const ASK_SIZE = 3;
/** The exchanges of bid and ask in one number: see `bidExchange`. */
const EXCHANGES = 4;
const SEQUENCE = 5;
/** Event time: whole ms, and the ns behind them, of a quote of the substrate less 1e6, below 0. */
export const T_MS = 6;
const REST_NS = 7;

const NS_PER_MS = 1_000_000n;
const OF_SUBSTRATE = -1_000_000;
/** No exchange has such an id: two of them fit in one number. */
const NO_EXCHANGE = 0xf_ffff;
const EXCHANGE_STEP = 0x10_0000;

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
    return this.#cells.heads[this.#cells.at + LENGTH] ?? 0;
  }

  add(quote: TimedQuote, source: QuoteSource): void {
    const { heads, at } = this.#cells;
    const tMs = eventMs(quote.quoteTsNs);
    const restNs = eventRestNs(quote.quoteTsNs);
    // Most quotes are newer than those before them.
    if (tMs <= (heads[at + NEWEST_MS] ?? 0)) {
      this.#insert(quote, source, tMs, restNs);
      return;
    }
    const offset = this.#append(tMs);
    write(this.#cells.rings, offset, quote, source, tMs, restNs);
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
    const { heads, at, depth } = this.#cells;
    const slot = ((heads[at + FIRST] ?? 0) | 0) + place;
    return ((heads[at + RING] ?? 0) | 0) + (slot < depth ? slot : slot - depth) * QUOTE_FIELDS;
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

  #restNsAt(place: number): number {
    const stored = this.#fieldAt(place, REST_NS);
    return stored < 0 ? stored - OF_SUBSTRATE : stored;
  }

  #fieldAt(place: number, field: number): number {
    return this.numbers[this.offsetOf(place) + field] ?? Number.NaN;
  }

  /** Makes room behind the newest quote, at the cost of the oldest where the trail is full. @returns where in the rings. */
  #append(tMs: number): number {
    const cells = this.#cells;
    const { heads, at, depth } = cells;
    heads[at + NEWEST_MS] = tMs;
    const first = heads[at + FIRST] ?? 0;
    const size = heads[at + LENGTH] ?? 0;
    if (size === depth) {
      heads[at + FIRST] = first + 1 === depth ? 0 : first + 1;
      return (heads[at + RING] ?? 0) + first * QUOTE_FIELDS;
    }
    if (size === 0) cells.openRing();
    heads[at + LENGTH] = size + 1;
    return this.offsetOf(size);
  }

  /** Adds a quote that is not newer than all others: of one instant one is kept, and none that is older than a full trail. */
  #insert(quote: TimedQuote, source: QuoteSource, tMs: number, restNs: number): void {
    const { size } = this;
    let place = size;
    while (place > 0) {
      const byMs = this.tMsAt(place - 1) - tMs;
      const isAt = byMs === 0 ? this.#restNsAt(place - 1) - restNs : byMs;
      if (isAt < 0) break;
      place -= 1;
      if (isAt > 0) continue;
      if (this.#isReplacedBy(quote, source, place)) this.#put(place, quote, source, tMs, restNs);
      return;
    }
    if (size === this.#cells.depth) {
      if (place === 0) return;
      place -= 1;
    }
    const newestMs = this.tMsAt(size - 1);
    this.#append(newestMs);
    for (let to = this.size - 1; to > place; to--) this.#move(to - 1, to);
    this.#put(place, quote, source, tMs, restNs);
  }

  #put(place: number, quote: TimedQuote, source: QuoteSource, tMs: number, restNs: number): void {
    write(this.#cells.rings, this.offsetOf(place), quote, source, tMs, restNs);
  }

  #isReplacedBy(quote: TimedQuote, source: QuoteSource, place: number): boolean {
    if (sourceOf(this.numbers, this.offsetOf(place)) !== source) return source === "stream";
    const sequence = this.#fieldAt(place, SEQUENCE);
    return quote.sequence === undefined || Number.isNaN(sequence) || quote.sequence >= sequence;
  }

  #move(from: number, to: number): void {
    const offset = this.offsetOf(from);
    this.#cells.rings.copyWithin(this.offsetOf(to), offset, offset + QUOTE_FIELDS);
  }

  #quoteAt(place: number): SourcedQuote {
    return {
      quote: {
        quoteTsNs: BigInt(this.#fieldAt(place, T_MS)) * NS_PER_MS + BigInt(this.#restNsAt(place)),
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

export function bidExchange(numbers: Float64Array, offset: number): number | undefined {
  return exchangeOf(Math.floor((numbers[offset + EXCHANGES] ?? 0) / EXCHANGE_STEP));
}

export function askExchange(numbers: Float64Array, offset: number): number | undefined {
  const both = numbers[offset + EXCHANGES] ?? 0;
  return exchangeOf(both - Math.floor(both / EXCHANGE_STEP) * EXCHANGE_STEP);
}

function write(
  rings: Float64Array,
  offset: number,
  quote: TimedQuote,
  source: QuoteSource,
  tMs: number,
  restNs: number,
): void {
  rings[offset + BID] = quote.bid ?? Number.NaN;
  rings[offset + ASK] = quote.ask ?? Number.NaN;
  rings[offset + BID_SIZE] = quote.bidSize ?? Number.NaN;
  rings[offset + ASK_SIZE] = quote.askSize ?? Number.NaN;
  rings[offset + EXCHANGES] = packed(quote.bidExchange) * EXCHANGE_STEP + packed(quote.askExchange);
  rings[offset + SEQUENCE] = quote.sequence ?? Number.NaN;
  rings[offset + T_MS] = tMs;
  rings[offset + REST_NS] = source === "stream" ? restNs : restNs + OF_SUBSTRATE;
}

function packed(exchange: number | undefined): number {
  return exchange !== undefined && Number.isInteger(exchange) && exchange >= 0 && exchange < NO_EXCHANGE
    ? exchange
    : NO_EXCHANGE;
}

function exchangeOf(id: number): number | undefined {
  return id === NO_EXCHANGE ? undefined : id;
}

function known(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value;
}
