import { describe, expect, it } from "vitest";
import { isStrikewireError } from "../../../src/domain/errors.ts";
import { SAMPLE_MS } from "../../support/entries.ts";
import { SpotPipeline } from "../../support/spot-pipeline.ts";

const NS_PER_MS = 1_000_000n;

/** Statuses in the order in which they were told, each stretch once. */
function statuses(spot: SpotPipeline): readonly string[] {
  return spot.beats.map(({ status }) => status).filter((status, index, all) => status !== all[index - 1]);
}

describe("a provider that fails a spot worker", () => {
  it.each(["rate_limited", "server", "timeout", "network"] as const)(
    "with '%s' is left alone for longer and longer, and then asked at every tick again",
    async (reason) => {
      const spot = new SpotPipeline();
      spot.provider.fail("indices", reason, { times: 7 });
      await spot.run();
      await spot.clock.advance(100_000);
      // 1, 2, 4, 8, 16 s, and no more than 30.
      expect(spot.askedAtMs("indices").slice(0, 10)).toEqual([
        ...[0, 1_000, 3_000, 7_000, 15_000, 31_000, 61_000, 91_000, 92_000, 93_000],
      ]);
      expect(spot.askedAtMs("stocks")).toHaveLength(101);
      expect(await spot.ports.spot.analytics()).toMatchObject({ errors: 7, frames: 101 + 10 });
      expect(spot.ports.telemetry.counterValue("spot_fetch_failures_total", { kind: "indices", reason })).toBe(7);
      expect(spot.logger.entries.filter(({ level }) => level === "error")).toHaveLength(1);
      expect(await spot.finish()).toBeUndefined();
      expect(statuses(spot)).toEqual(["ok", "degraded", "ok"]);
    },
  );

  it.each(["not_found", "invalid", "refused"] as const)("with '%s' is asked on at every tick", async (reason) => {
    const spot = new SpotPipeline();
    spot.provider.fail("stocks", reason, { times: 3 });
    await spot.run();
    await spot.clock.advance(5_000);
    expect(spot.askedAtMs("stocks")).toEqual([0, 1_000, 2_000, 3_000, 4_000, 5_000]);
    expect((await spot.ports.spot.analytics()).errors).toBe(3);
    expect(await spot.finish()).toBeUndefined();
    expect(statuses(spot)).toEqual(["ok", "degraded", "ok"]);
  });

  it("is left alone for as long as it asks, to the next tick behind it", async () => {
    const spot = new SpotPipeline({ config: { stockSymbols: [] } });
    spot.provider.fail("indices", "rate_limited", { retryAfterMs: 6_500 });
    await spot.run();
    await spot.clock.advance(9_000);
    expect(spot.askedAtMs("indices")).toEqual([0, 7_000, 8_000, 9_000]);
    // A wait is no slowness.
    expect(spot.ports.telemetry.counterValue("spot_skipped_ticks_total", { kind: "indices" })).toBe(0);
    await spot.finish();
  });

  it("is not left alone for years", async () => {
    const spot = new SpotPipeline({ config: { stockSymbols: [] } });
    spot.provider.fail("indices", "server", { retryAfterMs: 1e12 });
    await spot.run();
    await spot.clock.advance(3_600_000);
    expect(spot.provider.requests).toHaveLength(2);
    await spot.finish();
  });

  it.each(["unauthorized", "forbidden"] as const)("with '%s' ends it as failed, with its error", async (reason) => {
    const spot = new SpotPipeline();
    await spot.run();
    await spot.clock.advance(2_000);
    spot.provider.fail("stocks", reason);
    await spot.clock.advance(5_000);
    const error = await spot.end();
    expect(isStrikewireError(error, "STRIKEWIRE_REST")).toBe(true);
    expect(error).toMatchObject({ reason });
    expect(spot.askedAtMs("indices").length).toBeLessThanOrEqual(4);
    const [beat] = await spot.ports.heartbeats.all();
    expect(beat).toMatchObject({
      ...{ worker: "spot", host: "host-1", pid: 4_711, status: "failed" },
      reason: `Cannot fetch stocks: the provider must answer, it failed with '${reason}'`,
    });
    expect(spot.clock.pendingSleepers).toBe(0);
  });

  it("in a way that no provider may is a fault of its own, and ends it", async () => {
    const spot = new SpotPipeline();
    spot.provider.indices = () => Promise.reject(new TypeError("Cannot read properties of undefined"));
    await spot.run();
    expect(await spot.end()).toBeInstanceOf(TypeError);
    expect(spot.beats.at(-1)).toMatchObject({ status: "failed" });
  });

  it("with one of two requests of a kind does not hold up the other", async () => {
    const spotSymbols = ["I:SPX", "I:NDX"];
    const spot = new SpotPipeline({ config: { spotSymbols, stockSymbols: [] }, maxSymbols: 1 });
    spot.provider.put("I:NDX", { value: 25_000 });
    spot.provider.fail("indices", "server");
    await spot.run();
    await spot.clock.advance(500);
    expect([...(await spot.ports.spot.all()).keys()]).toEqual(["NDX"]);
    await spot.clock.advance(1_000);
    expect([...(await spot.ports.spot.all()).keys()]).toEqual(["NDX", "SPX"]);
    await spot.finish();
  });

  it("for 15 minutes leaves the last values there, with their true times, and its trails and counts", async () => {
    const spot = await new SpotPipeline().run();
    await spot.clock.advance(10_000);
    const before = { all: await spot.ports.spot.all(), trail: await spot.ports.spot.trail("SPX") };
    for (const kind of ["indices", "stocks"] as const) spot.provider.fail(kind, "network", { times: 10_000 });
    await spot.clock.advance(900_000);
    expect(await spot.ports.spot.all()).toEqual(before.all);
    expect(await spot.ports.spot.trail("SPX")).toEqual(before.trail);
    expect((await spot.ports.spot.latest("SPX"))?.as_of_ns).toBe(`${BigInt(SAMPLE_MS + 10_000) * NS_PER_MS}`);
    const [beat] = await spot.ports.heartbeats.all();
    expect(beat).toMatchObject({ status: "degraded", reason: expect.stringContaining("network") });
    expect(beat?.detail["last_ts"]).toBe((SAMPLE_MS + 10_000) / 1_000);
    // At most one request every 30 s and kind.
    expect(spot.provider.requests.length).toBeLessThan(22 + 2 * 36);
    await spot.finish();
  });
});
