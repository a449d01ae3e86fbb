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

/** The oldest are dropped so many at a time: cheaper than one by one. Until then nobody sees them. */
const SLACK = 8;

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
const FIELDS = 7;

/** Quotes in columns, in the order of their event times. What is absent is NaN. */
interface Columns {
  readonly tsNs: BigInt64Array;
  /** The same in whole ms. */
  readonly tMs: Float64Array;
  readonly fields: Float64Array;
  /** Place in `QUOTE_SOURCES`. */
  readonly sources: Uint8Array;
}

/**
 * The latest quotes of one contract, one per event time, newest last.
 *
 * What it holds does not depend on the order in which quotes arrive, except of two with one event time: there one of the
 * stream goes before one of the substrate, then the higher sequence; where that says nothing, the later arrival.
 *
 * It holds numbers and no rows: rows that are kept for seconds, thousands of them, cost their engine more to move about
 * than all the rest. What it answers with is made anew; what was absent is `undefined`.
 */
export class QuoteTrail {
  readonly #depth: number;
  #columns: Columns | undefined;
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
    const columns = this.#columns;
    return columns === undefined || this.#length === 0 ? undefined : quoteAt(columns, this.#length - 1);
  }

  /** Quotes kept. */
  get size(): number {
    return Math.min(this.#length, this.#depth);
  }

  add(quote: TimedQuote, source: QuoteSource): void {
    this.#columns ??= columnsOf(this.#depth + SLACK);
    const columns = this.#columns;
    const tsNs = BigInt.asIntN(64, quote.quoteTsNs);
    let place = this.#length;
    while (place > 0) {
      const otherNs = columns.tsNs[place - 1] ?? 0n;
      if (otherNs < tsNs) break;
      if (otherNs === tsNs) {
        if (replaces(quote, source, columns, place - 1)) put(columns, place - 1, quote, source);
        return;
      }
      place -= 1;
    }
    if (place < this.#length) move(columns, place, place + 1, this.#length);
    put(columns, place, quote, source);
    this.#length += 1;
    if (this.#length < this.#depth + SLACK) return;
    move(columns, SLACK, 0, this.#length);
    this.#length -= SLACK;
  }

  /** Lets go of everything, where even the newest quote is of an event time below `tsNs`. */
  forgetBefore(tsNs: bigint): void {
    if (this.#columns === undefined || (this.#columns.tsNs[this.#length - 1] ?? 0n) >= tsNs) return;
    this.#columns = undefined;
    this.#length = 0;
  }

  /**
   * The place of the newest quote of an event time before the ms `endMs`; -1 where there is none. Places count from the
   * oldest quote on and are good until the next `add`.
   *
   * @param before only of quotes at lower places.
   */
  placeBefore(endMs: number, before: number = this.#length): number {
    const columns = this.#columns;
    if (columns === undefined) return -1;
    const first = Math.max(0, this.#length - this.#depth);
    for (let place = before - 1; place >= first; place--) if ((columns.tMs[place] ?? 0) < endMs) return place;
    return -1;
  }

  /** Event time of the quote at a place, whole ms. */
  tMsAt(place: number): number {
    return this.#columns?.tMs[place] ?? Number.NaN;
  }

  sourceAt(place: number): QuoteSource {
    return this.#columns?.sources[place] === 0 ? "stream" : "substrate";
  }

  /** One field of the quote at a place, NaN where it is absent. */
  fieldAt(place: number, field: number): number {
    return this.#columns?.fields[place * FIELDS + field] ?? Number.NaN;
  }

  /**
   * The quote that stood before a print: the newest of those whose event time, in whole ms, is at least `minAgeMs` below
   * that of the print. With 1 a quote of the print's own ms, which may follow from it, is left out; with 0 it counts.
   */
  prevailing(tradeTsNs: bigint, minAgeMs: number = 1): SourcedQuote | undefined {
    const place = this.placeBefore(eventMs(tradeTsNs) - minAgeMs + 1);
    return this.#columns === undefined || place < 0 ? undefined : quoteAt(this.#columns, place);
  }
}

function replaces(quote: TimedQuote, source: QuoteSource, columns: Columns, place: number): boolean {
  if (QUOTE_SOURCES[columns.sources[place] ?? 0] !== source) return source === "stream";
  const sequence = columns.fields[place * FIELDS + SEQUENCE] ?? Number.NaN;
  return quote.sequence === undefined || Number.isNaN(sequence) || quote.sequence >= sequence;
}

function columnsOf(capacity: number): Columns {
  return {
    tsNs: new BigInt64Array(capacity),
    tMs: new Float64Array(capacity),
    fields: new Float64Array(capacity * FIELDS),
    sources: new Uint8Array(capacity),
  };
}

function put({ tsNs, tMs, fields, sources }: Columns, place: number, quote: TimedQuote, source: QuoteSource): void {
  tsNs[place] = quote.quoteTsNs;
  tMs[place] = eventMs(quote.quoteTsNs);
  sources[place] = source === "stream" ? 0 : 1;
  const at = place * FIELDS;
  fields[at + BID] = quote.bid ?? Number.NaN;
  fields[at + ASK] = quote.ask ?? Number.NaN;
  fields[at + BID_SIZE] = quote.bidSize ?? Number.NaN;
  fields[at + ASK_SIZE] = quote.askSize ?? Number.NaN;
  fields[at + BID_EXCHANGE] = quote.bidExchange ?? Number.NaN;
  fields[at + ASK_EXCHANGE] = quote.askExchange ?? Number.NaN;
  fields[at + SEQUENCE] = quote.sequence ?? Number.NaN;
}

/** Moves the places from `from` up to `end` so that they begin at `to`. */
function move({ tsNs, tMs, fields, sources }: Columns, from: number, to: number, end: number): void {
  tsNs.copyWithin(to, from, end);
  tMs.copyWithin(to, from, end);
  fields.copyWithin(to * FIELDS, from * FIELDS, end * FIELDS);
  sources.copyWithin(to, from, end);
}

function quoteAt({ tsNs, fields, sources }: Columns, place: number): SourcedQuote {
  const at = place * FIELDS;
  return {
    quote: {
      quoteTsNs: tsNs[place] ?? 0n,
      bid: known(fields[at + BID]),
      ask: known(fields[at + ASK]),
      bidSize: known(fields[at + BID_SIZE]),
      askSize: known(fields[at + ASK_SIZE]),
      bidExchange: known(fields[at + BID_EXCHANGE]),
      askExchange: known(fields[at + ASK_EXCHANGE]),
      sequence: known(fields[at + SEQUENCE]),
    },
    source: QUOTE_SOURCES[sources[place] ?? 0] ?? "stream",
  };
}

function known(value: number | undefined): number | undefined {
  return value === undefined || Number.isNaN(value) ? undefined : value;
}
