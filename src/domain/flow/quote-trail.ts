/** Where a quote came from: the stream itself, or the substrate, which has it from a fetched chain or from elsewhere. */
export type QuoteSource = "stream" | "substrate";

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
    return this.#kept.length;
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
    if (kept.length > this.#depth) kept.shift();
  }

  /**
   * The quotes that stood before a print, the prevailing one first: those whose event time, in whole ms, is at least
   * `minAgeMs` below that of the print. With 1 a quote of the print's own ms, which may follow from it, is left out; with
   * 0 it counts.
   *
   * @param step called for each until it returns `true`.
   * @returns the quote at which `step` returned `true`.
   */
  findBefore(
    tradeTsNs: bigint,
    minAgeMs: number,
    step: (quote: TimedQuote, source: QuoteSource) => boolean,
  ): SourcedQuote | undefined {
    const endNs = tradeTsNs - (tradeTsNs % NS_PER_MS) + NS_PER_MS * BigInt(1 - minAgeMs);
    for (let index = this.#kept.length - 1; index >= 0; index--) {
      const entry = this.#kept[index];
      if (entry === undefined || entry.quote.quoteTsNs >= endNs) continue;
      if (step(entry.quote, entry.source)) return entry;
    }
    return undefined;
  }

  /** The quote that stood before a print; see `findBefore`. */
  prevailing(tradeTsNs: bigint, minAgeMs: number = 1): SourcedQuote | undefined {
    return this.findBefore(tradeTsNs, minAgeMs, () => true);
  }
}

/** The time from a quote to a print in whole ms. */
export function quoteAgeMs(quote: TimedQuote, tradeTsNs: bigint): number {
  return Number(tradeTsNs / NS_PER_MS - quote.quoteTsNs / NS_PER_MS);
}

function replaces(quote: TimedQuote, source: QuoteSource, other: SourcedQuote): boolean {
  if (source !== other.source) return source === "stream";
  return quote.sequence === undefined || other.quote.sequence === undefined
    ? true
    : quote.sequence >= other.quote.sequence;
}
