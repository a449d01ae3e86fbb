import { HintedMap } from "../instrument/hinted-map.ts";
import type { QuoteSource } from "./quote-source.ts";
import type { SourcedQuote, TimedQuote } from "./quote-trail.ts";
import { QUOTE_TRAIL_DEPTH, SideCells } from "./side-cells.ts";
import { SideHistory } from "./side-history.ts";

export interface NbboBookOptions {
  /** Contracts remembered at most; of more, the quarter that moved longest ago, in whole ms, is forgotten. */
  readonly maxContracts: number;
  /** Quotes remembered of each. */
  readonly quotesPerContract: number;
}

export const DEFAULT_NBBO_BOOK_OPTIONS: NbboBookOptions = Object.freeze({
  maxContracts: 20_000,
  quotesPerContract: QUOTE_TRAIL_DEPTH,
});

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
  readonly #cells: SideCells;
  /** Turned to the contract that was asked for last. */
  readonly #history: SideHistory;
  /** Places in the cells. */
  readonly #places = new HintedMap<number>();

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
    this.#cells = new SideCells(this.#options.quotesPerContract);
    this.#history = new SideHistory(this.#cells);
  }

  /** Contracts remembered. */
  get size(): number {
    return this.#places.size;
  }

  add(contract: string, quote: TimedQuote, source: QuoteSource): void {
    this.historyOf(contract).quotes.add(quote, source);
  }

  /** The quote that stood before a print; see `QuoteTrail.prevailing`. */
  prevailing(contract: string, tradeTsNs: bigint, minAgeMs: number = 1): SourcedQuote | undefined {
    const place = this.#places.get(contract, 0);
    return place === undefined ? undefined : this.#history.turnTo(place).quotes.prevailing(tradeTsNs, minAgeMs);
  }

  /**
   * What is remembered of a contract; one that was unknown is remembered from now on. Good until anything else is asked of
   * the book: then the same object tells of another contract.
   *
   * @param hint see `HintedMap`; default none.
   */
  historyOf(contract: string, hint: number = 0): SideHistory {
    return this.#history.turnTo(this.#places.get(contract, hint) ?? this.#open(contract));
  }

  /**
   * Finds the places of contracts by their hints alone. Good until a contract is forgotten.
   *
   * @returns whether all were found.
   */
  placesOf(hints: Int32Array, count: number, into: Int32Array): boolean {
    for (let index = 0; index < count; index++) {
      const place = this.#places.hinted(hints[index] ?? 0);
      if (place === undefined) return false;
      into[index] = place;
    }
    return true;
  }

  /** Turns to the contract at a place. */
  historyAt(place: number): SideHistory {
    return this.#history.turnTo(place);
  }

  /** Forgets a contract, as when it expires. */
  forget(contract: string): void {
    const place = this.#places.get(contract, 0);
    if (place === undefined) return;
    this.#places.delete(contract);
    this.#cells.close(place);
  }

  #open(contract: string): number {
    if (this.#places.size >= this.#options.maxContracts) this.#forgetOldest();
    const place = this.#cells.open();
    this.#places.set(contract, place);
    return place;
  }

  #forgetOldest(): void {
    const byAge = [...this.#places.keys()]
      .map((contract) => ({ contract, movedMs: movedMs(this.historyOf(contract)) }))
      .sort((a, b) => a.movedMs - b.movedMs);
    for (const { contract } of byAge.slice(0, Math.ceil(byAge.length / 4))) this.forget(contract);
  }
}

/** The newest event time of a contract, whole ms; 0 where there is none. */
function movedMs({ quotes, ticks }: SideHistory): number {
  const quotedMs = quotes.size === 0 ? 0 : quotes.tMsAt(quotes.size - 1);
  return Math.max(quotedMs, ticks.lastMs || 0);
}
