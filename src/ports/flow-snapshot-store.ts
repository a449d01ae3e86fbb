import type { FlowSnapshot, GridSnapshot } from "../domain/flow/snapshot.ts";

/**
 * The latest rolling windows per underlying, and the latest grid per underlying and expiration. Each write replaces the
 * one before and lives for 30 s, so that a snapshot that is there is not old.
 *
 * A write stores and announces in one step; the announcement's body is the snapshot as compact JSON. Repeatable: a
 * repeat starts the lifetime anew and announces again.
 *
 * After `close()` every method rejects with `ClosedError`.
 */
export interface FlowSnapshotStore {
  /** Announced on `flowChannel(underlying)`. */
  putFlow(snapshot: FlowSnapshot): Promise<void>;
  /** Announced on `gridChannel(underlying, expiration)`. */
  putGrid(snapshot: GridSnapshot): Promise<void>;
  /** `null` where there is none or its time ran out. */
  flow(underlying: string): Promise<FlowSnapshot | null>;
  /** `null` where there is none or its time ran out. */
  grid(underlying: string, expiration: string): Promise<GridSnapshot | null>;
  /** Idempotent. */
  close(): Promise<void>;
}
