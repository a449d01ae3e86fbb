import type { DataBatch } from "../market/batch.ts";
import { classifyConditions } from "../market/conditions.ts";
import { eventMs } from "../market/event-ms.ts";
import type { Nbbo, OptionTrade, Row } from "../market/rows.ts";
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

  /** @param feed the connection that it came over. */
  quote(quote: Nbbo, feed: SideFeed): void {
    const history = this.#book.historyOf(quote.instrument);
    history.quotes.add(quote, "stream");
    history.quoteFeed = feed;
  }

  /**
   * @param feed the connection that it came over.
   * @param newestMs the highest event time on that, ms.
   */
  trade(trade: OptionTrade, feed: SideFeed, newestMs: number): SidedTrade {
    const conditions = classifyConditions(trade.conditions);
    const history = this.#book.historyOf(trade.contract);
    const tMs = eventMs(trade.tradeTsNs);
    const reachMs = sideReach(tMs, newestMs, history.quoteFeed, history.printFeed, this.#reach);
    const side = tradeSide(trade, conditions, history, this.#options, reachMs);
    rememberPrint(trade, conditions, history);
    history.printFeed = feed;
    return sidedTrade(trade, side);
  }
}

/** Field by field, so that all have one shape. */
function sidedTrade(trade: OptionTrade, side: SideVerdict): SidedTrade {
  return {
    type: trade.type,
    contract: trade.contract,
    root: trade.root,
    underlying: trade.underlying,
    expiration: trade.expiration,
    right: trade.right,
    strike: trade.strike,
    tradeTsNs: trade.tradeTsNs,
    price: trade.price,
    size: trade.size,
    conditions: trade.conditions,
    exchange: trade.exchange,
    sequence: trade.sequence,
    receivedAtMs: trade.receivedAtMs,
    side,
  };
}
