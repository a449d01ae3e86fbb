import { bucketOf, type FlowBucket } from "../flow/flow-buckets.ts";
import type { PrintSide } from "../flow/print-side.ts";
import { classifyConditions } from "../market/conditions.ts";
import type { OptionTrade } from "../market/rows.ts";
import { countedPrint } from "./counted-print.ts";
import type { TradeRecord, TradeStreamId } from "./effects.ts";

/** A print that was not taken back, with what sums made of it. */
export interface OpenPrint extends PrintSide {
  /** Event time. */
  readonly tsNs: bigint;
  readonly delta: number | null;
  /** Where it was counted apart as well. */
  readonly bucket: FlowBucket | undefined;
}

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
 * The latest print of a trade stream that answers the query and was taken back by nobody. Duplicates, late reports and
 * cancels are no such prints. Of several with one event time the last ones are taken back first. The one rule by which
 * every store answers.
 *
 * @param records the stream, or any part of it that holds the prints in question, prints of one event time in its order.
 * @param unstored records that follow those of the stream and do not stand in it yet.
 */
export function latestOpenPrint(
  records: Iterable<TradeRecord>,
  query: OpenPrintQuery,
  unstored: Iterable<TradeRecord>,
): OpenPrint | undefined {
  const byTime = new Map<bigint, { readonly prints: OpenPrint[]; cancels: number }>();
  for (const part of [records, unstored]) {
    for (const record of part) {
      const counted = isAskedFor(record.trade, query) ? countedPrint(record) : undefined;
      if (counted === undefined) continue;
      const { sign, tsNs } = counted;
      const known = byTime.get(tsNs) ?? { prints: [], cancels: 0 };
      byTime.set(tsNs, known);
      if (sign > 0) known.prints.push(openPrint(tsNs, record));
      else known.cancels += 1;
    }
  }
  let latest: OpenPrint | undefined;
  for (const [tsNs, { prints, cancels }] of byTime) {
    if (tsNs < query.fromTsNs || tsNs >= query.beforeTsNs) continue;
    const open = prints[prints.length - 1 - cancels];
    if (open !== undefined && (latest === undefined || tsNs > latest.tsNs)) latest = open;
  }
  return latest;
}

function openPrint(tsNs: bigint, { trade, side: { side, confidence }, delta }: TradeRecord): OpenPrint {
  return { tsNs, side, confidence, delta, bucket: bucketOf(classifyConditions(trade.conditions)) };
}
