import { eventMs } from "../market/event-ms.ts";

/** Where a quote came from: the stream itself, or the substrate, which has it from a fetched chain or from elsewhere. */
export const QUOTE_SOURCES = ["stream", "substrate"] as const;

export type QuoteSource = (typeof QUOTE_SOURCES)[number];

/** What a trail keeps of a quote. `Nbbo` and `QuoteGroup` are both such. */
export interface TimedQuote {
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

/** Quotes of one contract that a trail keeps by default. */
export const QUOTE_TRAIL_DEPTH = 16;

/** Fields of a quote by which `fieldAt` is asked. */
export const BID = 0;
export const ASK = 1;
export const BID_SIZE = 2;
export const ASK_SIZE = 3;
export const BID_EXCHANGE = 4;
export const ASK_EXCHANGE = 5;
const SEQUENCE = 6;
/** Place in `QUOTE_SOURCES`. */
const SOURCE = 7;
/** Event time: whole ms, and the ns behind them. */
const T_MS = 8;
const REST_NS = 9;
const FIELDS = 10;

const NS_PER_MS = 1_000_000n;

/**
 * The latest quotes of one contract, one per event time, newest last.
 *
 * What it holds does not depend on the order in which quotes arrive, except of two with one event time: there one of the
 * stream goes before one of the substrate, then the higher sequence; where that says nothing, the later arrival.
 *
 * It holds numbers and no rows: rows that are kept for seconds, thousands of them, cost their engine more to move about
 * than all the rest. They lie side by side, since what costs most is to fetch them from memory. What it answers with is
 * made anew; what was absent is `undefined`.
 */
export class QuoteTrail {
  readonly #depth: number;
  /** A ring of quotes, `FIELDS` numbers each. What is absent is NaN. */
  #ring: Float64Array | undefined;
  /** Where in the ring the oldest one stands. */
  #first = 0;
  #length = 0;

  /** @throws {RangeError} unless `depth` is a whole number above 0. */
  constructor(depth: number = QUOTE_TRAIL_DEPTH) {
    if (!Number.isSafeInteger(depth) || depth < 1) {
      throw new RangeError(
        `Cannot create a quote trail: 'depth' must be a whole number above 0, current value is ${depth}`,
      );
    }
    this.#depth = depth;
  }

  /** The newest quote. */
  get latest(): SourcedQuote | undefined {
    return this.#length === 0 ? undefined : this.#quoteAt(this.#length - 1);
  }

  /** Quotes kept. */
  get size(): number {
    return this.#length;
  }

  add(quote: TimedQuote, source: QuoteSource): void {
    this.#ring ??= new Float64Array(this.#depth * FIELDS);
    const tMs = eventMs(quote.quoteTsNs);
    const restNs = Number(BigInt.asIntN(64, quote.quoteTsNs) % NS_PER_MS);
    let place = this.#length;
    while (place > 0) {
      const otherMs = this.fieldAt(place - 1, T_MS);
      const otherNs = this.fieldAt(place - 1, REST_NS);
      if (otherMs < tMs || (otherMs === tMs && otherNs < restNs)) break;
      place -= 1;
      if (otherMs !== tMs || otherNs !== restNs) continue;
      if (this.#isReplacedBy(quote, source, place)) this.#put(place, quote, source, tMs, restNs);
      return;
    }
    if (this.#length < this.#depth) this.#length += 1;
    else if (place === 0) return;
    else {
      this.#first = this.#first + 1 === this.#depth ? 0 : this.#first + 1;
      place -= 1;
    }
    for (let to = this.#length - 1; to > place; to--) this.#move(to - 1, to);
    this.#put(place, quote, source, tMs, restNs);
  }

  /** Lets go of everything, where even the newest quote is of an event time below `tsNs`. */
  forgetBefore(tsNs: bigint): void {
    const newest = this.latest;
    if (newest === undefined || newest.quote.quoteTsNs >= tsNs) return;
    this.#ring = undefined;
    this.#first = 0;
    this.#length = 0;
  }

  /**
   * The place of the newest quote of an event time before the ms `endMs`; -1 where there is none. Places count from the
   * oldest quote on and are good until the next `add`.
   *
   * @param before only of quotes at lower places.
   */
  placeBefore(endMs: number, before: number = this.#length): number {
    let place = before - 1;
    while (place >= 0 && this.fieldAt(place, T_MS) >= endMs) place--;
    return place;
  }

  /** Event time of the quote at a place, whole ms. */
  tMsAt(place: number): number {
    return this.fieldAt(place, T_MS);
  }

  sourceAt(place: number): QuoteSource {
    return QUOTE_SOURCES[this.fieldAt(place, SOURCE)] ?? "stream";
  }

  /** One field of the quote at a place, NaN where it is absent. */
  fieldAt(place: number, field: number): number {
    return this.#ring?.[this.#offsetOf(place) + field] ?? Number.NaN;
  }

  /**
   * The quote that stood before a print: the newest of those whose event time, in whole ms, is at least `minAgeMs` below
   * that of the print. With 1 a quote of the print's own ms, which may follow from it, is left out; with 0 it counts.
   */
  prevailing(tradeTsNs: bigint, minAgeMs: number = 1): SourcedQuote | undefined {
    const place = this.placeBefore(eventMs(tradeTsNs) - minAgeMs + 1);
    return place < 0 ? undefined : this.#quoteAt(place);
  }

  #offsetOf(place: number): number {
    const slot = this.#first + place;
    return (slot < this.#depth ? slot : slot - this.#depth) * FIELDS;
  }

  #isReplacedBy(quote: TimedQuote, source: QuoteSource, place: number): boolean {
    if (this.sourceAt(place) !== source) return source === "stream";
    const sequence = this.fieldAt(place, SEQUENCE);
    return quote.sequence === undefined || Number.isNaN(sequence) || quote.sequence >= sequence;
  }

  #put(place: number, quote: TimedQuote, source: QuoteSource, tMs: number, restNs: number): void {
    const ring = this.#ring;
    if (ring === undefined) return;
    const at = this.#offsetOf(place);
    ring[at + BID] = quote.bid ?? Number.NaN;
    ring[at + ASK] = quote.ask ?? Number.NaN;
    ring[at + BID_SIZE] = quote.bidSize ?? Number.NaN;
    ring[at + ASK_SIZE] = quote.askSize ?? Number.NaN;
    ring[at + BID_EXCHANGE] = quote.bidExchange ?? Number.NaN;
    ring[at + ASK_EXCHANGE] = quote.askExchange ?? Number.NaN;
    ring[at + SEQUENCE] = quote.sequence ?? Number.NaN;
    ring[at + SOURCE] = source === "stream" ? 0 : 1;
    ring[at + T_MS] = tMs;
    ring[at + REST_NS] = restNs;
  }

  #move(from: number, to: number): void {
    const at = this.#offsetOf(from);
    this.#ring?.copyWithin(this.#offsetOf(to), at, at + FIELDS);
  }

  #quoteAt(place: number): SourcedQuote {
    return {
      quote: {
        quoteTsNs: BigInt(this.fieldAt(place, T_MS)) * NS_PER_MS + BigInt(this.fieldAt(place, REST_NS)),
        bid: known(this.fieldAt(place, BID)),
        ask: known(this.fieldAt(place, ASK)),
        bidSize: known(this.fieldAt(place, BID_SIZE)),
        askSize: known(this.fieldAt(place, ASK_SIZE)),
        bidExchange: known(this.fieldAt(place, BID_EXCHANGE)),
        askExchange: known(this.fieldAt(place, ASK_EXCHANGE)),
        sequence: known(this.fieldAt(place, SEQUENCE)),
      },
      source: this.sourceAt(place),
    };
  }
}

function known(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value;
}
