import type { LoggedSpotFetch, SpotFetch } from "../../domain/context/spot.ts";
import { StorageError } from "../../domain/errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { ProducerId } from "../../ports/raw-log.ts";
import type { SpotAnswer } from "../../ports/spot-provider.ts";
import type { SpotStore } from "../../ports/spot-store.ts";
import { takeAnswer } from "../spot-answer.ts";
import { untilStored } from "../until-stored.ts";
import { isWithin, type Stretch } from "./record-times.ts";
import { ReplayPace } from "./replay-pace.ts";

/** What a replay of spot fetches works with. */
export interface SpotReplayPorts {
  /** The recorded fetches, in order; ends early, without error, when its signal aborts. */
  readonly recording: { readonly fetches: (signal: AbortSignal) => AsyncIterable<readonly LoggedSpotFetch[]> };
  /** Reads an answer as the provider gave it. Must not throw. */
  readonly read: (payload: string, receivedAtMs: number) => Omit<SpotAnswer, "latencyMs">;
  /** Whether the store has a fetch already, whoever put it there. */
  readonly isThere: (fetch: LoggedSpotFetch) => boolean;
  readonly spot: SpotStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface SpotReplayOptions extends Stretch {
  /** Names the writer. Nobody else has the name, or had it. */
  readonly producer: ProducerId;
  /** As fast as it can be stored, or this many times the recorded pace. */
  readonly speed: "max" | number;
  /** Hears of each fetch of the stretch, once it is stored. Must not throw. */
  readonly onReplayed: (replayed: ReplayedFetch) => void;
}

/** A fetch, and what became of it. */
export type ReplayedFetch =
  /** The store had it already. */
  | { readonly status: "repeated" }
  | {
      readonly status: "stored";
      readonly fetch: SpotFetch;
      /** Why, by symbol as the provider names it; empty where a row, or the whole answer, names none. */
      readonly refused: ReadonlyMap<string, string>;
      /** How many values were older than what stood there; `undefined` where the reply was lost. */
      readonly stale: number | undefined;
    };

/**
 * Stores recorded spot fetches anew, each as it was when it was received, up to an abort of `signal`. While the store is
 * away it waits.
 *
 * @throws {StorageError} where the store has lost what was stored by then.
 */
export async function replaySpots(
  ports: SpotReplayPorts,
  options: SpotReplayOptions,
  signal: AbortSignal,
): Promise<void> {
  const { recording, read, isThere, spot, clock, logger } = ports;
  const { producer, speed, onReplayed } = options;
  const context = { clock, logger, signal };
  const countFrames = async (): Promise<number> => (await spot.analytics()).frames;
  const framesBefore = await untilStored("read the spot analytics", countFrames, context);
  const pace = new ReplayPace(speed, clock);
  let stored = 0;
  for await (const batch of recording.fetches(signal)) {
    for (const logged of batch) {
      const { receivedAtMs, payload } = logged;
      if (!isWithin(receivedAtMs, options)) continue;
      if (isThere(logged)) {
        onReplayed({ status: "repeated" });
        continue;
      }
      const dueInMs = pace.dueInMs(receivedAtMs);
      if (dueInMs > 0) await clock.sleep(dueInMs, signal);
      if (signal.aborted) return;
      const { fetch, refused } = takeAnswer({ ...read(payload, receivedAtMs), latencyMs: null }, undefined);
      const seq = stored + 1;
      const result = await untilStored("store a spot fetch", () => spot.put(producer, seq, fetch), context);
      stored = seq;
      onReplayed({ status: "stored", fetch, refused, stale: result.status === "stored" ? result.stale : undefined });
    }
  }
  const frames = await untilStored("read the spot analytics", countFrames, context);
  if (frames < framesBefore + stored) {
    throw new StorageError(
      `Cannot be sure of the replay: the store must count the ${framesBefore} fetches from before and the ${stored} stored now, it counts ${frames}; it was emptied, or an older state of it came back`,
    );
  }
}
