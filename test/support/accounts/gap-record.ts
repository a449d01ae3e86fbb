import type { Fields } from "./plain-streams.ts";

/** A gap, in ms of receipt. */
export interface GapRecord {
  /** `{class}/{shard}`, or `*`. */
  readonly connection: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly cause: string;
  readonly scope: string;
}

/** Something that is not in Redis, and the times at which a gap has to tell it. */
export interface Missing {
  readonly what: string;
  readonly connection: string;
  readonly hasPrints: boolean;
  /** Whether the source refused it, or never had it. */
  readonly isRefused: boolean;
  /** The gap has to begin at this time or before. */
  readonly fromMs: number;
  /** And to end at this time or behind. */
  readonly toMs: number;
}

/** Seconds of a key as ms. */
export function msOf(seconds: unknown): number {
  return Math.round(Number(seconds) * 1_000_000) / 1_000;
}

export function gapOf(fields: Fields | Readonly<Record<string, unknown>>): GapRecord {
  const { connection, from_ts, to_ts, cause, scope } = fields;
  return {
    connection: String(connection),
    fromMs: msOf(from_ts),
    toMs: msOf(to_ts),
    cause: String(cause),
    scope: String(scope),
  };
}

export function isTold(missing: Missing, gaps: readonly GapRecord[]): boolean {
  return gaps.some(
    ({ connection, fromMs, toMs, cause, scope }) =>
      (cause === "quarantine") === missing.isRefused &&
      (connection === missing.connection || connection === "*") &&
      (scope === "all" || (scope === "quotes" && !missing.hasPrints)) &&
      fromMs <= missing.fromMs &&
      toMs >= missing.toMs,
  );
}

/** Whether a gap is there, by itself or within an earlier one of its kind. */
export function isAmong(gap: GapRecord, gaps: readonly GapRecord[]): boolean {
  return gaps.some(
    (other) =>
      other.connection === gap.connection &&
      other.cause === gap.cause &&
      other.scope === gap.scope &&
      other.fromMs <= gap.fromMs &&
      other.toMs >= gap.toMs,
  );
}

export function showGap({ connection, fromMs, toMs, cause, scope }: GapRecord): string {
  return `${connection} ${cause} ${scope} ${fromMs}..${toMs}`;
}
