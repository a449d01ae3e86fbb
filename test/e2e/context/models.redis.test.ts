import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { modelMessageSchema } from "../../../src/domain/model/definition/model-message.ts";
import { type GexData, gexModel } from "../../../src/domain/model/gex/index.ts";
import { type HeatmapData, heatmapModel } from "../../../src/domain/model/heatmap/index.ts";
import { LiveContext, type RunningWorker } from "../../support/context/live-context.ts";
import type { Json, PlainContext } from "../../support/context/plain-context.ts";
import { until } from "../../support/until.ts";

/*
 * Models as a service with nothing but a Redis client has them, while spot, chain, source, hydrator and builder run on a
 * simulated provider.
 */

const KEYS = ["massive:heatmap:model:SPX", "massive:gex:model:SPX"] as const;
const HEATMAP = modelMessageSchema<HeatmapData>(heatmapModel());
const GEX = modelMessageSchema<GexData>(gexModel());
const SCHEMAS = [HEATMAP, GEX] as const;

let live: LiveContext;
let plain: PlainContext;
let builder: RunningWorker;
let epoch: string;
let heard: readonly (readonly [channel: string, text: string])[];
let stopHearing: () => Promise<void>;

beforeAll(async () => {
  live = await LiveContext.start();
  ({ plain } = live);
  ({ heard, stop: stopHearing } = await plain.reader.hear());
  live.hydrator();
  builder = live.model();
  ({ epoch } = await live.context());
  live.source();
});
afterAll(async () => {
  await stopHearing();
  expect(await live.stop()).toEqual([]);
});

const heatmap = async () => HEATMAP.parse(await plain.json(KEYS[0]));
const gex = async () => GEX.parse(await plain.json(KEYS[1]));

function announced(channel: string): readonly string[] {
  return heard.flatMap(([name, text]) => (name === channel ? [text] : []));
}

describe("models on Redis", () => {
  it("live, and pass their schemas", async () => {
    for (const [index, key] of KEYS.entries()) {
      await plain.until(`${key} is live`, async () => (await plain.json(key))["status"] === "live");
      const { type, endsAtMs } = await plain.key(key);
      expect(type).toBe("string");
      expect((endsAtMs ?? 0) - (await plain.reader.now())).toBeGreaterThan(30_000);
      expect((endsAtMs ?? Infinity) - (await plain.reader.now())).toBeLessThanOrEqual(60_000);
      const message = await plain.json(key);
      expect(SCHEMAS[index]?.parse(message)).toEqual(message);
      expect(message).toMatchObject({ symbol: "SPX", epoch, reasons: [] });
    }
  });

  it("change with what is streamed", async () => {
    const before = [await heatmap(), await gex()] as const;
    await plain.until("quotes that were streamed are in the tiles", async () => {
      const { as_of: asOf, data } = await heatmap();
      return (
        (asOf.quotes.newest_ts ?? 0) > (before[0].as_of.quotes.newest_ts ?? 0) &&
        JSON.stringify(data?.series) !== JSON.stringify(before[0].data?.series)
      );
    });
    await plain.until("exposures moved with spot", async () => {
      const { spot_pts: spot, data } = await gex();
      const net = data?.open_interest.totals.gex_usd_per_pct.net ?? null;
      return spot !== before[1].spot_pts && net !== before[1].data?.open_interest.totals.gex_usd_per_pct.net;
    });
  });

  it("are announced as they are stored, and every one passes its schema", async () => {
    for (const [index, key] of KEYS.entries()) {
      await until(`${key} is announced`, () => announced(key).length > 10);
      for (const text of announced(key)) {
        const message: unknown = JSON.parse(text);
        expect(SCHEMAS[index]?.parse(message)).toEqual(message);
      }
    }
  });

  it("have tiles and exposures of the whole epoch, as its contracts have them", async () => {
    const [tiles, exposures] = [await heatmap(), await gex()];
    const records = await plain.records(epoch);
    expect([tiles.contracts, exposures.contracts]).toEqual([records.size, records.size]);
    const expirations = new Set([...records.values()].map((record) => `${record["root"]}:${record["expiration"]}`));
    expect(new Set(tiles.data?.series.map(({ root, expiration }) => `${root}:${expiration}`))).toEqual(expirations);
    expect(exposures.data?.open_interest.by_series.length).toBe(expirations.size);
    // Plain arithmetic over what the provider sent: gamma times open interest, by the naive signs.
    const { spot_pts: spot } = exposures;
    let calls = 0;
    for (const record of records.values()) {
      if (record["type"] !== "C" || record["gamma"] === undefined || record["gamma"] === null) continue;
      calls += Number(record["gamma"]) * Number(record["oi"]) * 100 * (spot ?? 0) ** 2 * 0.01;
    }
    const told = exposures.data?.open_interest.totals.gex_usd_per_pct.calls ?? 0;
    expect(told / calls).toBeGreaterThan(0.8);
    expect(told / calls).toBeLessThan(1.25);
    expect(exposures.data?.greeks.provider).toBeGreaterThan(records.size / 2);
  });

  it("have exposures by what customers bought and sold, once prints have a side", async () => {
    await plain.until("a flow basis", async () => ((await gex()).data?.flow ?? null) !== null);
    const { flow, flow_reason: reason } = (await gex()).data ?? {};
    expect([flow?.basis, flow?.sign_model, reason]).toEqual(["flow", "flow", null]);
  });

  it("are accounted for, and their contracts are settled", async () => {
    await plain.until("many builds", async () => {
      return (await plain.count("massive:model:analytics", "heatmap:SPX:incremental")) > 5;
    });
    const analytics = await plain.hash("massive:model:analytics");
    expect(analytics).toMatchObject({ "gex:SPX:errors": "0", "heatmap:SPX:errors": "0" });
    await plain.until("a moment without dirty contracts", async () => {
      return (await plain.set(`epoch:${epoch}:dirty_contracts`)).length === 0;
    });
    await plain.until("the builder is well", async () => (await plain.status("model")) === "ok");
    const { detail } = (await plain.heartbeat("model")) as { readonly detail: Json };
    expect(detail).toMatchObject({ symbols: 1, models: 2, live: 2, stale: 0, none: 0 });
  });

  it("follow a forced epoch", async () => {
    await plain.publish("massive:chain:command", "force SPX");
    const next = await plain.epochAfter(epoch);
    for (const key of KEYS) {
      await plain.until(`${key} is of the new epoch`, async () => (await plain.json(key))["epoch"] === next);
    }
    epoch = next;
  });

  it("stay, and run out, when the builder ends", async () => {
    expect(await builder.stop()).toBeUndefined();
    const { endsAtMs } = await plain.key(KEYS[0]);
    expect((endsAtMs ?? Infinity) - (await plain.reader.now())).toBeLessThanOrEqual(60_000);
    expect(await plain.heartbeat("model")).toMatchObject({ status: "ok", detail: { stopped: true } });
  });
});
