import type { Heartbeat } from "../domain/context/heartbeat.ts";

/**
 * Who lives: the last heartbeat of each worker, for as long as it says.
 *
 * After `close()` every method rejects with `ClosedError`.
 */
export interface HeartbeatStore {
  /**
   * Stores a heartbeat in the place of the worker's last one, for `ttlMs` from now by the store's clock, and announces
   * it on `CHANNELS.heartbeat` as compact JSON, in one step. Repeatable: a repeat is another beat.
   *
   * @param ttlMs default 15,000.
   * @throws {TypeError} where the heartbeat is not what `heartbeatSchema` asks for.
   * @throws {RangeError} unless `ttlMs` is a positive safe integer.
   */
  beat(heartbeat: Heartbeat, ttlMs?: number): Promise<void>;
  /** The heartbeats whose time has not run out, by worker. */
  all(): Promise<readonly Heartbeat[]>;
  /** Idempotent. */
  close(): Promise<void>;
}
