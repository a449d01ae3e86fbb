import { MemoryDatabase, openMemory } from "../adapters/memory/index.ts";
import { SYSTEM_CLOCK } from "../adapters/system/index.ts";
import { CURSOR_START, splitCursor } from "../domain/stream/cursor.ts";
import type { Logger } from "../ports/logger.ts";
import type { ReplayTarget } from "./replay.ts";

/** Prints kept per underlying and expiration, for cancels of prints that are older than the hydrator remembers. */
const MAX_TRADES_PER_STREAM = 10_000;
/** Nobody reads snapshots while a replay runs. */
const SNAPSHOT_INTERVAL_MS = 3_600_000;

/** Memory of this process, which ends with it. */
export function memoryTarget(logger: Logger): ReplayTarget {
  const clock = SYSTEM_CLOCK;
  const ports = openMemory({
    clock,
    database: new MemoryDatabase({ clock, maxTradesPerStream: MAX_TRADES_PER_STREAM }),
    // The replay waits for its reader, so nothing has to go unread; what was read nobody needs again.
    retention: { softMaxEntries: 0, hardMaxBytes: Number.MAX_SAFE_INTEGER },
    logger,
  });
  return {
    ports,
    producer: "replay",
    owner: "replay",
    snapshotIntervalMs: SNAPSHOT_INTERVAL_MS,
    async storedEntries() {
      const cursor = (await ports.store.cursors()).get(0) ?? CURSOR_START;
      return splitCursor(cursor).n + (await ports.log.countAfter(cursor));
    },
  };
}
