import type { DataBatch } from "../market/batch.ts";
import { classifyConditions } from "../market/conditions.ts";
import { QUOTE_FIELDS } from "../market/quote-numbers.ts";
import type { OptionTrade, Row } from "../market/rows.ts";
import type { RowNumbers } from "../wire/row-numbers.ts";
import { NbboBook } from "./nbbo-book.ts";
import { type OpenSideReach, type SideFeed, sideReach, UNLIMITED_REACH } from "./side-feed.ts";
import type { SideOptions } from "./side-options.ts";
import type { SideVerdict } from "./side-verdict.ts";
import { takePrint } from "./trade-side.ts";

const LEAST_PLACES = 64;
/** Room for more than this is not kept for one large frame. */
const MOST_SPARE_PLACES = 1_024;

/** A print with its side: a row of option trades whose batch is `Enriched`. */
export interface SidedTrade extends OptionTrade {
  readonly side: SideVerdict;
}

/**
 * Whether the rows of a batch have sides.
 *
 * @example
 * ```ts
 * const print = (batch: DataBatch<Row>): void => {
 *   if (hasSides(batch)) for (const { contract, side } of batch.rows) console.log(contract, side.side, side.confidence);
 * };
 * ```
 */
export function hasSides(batch: DataBatch<Row>): batch is DataBatch<SidedTrade> {
  return batch.meta.quality === "Enriched" && batch.rows[0]?.type === "optionTrade";
}

/**
 * Tells the side of prints in the order in which a live stream brings them, as hydration does, from streamed quotes alone.
 * One for all connections: quotes may come over another one than prints.
 */
export class TradeSides {
  readonly #options: SideOptions;
  readonly #book = new NbboBook();
  readonly #reach: OpenSideReach = { ...UNLIMITED_REACH };
  /** Of the quotes of a frame. */
  #places = new Int32Array(LEAST_PLACES);

  constructor(options: SideOptions) {
    this.#options = options;
  }

  /**
   * Takes the quotes of a frame, and writes the sides of its option trades into their rows, which are `SidedTrade`s then.
   *
   * @param numbers of the rows in the batches.
   * @param feed the connection that they came over.
   * @param newestMs the highest event time on that before the frame, ms.
   */
  frame(batches: readonly DataBatch<Row>[], numbers: RowNumbers, feed: SideFeed, newestMs: number): void {
    // Which quotes stood before which prints is told by their times: first all quotes of the frame.
    for (let batch = 0; batch < batches.length; batch++) {
      const rows = batches[batch]?.rows ?? [];
      if (rows[0]?.type === "nbbo") this.#quotes(rows, numbers, feed);
    }
    for (let batch = 0; batch < batches.length; batch++) {
      const rows = batches[batch]?.rows ?? [];
      if (rows[0]?.type === "optionTrade") this.#trades(rows, numbers, feed, newestMs);
    }
  }

  #quotes(rows: readonly Row[], { quoteCount, quoteHints, quotes }: RowNumbers, feed: SideFeed): void {
    requireSame("quotes", rows.length, quoteCount);
    const places = this.#placesFor(quoteCount);
    if (this.#book.placesOf(quoteHints, quoteCount, places)) {
      this.#book.historyAt(places[0] ?? 0).addEach(places, quotes, quoteCount, feed);
      return;
    }
    // One by one: a contract that is seen for the first time may take the place of another.
    for (let index = 0; index < quoteCount; index++) {
      const row = rows[index];
      if (row?.type !== "nbbo") continue;
      const history = this.#book.historyOf(row.instrument, quoteHints[index] ?? 0);
      history.quotes.addNumbers(quotes, index * QUOTE_FIELDS);
      history.quoteFeed = feed;
    }
  }

  #trades(
    rows: readonly Row[],
    { tradeCount, tradeHints, tradeMs }: RowNumbers,
    feed: SideFeed,
    newestMs: number,
  ): void {
    requireSame("option trades", rows.length, tradeCount);
    for (let index = 0; index < tradeCount; index++) {
      const row = rows[index];
      if (row?.type === "optionTrade") this.#trade(row, feed, newestMs, tradeMs[index] ?? 0, tradeHints[index] ?? 0);
    }
  }

  #placesFor(count: number): Int32Array {
    const { length } = this.#places;
    if (length < count || (length > MOST_SPARE_PLACES && count <= length / 4)) {
      this.#places = new Int32Array(Math.max(2 * count, LEAST_PLACES));
    }
    return this.#places;
  }

  #trade(trade: OptionTrade, feed: SideFeed, newestMs: number, tMs: number, hint: number): void {
    const conditions = classifyConditions(trade.conditions);
    const history = this.#book.historyOf(trade.contract, hint);
    const reachMs = sideReach(tMs, newestMs, history.quoteFeed, history.printFeed, this.#reach);
    const sided: { -readonly [Name in keyof OptionTrade]: OptionTrade[Name] } = trade;
    sided.side = takePrint(trade, tMs, conditions, history, this.#options, reachMs);
    history.printFeed = feed;
  }
}

function requireSame(what: string, rows: number, numbers: number): void {
  if (rows === numbers) return;
  throw new RangeError(
    `Cannot tell sides: numbers must be those of the rows, of ${rows} ${what}, got those of ${numbers}`,
  );
}
