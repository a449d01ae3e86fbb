import type {
  ContractTotals,
  HydrationCounters,
  LedgerState,
  QuarantineRecord,
  TradeRecord,
  TradeStreamId,
} from "../domain/hydration/effects.ts";
import type { OpenPrint, OpenPrintQuery } from "../domain/hydration/open-print.ts";
import type { Cursor } from "../domain/stream/cursor.ts";
import type { Gap } from "../domain/stream/gap.ts";

/** The right to write for one partition, until a later lease fences it. */
export interface Lease {
  readonly partition: number;
  readonly owner: string;
  /** Grows with every acquisition of the partition, whoever makes it. */
  readonly token: number;
}

export type AcquireResult =
  | { readonly status: "acquired"; readonly lease: Lease; readonly cursor: Cursor }
  /** Another owner holds it; its time runs out after `expiresInMs`, unless it is renewed. */
  | { readonly status: "held"; readonly owner: string; readonly expiresInMs: number };

/** Everything that the entries behind `prev` up to and including `next` mean for the store. */
export interface HydrationStep {
  readonly prev: Cursor;
  /** Equal to `prev` in a step that brings what deferred ones left: totals and ledgers and nothing else. */
  readonly next: Cursor;
  /** In the order of the raw log. */
  readonly trades: readonly TradeRecord[];
  /** Absolute, as of `next`. */
  readonly totals: readonly ContractTotals[];
  /** Absolute, as of `next`. */
  readonly ledgers: readonly LedgerState[];
  /** Totals and ledgers follow with a later step: there are none here, and those stored stay. @default false */
  readonly deferred?: boolean;
  /** Increments. */
  readonly counters: HydrationCounters;
  readonly gaps: readonly Gap[];
  readonly quarantine: readonly QuarantineRecord[];
}

export type CommitResult =
  | { readonly status: "applied" }
  /** The cursor stands at `next` already, which is not `prev`: an earlier try of this very step was applied. */
  | { readonly status: "already" }
  /** A later lease exists, or this one was given up. */
  | { readonly status: "fenced" }
  /** The cursor stands somewhere else: somebody moved it on purpose. */
  | { readonly status: "moved"; readonly cursor: Cursor };

/** What a partition's next owner starts from. */
export interface HydrationCheckpoint {
  readonly cursor: Cursor;
  /** What ledgers and totals are as of: `cursor`, or before it where later steps were deferred. */
  readonly stateCursor: Cursor;
  readonly ledgers: readonly LedgerState[];
  readonly totals: readonly ContractTotals[];
}

/**
 * What hydration has made of the raw log, per partition: trade streams, sums, gaps, quarantine, and the cursor that says
 * how far it came. The cursor moves only together with its effects, so that each entry counts once.
 *
 * After `close()` every method rejects with `ClosedError`.
 */
export interface HydrationStore {
  /**
   * Takes the lease of a partition for `ttlMs`, by the store's own clock, where it is free, run out, or already of this
   * `owner`; with `takeOver` also from a living owner. A lease acquired fences every earlier one of the partition.
   */
  acquire(
    partition: number,
    owner: string,
    ttlMs: number,
    options?: { readonly takeOver?: boolean },
  ): Promise<AcquireResult>;
  /** Extends the lease to `ttlMs` from now. A lease that ran out but was taken by nobody is still current. */
  renew(lease: Lease, ttlMs: number): Promise<"renewed" | "fenced">;
  /** Gives the lease up, so that a standby need not wait. Without effect on a lease that is not current. */
  release(lease: Lease): Promise<void>;
  /**
   * Applies a step: all of it or nothing, and only if `lease` is current and the stored cursor equals `step.prev`.
   * Trades reach their stream in the order given. Counters add up. Totals replace those of their contract, ledgers all
   * those of their connection.
   *
   * @throws {RangeError} for a step that leads back; for one that leads nowhere with anything that a repeat of it would
   * add once more, or deferred; for a deferred step with totals or ledgers; and for an increment that is no integer of at
   * least 0.
   * @throws {TypeError} for trades or totals of an expiration that is no date.
   */
  commit(lease: Lease, step: HydrationStep): Promise<CommitResult>;
  /** The state of a partition as of its last commit; a cursor at the start and nothing else for a new one. */
  checkpoint(partition: number): Promise<HydrationCheckpoint>;
  /** The cursors of all partitions that were ever acquired. */
  cursors(): Promise<ReadonlyMap<number, Cursor>>;
  /** What the next owner of each of these partitions reads on from: its `stateCursor`. Up to there the log may be trimmed. */
  stateCursors(): Promise<ReadonlyMap<number, Cursor>>;
  counters(): Promise<HydrationCounters>;
  /** The trade streams that hold at least one print, by underlying, then expiration. */
  tradeStreams(): Promise<readonly TradeStreamId[]>;
  /** The last `limit` prints of a stream, oldest first. @throws {RangeError} unless `limit` is a positive integer. */
  trades(stream: TradeStreamId, limit: number): Promise<readonly TradeRecord[]>;
  /**
   * The latest stored print that answers `query` and was not taken back, as `latestOpenPrint` finds it in the trade
   * stream; `undefined` where there is none, or retention removed it.
   *
   * @param unstored records of that contract that the caller has not committed yet: they count as if they were stored.
   */
  findOpenPrint(query: OpenPrintQuery, unstored: readonly TradeRecord[]): Promise<OpenPrint | undefined>;
  /** The last `limit` gaps, oldest first. @throws {RangeError} unless `limit` is a positive integer. */
  gaps(limit: number): Promise<readonly Gap[]>;
  /** The last `limit` refusals, oldest first. @throws {RangeError} unless `limit` is a positive integer. */
  quarantine(limit: number): Promise<readonly QuarantineRecord[]>;
  /** Idempotent. */
  close(): Promise<void>;
}
