import type { CaptureFile } from "../adapters/capture/index.ts";
import { MemoryDatabase, openMemory } from "../adapters/memory/index.ts";
import { SYSTEM_CLOCK } from "../adapters/system/index.ts";
import { isStrikewireError } from "../domain/errors.ts";
import type { HydrationCounters } from "../domain/hydration/effects.ts";
import type { AssetClass } from "../domain/instrument/resource.ts";
import type { FlowSnapshotStore } from "../ports/flow-snapshot-store.ts";
import type { HydrationStep } from "../ports/hydration-store.ts";
import type { Logger } from "../ports/logger.ts";
import { caughtUp } from "../workers/hydrator/caught-up.ts";
import { WsHydrator } from "../workers/hydrator/ws-hydrator.ts";
import type { Stretch } from "../workers/replay/record-times.ts";
import { ReplayWorker } from "../workers/replay/replay-worker.ts";
import { observeCommits } from "./observe-commits.ts";

/** Entries by which reading may be ahead of hydrating: what a replay holds of its recording at most. */
const MAX_LAG_ENTRIES = 4_096;
/** Prints kept per underlying and expiration, for cancels of prints that are older than the hydrator remembers. */
const MAX_TRADES_PER_STREAM = 10_000;
/** Nobody reads snapshots while a replay runs. */
const SNAPSHOT_INTERVAL_MS = 3_600_000;

export interface ReplayRequest {
  readonly capture: CaptureFile;
  readonly assetClass: AssetClass;
  readonly speed: "max" | number;
  /** The part of the recording to replay. */
  readonly stretch: Stretch;
  readonly logger: Logger;
  /** Hears of everything that was hydrated. Where it fails, so does the replay. */
  readonly onCommitted: (step: HydrationStep) => Promise<void>;
}

export interface ReplayOutcome {
  readonly counters: HydrationCounters;
  /** As of the last entry, for the lifetime that snapshots have. */
  readonly snapshots: FlowSnapshotStore;
  readonly elapsedMs: number;
  /** What the recording ended with before its end; `undefined` where it came to its end, or `signal` aborted. */
  readonly fault: unknown;
}

/**
 * Replays a recording through the same workers that serve a live feed, against memory: the recording goes into a raw log,
 * a hydrator works it off. An abort of `signal` stops the reading; what was read until then is still hydrated.
 */
export async function replay(request: ReplayRequest, signal: AbortSignal): Promise<ReplayOutcome> {
  const { capture, assetClass, speed, stretch, logger, onCommitted } = request;
  const clock = SYSTEM_CLOCK;
  const memory = openMemory({
    clock,
    database: new MemoryDatabase({ clock, maxTradesPerStream: MAX_TRADES_PER_STREAM }),
    // The replay waits for its reader, so nothing has to go unread; what was read nobody needs again.
    retention: { softMaxEntries: 0, hardMaxBytes: Number.MAX_SAFE_INTEGER },
    logger,
  });
  const worker = new ReplayWorker(
    { ...memory, capture },
    { producer: "replay", assetClass, speed, maxLagEntries: MAX_LAG_ENTRIES, ...stretch },
  );
  const hydrator = new WsHydrator(
    { ...memory, store: observeCommits(memory.store, onCommitted) },
    { owner: "replay", snapshotIntervalMs: SNAPSHOT_INTERVAL_MS },
  );

  const startedAtMs = clock.monotonic();
  const stop = new AbortController();
  const failed = new AbortController();
  const hydrating = hydrator.run(stop.signal);
  // Nothing would ever be worked off any more. The failure itself is told below.
  hydrating.catch(() => failed.abort());
  let fault: unknown;
  try {
    await worker.run(AbortSignal.any([signal, failed.signal])).catch((error: unknown) => {
      if (!isStrikewireError(error, "STRIKEWIRE_CAPTURE")) throw error;
      fault = error;
    });
    await caughtUp(memory, 0, failed.signal);
  } finally {
    stop.abort();
    await hydrating;
  }

  return {
    counters: await memory.store.counters(),
    snapshots: memory.snapshots,
    elapsedMs: clock.monotonic() - startedAtMs,
    fault,
  };
}
