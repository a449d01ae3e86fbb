import { openMemory } from "../../adapters/memory/index.ts";
import type { RedisPorts } from "../../adapters/redis/index.ts";
import { readSpotAnswer } from "../../adapters/rest/index.ts";
import { SYSTEM_CLOCK } from "../../adapters/system/index.ts";
import { isStrikewireError, isTransient } from "../../domain/errors.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Stretch } from "../../workers/replay/record-times.ts";
import { replaySpots } from "../../workers/replay/spot-replay.ts";
import { REPLAY_PRODUCER } from "../redis/occupancy.ts";
import type { SpotCapture } from "../redis/spot-capture.ts";
import type { StoppedBy } from "../replay-report.ts";
import { KnownFetches } from "./known-fetches.ts";
import { SpotTally } from "./spot-tally.ts";

/** All replays into one store share a name, so that two at a time cannot store the same. */
const PRODUCER = `${REPLAY_PRODUCER}spots`;

/** What a replay of spot fetches came to. */
export interface SpotReplayReport {
  /** The key of what was replayed, with its prefix. */
  readonly stream: string;
  readonly stoppedBy: StoppedBy | undefined;
  /** Fetches that were trimmed before they could be read. */
  readonly trimmed: number;
  readonly tally: SpotTally;
  readonly elapsedMs: number;
}

export interface SpotReplayOutcome {
  readonly report: SpotReplayReport;
  /** What it ended with before its end; `undefined` where it came to its end, or `signal` aborted. */
  readonly fault: unknown;
}

/**
 * Replays a stream of spot fetches. An abort of `signal` ends it early, also where the target is away then.
 *
 * @param redis where the values go; memory of this process where it is `undefined`.
 */
export async function replaySpotsInto(
  redis: RedisPorts | undefined,
  { key: stream, spots }: { readonly key: string; readonly spots: SpotCapture },
  { speed, stretch }: { readonly speed: "max" | number; readonly stretch: Stretch },
  { logger, signal }: { readonly logger: Logger; readonly signal: AbortSignal },
): Promise<SpotReplayOutcome> {
  const clock = SYSTEM_CLOCK;
  const { spot } = redis ?? openMemory({ clock });
  const tally = new SpotTally();
  const startedAtMs = clock.monotonic();
  let fault: unknown;
  try {
    await replaySpots(
      { recording: spots, read: readSpotAnswer, known: new KnownFetches(spot), spot, clock, logger },
      { ...stretch, speed, producer: PRODUCER, onReplayed: (replayed) => tally.add(replayed) },
      signal,
    );
  } catch (error) {
    // Whoever asks to stop during an outage gets to know what was done before it.
    if (!(signal.aborted && isStrikewireError(error) && isTransient(error))) fault = error;
  }
  const stoppedBy = fault !== undefined ? "fault" : signal.aborted ? "signal" : undefined;
  const elapsedMs = clock.monotonic() - startedAtMs;
  return { report: { stream, stoppedBy, trimmed: spots.trimmed, tally, elapsedMs }, fault };
}
