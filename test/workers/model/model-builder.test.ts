import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { SubstrateRecord } from "../../../src/domain/epoch/substrate.ts";
import { StorageError, UnavailableError } from "../../../src/domain/errors.ts";
import { EXCHANGE_CALENDAR } from "../../../src/domain/market/trading-calendar.ts";
import type { ModelDefinition } from "../../../src/domain/model/definition/model-definition.ts";
import { recordTimes } from "../../../src/domain/model/definition/model-inputs.ts";
import { type ModelEnvelope, modelMessageSchema } from "../../../src/domain/model/definition/model-message.ts";
import { type ModelMoment, ModelRun } from "../../../src/domain/model/definition/model-run.ts";
import { gexModel } from "../../../src/domain/model/gex/index.ts";
import { type HeatmapData, heatmapModel } from "../../../src/domain/model/heatmap/index.ts";
import type { BusMessage } from "../../../src/ports/message-bus.ts";
import { sampleGrid } from "../../../src/testing/index.ts";
import { ModelPipeline, type ModelSetup, SESSION_MS, SPOT, sampleChain, TODAY } from "../../support/model-pipeline.ts";

const heatmapMessage = modelMessageSchema(heatmapModel());
const gexMessage = modelMessageSchema(gexModel());

/** A builder with a spot and an epoch of a little chain. */
async function started(setup: ModelSetup = {}) {
  const pipeline = new ModelPipeline(setup);
  await pipeline.setSpot();
  const chain = sampleChain(SESSION_MS);
  const epoch = await pipeline.promote(chain);
  await pipeline.run();
  const [first] = chain;
  return { pipeline, chain, epoch, contract: first?.terms.contract ?? "" };
}

describe("a model builder", () => {
  it("publishes every model of an epoch at once, live, and settles its contracts", async () => {
    const { pipeline, chain, epoch } = await started();
    const [heatmap, gex] = [await pipeline.heatmap(), await pipeline.gex()];
    expect(heatmapMessage.parse(heatmap)).toEqual(heatmap);
    expect(gexMessage.parse(gex)).toEqual(gex);
    for (const message of [heatmap, gex]) {
      expect(message).toMatchObject({ symbol: "SPX", epoch, status: "live", reasons: [], spot_pts: SPOT });
      expect(message).toMatchObject({ ts: SESSION_MS / 1_000, contracts: chain.length });
    }
    expect(heatmap.data?.series).toHaveLength(2);
    expect(gex.data?.open_interest.counts.gex_usd_per_pct.used).toBe(chain.length);
    expect(gex.data?.rate).toBe(0.04);
    expect(pipeline.epochs.leases.map(({ contracts }) => contracts.length)).toEqual([chain.length]);
    expect(pipeline.epochs.settled).toEqual(pipeline.epochs.leases);
    expect(await pipeline.ports.epochs.dirtyEpochs()).toEqual([]);
    expect(await pipeline.finish()).toBeUndefined();
    expect(pipeline.clock.pendingSleepers).toBe(0);
  });

  it("reads and recomputes what became dirty, and nothing else", async () => {
    const { pipeline, epoch, contract } = await started();
    expect(pipeline.substrate.reads).toEqual([undefined]);
    await pipeline.quote(epoch, contract, 1, 1.1);
    await pipeline.clock.advance(1_000);
    expect(pipeline.substrate.reads).toEqual([undefined, [contract]]);
    const { calls } = (await pipeline.heatmap()).data?.series[0] ?? {};
    expect(calls?.single.mid_pts[0]).toBe(1.05);
    const analytics = await pipeline.ports.models.analytics("heatmap", "SPX");
    expect(analytics).toMatchObject({ builds: 2, full: 1, incremental: 1, skipped_stale: 0, errors: 0 });
    expect(analytics?.last_ts).toBe((SESSION_MS + 1_000) / 1_000);
    await pipeline.finish();
  });

  it("builds at most at every tick, however much changes, without drift", async () => {
    const { pipeline, epoch, contract } = await started();
    for (let step = 0; step < 100; step++) {
      await pipeline.quote(epoch, contract, 1, 1.1 + step / 10);
      await pipeline.clock.advance(100);
    }
    expect(pipeline.publishedAtMs("gex")).toEqual(Array.from({ length: 11 }, (_, tick) => tick * 1_000));
    await pipeline.finish();
  });

  it("moves with spot, and is quiet without anything new", async () => {
    const { pipeline } = await started();
    const before = await pipeline.gex();
    await pipeline.clock.advance(3_500);
    expect(pipeline.publishedAtMs("gex")).toEqual([0]);
    await pipeline.setSpot(SPOT + 4);
    await pipeline.clock.advance(500);
    expect(pipeline.publishedAtMs("gex")).toEqual([0, 4_000]);
    const after = await pipeline.gex();
    expect(after.spot_pts).toBe(SPOT + 4);
    expect(after.data?.open_interest.totals.gex_usd_per_pct.net).not.toBe(
      before.data?.open_interest.totals.gex_usd_per_pct.net,
    );
    await pipeline.finish();
  });

  it("builds a new epoch as soon as it is announced, in full, and yet an interval after the last build", async () => {
    const { pipeline } = await started();
    await pipeline.clock.advance(2_300);
    const epoch = await pipeline.promote(sampleChain(SESSION_MS, 3), "bbb");
    await pipeline.clock.advance(0);
    expect(pipeline.publishedAtMs("gex")).toEqual([0, 2_300]);
    expect((await pipeline.gex()).epoch).toBe(epoch);
    await pipeline.clock.advance(300);
    await pipeline.promote(sampleChain(SESSION_MS, 4), "ccc");
    await pipeline.clock.advance(699);
    expect(pipeline.publishedAtMs("gex")).toEqual([0, 2_300]);
    await pipeline.clock.advance(1);
    expect(pipeline.publishedAtMs("gex")).toEqual([0, 2_300, 3_300]);
    expect(await pipeline.ports.models.analytics("gex", "SPX")).toMatchObject({ builds: 3, full: 3 });
    await pipeline.finish();
  });

  it("writes quiet models again at least every 20 s: they never run out", async () => {
    const { pipeline } = await started();
    for (let second = 0; second < 300; second++) {
      await pipeline.clock.advance(1_000);
      expect(await pipeline.ports.models.latest("gex", "SPX")).not.toBeNull();
    }
    const times = pipeline.publishedAtMs("heatmap");
    const pauses = times.slice(1).map((atMs, index) => atMs - (times[index] ?? 0));
    expect(Math.max(...pauses)).toBeLessThanOrEqual(20_000);
    expect(times.length).toBeLessThan(300 / 10);
    await pipeline.finish();
  });

  it("reads everything anew where another builder took contracts meanwhile", async () => {
    const { pipeline, epoch, contract } = await started();
    await pipeline.quote(epoch, contract, 3, 3.1);
    const lease = await pipeline.ports.epochs.takeDirty(epoch, "another", 60_000);
    await pipeline.ports.epochs.settle(lease);
    await pipeline.clock.advance(1_000);
    expect((await pipeline.heatmap()).data?.series[0]?.calls.single.mid_pts[0]).toBe(3.05);
    await pipeline.clock.advance(3_000);
    expect(pipeline.substrate.reads).toEqual([undefined, undefined]);
    await pipeline.finish();
  });

  it("beside another one has every value in what both publish, an interval late at most", async () => {
    const { pipeline, epoch, chain } = await started();
    const other = await new ModelPipeline({ behind: pipeline }).run();
    for (let second = 1; second <= 10; second++) {
      for (const { terms } of chain.slice(0, 5)) await pipeline.quote(epoch, terms.contract, second, second + 0.1);
      await pipeline.clock.advance(1_000);
    }
    await pipeline.clock.advance(1_000);
    for (const { models } of [pipeline, other]) {
      const { message } = models.puts.findLast(({ model }) => model === "heatmap") ?? {};
      const told = (message as ModelEnvelope<HeatmapData>).data?.series[0];
      const legs = [told?.calls.single.mid_pts[0], told?.puts.single.mid_pts[0], told?.calls.single.mid_pts[1]];
      expect(legs).toEqual([10.05, 10.05, 10.05]);
    }
    expect([await pipeline.finish(), await other.finish()]).toEqual([undefined, undefined]);
  });

  it("reads everything anew once a minute, whatever changed", async () => {
    const { pipeline } = await started();
    await pipeline.clock.advance(59_000);
    expect(pipeline.substrate.reads).toEqual([undefined]);
    await pipeline.clock.advance(1_000);
    expect(pipeline.substrate.reads).toEqual([undefined, undefined]);
    await pipeline.finish();
  });

  it("builds each symbol by itself", async () => {
    const pipeline = new ModelPipeline({ config: { chainSymbols: ["I:SPX", "I:NDX"] } });
    await pipeline.setSpot();
    await pipeline.promote(sampleChain(SESSION_MS));
    await pipeline.run();
    expect((await pipeline.gex()).status).toBe("live");
    expect(await pipeline.ports.models.latest("gex", "NDX")).toMatchObject({
      ...{ symbol: "NDX", epoch: null, status: "none", reasons: ["no_epoch"], data: null, contracts: 0 },
    });
    await pipeline.finish();
  });

  it("without a symbol lives on", async () => {
    const pipeline = await new ModelPipeline({ config: { chainSymbols: [] } }).run();
    await pipeline.clock.advance(12_000);
    expect(pipeline.beats.map(({ worker, status }) => [worker, status])).toEqual(Array(3).fill(["model", "ok"]));
    expect(await pipeline.finish()).toBeUndefined();
  });

  it("takes an epoch without contracts", async () => {
    const pipeline = new ModelPipeline();
    await pipeline.setSpot();
    await pipeline.promote([]);
    await pipeline.run();
    expect(await pipeline.gex()).toMatchObject({
      status: "live",
      contracts: 0,
      data: { open_interest: { cells: [] } },
    });
    expect((await pipeline.heatmap()).data?.series).toEqual([]);
    await pipeline.finish();
  });

  it("runs once", async () => {
    const { pipeline } = await started();
    await expect(pipeline.builder.run(pipeline.stop.signal)).rejects.toThrow(TypeError);
    await pipeline.finish();
  });

  it("cannot be made with two models of one name, a definition that is none, or no name", () => {
    expect(() => new ModelPipeline({ options: { models: [gexModel(), gexModel()] } })).toThrow(TypeError);
    expect(() => new ModelPipeline({ options: { worker: "" } })).toThrow(TypeError);
    const odd = { ...gexModel(), name: "Odd Name" };
    expect(() => new ModelPipeline({ options: { models: [odd] } })).toThrow(TypeError);
    expect(() => new ModelPipeline({ options: { models: [{ ...gexModel(), version: Number.NaN }] } })).toThrow(
      TypeError,
    );
    const inputs = [["greeks", "moon" as "spot"]] as const;
    expect(() => new ModelPipeline({ options: { models: [{ ...gexModel(), inputs }] } })).toThrow(
      new TypeError(
        "Cannot make a model: 'inputs' must be of spot, quotes, trades, greeks, open_interest, current value is \"moon\"",
      ),
    );
  });
});

describe("what a model builder says of old inputs", () => {
  it("is that they are stale, then that there is no model", async () => {
    const { pipeline } = await started();
    const stands = async () => {
      const { status, reasons, data } = await pipeline.gex();
      return [status, reasons.join(), data === null];
    };
    const seen: unknown[] = [];
    for (const second of [5, 6, 46, 60, 61]) {
      await pipeline.clock.advance(second * 1_000 - (pipeline.clock.now() - SESSION_MS));
      seen.push(await stands());
    }
    expect(seen).toEqual([
      ["live", "", false],
      ["stale", "spot_stale", false],
      ["stale", "spot_stale,greeks_stale", false],
      ["stale", "spot_stale,greeks_stale", false],
      ["none", "spot_too_old,greeks_too_old", true],
    ]);
    expect((await pipeline.heatmap()).reasons).toEqual(["spot_too_old", "quotes_too_old"]);
    const { skipped_stale: skipped } = (await pipeline.ports.models.analytics("gex", "SPX")) ?? {};
    expect(skipped).toBeGreaterThan(0);
    await pipeline.finish();
  });

  it("is over as soon as they are back", async () => {
    const { pipeline, epoch } = await started();
    await pipeline.clock.advance(70_000);
    expect((await pipeline.gex()).status).toBe("none");
    await pipeline.setSpot();
    const now = pipeline.clock.now();
    const updates = sampleChain(now).map(({ terms, ...values }) => ({ contract: terms.contract, ...values }));
    await pipeline.ports.substrate.mergeSnapshot(epoch, updates);
    await pipeline.clock.advance(1_000);
    expect([(await pipeline.gex()).status, (await pipeline.heatmap()).status]).toEqual(["live", "live"]);
    expect((await pipeline.heatmap()).data?.counts.single.missing.stale).toBe(0);
    await pipeline.finish();
  });

  it("is that there is none without a spot, or with one that is none", async () => {
    const pipeline = new ModelPipeline();
    await pipeline.promote(sampleChain(SESSION_MS));
    await pipeline.run();
    expect((await pipeline.gex()).reasons).toEqual(["spot_missing"]);
    await pipeline.setSpot(0);
    await pipeline.clock.advance(1_000);
    expect(await pipeline.gex()).toMatchObject({ reasons: ["spot_missing"], spot_pts: null });
    await pipeline.setSpot();
    await pipeline.clock.advance(1_000);
    expect((await pipeline.gex()).status).toBe("live");
    await pipeline.finish();
  });

  it("is that there is none once the epoch has run out", async () => {
    const { pipeline } = await started();
    await pipeline.clock.advance(3_599_000);
    await pipeline.setSpot();
    await pipeline.clock.advance(2_000);
    expect(await pipeline.gex()).toMatchObject({ epoch: null, status: "none", reasons: ["no_epoch"], contracts: 0 });
    await pipeline.finish();
  });

  it("counts signed flow where somebody tells it", async () => {
    const asked: unknown[] = [];
    const chain = sampleChain(SESSION_MS);
    const held = new Map([[chain[0]?.terms.contract ?? "", -12]]);
    const { pipeline } = await started({
      ports: {
        dealerPositions: {
          async positions(...args) {
            asked.push(args);
            return { positions: held, accuracy: 0.8, asOfMs: SESSION_MS - 7_000 };
          },
        },
      },
    });
    const { flow, flow_accuracy: accuracy, flow_ts: ts } = (await pipeline.gex()).data ?? {};
    expect(flow?.totals.gex_usd_per_pct.net).toBeLessThan(0);
    expect([accuracy, ts]).toEqual([0.8, SESSION_MS / 1_000 - 7]);
    const expirations = [...new Set(chain.map(({ terms }) => terms.expiration))].sort();
    expect(asked[0]).toEqual(["SPX", "2026-01-07", expirations]);
    await pipeline.finish();
  });

  it("counts what the hydrator's snapshots of the day tell of signed flow", async () => {
    const contract = sampleChain(SESSION_MS)[0]?.terms;
    if (contract === undefined) throw new RangeError("a chain has contracts");
    const { pipeline } = await started();
    expect((await pipeline.gex()).data).toMatchObject({ flow: null, flow_reason: "no_flow" });
    const { root, strike, right, expiration } = contract;
    const cells = sampleGrid().cells.map((cell) => ({ ...cell, root, strike, right, expected_volume: 3.96 }));
    const grid = sampleGrid({ expiration, cells });
    await pipeline.ports.snapshots.putGrid({ ...grid, trading_day: "2026-01-06" });
    await pipeline.clock.advance(1_000);
    expect((await pipeline.gex()).data?.flow).toBeNull();
    await pipeline.ports.snapshots.putGrid({ ...grid, trading_day: "2026-01-07" });
    await pipeline.clock.advance(1_000);
    const { data } = await pipeline.gex();
    expect(data?.flow?.totals.gex_usd_per_pct.net).toBeLessThan(0);
    // Of the newest snapshot: one that is written again and again without a print in it is as old as it was.
    expect(data?.flow_accuracy).toBe(0.665);
    expect([data?.flow_reason, data?.flow_ts]).toEqual([null, Math.floor(Number(grid.as_of_ns) / 1e6) / 1_000]);
    await pipeline.finish();
  });
});

describe("a model builder in trouble", () => {
  it("that is killed between computing and publishing leaves its work to the next one", async () => {
    const { pipeline, epoch, contract } = await started();
    await pipeline.quote(epoch, contract, 2, 2.1);
    // Never answers: as if the process had been stopped right there.
    pipeline.models.mood = "silent";
    await pipeline.clock.advance(1_000);
    expect(pipeline.epochs.leases.at(-1)?.contracts).toEqual([contract]);
    expect(pipeline.epochs.settled).toHaveLength(1);

    const next = await new ModelPipeline({ behind: pipeline }).run();
    // Its first round reads everything.
    expect((await next.heatmap()).data?.series[0]?.calls.single.mid_pts[0]).toBe(2.05);
    expect(next.epochs.leases).toEqual([]);
    await next.setSpot();
    await next.clock.advance(10_000);
    expect(next.epochs.leases.map(({ contracts }) => contracts)).toEqual([[contract]]);
    expect(next.epochs.settled).toHaveLength(1);
    expect(await next.ports.epochs.dirtyEpochs()).toEqual([]);
    expect(await next.finish()).toBeUndefined();
  });

  it("that stood still past its lease leaves the newer models of the one that took over, and settles nothing", async () => {
    const { pipeline: stalled, epoch, contract } = await started();
    const heard: ModelEnvelope<HeatmapData>[] = [];
    const hear = (message: BusMessage) => message.kind === "message" && heard.push(JSON.parse(message.body));
    await stalled.ports.bus.subscribe("massive:heatmap:model:SPX", hear, stalled.stop.signal);
    await stalled.quote(epoch, contract, 2, 2.1);
    const resume = stalled.models.stall();
    await stalled.clock.advance(1_000);
    const next = await new ModelPipeline({ behind: stalled }).run();
    await next.setSpot();
    await next.clock.advance(11_000);
    await next.quote(epoch, contract, 3, 3.1);
    await next.setSpot(SPOT + 1);
    await next.clock.advance(1_000);
    resume();
    await next.clock.advance(5_000);

    expect(stalled.publishedAtMs("heatmap").slice(0, 2)).toEqual([0, 1_000]);
    const times = heard.map(({ ts }) => Math.round(ts * 1_000) - SESSION_MS);
    expect(times).not.toContain(0);
    expect(times).toEqual(times.toSorted((one, other) => one - other));
    expect((await next.heatmap()).spot_pts).toBe(SPOT + 1);
    expect(stalled.epochs.settled).toHaveLength(1);
    expect(stalled.logger.entries.filter(({ level }) => level === "warn")).toEqual(
      ["heatmap", "gex"].map((model) => ({
        ...{ level: "warn", message: "Another builder has published a newer model, ours is left out" },
        ...{ error: undefined, fields: { model, symbol: "SPX" } },
      })),
    );
    expect(stalled.beats.findLast(({ detail }) => detail?.["superseded"] === 2)).toBeDefined();
    // From then on both go on.
    await next.quote(epoch, contract, 4, 4.1);
    await next.clock.advance(1_000);
    for (const { models } of [stalled, next]) {
      const { message } = models.puts.findLast(({ model }) => model === "heatmap") ?? {};
      expect((message as ModelEnvelope<HeatmapData>).data?.series[0]?.calls.single.mid_pts[0]).toBe(4.05);
    }
    expect([await stalled.finish(), await next.finish()]).toEqual([undefined, undefined]);
  });

  it("goes on where the clock of its machine was set back, or that of another was ahead", async () => {
    const { pipeline } = await started();
    pipeline.clock.stepWall(-3_600_000);
    const next = await new ModelPipeline({ behind: pipeline }).run();
    expect((await next.heatmap()).ts).toBe(SESSION_MS / 1_000 - 3_600);
    await pipeline.finish();
    await next.clock.advance(20_000);
    expect((await next.heatmap()).ts).toBeGreaterThan(SESSION_MS / 1_000 - 3_600);
    expect(await next.finish()).toBeUndefined();
  });

  it("goes on from the counts of the one before", async () => {
    const { pipeline } = await started();
    await pipeline.finish();
    const next = await new ModelPipeline({ behind: pipeline }).run();
    expect(await next.ports.models.analytics("gex", "SPX")).toMatchObject({ builds: 2, full: 2 });
    await next.finish();
  });

  it.each(["unavailable", "full", "lost"] as const)(
    "goes on when a store that was %s is back, with nothing missing",
    async (mood) => {
      const { pipeline, epoch, contract } = await started();
      pipeline.models.mood = mood;
      await pipeline.quote(epoch, contract, 2, 2.1);
      await pipeline.clock.advance(8_000);
      expect(pipeline.beats.at(-1)).toMatchObject({
        status: "degraded",
        reason: expect.stringContaining("Cannot store"),
      });
      expect(pipeline.logger.entries.filter(({ level }) => level === "error")).toHaveLength(1);
      pipeline.models.mood = "well";
      await pipeline.setSpot();
      await pipeline.clock.advance(2_000);
      expect((await pipeline.heatmap()).data?.series[0]?.calls.single.mid_pts[0]).toBe(2.05);
      expect(pipeline.beats.at(-1)).toMatchObject({ status: "ok", reason: null });
      // What was lent meanwhile comes back, and is settled.
      await pipeline.clock.advance(12_000);
      expect(await pipeline.ports.epochs.dirtyEpochs()).toEqual([]);
      expect(await pipeline.finish()).toBeUndefined();
    },
  );

  it("goes on when records could not be read", async () => {
    const { pipeline, epoch, contract } = await started();
    pipeline.substrate.mood = "unavailable";
    await pipeline.quote(epoch, contract, 2, 2.1);
    await pipeline.clock.advance(1_000);
    pipeline.substrate.mood = "well";
    await pipeline.clock.advance(1_000);
    expect((await pipeline.heatmap()).data?.series[0]?.calls.single.mid_pts[0]).toBe(2.05);
    expect(pipeline.substrate.reads.at(-1)).toBeUndefined();
    await pipeline.finish();
  });

  it("ends with the error of a store that refuses, and says so", async () => {
    const { pipeline } = await started();
    pipeline.models.mood = "refusing";
    await pipeline.setSpot(SPOT + 1);
    expect(await pipeline.end()).toBeInstanceOf(StorageError);
    expect(pipeline.beats.at(-1)).toMatchObject({ worker: "model", status: "failed" });
  });

  it("leaves the other models alone where one cannot be computed", async () => {
    let isBroken = true;
    const broken: ModelDefinition<{ readonly n: number }> = {
      name: "broken",
      version: 1,
      inputs: ["spot"],
      schema: z.object({ n: z.number() }),
      full() {
        if (isBroken) throw new UnavailableError("Cannot do it");
        return { data: { n: 1 }, state: undefined };
      },
    };
    const { pipeline } = await started({ options: { models: [broken, gexModel()] } });
    expect((await pipeline.gex()).status).toBe("live");
    expect(await pipeline.ports.models.latest("broken", "SPX")).toMatchObject({
      ...{ status: "none", reasons: ["failed"], data: null },
    });
    expect(await pipeline.ports.models.analytics("broken", "SPX")).toMatchObject({ builds: 0, errors: 1 });
    await pipeline.clock.advance(5_000);
    expect(pipeline.beats.at(-1)).toMatchObject({
      status: "degraded",
      reason: expect.stringContaining("Cannot do it"),
    });
    isBroken = false;
    await pipeline.setSpot(SPOT + 1);
    await pipeline.clock.advance(6_000);
    expect(await pipeline.ports.models.latest("broken", "SPX")).toMatchObject({ status: "stale", data: { n: 1 } });
    expect(pipeline.beats.at(-1)).toMatchObject({ status: "ok" });
    await pipeline.finish();
  });

  const ring: { self?: unknown } = {};
  ring.self = ring;
  it.each<readonly [string, () => unknown]>([
    ["data that contain themselves", () => ring],
    [
      "data that cannot be read",
      () => ({
        get n() {
          throw new RangeError("no");
        },
      }),
    ],
    ["no data", () => null],
    ["data to come", () => Promise.resolve({ n: 1 }).then],
    [
      "a thrown thing that is no text",
      () => {
        throw Object.create(null);
      },
    ],
  ])("goes on, and tells the other models, where one comes to %s", async (_, dataOf) => {
    const odd: ModelDefinition<object> = {
      name: "odd",
      version: 1,
      inputs: [],
      schema: z.any(),
      full: () => ({ data: dataOf() as object, state: undefined }),
    };
    const { pipeline } = await started({ options: { models: [odd, gexModel()] } });
    expect(await pipeline.ports.models.latest("odd", "SPX")).toMatchObject({ reasons: ["failed"], data: null });
    expect((await pipeline.gex()).status).toBe("live");
    expect(await pipeline.finish()).toBeUndefined();
  });

  it("publishes no model that JSON does not hold", async () => {
    const odd: ModelDefinition<object> = {
      name: "odd",
      version: 1,
      inputs: [],
      schema: z.any(),
      full: () => ({ data: { n: Number.NaN }, state: undefined }),
    };
    const { pipeline } = await started({ options: { models: [odd] } });
    expect(await pipeline.ports.models.latest("odd", "SPX")).toMatchObject({ reasons: ["failed"], data: null });
    expect(await pipeline.ports.models.analytics("odd", "SPX")).toMatchObject({ errors: 1 });
    await pipeline.finish();
  });

  it("tells in its heartbeat how many models stand how", async () => {
    const { pipeline } = await started({ config: { chainSymbols: ["I:SPX", "I:NDX"] } });
    await pipeline.clock.advance(5_000);
    expect(pipeline.beats.at(-1)?.detail).toMatchObject({ symbols: 2, models: 4, live: 2, stale: 0, none: 2 });
    await pipeline.finish();
    expect(pipeline.beats.at(-1)).toMatchObject({ status: "ok", detail: { stopped: true } });
  });
});

describe("models that a builder has built incrementally", () => {
  it("are those made from scratch of the same records, spot and instant, to the last bit", async () => {
    const { pipeline, epoch, chain } = await started();
    for (let second = 1; second <= 30; second++) {
      for (let index = 0; index < 5; index++) {
        const contract = chain[(second * 7 + index * 11) % chain.length]?.terms.contract ?? "";
        const bid = ((second * 13 + index * 5) % 400) / 20;
        await pipeline.quote(epoch, contract, bid, bid + 0.1);
      }
      if (second % 3 === 0) await pipeline.setSpot(SPOT + second / 4);
      await pipeline.clock.advance(1_000);
    }
    const records = (await pipeline.ports.substrate.records(epoch)) ?? [];
    for (const [definition, message] of [
      [heatmapModel({ dividendYield: () => 0.012 }), await pipeline.heatmap()],
      [gexModel({ dividendYield: () => 0.012 }), await pipeline.gex()],
    ] as const) {
      const run = new ModelRun<object>(definition, { maxAgeMs: 60_000, spotStaleMs: 5_000, chainStaleMs: 45_000 });
      const view = await viewOf(pipeline, records, epoch, message.ts * 1_000);
      const { message: scratch } = run.step(view, null);
      expect(withoutRepriced(JSON.parse(JSON.stringify(scratch)))).toEqual(withoutRepriced(message));
    }
    expect(await pipeline.ports.models.analytics("heatmap", "SPX")).toMatchObject({ full: 1, incremental: 30 });
    await pipeline.finish();
  });
});

/** What a model is told from, at an instant. */
async function viewOf(
  pipeline: ModelPipeline,
  records: readonly SubstrateRecord[],
  epoch: string,
  asOfMs: number,
): Promise<ModelMoment> {
  const spot = await pipeline.ports.spot.latest("SPX");
  return {
    ...{ symbol: "SPX", epoch, asOfMs, tradingDay: TODAY, calendar: EXCHANGE_CALENDAR },
    spotPts: spot?.value ?? null,
    spotMs: Number(spot?.as_of_ns ?? 0) / 1e6,
    records: new Map(records.map((record) => [record.terms.contract, record])),
    dealerPositions: null,
    dealerAccuracy: null,
    dealerPositionsMs: null,
    times: recordTimes(records),
  };
}

/** Flips are those of at most a second before. */
function withoutRepriced(message: object): unknown {
  return JSON.parse(JSON.stringify(message, (name, value) => (name === "repriced" ? null : value)));
}
