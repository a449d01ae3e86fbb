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

const NS_PER_MS = 1_000_000n;

/** The oldest are dropped so many at a time: cheaper than one by one. Until then nobody sees them. */
const SLACK = 8;

/** Quotes of one contract that a trail keeps by default. */
export const QUOTE_TRAIL_DEPTH = 16;

/**
 * The latest quotes of one contract, one per event time, newest last.
 *
 * What it holds does not depend on the order in which quotes arrive, except of two with one event time: there one of the
 * stream goes before one of the substrate, then the higher sequence; where that says nothing, the later arrival.
 */
export class QuoteTrail {
  readonly #depth: number;
  readonly #kept: SourcedQuote[] = [];

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
    return this.#kept.at(-1);
  }

  /** Quotes kept. */
  get size(): number {
    return Math.min(this.#kept.length, this.#depth);
  }

  add(quote: TimedQuote, source: QuoteSource): void {
    const kept = this.#kept;
    let index = kept.length - 1;
    while (index >= 0) {
      const other = kept[index];
      if (other === undefined || other.quote.quoteTsNs < quote.quoteTsNs) break;
      if (other.quote.quoteTsNs === quote.quoteTsNs) {
        if (replaces(quote, source, other)) kept[index] = { quote, source };
        return;
      }
      index -= 1;
    }
    if (index === kept.length - 1) kept.push({ quote, source });
    else kept.splice(index + 1, 0, { quote, source });
    if (kept.length >= this.#depth + SLACK) kept.splice(0, SLACK);
  }

  /** Lets go of everything, where even the newest quote is of an event time below `tsNs`. */
  forgetBefore(tsNs: bigint): void {
    const latest = this.latest;
    if (latest !== undefined && latest.quote.quoteTsNs < tsNs) this.#kept.length = 0;
  }

  /**
   * The newest quote of an event time below `endNs` that `isWanted` accepts, of all without it. It is called with the
   * newest first.
   */
  lastBefore(endNs: bigint, isWanted?: (entry: SourcedQuote) => boolean): SourcedQuote | undefined {
    const kept = this.#kept;
    const first = Math.max(0, kept.length - this.#depth);
    for (let index = kept.length - 1; index >= first; index--) {
      const entry = kept[index];
      if (entry === undefined || entry.quote.quoteTsNs >= endNs) continue;
      if (isWanted === undefined || isWanted(entry)) return entry;
    }
    return undefined;
  }

  /**
   * The quote that stood before a print: the newest of those whose event time, in whole ms, is at least `minAgeMs` below
   * that of the print. With 1 a quote of the print's own ms, which may follow from it, is left out; with 0 it counts.
   */
  prevailing(tradeTsNs: bigint, minAgeMs: number = 1): SourcedQuote | undefined {
    return this.lastBefore(quotesEndNs(startOfMs(tradeTsNs), minAgeMs));
  }
}

/** The start of the ms that an event time lies in. */
export function startOfMs(tsNs: bigint): bigint {
  // Wrapped, so that engines take machine integers: this is done for every print.
  return BigInt.asIntN(64, BigInt.asIntN(64, tsNs) - (BigInt.asIntN(64, tsNs) % NS_PER_MS));
}

/** Where quotes end that are at least `minAgeMs` older than a print whose ms starts at `startNs`: they are below it. */
export function quotesEndNs(startNs: bigint, minAgeMs: number): bigint {
  return minAgeMs === 1 ? startNs : startNs + NS_PER_MS * BigInt(1 - minAgeMs);
}

/** Whole ms from a quote to a print whose ms starts at `startNs`, both cut to their ms. */
export function quoteAgeMs(quote: TimedQuote, startNs: bigint): number {
  return Math.ceil(Number(startNs - quote.quoteTsNs) / 1e6) + 0;
}

function replaces(quote: TimedQuote, source: QuoteSource, other: SourcedQuote): boolean {
  if (source !== other.source) return source === "stream";
  if (quote.sequence === undefined || other.quote.sequence === undefined) return true;
  return quote.sequence >= other.quote.sequence;
}
