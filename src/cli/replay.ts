import { isStrikewireError, isTransient } from "../domain/errors.ts";
import type { AssetClass } from "../domain/instrument/resource.ts";
import { splitCursor } from "../domain/stream/cursor.ts";
import type { CaptureSource } from "../ports/capture.ts";
import type { FlowSnapshotStore } from "../ports/flow-snapshot-store.ts";
import type { HydrationStep } from "../ports/hydration-store.ts";
import { WsHydrator, type WsHydratorPorts } from "../workers/hydrator/ws-hydrator.ts";
import type { Stretch } from "../workers/replay/record-times.ts";
import { ReplayWorker } from "../workers/replay/replay-worker.ts";
import { KeptSnapshots } from "./kept-snapshots.ts";
import { type ObservedStore, observeCommits } from "./observe-commits.ts";
import { patientPorts, type ReaderPorts } from "./patient-ports.ts";

/** Entries by which reading may be ahead of hydrating: what a replay holds of its recording at most. */
const MAX_LAG_ENTRIES = 4_096;
const POLL_MS = 2;
const PARTITION = 0;

export interface ReplayRequest {
  readonly capture: CaptureSource;
  readonly assetClass: AssetClass;
  readonly speed: "max" | number;
  /** The part of the recording to replay. */
  readonly stretch: Stretch;
  /** Hears of everything that was hydrated here. Where it fails, so does the replay. */
  readonly onCommitted: (step: HydrationStep) => Promise<void>;
}

/** Where a recording is replayed into. */
export interface ReplayTarget {
  readonly ports: WsHydratorPorts;
  /** Names the writer: a replay repeated under the same name adds only what is not there yet. */
  readonly producer: string;
  /** Names this process in the hydrator's lease. */
  readonly owner: string;
  readonly snapshotIntervalMs: number;
  /** How many entries the log ever stored. */
  readonly storedEntries: () => Promise<number>;
}

/** How many entries the recording had, up to where it was read; control entries made for its frames included. */
export interface ReplayedEntries {
  readonly recorded: number;
  /** Of these those that the log had before, by the name of their producer. */
  readonly repeated: number;
  /** Of these those that the log did not have before, by the name of their producer. */
  readonly stored: number;
}

export interface ReplayOutcome {
  readonly entries: ReplayedEntries;
  /** Who hydrated it, where that was not this replay; `undefined` where it was. */
  readonly hydratedBy: string | undefined;
  /** As of the last entry hydrated here. */
  readonly snapshots: FlowSnapshotStore;
  readonly elapsedMs: number;
  /** What the recording ended with before its end; `undefined` where it came to its end, or `signal` aborted. */
  readonly fault: unknown;
}

/**
 * Replays a recording through the same workers that serve a live feed: the recording goes into a raw log, a hydrator works
 * it off. An abort of `signal` stops the reading; what was read until then is still hydrated, unless the store is away.
 */
export async function replay(
  request: ReplayRequest,
  target: ReplayTarget,
  signal: AbortSignal,
): Promise<ReplayOutcome> {
  const { capture, assetClass, speed, stretch, onCommitted } = request;
  const { ports, producer, owner, snapshotIntervalMs } = target;
  const { clock, logger } = ports;
  let recorded = 0;
  let stored = 0;
  let repeated = 0;
  const readers = patientPorts(ports, { clock, logger, signal }, (lastSeq) => {
    recorded = Math.max(recorded, lastSeq);
  });
  const worker = new ReplayWorker(
    { capture, clock, logger, ...readers },
    {
      ...{ producer, assetClass, speed, maxLagEntries: MAX_LAG_ENTRIES, ...stretch },
      onProgress: (progress) => {
        stored = progress.stored;
        repeated = progress.repeated;
      },
    },
  );
  const observed = observeCommits(ports.store, onCommitted);
  const snapshots = new KeptSnapshots(ports.snapshots);
  const hydrator = new WsHydrator({ ...ports, store: observed.store, snapshots }, { owner, snapshotIntervalMs });

  const startedAtMs = clock.monotonic();
  const stop = new AbortController();
  const failed = new AbortController();
  const hydrating = hydrator.run(stop.signal);
  // Nothing would ever be worked off any more. The failure itself is told below.
  hydrating.catch(() => failed.abort());
  let fault: unknown;
  const isFault = (error: unknown): boolean =>
    isStrikewireError(error, "STRIKEWIRE_CAPTURE") ||
    // Whoever asks to stop during an outage gets to know what was done before it.
    (signal.aborted && isStrikewireError(error) && isTransient(error));
  const untilFault = (working: Promise<unknown>): Promise<unknown> =>
    working.catch((error: unknown) => {
      if (!isFault(error)) throw error;
      fault ??= error;
    });
  try {
    await untilFault(worker.run(AbortSignal.any([signal, failed.signal])));
    await untilFault(untilHydrated(target, readers, observed, signal, failed.signal));
  } finally {
    stop.abort();
    await untilFault(hydrating);
  }
  return {
    entries: { recorded, repeated, stored },
    hydratedBy: observed.otherOwner(),
    snapshots,
    elapsedMs: clock.monotonic() - startedAtMs,
    fault,
  };
}

/** Waits for everything that stands in the log. Where somebody else hydrates it, `signal` ends the wait. */
async function untilHydrated(
  { ports, storedEntries }: ReplayTarget,
  { store }: ReaderPorts,
  observed: ObservedStore,
  signal: AbortSignal,
  failed: AbortSignal,
): Promise<void> {
  const end = await storedEntries();
  while (!failed.aborted && !(signal.aborted && observed.otherOwner() !== undefined)) {
    const cursor = (await store.cursors()).get(PARTITION);
    if (cursor !== undefined && splitCursor(cursor).n >= end && observed.isSettled()) return;
    await ports.clock.sleep(POLL_MS, failed);
  }
}
