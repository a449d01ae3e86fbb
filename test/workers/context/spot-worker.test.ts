import { describe, expect, it } from "vitest";
import { SAMPLE_MS } from "../../support/entries.ts";
import { SpotPipeline } from "../../support/spot-pipeline.ts";

const NS_PER_MS = 1_000_000n;

describe("a spot worker's requests", () => {
  it("are made at every tick of a grid, without drift, both kinds at a time", async () => {
    const spot = new SpotPipeline();
    spot.provider.latencyMs = 137;
    await spot.run();
    await spot.clock.advance(10_000);
    const ticks = Array.from({ length: 11 }, (_, tick) => tick * 1_000);
    expect(spot.askedAtMs("indices")).toEqual(ticks);
    expect(spot.askedAtMs("stocks")).toEqual(ticks);
    expect(spot.provider.mostPending).toBe(2);
    await spot.finish();
    expect(spot.clock.pendingSleepers).toBe(0);
  });

  it("keep to a grid of fractions for long", async () => {
    const spot = new SpotPipeline({ config: { spotIntervalSec: 0.1, stockSymbols: [] } });
    await spot.run();
    await spot.clock.advance(60_000);
    const asked = spot.askedAtMs("indices");
    expect(asked).toHaveLength(601);
    expect(asked.every((atMs, tick) => Math.abs(atMs - tick * 100) < 0.01)).toBe(true);
    await spot.finish();
  });

  it("leave ticks out while an answer is slow, never overlap, and come back to the grid", async () => {
    const spot = new SpotPipeline({ config: { stockSymbols: [] } });
    spot.provider.latencyMs = 2_300;
    await spot.run();
    await spot.clock.advance(4_000);
    spot.provider.latencyMs = 0;
    await spot.clock.advance(4_000);
    expect(spot.askedAtMs("indices")).toEqual([0, 3_000, 6_000, 7_000, 8_000]);
    expect(spot.provider.mostPending).toBe(1);
    expect(spot.ports.telemetry.counterValue("spot_skipped_ticks_total", { kind: "indices" })).toBe(4);
    await spot.finish();
    expect(spot.beats.at(-1)?.detail).toMatchObject({ skipped_ticks: 4 });
  });

  it("take an answer that comes at the very tick for one that is in time", async () => {
    const spot = new SpotPipeline({ config: { stockSymbols: [] } });
    spot.provider.latencyMs = 1_000;
    await spot.run();
    await spot.clock.advance(4_000);
    expect(spot.askedAtMs("indices")).toEqual([0, 1_000, 2_000, 3_000, 4_000]);
    expect(spot.ports.telemetry.counterValue("spot_skipped_ticks_total", { kind: "indices" })).toBe(0);
    await spot.finish();
  });

  it("do not follow a wall clock that steps", async () => {
    const spot = new SpotPipeline({ config: { stockSymbols: [] } });
    await spot.run();
    await spot.clock.advance(2_000);
    spot.clock.stepWall(-3_600_000);
    await spot.clock.advance(3_000);
    expect(spot.provider.requests).toHaveLength(6);
    await spot.finish();
  });

  it("are as few as possible: 251 symbols are two, of nearly one size, at a time", async () => {
    const spotSymbols = Array.from({ length: 251 }, (_, index) => `I:A${index}`);
    const spot = new SpotPipeline({ config: { spotSymbols, stockSymbols: [] } });
    for (const symbol of spotSymbols) spot.provider.put(symbol, { value: 1 });
    spot.provider.latencyMs = 10;
    await spot.run();
    await spot.clock.advance(500);
    expect(spot.provider.requests.map(({ symbols }) => symbols.length)).toEqual([126, 125]);
    expect(spot.provider.requests.flatMap(({ symbols }) => symbols)).toEqual(spotSymbols);
    expect(spot.provider.mostPending).toBe(2);
    expect((await spot.ports.spot.all()).size).toBe(251);
    expect(await spot.ports.spot.storedSeq("spot/indices")).toBe(2);
    await spot.finish();
  });

  it("of 250 symbols are one", async () => {
    const stockSymbols = Array.from({ length: 250 }, (_, index) => `A${index}`);
    const spot = new SpotPipeline({ config: { spotSymbols: [], stockSymbols } });
    await spot.run();
    expect(spot.provider.requests.map(({ kind, symbols }) => [kind, symbols.length])).toEqual([["stocks", 250]]);
    await spot.finish();
  });

  it("are none where nothing is wanted, and it lives on", async () => {
    const spot = new SpotPipeline({ config: { spotSymbols: [], stockSymbols: [] } });
    await spot.run();
    await spot.clock.advance(12_000);
    expect(spot.provider.requests).toEqual([]);
    expect(spot.beats.map(({ status }) => status)).toEqual(["ok", "ok", "ok"]);
    expect(await spot.finish()).toBeUndefined();
  });

  it.each([
    ["spotIntervalSec", { config: { spotIntervalSec: 0 } }],
    ["maxSymbols", { maxSymbols: 0 }],
    ["heartbeatIntervalSec", { config: { heartbeatIntervalSec: 0 } }],
  ])("cannot be made with a wrong %s", (name, setup) => {
    expect(() => new SpotPipeline(setup)).toThrow(RangeError);
    expect(() => new SpotPipeline(setup)).toThrow(`'${name}'`);
  });

  it("are made by one run only", async () => {
    const spot = await new SpotPipeline().run();
    await expect(spot.worker.run(spot.stop.signal)).rejects.toThrow(TypeError);
    expect(spot.provider.requests).toHaveLength(2);
    await spot.finish();
  });
});

describe("a spot worker's values", () => {
  it("are stored with their map, trail, log and counts, under the role of their kind", async () => {
    const spot = await new SpotPipeline().run();
    await spot.clock.advance(2_000);
    const { spot: store } = spot.ports;
    expect(await store.latest("SPX")).toEqual({
      symbol: "SPX",
      value: 6_870.25,
      volume: null,
      ts: (SAMPLE_MS + 2_000) / 1_000,
      as_of_ns: `${BigInt(SAMPLE_MS + 2_000) * NS_PER_MS}`,
      timeframe: null,
      source: "memory",
      change: -12.5,
      change_pct: -0.18,
    });
    expect([...(await store.all()).keys()]).toEqual(["SPX", "SPY"]);
    expect((await store.trail("SPY")).map(({ value }) => value)).toEqual([685.5, 685.5, 685.5]);
    expect(await store.analytics()).toMatchObject({
      frames: 6,
      errors: 0,
      symbol_frames: new Map([
        ["SPX", 3],
        ["SPY", 3],
      ]),
    });
    expect(await store.fetches("0-0", 10)).toHaveLength(6);
    expect(await store.storedSeq("spot/indices")).toBe(3);
    expect(await store.storedSeq("spot/stocks")).toBe(3);
    await spot.finish();
  });

  it("that are delayed are marked, and old ones keep the time at which they were true", async () => {
    const spot = new SpotPipeline();
    const asOfTsNs = BigInt(SAMPLE_MS - 900_000) * NS_PER_MS + 1n;
    spot.provider.put("I:SPX", { value: 6_800, asOfTsNs, timeframe: "DELAYED" });
    await spot.run();
    await spot.clock.advance(3_000);
    expect(await spot.ports.spot.latest("SPX")).toMatchObject({
      timeframe: "DELAYED",
      as_of_ns: `${asOfTsNs}`,
      ts: (SAMPLE_MS + 3_000) / 1_000,
    });
    await spot.finish();
    expect(spot.beats.at(-1)).toMatchObject({ status: "ok", detail: { delayed: 1 } });
  });

  it("do not need those of a bad symbol, which is told once and counted each time", async () => {
    const spot = new SpotPipeline({ config: { spotSymbols: ["I:SPX", "I:NOPE"] } });
    await spot.run();
    await spot.clock.advance(4_000);
    expect(await spot.ports.spot.latest("SPX")).not.toBeNull();
    expect(await spot.ports.spot.latest("NOPE")).toBeNull();
    expect((await spot.ports.spot.analytics()).errors).toBe(5);
    const told = () => spot.logger.entries.filter(({ fields }) => fields["symbol"] === "I:NOPE");
    expect(told().map(({ level, fields }) => [level, fields["reason"]])).toEqual([
      ["warn", "NOT_FOUND: Ticker not found."],
    ]);
    spot.provider.put("I:NOPE", { value: 1 });
    await spot.clock.advance(2_000);
    expect((await spot.ports.spot.analytics()).errors).toBe(5);
    expect(told().map(({ level }) => level)).toEqual(["warn", "info"]);
    await spot.finish();
    expect(spot.beats.every(({ status }) => status === "ok")).toBe(true);
  });

  it("do not need those that cannot be stored, or were not asked for", async () => {
    const spot = new SpotPipeline({ config: { spotSymbols: ["I:SPX", "I:VIX"] } });
    spot.provider.put("I:VIX", { value: Number.NaN });
    const { indices } = spot.provider;
    spot.provider.indices = async (symbols, signal) => {
      const answer = await indices.call(spot.provider, symbols, signal);
      const [first] = answer.values;
      return { ...answer, values: first === undefined ? [] : [...answer.values, { ...first, symbol: "NDX" }] };
    };
    await spot.run();
    await spot.clock.advance(1_000);
    expect([...(await spot.ports.spot.all()).keys()]).toEqual(["SPX", "SPY"]);
    expect((await spot.ports.spot.analytics()).errors).toBe(4);
    await spot.finish();
  });

  it("are degraded where an answer has none", async () => {
    const spot = new SpotPipeline({ config: { spotSymbols: ["I:NOPE"] } });
    await spot.run();
    await spot.clock.advance(100);
    expect(spot.beats.at(-1)).toMatchObject({ status: "degraded", reason: "no value among the answers for indices" });
    await spot.finish();
  });
});
