import { openMemory } from "../../adapters/memory/index.ts";
import type { RedisPorts } from "../../adapters/redis/index.ts";
import { readSpotAnswer } from "../../adapters/rest/index.ts";
import { SYSTEM_CLOCK } from "../../adapters/system/index.ts";
import { isStrikewireError, isTransient } from "../../domain/errors.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Stretch } from "../../workers/replay/record-times.ts";
import { replaySpots } from "../../workers/replay/spot-replay.ts";
import type { StreamSource } from "../redis/stream-source.ts";
import { SpotTally } from "./spot-tally.ts";

/** What a replay of spot fetches came to. */
export interface SpotReplayReport {
  /** The key of what was replayed, with its prefix. */
  readonly stream: string;
  /** Whether it came to the end that the stream had. */
  readonly complete: boolean;
  readonly tally: SpotTally;
  readonly elapsedMs: number;
}

/**
 * Replays a stream of spot fetches. An abort of `signal` ends it early, also where the target is away then.
 *
 * @param redis where the values go; memory of this process where it is `undefined`.
 */
export async function replaySpotsInto(
  redis: RedisPorts | undefined,
  source: StreamSource & { readonly spots: NonNullable<StreamSource["spots"]> },
  options: { readonly speed: "max" | number; readonly stretch: Stretch },
  { logger, signal }: { readonly logger: Logger; readonly signal: AbortSignal },
): Promise<SpotReplayReport> {
  const clock = SYSTEM_CLOCK;
  const { spot } = redis ?? openMemory({ clock });
  const tally = new SpotTally();
  const startedAtMs = clock.monotonic();
  try {
    await replaySpots(
      { recording: source.spots, read: readSpotAnswer, spot, clock, logger },
      {
        ...options.stretch,
        producer: await source.producer("indices", options.stretch),
        speed: options.speed,
        onReplayed: (replayed) => tally.add(replayed),
      },
      signal,
    );
  } catch (error) {
    // Whoever asks to stop during an outage gets to know what was done before it.
    if (!(signal.aborted && isStrikewireError(error) && isTransient(error))) throw error;
  }
  return { stream: source.key, complete: !signal.aborted, tally, elapsedMs: clock.monotonic() - startedAtMs };
}
