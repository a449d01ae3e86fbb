import type { EpochId, SubstrateRecord, SubstrateUpdate } from "../domain/epoch/substrate.ts";

/** What became of streamed updates. */
export interface MergeStreamedResult {
  /** Contracts of which at least one group was written. */
  readonly written: number;
  /** Groups that were older than what stood there. */
  readonly stale: number;
  /** Contracts that the epoch does not have, in the order given; none of a superseded one. */
  readonly missing: readonly string[];
  /** The epoch active for the symbol of `epoch` when the update was made; `null` where there is none. */
  readonly activeEpoch: EpochId | null;
}

/** How streamed values came to be merged. */
export interface MergeStreamedOptions {
  /**
   * Whether all of them were merged before, be it into another epoch or by another hydrator, and are once more for a
   * record that may lack them: they say nothing about the feed. `false` unless given.
   */
  readonly repeated?: boolean;
}

/**
 * The contract records of epochs. Two writers share a record, the stream and the chain snapshot: per field group
 * (quote, trade, greeks, day) an older version never replaces a newer one, whoever writes it. Writing the same update
 * twice is writing it once. Neither method creates a record or extends its life; both reject with a `RangeError`, and
 * write nothing, where a number is not finite. A superseded epoch stays as it was when another took its place: its values
 * went over to that one (`EpochStore.promote`), and newer ones in it would make that one look old. Nothing is written
 * to it, and nothing of it is stale or missing.
 *
 * After `close()` every method rejects with `ClosedError`.
 */
export interface SubstrateStore {
  /**
   * Merges streamed values, marks the contracts that were written dirty and the epoch as having had streamed updates.
   *
   * Unless they are repeated, a value for a contract of the epoch also says that the feed lives: `streamedAtMs` of the
   * epoch is now, whether the value is written or older than what stands there. Values that a hydrator is behind with are
   * older than the chain's, all of them, and the feed is none the less alive.
   */
  mergeStreamed(
    epoch: EpochId,
    updates: readonly SubstrateUpdate[],
    options?: MergeStreamedOptions,
  ): Promise<MergeStreamedResult>;
  /** Merges values of a chain snapshot with the geometry of the epoch, marks what changed as dirty. */
  mergeSnapshot(epoch: EpochId, updates: readonly SubstrateUpdate[]): Promise<{ readonly written: number }>;
  /**
   * All records of an epoch, by contract ticker, or those of `contracts` that it has, in the order given.
   * `null` where there is no such epoch or it has expired: never half a chain.
   */
  records(epoch: EpochId, contracts?: readonly string[]): Promise<readonly SubstrateRecord[] | null>;
  /** Whether a streamed value was ever written to the epoch. `false` for one that is unknown or has expired. */
  hadStreamedUpdates(epoch: EpochId): Promise<boolean>;
  /** Idempotent. */
  close(): Promise<void>;
}
