import type { Clock } from "../../ports/clock.ts";
import type { HydrationStore } from "../../ports/hydration-store.ts";
import type { RawLog } from "../../ports/raw-log.ts";

const POLL_MS = 2;

/**
 * Resolves when a partition has been hydrated up to the end of the raw log, or when `signal` aborts. Says something
 * lasting only once nothing is appended any more.
 */
export async function caughtUp(
  ports: { readonly log: RawLog; readonly store: HydrationStore; readonly clock: Clock },
  partition: number,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const cursor = (await ports.store.cursors()).get(partition);
    if (cursor !== undefined && (await ports.log.countAfter(cursor)) === 0) return;
    await ports.clock.sleep(POLL_MS, signal);
  }
}
