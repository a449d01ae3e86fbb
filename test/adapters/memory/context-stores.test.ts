import { describe, expect, it } from "vitest";
import { tablesOf } from "../../../src/adapters/memory/database.ts";
import {
  ManualClock,
  MemoryChainStore,
  MemoryDatabase,
  MemoryHeartbeatStore,
  MemorySourceStatusStore,
  MemorySpotStore,
} from "../../../src/adapters/memory/index.ts";
import { CURSOR_START } from "../../../src/domain/stream/cursor.ts";
import {
  sampleChainContract,
  sampleCompletion,
  sampleConnectionGauges,
  sampleHeartbeat,
  sampleSourceGauges,
  sampleSpotFetch,
  sampleSpotValue,
} from "../../../src/testing/index.ts";

function open(options: { maxSpotFetches?: number } = {}) {
  const clock = new ManualClock();
  return { clock, database: new MemoryDatabase({ clock, ...options }) };
}

describe("spot values in memory", () => {
  it("keep the newest fetches, as many as the database was told to", async () => {
    const store = new MemorySpotStore(open({ maxSpotFetches: 3 }).database);
    for (let seq = 1; seq <= 5; seq++) await store.put("spot", seq, sampleSpotFetch([], { payload: `${seq}` }));
    const fetches = await store.fetches(CURSOR_START, 10);
    expect(fetches.map(({ payload }) => payload)).toEqual(["3", "4", "5"]);
    expect((await store.analytics()).frames).toBe(5);
  });

  it("ask for a sensible bound", () => {
    for (const maxSpotFetches of [0, -1, 1.5, Number.NaN]) {
      expect(() => open({ maxSpotFetches })).toThrow(
        new RangeError(
          `Cannot create a database: 'maxSpotFetches' must be a positive integer, current value is ${maxSpotFetches}`,
        ),
      );
    }
  });

  it("give later fetches later cursors though the clock steps back", async () => {
    const { clock, database } = open();
    const store = new MemorySpotStore(database);
    await store.put("spot", 1, sampleSpotFetch([], { payload: "1" }));
    clock.stepWall(-5_000);
    await store.put("spot", 2, sampleSpotFetch([], { payload: "2" }));
    const [first, second] = await store.fetches(CURSOR_START, 10);
    expect(await store.fetches(first?.cursor ?? "", 10)).toEqual([second]);
  });

  it("are reached by no change of what was written or read, and know no negative zero", async () => {
    const store = new MemorySpotStore(open().database);
    const value = { ...sampleSpotValue({ change: -0 }) };
    await store.put("spot", 1, sampleSpotFetch([value]));
    Reflect.set(value, "value", 1);
    const stored = await store.latest("SPX");
    expect(stored).toEqual(sampleSpotValue({ change: 0 }));
    expect(Reflect.set(stored ?? {}, "value", 1)).toBe(false);
    const trail = await store.trail("SPX");
    Reflect.set(trail, "length", 0);
    expect(await store.trail("SPX")).toHaveLength(1);
  });
});

describe("chains in memory", () => {
  it("let go of contracts whose time ran out", async () => {
    const { clock, database } = open();
    const store = new MemoryChainStore(database);
    await store.putContracts([sampleChainContract(), sampleChainContract({ right: "C" })]);
    await clock.advance(300_000);
    await store.putContracts([sampleChainContract()]);
    expect(tablesOf(database).chain.contracts.size).toBe(1);
  });

  it("are reached by no change of what was written or read", async () => {
    const store = new MemoryChainStore(open().database);
    const tickers = ["O:SPXW251223P07120000"];
    await store.complete("chain/SPX", 1, sampleCompletion({ tickers }));
    tickers.length = 0;
    const stored = await store.latest("SPX");
    expect(stored?.tickers).toEqual(["O:SPXW251223P07120000"]);
    expect(Reflect.set(stored?.tickers ?? [], "length", 0)).toBe(false);
  });
});

describe("heartbeats in memory", () => {
  it("let go of the dead, whatever lifetime each had", async () => {
    const { clock, database } = open();
    const store = new MemoryHeartbeatStore(database);
    await store.beat(sampleHeartbeat({ worker: "long" }), 1_000);
    await store.beat(sampleHeartbeat({ worker: "short" }), 10);
    await clock.advance(10);
    await store.beat(sampleHeartbeat({ worker: "ws" }));
    expect([...tablesOf(database).heartbeats.keys()]).toEqual(["long", "ws"]);
  });
});

describe("the status of sources in memory", () => {
  it("lets go of connections whose day is over", async () => {
    const { clock, database } = open();
    const store = new MemorySourceStatusStore(database);
    await store.putConnection({ class: "options", shard: 0 }, sampleConnectionGauges());
    await clock.advance(86_400_000);
    await store.putConnection({ class: "stocks", shard: 0 }, sampleConnectionGauges());
    expect(tablesOf(database).sourceStatus.connections.size).toBe(1);
  });

  it("is reached by no change of what was written or read, and knows no negative zero", async () => {
    const store = new MemorySourceStatusStore(open().database);
    const gauges = { ...sampleSourceGauges({ coverage: -0 }) };
    await store.record("ws", 1, {}, gauges);
    Reflect.set(gauges, "subs_wanted", 1);
    const stored = await store.gauges();
    expect(stored).toEqual(sampleSourceGauges({ coverage: 0 }));
    expect(Reflect.set(stored ?? {}, "subs_wanted", 1)).toBe(false);
    expect(Reflect.set(await store.counters(), "events", 7)).toBe(true);
    expect((await store.counters()).events).toBe(0);
  });
});
