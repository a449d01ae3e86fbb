import type { DataBatch } from "../market/batch.ts";
import { classifyConditions } from "../market/conditions.ts";
import { eventMs } from "../market/event-ms.ts";
import type { Nbbo, OptionTrade, Row } from "../market/rows.ts";
import type { RowHints } from "../wire/frame.ts";
import { NbboBook } from "./nbbo-book.ts";
import { type OpenSideReach, type SideFeed, sideReach, UNLIMITED_REACH } from "./side-feed.ts";
import type { SideOptions } from "./side-options.ts";
import type { SideVerdict } from "./side-verdict.ts";
import { rememberPrint, tradeSide } from "./trade-side.ts";

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

  constructor(options: SideOptions) {
    this.#options = options;
  }

  /**
   * Takes the quotes of a frame, and writes the sides of its option trades into their rows, which are `SidedTrade`s then.
   *
   * @param hints of the rows in the batches.
   * @param feed the connection that they came over.
   * @param newestMs the highest event time on that before the frame, ms.
   */
  frame(batches: readonly DataBatch<Row>[], hints: RowHints, feed: SideFeed, newestMs: number): void {
    // Which quotes stood before which prints is told by their times: first all quotes of the frame.
    for (let batch = 0; batch < batches.length; batch++) {
      const rows = batches[batch]?.rows ?? [];
      for (let index = 0; index < rows.length; index++) {
        const row = rows[index];
        if (row?.type !== "nbbo") break;
        this.#quote(row, feed, hints[batch]?.[index] ?? 0);
      }
    }
    for (let batch = 0; batch < batches.length; batch++) {
      const rows = batches[batch]?.rows ?? [];
      for (let index = 0; index < rows.length; index++) {
        const row = rows[index];
        if (row?.type !== "optionTrade") break;
        this.#trade(row, feed, newestMs, hints[batch]?.[index] ?? 0);
      }
    }
  }

  #quote(quote: Nbbo, feed: SideFeed, hint: number): void {
    const history = this.#book.historyOf(quote.instrument, hint);
    history.quotes.add(quote, "stream");
    history.quoteFeed = feed;
  }

  #trade(trade: OptionTrade, feed: SideFeed, newestMs: number, hint: number): void {
    const conditions = classifyConditions(trade.conditions);
    const history = this.#book.historyOf(trade.contract, hint);
    const reachMs = sideReach(eventMs(trade.tradeTsNs), newestMs, history.quoteFeed, history.printFeed, this.#reach);
    const sided: { -readonly [Name in keyof OptionTrade]: OptionTrade[Name] } = trade;
    sided.side = tradeSide(trade, conditions, history, this.#options, reachMs);
    rememberPrint(trade, conditions, history);
    history.printFeed = feed;
  }
}
