import { QuoteTrail } from "./quote-trail.ts";
import { PRINT_FEED, QUOTE_FEED, SideCells } from "./side-cells.ts";
import type { SideFeed } from "./side-feed.ts";
import { TickTrail } from "./tick-trail.ts";

/**
 * What is remembered of one contract to tell the side of its prints. One of them serves all contracts that share its
 * cells, one after the other.
 *
 * @example
 * ```ts
 * const history = new SideHistory();
 * history.quotes.add({ quoteTsNs: 1_000_000_000n, bid: 4, ask: 4.2, bidSize: 20, askSize: 50 }, "stream");
 * history.quotes.prevailing(1_007_000_000n)?.source; // "stream"
 * ```
 */
export class SideHistory {
  readonly quotes: QuoteTrail;
  readonly ticks: TickTrail;
  readonly #cells: SideCells;

  /** @param cells where it stands; default cells of its own. */
  constructor(cells: SideCells = new SideCells()) {
    this.#cells = cells;
    this.quotes = new QuoteTrail(cells);
    this.ticks = new TickTrail(cells);
  }

  /** Turns to another contract of the same cells. @returns itself. */
  turnTo(at: number): this {
    this.#cells.at = at;
    return this;
  }

  /** Adds quotes of the stream that came over one connection; see `QuoteTrail.addEach`. */
  addEach(places: Int32Array, quotes: Float64Array, count: number, feed: SideFeed): void {
    this.quotes.addEach(places, quotes, count);
    const { words } = this.#cells;
    const number = this.#cells.numberOf(feed);
    for (let index = 0; index < count; index++) words[2 * (places[index] ?? 0) + QUOTE_FEED] = number;
  }

  /** The connection that the last streamed quote came from; `undefined` where nobody told. */
  get quoteFeed(): SideFeed | undefined {
    return this.#cells.feedOf(QUOTE_FEED);
  }

  set quoteFeed(feed: SideFeed) {
    this.#cells.setFeed(QUOTE_FEED, feed);
  }

  /** The same of the last print. */
  get printFeed(): SideFeed | undefined {
    return this.#cells.feedOf(PRINT_FEED);
  }

  set printFeed(feed: SideFeed) {
    this.#cells.setFeed(PRINT_FEED, feed);
  }
}
