import type { EpochDraft, EpochId, EpochMeta } from "../domain/epoch/substrate.ts";

/** Contracts to recompute, lent to one builder. */
export interface DirtyLease {
  readonly epoch: EpochId;
  readonly owner: string;
  readonly token: number;
  /**
   * Token of the last lease of the epoch before this one that lent anything; `null` for none, and of an epoch that is not
   * active. A builder to whom it is not its own learns from it that another one has taken contracts meanwhile.
   */
  readonly previous: number | null;
  /** In ticker order; empty where nothing is dirty. */
  readonly contracts: readonly string[];
}

/** What is announced with a promotion, as JSON on `CHANNELS.epochPromoted` of the message bus. */
export interface EpochPromotion {
  readonly symbol: string;
  /** The epoch that is active now. */
  readonly epoch: EpochId;
  /** The one that was before it, expired or not; `null` for a symbol's first. */
  readonly previous: EpochId | null;
  /** Contracts that readers did not have before. Of a predecessor that has expired they had none. */
  readonly added: number;
  /** Contracts that are gone. */
  readonly removed: number;
  readonly forced: boolean;
}

/**
 * Which epoch is active for each symbol, its life, and what in it waits to be recomputed. Times are whole milliseconds
 * since the Unix epoch, by the store's clock.
 *
 * After `close()` every method rejects with `ClosedError`.
 */
export interface EpochStore {
  /** The active epoch of a symbol; `null` where there is none or it is past its `validUntilMs`, by the store's clock. */
  active(symbol: string): Promise<EpochId | null>;
  /** The active epochs of all symbols, by symbol; none that is past its `validUntilMs`. */
  allActive(): Promise<ReadonlyMap<string, EpochId>>;
  /** `null` for an epoch that is unknown, was only staged, or was superseded 24 h ago. */
  meta(epoch: EpochId): Promise<EpochMeta | null>;
  /**
   * Stores a whole substrate without making it visible. Repeatable: staging the same id again replaces what was staged.
   *
   * @throws {TypeError} where the epoch is active or was, its id does not begin with `{symbol}:`, or its symbol is none.
   * @throws {RangeError} for numbers that are not finite, and times that are no whole milliseconds.
   */
  stage(draft: EpochDraft): Promise<void>;
  /**
   * Makes a staged epoch the active one in a single step, if the active epoch of its symbol is `expected`; where the
   * last one has expired, `expected` may be that one or `null`. With it go the meta data of both, the timeline, all
   * contracts as dirty, and the announcement, an `EpochPromotion`: who hears it finds the epoch active. A predecessor
   * that has not expired can be read for 300 s more: its `validUntilMs` says so.
   *
   * Whatever was staged, no contract of both is older in `next` than in a predecessor that has not expired: in that same
   * step each field group of a record has the newer of both versions, by `mergeValues`, the draft being the later writer.
   * Meanwhile others may write to the predecessor as they like, until it is superseded; for a moment they may have to wait.
   *
   * @returns `lost` where another epoch is active, or `next` was not staged or has expired since: nothing has changed.
   */
  promote(expected: EpochId | null, next: EpochId): Promise<"promoted" | "lost">;
  /**
   * Extends the life of an epoch: records first, what makes readers trust them last. Never shortens it.
   * Without effect on an epoch that is not active: what has expired or was superseded does not come back.
   *
   * @throws {RangeError} for a time that is no whole milliseconds.
   */
  renew(epoch: EpochId, validUntilMs: number): Promise<void>;
  /** Every promotion of a symbol, oldest first, the last 1,000, with their meta data as it stands now. */
  timeline(symbol: string): Promise<readonly EpochMeta[]>;
  /** The epochs with dirty contracts, active ones only. */
  dirtyEpochs(): Promise<readonly EpochId[]>;
  /**
   * Lends all dirty contracts of an epoch to `owner` for `leaseMs`. Contracts that become dirty meanwhile wait for the
   * next lease. A lease that runs out returns its contracts to the dirty ones. Of an epoch that is not active nothing
   * is lent.
   *
   * @throws {RangeError} unless `leaseMs` is a positive number.
   */
  takeDirty(epoch: EpochId, owner: string, leaseMs: number): Promise<DirtyLease>;
  /**
   * Ends a lease with its work done. A lease of nothing is `settled` always.
   *
   * @returns `expired` where the lease is not there any more: it ran out, its contracts are dirty again and the work
   * counts for nothing, or it was settled before.
   */
  settle(lease: DirtyLease): Promise<"settled" | "expired">;
  /** Idempotent. */
  close(): Promise<void>;
}
