import { fold } from "../../domain/hydration/fold.ts";
import { noEffects } from "../../domain/hydration/fold-effects.ts";
import type { HydrationState } from "../../domain/hydration/state.ts";
import { type Cursor, type CursorRange, compareCursors, splitCursor } from "../../domain/stream/cursor.ts";
import type { HydrationCheckpoint } from "../../ports/hydration-store.ts";
import type { LogPart } from "./read-ahead.ts";

const NS_PER_MS = 1_000_000n;

/**
 * How far back is read at least where sums are not stored yet, ms: what tells sides, repeats and cancels is remembered for
 * a minute, and sums that are made again with less would not be those of the prints stored.
 */
const OWED_HORIZON_MS = 120_000;

/** How a state was filled. */
export interface Rebuilt {
  /** `false` where reading was given up. */
  readonly whole: boolean;
  /** Entries behind the checkpoint's state that retention had removed: the sums lack them. */
  readonly lost: CursorRange | undefined;
}

/**
 * Fills a fresh state as of a checkpoint's cursor: windows, recent prints and latest rows by folding the last stretch of
 * the log again; sums and accounts from what was stored of them, and by folding what was committed since: nothing of
 * the substrate is in there, see `isOfSubstrate`. The effects of all of it are thrown away, since they are stored.
 *
 * @param readAfter the entries behind a cursor, some at a time; `undefined` to give up.
 */
export async function rebuild(
  state: HydrationState,
  checkpoint: HydrationCheckpoint,
  horizonMs: number,
  readAfter: (after: Cursor) => Promise<LogPart | undefined>,
): Promise<Rebuilt> {
  const { cursor, stateCursor } = checkpoint;
  const backMs = stateCursor === cursor ? horizonMs : Math.max(horizonMs, OWED_HORIZON_MS);
  const start: Cursor = `${Math.max(0, lastRowAtMs(checkpoint) - backMs)}-0`;
  const before = await refold(state, start, stateCursor, readAfter);
  if (!before.whole) return before;
  state.restore(checkpoint);
  state.isLogAlone = true;
  const rebuilt = await refold(state, stateCursor, cursor, readAfter);
  state.isLogAlone = false;
  // What was read again has moved before: it is no sign that the feed lives.
  state.takeMoved();
  return rebuilt;
}

/** Folds the entries behind `after` up to `end`, that one included. */
async function refold(
  state: HydrationState,
  start: Cursor,
  end: Cursor,
  readAfter: (after: Cursor) => Promise<LogPart | undefined>,
): Promise<Rebuilt> {
  let after = start;
  let lost: CursorRange | undefined;
  while (compareCursors(after, end) < 0) {
    const part = await readAfter(after);
    if (part === undefined) return { whole: false, lost };
    const { entries, trimmed } = part;
    if (trimmed !== undefined) lost = { from: lost?.from ?? trimmed.from, to: earlier(trimmed.to, end) };
    const known = entries.filter((entry) => compareCursors(entry.cursor, end) <= 0);
    const discarded = noEffects();
    for (const entry of known) fold(state, entry, discarded);
    after = known.at(-1)?.cursor ?? end;
  }
  return { whole: true, lost };
}

function earlier(a: Cursor, b: Cursor): Cursor {
  return compareCursors(a, b) < 0 ? a : b;
}

/**
 * When the log stored the last row that a checkpoint knows of, or earlier. Windows end at the highest event time: after a
 * quiet stretch that is long before the cursor.
 */
function lastRowAtMs({ stateCursor, ledgers }: HydrationCheckpoint): number {
  const rowsAtMs = ledgers.map(({ maxEventTsNs, recentLagsMs }) => {
    if (maxEventTsNs === null) return 0;
    const shortestLagMs = recentLagsMs.length === 0 ? 0 : Math.max(0, Math.min(...recentLagsMs));
    return Number(maxEventTsNs / NS_PER_MS) + shortestLagMs;
  });
  return Math.floor(Math.min(splitCursor(stateCursor).ms, Math.max(0, ...rowsAtMs)));
}
