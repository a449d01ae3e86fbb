import type { Gap } from "../stream/gap.ts";
import type { HydrationCounter, QuarantineRecord, TradeRecord } from "./effects.ts";
import type { OpenPrintQuery } from "./open-print.ts";

/** What entries of the raw log mean, as plain data, in the order of the log. */
export interface HydrationEffects {
  readonly trades: TradeRecord[];
  /** Cancels whose print is older than the state remembers. See `resolveCancel`. */
  readonly unresolved: UnresolvedCancel[];
  readonly gaps: Gap[];
  readonly quarantine: QuarantineRecord[];
  readonly counters: Record<HydrationCounter, number>;
}

/** A cancel that has to be looked up. */
export interface UnresolvedCancel {
  /** Its place in the `trades` of the effects. */
  readonly index: number;
  /** The prints among which its own may be: of its trading day, older than what the state remembered. */
  readonly query: OpenPrintQuery;
}

/** Effects of nothing. */
export function noEffects(): HydrationEffects {
  return {
    trades: [],
    unresolved: [],
    gaps: [],
    quarantine: [],
    counters: {
      seen: 0,
      frames: 0,
      bytes: 0,
      events: 0,
      trades: 0,
      quotes: 0,
      values: 0,
      statuses: 0,
      other: 0,
      invalid: 0,
      duplicates: 0,
      late: 0,
      late_reports: 0,
      cancels: 0,
      unmatched_cancels: 0,
      repeated: 0,
      gaps: 0,
      hydrated: 0,
      geometry_miss: 0,
      stale_skip: 0,
      trimmed_before_read: 0,
      takeovers: 0,
    },
  };
}
