import type { OptionTrade } from "../market/rows.ts";
import { countedPrint } from "./counted-print.ts";
import type { TradeRecord, TradeStreamId } from "./effects.ts";

/** Which print a cancel asks for: equal contract, price, size and exchange, with an event time in [from, before). */
export interface OpenPrintQuery extends TradeStreamId {
  readonly contract: string;
  readonly price: number;
  readonly size: number;
  readonly exchange: number | undefined;
  readonly fromTsNs: bigint;
  readonly beforeTsNs: bigint;
}

/** The question that a cancel asks of what is stored. */
export function openPrintQuery(cancel: OptionTrade, fromTsNs: bigint, beforeTsNs: bigint): OpenPrintQuery {
  const { underlying, expiration, contract, price, size, exchange } = cancel;
  return { underlying, expiration, contract, price, size, exchange, fromTsNs, beforeTsNs };
}

/** Whether a print, or a cancel of one, has the contract, price, size and exchange that a query asks for. */
export function isAskedFor(trade: OptionTrade, query: OpenPrintQuery): boolean {
  return (
    trade.contract === query.contract &&
    trade.price === query.price &&
    trade.size === query.size &&
    trade.exchange === query.exchange
  );
}

/**
 * The event time of the latest print of a trade stream that answers the query and was taken back by nobody. Duplicates,
 * late reports and cancels are no such prints. The one rule by which every store answers.
 *
 * @param records the stream, or any part of it that holds the prints in question, in any order.
 * @param unstored records that follow those of the stream and do not stand in it yet.
 */
export function latestOpenPrint(
  records: Iterable<TradeRecord>,
  query: OpenPrintQuery,
  unstored: Iterable<TradeRecord>,
): bigint | undefined {
  /** Open prints by event time: prints minus what took them back. */
  const open = new Map<bigint, number>();
  for (const part of [records, unstored]) {
    for (const record of part) {
      const counted = isAskedFor(record.trade, query) ? countedPrint(record) : undefined;
      if (counted !== undefined) open.set(counted.tsNs, (open.get(counted.tsNs) ?? 0) + counted.sign);
    }
  }
  let latest: bigint | undefined;
  for (const [tsNs, count] of open) {
    if (count < 1 || tsNs < query.fromTsNs || tsNs >= query.beforeTsNs) continue;
    if (latest === undefined || tsNs > latest) latest = tsNs;
  }
  return latest;
}
