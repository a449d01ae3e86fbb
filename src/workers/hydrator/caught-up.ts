import { isTransient } from "../../domain/errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { HydrationStore } from "../../ports/hydration-store.ts";
import type { RawLog } from "../../ports/raw-log.ts";

const POLL_MS = 2;
/** How long to leave a store alone that is away. */
const RETRY_MS = 100;

/**
 * Resolves when a partition has been hydrated up to the end of the raw log, or when `signal` aborts. Says something
 * lasting only once nothing is appended any more. Waits for a store that is away; rejects with any other error of it.
 * Sums of the day follow by up to 100 ms and flow snapshots by up to their interval, or both with the end of the hydrator.
 */
export async function caughtUp(
  ports: { readonly log: RawLog; readonly store: HydrationStore; readonly clock: Clock },
  partition: number,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    let waitMs = POLL_MS;
    try {
      const cursor = (await ports.store.cursors()).get(partition);
      if (cursor !== undefined && (await ports.log.countAfter(cursor)) === 0) return;
    } catch (error) {
      if (!isTransient(error)) throw error;
      waitMs = RETRY_MS;
    }
    await ports.clock.sleep(waitMs, signal);
  }
}
