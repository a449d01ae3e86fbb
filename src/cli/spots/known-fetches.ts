import { createHash } from "node:crypto";
import type { LoggedSpotFetch } from "../../domain/context/spot.ts";
import { CURSOR_START } from "../../domain/stream/cursor.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { SpotStore } from "../../ports/spot-store.ts";
import { untilStored } from "../../workers/until-stored.ts";

const PART = 64;

/**
 * Tells which fetches the log of a store has at this moment: those of the same receipt and the same answer. The log keeps
 * the newest: what it had once, and has no more, it does not know.
 */
export async function knownFetches(
  spot: SpotStore,
  context: { readonly clock: Clock; readonly logger: Logger; readonly signal: AbortSignal },
): Promise<(fetch: LoggedSpotFetch) => boolean> {
  const known = new Set<string>();
  for (let after = CURSOR_START; ; ) {
    const read = (): Promise<readonly LoggedSpotFetch[]> => spot.fetches(after, PART);
    const fetches = await untilStored("read the log of spot fetches", read, context);
    for (const fetch of fetches) known.add(identityOf(fetch));
    const last = fetches.at(-1);
    if (last === undefined || context.signal.aborted) break;
    after = last.cursor;
  }
  return (fetch) => known.size > 0 && known.has(identityOf(fetch));
}

/** A digest, since the log may hold gigabytes. */
function identityOf({ receivedAtMs, payload }: LoggedSpotFetch): string {
  return createHash("sha256").update(`${receivedAtMs} ${payload}`).digest("base64");
}
