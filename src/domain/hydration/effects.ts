import type { FlowSums } from "../flow/flow-sums.ts";
import type { TradeSide } from "../flow/print-side.ts";
import type { OptionTrade } from "../market/rows.ts";
import type { Gap } from "../stream/gap.ts";

/**
 * What is remarkable about a print. `dup` repeats a print of an earlier connection, `late` came behind the watermark,
 * `late_report` and `cancel` by its conditions, `unmatched` a cancel whose print is unknown, `multi` a leg of a package,
 * `extended` outside regular hours, `unknown_condition` carries an id that is not in our table.
 */
export const TRADE_FLAGS = [
  "dup",
  "late",
  "late_report",
  "cancel",
  "unmatched",
  "multi",
  "extended",
  "unknown_condition",
] as const;

export type TradeFlag = (typeof TRADE_FLAGS)[number];

/** One entry of a trade stream. */
export interface TradeRecord {
  readonly trade: OptionTrade;
  readonly flags: readonly TradeFlag[];
  /** A cancel has that of the print that it took back, with the method `cancel`. */
  readonly side: TradeSide;
  /** Of the contract at the time of the print, -1 to 1; `null` where it was not known, or the print does not count. */
  readonly delta: number | null;
  /** Event time of the print that this one took back; `undefined` on everything but a cancel that found its print. */
  readonly cancelsTsNs: bigint | undefined;
}

/** Names the trade stream of one underlying and expiration date. */
export interface TradeStreamId {
  readonly underlying: string;
  /** `YYYY-MM-DD`. */
  readonly expiration: string;
}

/** An event or a frame that was refused, kept as it came. */
export interface QuarantineRecord {
  readonly receivedAtMs: number | undefined;
  /** What is wrong, and what is allowed. */
  readonly reason: string;
  /** Where: event index and field, `[3].p`; empty for a whole frame. */
  readonly path: string;
  /** The offending value, cut. */
  readonly value: string;
  /** The frame, cut at 64 Ki characters; empty on all but the first refusal of a frame. */
  readonly payload: string;
  /** `{class}/{shard}/{epoch}/{seq}` */
  readonly src: string;
}

/**
 * Sums over everything hydrated, each a count. `seen` raw entries, `frames` and `bytes` (UTF-16 units) of those that are
 * frames; `events` in them; `trades quotes values statuses other` by kind; `invalid` refused events and frames;
 * `duplicates late late_reports cancels unmatched_cancels` prints so marked; `repeated` raw entries that came twice;
 * `hydrated geometry_miss stale_skip` substrate updates written, without a contract, older than what stood there;
 * `gaps` told, `trimmed_before_read` times that retention was faster than the reader, `takeovers` owners that went on from
 * where another had stopped.
 */
export const HYDRATION_COUNTERS = [
  "seen",
  "frames",
  "bytes",
  "events",
  "trades",
  "quotes",
  "values",
  "statuses",
  "other",
  "invalid",
  "duplicates",
  "late",
  "late_reports",
  "cancels",
  "unmatched_cancels",
  "repeated",
  "gaps",
  "hydrated",
  "geometry_miss",
  "stale_skip",
  "trimmed_before_read",
  "takeovers",
] as const;

export type HydrationCounter = (typeof HYDRATION_COUNTERS)[number];

/** Increments or totals; an absent counter is 0 here, for a count of nothing is really 0. */
export type HydrationCounters = Readonly<Partial<Record<HydrationCounter, number>>>;

/**
 * Running sums of one contract over one trading day, absolute, so that writing them twice is writing them once.
 * Prints that do not count (duplicates, late reports, cancels) are not in them, but for the bucket of late reports; a cancel
 * takes its print out again.
 */
export interface ContractTotals extends FlowSums {
  readonly contract: string;
  readonly underlying: string;
  readonly root: string;
  /** `YYYY-MM-DD`. */
  readonly expiration: string;
  readonly right: "C" | "P";
  readonly strike: number;
  /** The trading day of the sums, `YYYY-MM-DD`, US Eastern. */
  readonly day: string;
  /** Event times of the first print that counts and the last; `null` where there are but late reports. */
  readonly firstTsNs: bigint | null;
  readonly lastTsNs: bigint | null;
  /** Price in points and size in contracts of the latest print that sets a last sale; `null` before there is one. */
  readonly last: number | null;
  readonly lastSize: number | null;
  readonly lastSaleTsNs: bigint | null;
  /** Decayed sum of contracts: its value at `rateTMs`, event time. */
  readonly rateSum: number;
  readonly rateTMs: number;
}

/** What one connection epoch had told when a step ended; enough to go on from there. */
export interface LedgerState {
  /** `{class}/{shard}` */
  readonly connection: string;
  readonly epoch: number;
  readonly seq: number;
  readonly maxEventTsNs: bigint | null;
  readonly watermarkTsNs: bigint | null;
  readonly lastReceivedAtMs: number | null;
  /** Receipt minus event time of recent frames, ms, newest last. */
  readonly recentLagsMs: readonly number[];
  /** Set while the link is down. */
  readonly downSince: { readonly cause: Gap["cause"]; readonly fromAtMs: number | null } | null;
}
