import { describe, expect, it } from "vitest";
import { SAMPLE_MS } from "../../support/entries.ts";
import { SpotPipeline } from "../../support/spot-pipeline.ts";

const onlyIndices = { config: { stockSymbols: [] } } as const;

/** Gives every answer a value of its own: the number of the request. */
function numberValues(spot: SpotPipeline): void {
  const { indices } = spot.provider;
  let number = 0;
  spot.provider.indices = (symbols, signal) => {
    number += 1;
    spot.provider.put("I:SPX", { value: number });
    return indices.call(spot.provider, symbols, signal);
  };
}

describe("a spot worker whose store is away", () => {
  it.each(["unavailable", "full"] as const)(
    "(%s) goes on fetching, and stores the newest when it is back",
    async (mood) => {
      const spot = new SpotPipeline(onlyIndices);
      numberValues(spot);
      await spot.run();
      spot.store.mood = mood;
      await spot.clock.advance(60_000);
      expect(spot.provider.requests).toHaveLength(61);
      expect((await spot.ports.spot.latest("SPX"))?.value).toBe(1);
      expect(spot.beats.at(-1)).toMatchObject({ status: "degraded", reason: expect.stringContaining("Cannot store") });
      spot.store.mood = "well";
      await spot.clock.advance(2_000);
      expect((await spot.ports.spot.latest("SPX"))?.value).toBe(63);
      // The first of the outage was being stored again and again, the last were stored, the others were dropped.
      const dropped = spot.ports.telemetry.counterValue("spot_dropped_fetches_total", { kind: "indices" });
      const { frames } = await spot.ports.spot.analytics();
      expect(frames + dropped).toBe(63);
      expect(dropped).toBeGreaterThan(50);
      await spot.finish();
      expect(spot.beats.at(-1)).toMatchObject({ status: "ok", detail: { dropped_fetches: dropped, stopped: true } });
    },
  );

  it("keeps the newest of each request", async () => {
    const config = { spotSymbols: ["I:SPX", "I:NDX"], stockSymbols: [] };
    const spot = new SpotPipeline({ config, maxSymbols: 1 });
    spot.provider.put("I:NDX", { value: 25_000 });
    await spot.run();
    spot.store.mood = "unavailable";
    await spot.clock.advance(10_000);
    spot.store.mood = "well";
    await spot.clock.advance(2_000);
    for (const symbol of ["SPX", "NDX"]) {
      expect((await spot.ports.spot.latest(symbol))?.ts).toBe((SAMPLE_MS + 12_000) / 1_000);
    }
    await spot.finish();
  });

  it("counts every failure of the provider when it is back", async () => {
    const spot = await new SpotPipeline(onlyIndices).run();
    spot.store.mood = "unavailable";
    spot.provider.fail("indices", "refused", { times: 20 });
    await spot.clock.advance(20_000);
    spot.store.mood = "well";
    await spot.clock.advance(5_000);
    expect((await spot.ports.spot.analytics()).errors).toBe(20);
    await spot.finish();
  });

  it("fetches from the start, and numbers when it hears its last number", async () => {
    const spot = new SpotPipeline(onlyIndices);
    spot.store.mood = "unavailable";
    await spot.run();
    await spot.clock.advance(3_000);
    expect(spot.provider.requests).toHaveLength(4);
    spot.store.mood = "well";
    await spot.clock.advance(2_000);
    const { frames } = await spot.ports.spot.analytics();
    expect(await spot.ports.spot.storedSeq("spot/indices")).toBe(frames);
    await spot.finish();
  });

  it("ends in time although it never answers, and says what it gave up", async () => {
    const spot = await new SpotPipeline(onlyIndices).run();
    spot.store.mood = "silent";
    await spot.clock.advance(5_000);
    expect(spot.provider.requests).toHaveLength(6);
    const stoppedAtMs = spot.clock.monotonic();
    expect(await spot.finish()).toBeUndefined();
    expect(spot.clock.monotonic() - stoppedAtMs).toBeLessThanOrEqual(2_000);
    expect(spot.ports.telemetry.counterValue("spot_dropped_fetches_total", { kind: "indices" })).toBe(5);
    expect(spot.logger.entries.at(-1)).toMatchObject({ level: "warn", fields: { fetches: 2, failures: 0 } });
    expect(spot.clock.pendingSleepers).toBe(0);
  });

  it("ends in time although it fails", async () => {
    const spot = await new SpotPipeline(onlyIndices).run();
    spot.store.mood = "unavailable";
    await spot.clock.advance(5_000);
    expect(await spot.finish()).toBeUndefined();
    expect(spot.ports.telemetry.counterValue("spot_dropped_fetches_total", { kind: "indices" })).toBe(5);
  });

  it("ends as failed where it refuses for good", async () => {
    const spot = await new SpotPipeline().run();
    spot.store.mood = "refusing";
    await spot.clock.advance(1_000);
    expect(await spot.end()).toMatchObject({ code: "STRIKEWIRE_STORAGE" });
    expect(spot.beats.at(-1)).toMatchObject({ status: "failed", reason: expect.stringContaining("must be a hash") });
  });
});

describe("what a spot worker stores", () => {
  it("counts once although the reply to it is lost", async () => {
    const spot = new SpotPipeline(onlyIndices);
    spot.store.mood = "lost";
    // The first call asks for the number; that reply is lost, too.
    await spot.run();
    spot.store.mood = "well";
    await spot.clock.advance(1_000);
    spot.store.mood = "lost";
    await spot.clock.advance(1_000);
    spot.store.mood = "well";
    await spot.clock.advance(1_000);
    const tried = spot.store.puts.map(({ seq }) => seq);
    expect(new Set(tried).size).toBeLessThan(tried.length);
    expect((await spot.ports.spot.analytics()).frames).toBe(4);
    expect(await spot.ports.spot.storedSeq("spot/indices")).toBe(4);
    await spot.finish();
  });

  it("goes on with its numbers after a restart", async () => {
    const first = await new SpotPipeline().run();
    await first.clock.advance(3_000);
    await first.finish();
    const second = await new SpotPipeline({ behind: first }).run();
    await second.clock.advance(3_000);
    expect(await second.ports.spot.storedSeq("spot/indices")).toBe(8);
    expect((await second.ports.spot.analytics()).frames).toBe(16);
    expect(second.store.puts.map(({ producer, seq }) => `${producer} ${seq}`)).toEqual([
      ...[5, 6, 7, 8].flatMap((seq) => [`spot/indices ${seq}`, `spot/stocks ${seq}`]),
    ]);
    await second.finish();
  });

  it("is whole beside a second process of its name, which it tells of", async () => {
    const first = await new SpotPipeline(onlyIndices).run();
    const second = await new SpotPipeline({ ...onlyIndices, behind: first }).run();
    await first.clock.advance(9_000);
    expect((await first.ports.spot.analytics()).frames).toBe(20);
    expect([...first.logger.entries, ...second.logger.entries].map(({ message }) => message)).toContain(
      "Another process stores as spot/indices, going on behind its number",
    );
    await first.finish();
    await second.finish();
  });
});
