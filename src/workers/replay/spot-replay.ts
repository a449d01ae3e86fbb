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
  /** Which fetches the store has already, whoever put them there, as of the last `refresh`. */
  readonly known: { readonly has: (fetch: LoggedSpotFetch) => boolean; readonly refresh: () => Promise<void> };
  readonly spot: SpotStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface SpotReplayOptions extends Stretch {
  /** Names the writer: one name for all that store the same, whose numbers then tell when another one was faster. */
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
  const { recording, known, spot, clock, logger } = ports;
  const { producer, speed, onReplayed } = options;
  const patiently = <T>(action: string, operation: () => Promise<T>): Promise<T> =>
    untilStored(action, operation, { clock, logger, signal });
  const countFrames = async (): Promise<number> => (await spot.analytics()).frames;
  const framesBefore = await patiently("read the spot analytics", countFrames);
  const pace = new ReplayPace(speed, clock);
  let stored = 0;
  let seq = -1;
  /** What others stored meanwhile. @throws {StorageError} where the store has lost numbers: they only grow. */
  const follow = async (): Promise<void> => {
    const storedSeq = await patiently("read the stored sequence", () => spot.storedSeq(producer));
    if (storedSeq < seq) throw lostError(`must have had ${seq} calls of "${producer}", it had ${storedSeq}`);
    if (storedSeq === seq) return;
    seq = storedSeq;
    // Behind the number: what it counts is in the log by now.
    await patiently("read the log of spot fetches", () => known.refresh());
  };

  /** Stores a fetch, unless somebody else does meanwhile. */
  const store = async (logged: LoggedSpotFetch): Promise<ReplayedFetch> => {
    const { receivedAtMs, payload } = logged;
    const answer = ports.read(payload, receivedAtMs);
    const { fetch, refused } = takeAnswer({ ...answer, latencyMs: null }, undefined);
    for (;;) {
      let tries = 0;
      const put = (): ReturnType<SpotStore["put"]> => {
        tries += 1;
        return spot.put(producer, seq + 1, fetch);
      };
      const result = await patiently("store a spot fetch", put);
      if (result.status === "stored") {
        seq += 1;
        return { status: "stored", fetch, refused, stale: result.stale };
      }
      // The reply to a first try was lost, or another replay has used the number.
      await follow();
      if (known.has(logged)) return tries > 1 ? { status: "stored", fetch, refused, stale: undefined } : REPEATED;
    }
  };

  for await (const batch of recording.fetches(signal)) {
    await follow();
    for (const logged of batch) {
      const { receivedAtMs } = logged;
      if (!isWithin(receivedAtMs, options)) continue;
      if (known.has(logged)) {
        onReplayed(REPEATED);
        continue;
      }
      const dueInMs = pace.dueInMs(receivedAtMs);
      if (dueInMs > 0) {
        await clock.sleep(dueInMs, signal);
        if (!signal.aborted) await follow();
      }
      if (signal.aborted) return;
      const replayed = await store(logged);
      if (replayed.status === "stored") stored += 1;
      onReplayed(replayed);
    }
  }
  const frames = await patiently("read the spot analytics", countFrames);
  if (frames < framesBefore + stored) {
    throw lostError(
      `must count the ${framesBefore} fetches from before and the ${stored} stored now, it counts ${frames}`,
    );
  }
}

const REPEATED: ReplayedFetch = Object.freeze({ status: "repeated" });

function lostError(what: string): StorageError {
  return new StorageError(
    `Cannot be sure of the replay: the store ${what}; it was emptied, or an older state of it came back`,
  );
}
