import type { EpochDraft, EpochId, EpochMeta } from "../domain/epoch/substrate.ts";

/** Contracts to recompute, lent to one builder. */
export interface DirtyLease {
  readonly epoch: EpochId;
  readonly owner: string;
  readonly token: number;
  /** In ticker order; empty where nothing is dirty. */
  readonly contracts: readonly string[];
}

/**
 * Which epoch is active for each symbol, its life, and what in it waits to be recomputed.
 *
 * After `close()` every method rejects with `ClosedError`.
 */
export interface EpochStore {
  /** The active epoch of a symbol; `null` where there is none or it is past its `validUntilMs`, by the store's clock. */
  active(symbol: string): Promise<EpochId | null>;
  /** `null` for an epoch that is unknown or was only staged. */
  meta(epoch: EpochId): Promise<EpochMeta | null>;
  /**
   * Stores a whole substrate without making it visible. Repeatable: staging the same id again replaces what was staged.
   *
   * @throws {TypeError} where the epoch is active or was.
   */
  stage(draft: EpochDraft): Promise<void>;
  /**
   * Makes a staged epoch the active one in a single step, if the active epoch of its symbol is `expected`. With it go
   * the meta data of both, the timeline, and all contracts as dirty. The predecessor can be read for a grace time.
   *
   * @returns `lost` where another epoch is active, or `next` was not staged.
   */
  promote(expected: EpochId | null, next: EpochId): Promise<"promoted" | "lost">;
  /** Extends the life of an epoch: records first, what makes readers trust them last. Never shortens it. */
  renew(epoch: EpochId, validUntilMs: number): Promise<void>;
  /** Every promotion of a symbol, oldest first, the last 1,000. */
  timeline(symbol: string): Promise<readonly EpochMeta[]>;
  /** The epochs with dirty contracts, active ones only. */
  dirtyEpochs(): Promise<readonly EpochId[]>;
  /**
   * Lends all dirty contracts of an epoch to `owner` for `leaseMs`. Contracts that become dirty meanwhile wait for the
   * next lease. A lease that runs out returns its contracts to the dirty ones.
   */
  takeDirty(epoch: EpochId, owner: string, leaseMs: number): Promise<DirtyLease>;
  /**
   * Ends a lease with its work done.
   *
   * @returns `expired` where the lease had run out: its contracts are dirty again, the work counts for nothing.
   */
  settle(lease: DirtyLease): Promise<"settled" | "expired">;
  /** Idempotent. */
  close(): Promise<void>;
}
