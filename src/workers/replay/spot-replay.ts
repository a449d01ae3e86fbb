import type { LoggedSpotFetch, SpotFetch } from "../../domain/context/spot.ts";
import { StorageError } from "../../domain/errors.ts";
import { type Cursor, splitCursor } from "../../domain/stream/cursor.ts";
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
  readonly spot: SpotStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface SpotReplayOptions extends Stretch {
  /** Names the writer. A replay repeated under the same name adds only what is not there yet. */
  readonly producer: ProducerId;
  /** As fast as it can be stored, or this many times the recorded pace. */
  readonly speed: "max" | number;
  /** Hears of each fetch of the stretch, once it is stored. Must not throw. */
  readonly onReplayed: (replayed: ReplayedFetch) => void;
}

/** A fetch, and what became of it. */
export type ReplayedFetch =
  /** The store had it before under this producer's name. */
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
 * @throws {StorageError} for a fetch whose place in the recording is none that can be numbered.
 */
export async function replaySpots(
  ports: SpotReplayPorts,
  options: SpotReplayOptions,
  signal: AbortSignal,
): Promise<void> {
  const { recording, read, spot, clock, logger } = ports;
  const { producer, speed, onReplayed } = options;
  const context = { clock, logger, signal };
  const knownSeq = await untilStored("read the stored sequence", () => spot.storedSeq(producer), context);
  const pace = new ReplayPace(speed, clock);
  let seq = 0;
  for await (const batch of recording.fetches(signal)) {
    for (const { cursor, receivedAtMs, payload } of batch) {
      seq = Math.max(seq + 1, placeNumber(cursor));
      if (!isWithin(receivedAtMs, options)) continue;
      if (seq <= knownSeq) {
        onReplayed({ status: "repeated" });
        continue;
      }
      const dueInMs = pace.dueInMs(receivedAtMs);
      if (dueInMs > 0) await clock.sleep(dueInMs, signal);
      if (signal.aborted) return;
      const answer = read(payload, receivedAtMs);
      const asked = answer.values.map(({ symbol }) => symbol);
      const { fetch, refused } = takeAnswer({ ...answer, latencyMs: null }, asked);
      const result = await untilStored("store a spot fetch", () => spot.put(producer, seq, fetch), context);
      const stale = result.status === "stored" ? result.stale : undefined;
      onReplayed({ status: "stored", fetch, refused, stale });
    }
  }
}

/** Fetches that can have one millisecond, and a number still below 2^53 until the year 2109. */
const PLACES_PER_MS = 2_048;

/** A number that grows along a log and that an entry keeps, whatever is trimmed before it. */
function placeNumber(cursor: Cursor): number {
  const { ms, n } = splitCursor(cursor);
  const number = ms * PLACES_PER_MS + n;
  if (Number.isSafeInteger(number)) return number;
  throw new StorageError(
    `Cannot replay spot fetches: an entry must have the time of its storing as its place, current value is ${cursor}`,
  );
}
