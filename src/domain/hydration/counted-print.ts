import type { TradeRecord } from "./effects.ts";

/** What one print changes in sums. */
export interface CountedPrint {
  /** -1 for a cancel that takes a print out again. */
  readonly sign: 1 | -1;
  /** The event time of the print that goes in or out. */
  readonly tsNs: bigint;
}

/**
 * What a trade record means for sums, for everyone who adds up trade streams. `undefined` for what sums do not know:
 * duplicates, late reports, and cancels of unknown prints.
 */
export function countedPrint({ trade, flags, cancelsTsNs }: TradeRecord): CountedPrint | undefined {
  if (cancelsTsNs !== undefined) return { sign: -1, tsNs: cancelsTsNs };
  if (flags.includes("dup") || flags.includes("late_report") || flags.includes("cancel")) return undefined;
  return { sign: 1, tsNs: trade.tradeTsNs };
}
