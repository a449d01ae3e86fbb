import { describe, expect, it } from "vitest";
import { ManualClock, openMemory } from "../../src/adapters/memory/index.ts";
import { readSpotAnswer } from "../../src/adapters/rest/index.ts";
import { KnownFetches } from "../../src/cli/spots/known-fetches.ts";
import type { LoggedSpotFetch } from "../../src/domain/context/spot.ts";
import { UnavailableError } from "../../src/domain/errors.ts";
import { SILENT_LOGGER } from "../../src/domain/silent.ts";
import type { SpotStore } from "../../src/ports/spot-store.ts";
import { type ReplayedFetch, replaySpots, type SpotReplayOptions } from "../../src/workers/replay/spot-replay.ts";
import { SAMPLE_MS } from "../support/entries.ts";

const NEVER = new AbortController().signal;

/** A fetch that was received so many ms after the first. */
function fetchAt(ms: number): LoggedSpotFetch {
  const row = { ticker: "I:SPX", value: 6_800 + ms, last_updated: (SAMPLE_MS + ms) * 1e6 };
  return { cursor: `${SAMPLE_MS + ms}-0`, receivedAtMs: SAMPLE_MS + ms, payload: JSON.stringify({ results: [row] }) };
}

function pipeline() {
  const clock = new ManualClock(SAMPLE_MS + 86_400_000);
  const ports = openMemory({ clock });
  const heard: ReplayedFetch[] = [];
  const replay = (
    recorded: readonly LoggedSpotFetch[],
    options: Partial<SpotReplayOptions> = {},
    signal: AbortSignal = NEVER,
    spot: SpotStore = ports.spot,
  ): Promise<void> => {
    const recording = {
      fetches: async function* () {
        yield recorded;
      },
    };
    return replaySpots(
      {
        recording,
        read: readSpotAnswer,
        known: new KnownFetches(ports.spot),
        spot,
        clock,
        logger: SILENT_LOGGER,
      },
      { producer: "replay/test", speed: "max", onReplayed: (replayed) => heard.push(replayed), ...options },
      signal,
    );
  };
  return { clock, spot: ports.spot, heard, replay };
}

describe("a replay of spot fetches", () => {
  it("stores values, log and counts as they were received, with no latency", async () => {
    const { spot, replay } = pipeline();
    await replay([fetchAt(0), fetchAt(1_000)]);
    expect(await spot.latest("SPX")).toMatchObject({ value: 7_800, ts: (SAMPLE_MS + 1_000) / 1_000 });
    expect(await spot.analytics()).toMatchObject({ frames: 2, errors: 0, latency_last_ms: null });
    expect((await spot.fetches("0-0", 10)).map(({ receivedAtMs }) => receivedAtMs)).toEqual([
      SAMPLE_MS,
      SAMPLE_MS + 1_000,
    ]);
  });

  it("keeps the recorded pace, or a multiple of it, and stops at an abort", async () => {
    const { clock, spot, replay } = pipeline();
    const stop = new AbortController();
    const running = replay([fetchAt(0), fetchAt(1_000), fetchAt(3_000), fetchAt(9_000)], { speed: 10 }, stop.signal);
    const storedAfter = async (ms: number): Promise<number> => {
      await clock.advance(ms);
      return (await spot.analytics()).frames;
    };
    expect(await storedAfter(0)).toBe(1);
    expect(await storedAfter(99)).toBe(1);
    expect(await storedAfter(1)).toBe(2);
    expect(await storedAfter(199)).toBe(2);
    expect(await storedAfter(1)).toBe(3);
    stop.abort();
    await running;
    expect((await spot.analytics()).frames).toBe(3);
  });

  it("passes over what is there already, at once", async () => {
    const { spot, heard, replay } = pipeline();
    const recorded = [fetchAt(0), fetchAt(1_000), fetchAt(60_000)];
    await replay(recorded.slice(0, 2));
    await replay(recorded, { speed: 1 });
    expect(heard.map(({ status }) => status)).toEqual(["stored", "stored", "repeated", "repeated", "stored"]);
    expect((await spot.analytics()).frames).toBe(3);
  });

  it("stores each fetch once, however many replays of it there are at a time", async () => {
    const clock = new ManualClock(SAMPLE_MS + 86_400_000);
    const { spot } = openMemory({ clock });
    const recorded = Array.from({ length: 300 }, (_, n) => fetchAt(n));
    const heard: ReplayedFetch[] = [];
    const replay = (): Promise<void> => {
      const recording = {
        fetches: async function* () {
          yield recorded;
        },
      };
      return replaySpots(
        { recording, read: readSpotAnswer, known: new KnownFetches(spot), spot, clock, logger: SILENT_LOGGER },
        { producer: "replay/test", speed: "max", onReplayed: (replayed) => heard.push(replayed) },
        NEVER,
      );
    };
    await Promise.all([replay(), replay(), replay()]);
    expect((await spot.analytics()).frames).toBe(300);
    expect((await spot.fetches("0-0", 1_000)).map(({ receivedAtMs }) => receivedAtMs)).toEqual(
      recorded.map(({ receivedAtMs }) => receivedAtMs),
    );
    expect(heard.filter(({ status }) => status === "stored")).toHaveLength(300);
    expect(heard).toHaveLength(900);
  });

  it("ends at once where the store has no number of it any more", async () => {
    const { clock, spot, replay } = pipeline();
    let asked = 0;
    const emptied = new Proxy(spot, {
      get(store, name) {
        const value: unknown = Reflect.get(store, name);
        if (typeof value !== "function") return value;
        if (name === "storedSeq") return async () => (asked++ === 0 ? 7 : 0);
        return value.bind(store);
      },
    });
    const ended = expect(replay([fetchAt(0), fetchAt(1)], { speed: 1 }, NEVER, emptied)).rejects.toThrow(
      'the store must have had 8 calls of "replay/test", it had 0; it was emptied',
    );
    await clock.advance(1);
    await ended;
    expect((await spot.analytics()).frames).toBe(1);
  });

  it("ends where the store lost what was stored by then", async () => {
    const { spot, replay } = pipeline();
    let asked = 0;
    const emptied = new Proxy(spot, {
      get(store, name) {
        const value: unknown = Reflect.get(store, name);
        if (typeof value !== "function") return value;
        if (name === "analytics") return async () => ({ ...(await store.analytics()), frames: asked++ });
        return value.bind(store);
      },
    });
    await expect(replay([fetchAt(0), fetchAt(1)], {}, NEVER, emptied)).rejects.toThrow(
      "the store must count the 0 fetches from before and the 2 stored now, it counts 1; it was emptied",
    );
  });

  it("counts a fetch once whose reply was lost, and says that its stale values are not known", async () => {
    const { clock, spot, heard, replay } = pipeline();
    let calls = 0;
    const lossy = new Proxy(spot, {
      get(store, name) {
        const value: unknown = Reflect.get(store, name);
        if (typeof value !== "function") return value;
        return async (...args: readonly unknown[]) => {
          const result: unknown = await value.apply(store, args);
          if (name === "put" && calls++ === 0) throw new UnavailableError("Cannot store: the reply was lost");
          return result;
        };
      },
    });
    const running = replay([fetchAt(0), fetchAt(1)], {}, NEVER, lossy);
    await clock.advance(100);
    await running;
    expect((await spot.analytics()).frames).toBe(2);
    expect(heard).toMatchObject([
      { status: "stored", stale: undefined },
      { status: "stored", stale: 0 },
    ]);
  });
});
