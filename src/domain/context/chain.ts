import { z } from "zod";
import { countField, dateField, finiteField, notNegativeField, textField } from "../fields.ts";
import { formatOptionTicker, type OptionContract } from "../instrument/option-symbol.ts";
import { symbolField, timeField } from "./fields.ts";

/**
 * How a fetch of a chain went: `ok`; `slow` over the latency limit; `partial` a page failed; `collapsed` complete, but
 * fewer than half of the contracts there used to be; `empty` complete, without a contract; `error` no answer at all.
 */
export type ChainHealth = "ok" | "slow" | "partial" | "collapsed" | "empty" | "error";

/** All classes, best first. */
export const CHAIN_HEALTH: readonly ChainHealth[] = ["ok", "slow", "partial", "collapsed", "empty", "error"];

/** What identifies a contract in a chain; an `OptionContract` is one. */
export type ChainContractId = Pick<
  OptionContract,
  "underlying" | "root" | "expiration" | "right" | "strikeThousandths"
>;

/** One contract of a snapshot. */
export interface ChainContract {
  readonly id: ChainContractId;
  /** The provider's JSON text of the contract, as it came. */
  readonly json: string;
}

/**
 * `{underlying}:{YYYYMMDD}:{C or P}{strike x 1000}`, and where the root differs from the underlying the root before the
 * last part, so that the AM and PM settled contracts of one date are two.
 *
 * @throws {RangeError} for a root, date, right or strike that no option ticker can carry.
 * @throws {TypeError} where the underlying is no symbol without `I:`.
 * @example
 * ```ts
 * chainContractName({ underlying: "SPX", root: "SPXW", expiration: "2026-01-07", right: "C", strikeThousandths: 6_850_000 });
 * // "SPX:20260107:SPXW:C6850000"
 * ```
 */
export function chainContractName(id: ChainContractId): string {
  const { underlying, root, expiration, right, strikeThousandths } = id;
  formatOptionTicker(id);
  if (!symbolField.safeParse(underlying).success) {
    throw new TypeError(
      `Cannot name a contract of a chain: 'underlying' must be a symbol without I:, current value is ${String(underlying)}`,
    );
  }
  const series = root === underlying ? "" : `${root}:`;
  return `${underlying}:${expiration.replaceAll("-", "")}:${series}${right}${strikeThousandths}`;
}

/** What is announced of a complete fetch. Names are those of the public keys. */
export interface ChainAnnouncement {
  /** Without `I:`: `SPX`. */
  readonly symbol: string;
  /** `YYYY-MM-DD`, ascending. */
  readonly expirations: readonly string[];
  /** How many. */
  readonly contracts: number;
  readonly latency_ms: number;
  readonly health: Exclude<ChainHealth, "error">;
  /** The epoch that is active now; `null` where there is none. */
  readonly epoch: string | null;
  /** Receipt of the last page, Unix seconds. */
  readonly ts: number;
}

/** The last snapshot of a chain: what is announced of it, and its geometry. */
export interface ChainSnapshot extends ChainAnnouncement {
  /** Of the contracts' tickers; `null` where the snapshot tells nothing about the geometry. */
  readonly geometry_hash: string | null;
  /** Points; `null` where there is no contract. */
  readonly strike_min: number | null;
  readonly strike_max: number | null;
  /** Provider tickers, ascending. */
  readonly tickers: readonly string[];
  /** The bodies of the provider's pages as they came; `null` unless they were asked for. */
  readonly pages: readonly string[] | null;
}

const list = { error: "a list" };

/** What a snapshot has to look like, written or read back. */
export const chainSnapshotSchema: z.ZodType<ChainSnapshot> = z.object(
  {
    symbol: symbolField,
    expirations: z.array(dateField, list),
    contracts: countField,
    latency_ms: countField,
    health: z.enum(["ok", "slow", "partial", "collapsed", "empty"], {
      error: '"ok", "slow", "partial", "collapsed" or "empty"',
    }),
    epoch: textField.nullable(),
    ts: timeField,
    geometry_hash: textField.nullable(),
    strike_min: finiteField.nullable(),
    strike_max: finiteField.nullable(),
    tickers: z.array(textField, list),
    pages: z.array(textField, list).nullable(),
  },
  { error: "an object" },
);

/** What a snapshot announces. */
export function chainAnnouncement(snapshot: ChainSnapshot): ChainAnnouncement {
  const { symbol, expirations, contracts, latency_ms, health, epoch, ts } = snapshot;
  return { symbol, expirations, contracts, latency_ms, health, epoch, ts };
}

/** The end of a fetch that was answered, at least in part. */
export interface ChainCompletion {
  readonly snapshot: ChainSnapshot;
  /** Age of the chain's newest value at receipt; `null` where it is unknown. */
  readonly stalenessMs: number | null;
  /** The fetch took longer, or its values were older, than was agreed. */
  readonly slaViolated: boolean;
  /** Whether the fetch made an epoch active, and whether one of the same geometry. */
  readonly promotion: "none" | "promoted" | "forced";
  /** Tries to store this completion that failed before. */
  readonly publishFailures: number;
}

/** What a completion has to look like. */
export const chainCompletionSchema: z.ZodType<ChainCompletion> = z.object(
  {
    snapshot: chainSnapshotSchema,
    stalenessMs: notNegativeField.nullable(),
    slaViolated: z.boolean({ error: "true or false" }),
    promotion: z.enum(["none", "promoted", "forced"], { error: '"none", "promoted" or "forced"' }),
    publishFailures: countField,
  },
  { error: "an object" },
);

/** What was fetched so far, over all symbols. */
export interface ChainAnalytics {
  /** Fetches that ended, one way or the other. */
  readonly runs: number;
  /** Those that were not answered. */
  readonly errors: number;
  readonly total_snapshots: number;
  readonly total_contracts: number;
  readonly total_fetch_latency_ms: number;
  /** Unix seconds; `null` before there is one. */
  readonly last_snapshot_ts: number | null;
  readonly latency_last_ms: number | null;
  readonly publish_success: number;
  readonly publish_failures: number;
  readonly sla_violations: number;
  /** Epochs made active, forced ones among them. */
  readonly promotions: number;
  readonly forced_promotions: number;
}

/** How fetches went. */
export interface ChainHealthCounts {
  readonly counts: Readonly<Record<ChainHealth, number>>;
  /** How the last fetch of each symbol went. */
  readonly last: ReadonlyMap<string, ChainHealth>;
}

/**
 * The figures whose history is kept per symbol: `fetch_latency` and `staleness` in ms, `contract_count`, and
 * `strike_range`, highest minus lowest strike, in points.
 */
export type ChainTrail = "fetch_latency" | "contract_count" | "staleness" | "strike_range";

/** All of them. */
export const CHAIN_TRAILS: readonly ChainTrail[] = ["fetch_latency", "contract_count", "staleness", "strike_range"];

/** What a completion adds to the trails; a figure that is unknown adds nothing. */
export function chainFigures(completion: ChainCompletion): ReadonlyMap<ChainTrail, number> {
  const { snapshot, stalenessMs } = completion;
  const { strike_min, strike_max } = snapshot;
  const figures = new Map<ChainTrail, number>([
    ["fetch_latency", snapshot.latency_ms],
    ["contract_count", snapshot.contracts],
  ]);
  if (stalenessMs !== null) figures.set("staleness", stalenessMs);
  if (strike_min !== null && strike_max !== null) figures.set("strike_range", strike_max - strike_min);
  return figures;
}
