import { QUOTE_TRAIL_DEPTH, type QuoteSource, QuoteTrail, type SourcedQuote, type TimedQuote } from "./quote-trail.ts";
import type { SideFeed } from "./side-feed.ts";
import { TickTrail } from "./tick-trail.ts";

/** What is remembered of one contract to tell the side of its prints. */
export interface SideHistory {
  readonly quotes: QuoteTrail;
  readonly ticks: TickTrail;
  /** The connection that the last streamed quote came from; `undefined` where nobody told. */
  quoteFeed: SideFeed | undefined;
  /** The same of the last print. */
  printFeed: SideFeed | undefined;
}

export interface NbboBookOptions {
  /** Contracts remembered at most; of more, the quarter that moved longest ago is forgotten. */
  readonly maxContracts: number;
  /** Quotes remembered of each. */
  readonly quotesPerContract: number;
}

export const DEFAULT_NBBO_BOOK_OPTIONS: NbboBookOptions = Object.freeze({
  maxContracts: 20_000,
  quotesPerContract: QUOTE_TRAIL_DEPTH,
});

/** Nothing remembered yet. */
export function sideHistory(quotes: number = QUOTE_TRAIL_DEPTH): SideHistory {
  return { quotes: new QuoteTrail(quotes), ticks: new TickTrail(), quoteFeed: undefined, printFeed: undefined };
}

/**
 * The latest quotes and trade prices of many contracts, in bounded memory: never more than `maxContracts` times
 * `quotesPerContract` quotes.
 *
 * @example
 * ```ts
 * const book = new NbboBook();
 * const quote = { quoteTsNs: 1_000_000_000n, bid: 4, ask: 4.2, bidSize: 20, askSize: 50 };
 * book.add("O:SPXW251223P06870000", quote, "stream");
 * book.prevailing("O:SPXW251223P06870000", 1_007_000_000n)?.source; // "stream"
 * book.prevailing("O:SPXW251223P06870000", 1_000_000_000n); // undefined: a quote of the same ms may follow from the print
 * ```
 */
export class NbboBook {
  readonly #options: NbboBookOptions;
  readonly #histories = new Map<string, SideHistory>();

  /** @throws {RangeError} unless both options are whole numbers above 0. */
  constructor(options: Partial<NbboBookOptions> = {}) {
    this.#options = { ...DEFAULT_NBBO_BOOK_OPTIONS, ...options };
    for (const [name, value] of Object.entries(this.#options)) {
      if (!Number.isSafeInteger(value) || value < 1) {
        throw new RangeError(
          `Cannot create an NBBO book: '${name}' must be a whole number above 0, current value is ${value}`,
        );
      }
    }
  }

  /** Contracts remembered. */
  get size(): number {
    return this.#histories.size;
  }

  add(contract: string, quote: TimedQuote, source: QuoteSource): void {
    this.historyOf(contract).quotes.add(quote, source);
  }

  /** The quote that stood before a print; see `QuoteTrail.prevailing`. */
  prevailing(contract: string, tradeTsNs: bigint, minAgeMs: number = 1): SourcedQuote | undefined {
    return this.#histories.get(contract)?.quotes.prevailing(tradeTsNs, minAgeMs);
  }

  /** What is remembered of a contract; one that was unknown is remembered from now on. */
  historyOf(contract: string): SideHistory {
    const known = this.#histories.get(contract);
    if (known !== undefined) return known;
    if (this.#histories.size >= this.#options.maxContracts) this.#forgetOldest();
    const history = sideHistory(this.#options.quotesPerContract);
    this.#histories.set(contract, history);
    return history;
  }

  /** Forgets a contract, as when it expires. */
  forget(contract: string): void {
    this.#histories.delete(contract);
  }

  #forgetOldest(): void {
    const byAge = [...this.#histories]
      .map(([contract, history]) => ({ contract, movedTsNs: movedTsNs(history) }))
      .sort((a, b) => (a.movedTsNs < b.movedTsNs ? -1 : a.movedTsNs > b.movedTsNs ? 1 : 0));
    for (const { contract } of byAge.slice(0, Math.ceil(byAge.length / 4))) this.#histories.delete(contract);
  }
}

function movedTsNs({ quotes, ticks }: SideHistory): bigint {
  const quotedTsNs = quotes.latest?.quote.quoteTsNs ?? 0n;
  return quotedTsNs > ticks.lastTsNs ? quotedTsNs : ticks.lastTsNs;
}
