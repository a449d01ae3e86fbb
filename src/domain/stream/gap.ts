/**
 * Why data may be missing. `disconnect` the link broke, `eviction` another client took the slot, `slow_consumer` the
 * provider gave up on us, `unsubscribed` a living link lost what it had confirmed, or was granted late what it had asked
 * for, `shed` we gave up on purpose, `quarantine` events were refused, `sequence` our own log has a hole,
 * `trimmed_before_read` retention overtook the reader, `absence` no process of ours was running, `failover` a replica took
 * over and lacked the last entries.
 */
export const GAP_CAUSES = [
  "disconnect",
  "eviction",
  "slow_consumer",
  "unsubscribed",
  "shed",
  "quarantine",
  "sequence",
  "trimmed_before_read",
  "absence",
  "failover",
] as const;

export type GapCause = (typeof GAP_CAUSES)[number];

/** What a gap covers: everything of the connection, one kind of row, or the listed instruments. */
export const GAP_SCOPES = ["all", "trades", "quotes", "instruments"] as const;

export type GapScope = (typeof GAP_SCOPES)[number];

/** A stretch for which we know that we may have missed data. */
export interface Gap {
  /** `{class}/{shard}`; `*` where every connection is concerned. */
  readonly connection: string;
  /** Last receipt before, first after; `undefined` where the source has no receipt times. */
  readonly fromAtMs: number | undefined;
  readonly toAtMs: number | undefined;
  readonly cause: GapCause;
  readonly scope: GapScope;
  /** Tickers, with scope `instruments` only. */
  readonly instruments: readonly string[] | undefined;
}

/** Whether a gap stands where the link is there again: the others happen on a link that is there all the time. */
export function endsOutage({ cause, scope }: Pick<Gap, "cause" | "scope">): boolean {
  return cause !== "shed" && cause !== "unsubscribed" && scope === "all";
}

/** `true` where both name the same connection, cause, scope and instruments. */
function sameKind(a: Gap, b: Gap): boolean {
  if (a.connection !== b.connection || a.cause !== b.cause || a.scope !== b.scope) return false;
  const left = a.instruments ?? [];
  const right = b.instruments ?? [];
  return left.length === right.length && left.every((ticker, index) => ticker === right[index]);
}

/**
 * Whether everything that `later` says was said by `earlier`: of the same kind, with bounds that enclose it. Where a bound
 * is unknown nothing can be said, and each gap stands for itself.
 */
export function coversGap(earlier: Gap, later: Gap): boolean {
  if (!sameKind(earlier, later)) return false;
  const { fromAtMs, toAtMs } = earlier;
  if (fromAtMs === undefined || toAtMs === undefined) return false;
  if (later.fromAtMs === undefined || later.toAtMs === undefined) return false;
  return fromAtMs <= later.fromAtMs && later.toAtMs <= toAtMs;
}

/** The gap that encloses both, of the same kind; `undefined` where the kinds differ or a bound is not known. */
export function joinedGap(a: Gap, b: Gap): Gap | undefined {
  if (!sameKind(a, b)) return undefined;
  if (a.fromAtMs === undefined || a.toAtMs === undefined) return undefined;
  if (b.fromAtMs === undefined || b.toAtMs === undefined) return undefined;
  return { ...a, fromAtMs: Math.min(a.fromAtMs, b.fromAtMs), toAtMs: Math.max(a.toAtMs, b.toAtMs) };
}
