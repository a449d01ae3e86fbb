import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ManualClock, MemoryDatabase, MemoryLogger, openMemory } from "../../../src/adapters/memory/index.ts";
import type { SourceCounters, SourceGauges } from "../../../src/domain/context/source-status.ts";
import { StorageError, UnavailableError } from "../../../src/domain/errors.ts";
import type { SourceStatusStore } from "../../../src/ports/source-status-store.ts";
import { SourceCounts } from "../../../src/workers/source/source-counts.ts";
import { SourceReporter } from "../../../src/workers/source/source-reporter.ts";

type Mood = "well" | "losesReplies" | "away" | "refuses";

import { CONNECTION_GAUGES } from "../../support/context/connection-gauges.ts";

const GAUGES: SourceGauges = {
  subs_wanted: 3,
  subs_active: 2,
  subs_seen: 1,
  coverage: 0.5,
  last_event_ts: 1_766_437_200.5,
  watermark_ns: "1766437200000000000",
};

function reporterOf() {
  const clock = new ManualClock();
  const database = new MemoryDatabase({ clock });
  const { sourceStatus: store } = openMemory({ clock, database });
  const logger = new MemoryLogger();
  const counts = new SourceCounts();
  const state = { mood: "well" as Mood, calls: 0, samples: ["[1]"] };
  const through = async <T>(effect: () => Promise<T>): Promise<T> => {
    state.calls += 1;
    if (state.mood === "refuses") throw new StorageError("Cannot record: the store refuses");
    if (state.mood === "away") throw new UnavailableError("Cannot record: the store is away");
    const result = await effect();
    if (state.mood === "losesReplies") throw new UnavailableError("Cannot record: no answer came");
    return result;
  };
  const sourceStatus: SourceStatusStore = {
    record: (...call) => through(() => store.record(...call)),
    putConnection: (...call) => through(() => store.putConnection(...call)),
    putSample: (...call) => through(() => store.putSample(...call)),
    counters: () => store.counters(),
    gauges: () => store.gauges(),
    connectionGauges: (connection) => store.connectionGauges(connection),
    sample: () => store.sample(),
    close: () => store.close(),
  };
  const figures = {
    takeCounts: (): SourceCounters => counts.take(),
    gauges: () => GAUGES,
    connections: () => [[{ class: "options", shard: 0 } as const, CONNECTION_GAUGES] as const],
    takeSample: () => state.samples.shift(),
  };
  const reporter = new SourceReporter({ sourceStatus, clock, logger }, "source/test", figures);
  const stop = new AbortController();
  const run = () => reporter.run(stop.signal);
  return { clock, store, logger, counts, state, stop, run };
}

describe("SourceReporter", () => {
  it("tells counts and gauges four times a second, connections and the sample once", async () => {
    const { clock, store, counts, state, stop, run } = reporterOf();
    counts.add("events", 5);
    const running = run();
    await clock.advance(0);
    expect(await store.counters()).toMatchObject({ events: 5, trades: 0 });
    expect(await store.gauges()).toEqual(GAUGES);
    expect(await store.connectionGauges({ class: "options", shard: 0 })).toEqual(CONNECTION_GAUGES);
    expect(await store.sample()).toBe("[1]");
    state.samples.push("[2]");
    counts.add("events", 1);
    await clock.advance(249);
    expect((await store.counters()).events).toBe(5);
    await clock.advance(1);
    expect((await store.counters()).events).toBe(6);
    await clock.advance(749);
    expect(await store.sample()).toBe("[1]");
    await clock.advance(1);
    expect(await store.sample()).toBe("[2]");
    stop.abort();
    await running;
    expect(clock.pendingSleepers).toBe(0);
  });

  it("tells what was counted last when it is stopped", async () => {
    const { clock, store, counts, stop, run } = reporterOf();
    const running = run();
    await clock.advance(10);
    counts.add("trades", 3);
    stop.abort();
    await running;
    expect((await store.counters()).trades).toBe(3);
  });

  it("counts once what was stored though its answer was lost", async () => {
    const { clock, store, counts, state, stop, run } = reporterOf();
    state.mood = "losesReplies";
    counts.add("events", 5);
    const running = run();
    await clock.advance(10_000);
    state.mood = "well";
    counts.add("events", 1);
    await clock.advance(250);
    expect((await store.counters()).events).toBe(6);
    stop.abort();
    await running;
    expect((await store.counters()).events).toBe(6);
  });

  it("loses nothing while the store is away for an hour, and says so once", async () => {
    const { clock, store, counts, state, logger, stop, run } = reporterOf();
    state.mood = "away";
    const running = run();
    for (let minute = 0; minute < 60; minute++) {
      counts.add("events", 10);
      await clock.advance(60_000);
    }
    expect((await store.counters()).events).toBe(0);
    state.mood = "well";
    await clock.advance(250);
    expect((await store.counters()).events).toBe(600);
    expect(logger.entries.map(({ message }) => message)).toEqual(["Cannot store the figures of the source"]);
    stop.abort();
    await running;
  });

  it("tells what was counted meanwhile too, when it is stopped just as the store is back", async () => {
    const { clock, store, counts, state, stop, run } = reporterOf();
    state.mood = "away";
    counts.add("events", 1);
    const running = run();
    await clock.advance(1_000);
    counts.add("events", 10);
    state.mood = "well";
    stop.abort();
    await running;
    expect((await store.counters()).events).toBe(11);
  });

  it("ends with the error of a store that refuses for good", async () => {
    const { clock, state, run } = reporterOf();
    const running = run();
    await clock.advance(100);
    state.mood = "refuses";
    const failed = expect(running).rejects.toThrow(StorageError);
    await clock.advance(250);
    await failed;
    expect(clock.pendingSleepers).toBe(0);
  });

  it("counts everything exactly once, whatever happens to the store", async () => {
    const step = fc.record({
      mood: fc.constantFrom<Mood>("well", "losesReplies", "away"),
      by: fc.nat({ max: 9 }),
      ms: fc.nat({ max: 700 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const { clock, store, counts, state, stop, run } = reporterOf();
        const running = run();
        for (const { mood, by, ms } of steps) {
          state.mood = mood;
          counts.add("quotes", by);
          await clock.advance(ms);
        }
        state.mood = "well";
        stop.abort();
        await running;
        expect((await store.counters()).quotes).toBe(counts.totals.quotes);
      }),
      { numRuns: 50 },
    );
  });
});

describe("SourceCounts", () => {
  it("tells what was counted since it was last told, and the totals", () => {
    const counts = new SourceCounts();
    expect(counts.take()).toEqual({});
    counts.add("trades", 2);
    counts.add("connects", 1);
    counts.add("trades", 0);
    counts.add("trades", 3);
    expect(counts.take()).toEqual({ trades: 5, connects: 1 });
    expect(counts.take()).toEqual({});
    counts.add("trades", 1);
    expect(counts.take()).toEqual({ trades: 1 });
    expect(counts.totals).toMatchObject({ trades: 6, connects: 1, quotes: 0 });
  });
});
