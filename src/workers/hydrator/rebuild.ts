import { fold } from "../../domain/hydration/fold.ts";
import { noEffects } from "../../domain/hydration/fold-effects.ts";
import type { HydrationState } from "../../domain/hydration/state.ts";
import { type Cursor, compareCursors, splitCursor } from "../../domain/stream/cursor.ts";
import type { RawEntry } from "../../domain/stream/raw-entry.ts";
import type { HydrationCheckpoint } from "../../ports/hydration-store.ts";

const NS_PER_MS = 1_000_000n;

/**
 * Fills a fresh state: sums and accounts from the checkpoint; windows, recent prints and latest rows by folding the last
 * stretch of the log again and throwing its effects away.
 *
 * @param readAfter the entries behind a cursor, some at a time; `undefined` to give up.
 * @returns whether the state is whole.
 */
export async function rebuild(
  state: HydrationState,
  checkpoint: HydrationCheckpoint,
  horizonMs: number,
  readAfter: (after: Cursor) => Promise<readonly RawEntry[] | undefined>,
): Promise<boolean> {
  let after: Cursor = `${Math.max(0, lastRowAtMs(checkpoint) - horizonMs)}-0`;
  while (compareCursors(after, checkpoint.cursor) < 0) {
    const entries = await readAfter(after);
    if (entries === undefined) return false;
    const known = entries.filter((entry) => compareCursors(entry.cursor, checkpoint.cursor) <= 0);
    const discarded = noEffects();
    for (const entry of known) fold(state, entry, discarded);
    after = known.at(-1)?.cursor ?? checkpoint.cursor;
  }
  state.restore(checkpoint);
  return true;
}

/**
 * When the log stored the last row that a checkpoint knows of, or earlier. Windows end at the highest event time: after a
 * quiet stretch that is long before the cursor.
 */
function lastRowAtMs({ cursor, ledgers }: HydrationCheckpoint): number {
  const rowsAtMs = ledgers.map(({ maxEventTsNs, recentLagsMs }) => {
    if (maxEventTsNs === null) return 0;
    const shortestLagMs = recentLagsMs.length === 0 ? 0 : Math.max(0, Math.min(...recentLagsMs));
    return Number(maxEventTsNs / NS_PER_MS) + shortestLagMs;
  });
  return Math.floor(Math.min(splitCursor(cursor).ms, Math.max(0, ...rowsAtMs)));
}
