import { afterEach, describe, expect, it } from "vitest";
import { LiveContext, type LiveContextOptions } from "../../support/context/live-context.ts";
import type { Json } from "../../support/context/plain-context.ts";
import { until } from "../../support/until.ts";

/* The rows of the ws document's operational table, but for Normal: spot, chain, source and hydrator side by side. */

const CHAIN = "/v3/snapshot/options/I:SPX";

let live: LiveContext | undefined;
afterEach(async () => {
  expect((await live?.stop()) ?? []).toEqual([]);
});

/** Everything runs, and something was streamed into the first epoch. */
async function streaming(options: LiveContextOptions = {}) {
  live = await LiveContext.start(options);
  const { plain, simulator } = live;
  const source = live.source();
  live.hydrator();
  const { epoch } = await live.context();
  await plain.until("something is streamed", async () => (await plain.text(`epoch:${epoch}:had_ws_updates`)) === "1");
  return { live, plain, simulator, epoch, source };
}

/** What a client asked for, in its order. */
function asked({ simulator }: LiveContext): readonly { readonly action: string; readonly topics: readonly string[] }[] {
  return simulator.log.entries().flatMap((entry) => {
    if (entry.kind !== "received") return [];
    const { action, params } = JSON.parse(entry.text);
    return action === "auth" ? [] : [{ action, topics: String(params).split(",") }];
  });
}

describe("ws document, Burst (high trade volume)", () => {
  it("logs all of it, the stream is pruned behind its reader, and hydration keeps up", async () => {
    const { plain, simulator, epoch, source } = await streaming({
      simulator: { eventsPerSecond: 20_000, quotesPerTrade: 1 },
      config: { wsMode: "firehose", wsResources: ["options_trades"], chainIntervalSec: 600, chainIntervalMaxSec: 600 },
      retention: { softMaxEntries: 200, hardMaxBytes: 1_073_741_824 },
    });
    await plain.until("enough for the hydrator to prune", async () => {
      return (await plain.count("massive:ws:analytics", "bytes")) > 5_000_000;
    });
    expect(await plain.status("ws")).toBe("ok");
    expect(await source.stop()).toBeUndefined();
    // A machine that goes on making a burst that nobody hears has less for the hydrator.
    await simulator.close();
    const { frames = "", bytes, trades } = await plain.hash("massive:ws:analytics");
    await plain.until("all of it is hydrated", async () => {
      return (await plain.hash("massive:ws:hydrate:analytics"))["bytes"] === bytes;
    });
    expect((await plain.hash("massive:ws:hydrate:analytics"))["trades"]).toBe(trades);
    expect(await plain.length("massive:ws:stream")).toBeLessThan(0.7 * Number(frames));
    expect(await plain.count("massive:ws:hydrate:analytics", "trimmed_before_read")).toBe(0);
    expect(await plain.count("massive:ws:analytics", "shed_events")).toBe(0);
    expect(simulator.log.totals().unsent.slowConsumer).toBe(0);
    expect(await plain.active()).toBe(epoch);
    await plain.until("the hydrator is well", async () => (await plain.status("hydrator/0")) === "ok");
    expect(simulator.log.totals().connections).toBe(1);
  });
});

describe("ws document, Disconnect/Reconnect", () => {
  it("connects again, subscribes to the same, tells the gap, and streams on", async () => {
    const { live, plain, simulator, epoch } = await streaming();
    const wanted = await plain.set("massive:ws:subscriptions");
    await until("all is subscribed to", () => simulator.connections()[0]?.topics.length === wanted.length);
    const before = asked(live).length;
    simulator.inject({ kind: "refuse", forMs: 1_500 });
    simulator.inject({ kind: "cut" });
    await plain.until("the source is degraded", async () => (await plain.status("ws")) === "degraded");
    await plain.until("the source is well", async () => (await plain.status("ws")) === "ok");
    await until("all is subscribed to again", () => simulator.connections()[0]?.topics.length === wanted.length);
    const again = asked(live).slice(before);
    expect(again.every(({ action }) => action === "subscribe")).toBe(true);
    expect(again.flatMap(({ topics }) => topics).sort()).toEqual(wanted);
    await plain.until("the gap is told", async () => (await plain.key("massive:ws:gaps")).items.length > 0);
    const [gap] = (await plain.key("massive:ws:gaps")).items;
    expect(gap?.fields).toMatchObject({ cause: "disconnect" });
    await plain.until("it is counted", async () => (await plain.count("massive:ws:analytics", "reconnects")) === 1);
    await plain.settleDirty(epoch);
    await plain.until("something is streamed again", async () => {
      return (await plain.set(`epoch:${epoch}:dirty_contracts`)).length > 10;
    });
    expect(await plain.active()).toBe(epoch);
  });
});

/** A strike every second of the market, near the money and between those that are listed. */
const LISTINGS = Array.from({ length: 60 }, (_, index) => {
  return {
    atMs: 1_000 * (index + 1),
    underlying: "SPX",
    root: "SPXW",
    strikes: [6_851 + Math.floor(index / 4) * 5 + (index % 4)],
  };
});

describe("ws document, Epoch Promotion", () => {
  it("follows with the difference, without a reconnect, and no retained contract is older in the new epoch", async () => {
    const { live, plain, simulator, epoch: first } = await streaming({ simulator: { market: { listings: LISTINGS } } });
    await until("a subscription", () => (simulator.connections()[0]?.topics.length ?? 0) > 200);
    const { heard, stop } = await plain.reader.hear();
    // What is fetched from now on is older than all that is there: the new epoch has to have it from the old one.
    simulator.inject({ kind: "restStale", ageMs: 60_000, path: CHAIN, forMs: 1e6 });
    let promotions = 0;
    let grown = 0;
    for (let epoch = first; promotions < 5; promotions++) {
      const next = await plain.epochAfter(epoch);
      const [before, after] = [await plain.records(epoch), await plain.records(next)];
      for (const [contract, record] of before) {
        for (const field of ["quote_ns", "trade_ns"]) {
          const [old, young] = [record, after.get(contract)].map((one) => BigInt(String(one?.[field] ?? 0)));
          expect(young, `${field} of ${contract}`).toBeGreaterThanOrEqual(old ?? 0n);
        }
      }
      grown += after.size - before.size;
      epoch = next;
    }
    expect(grown).toBeGreaterThanOrEqual(4 * promotions);
    await plain.until("the subscriptions follow", async () => {
      const contracts = await plain.contracts((await plain.active()) ?? "");
      const wanted = contracts.flatMap((contract) => [`Q.${contract}`, `T.${contract}`]).sort();
      const held = [...(simulator.connections()[0]?.topics ?? [])].sort();
      return `${await plain.set("massive:ws:subscriptions")}` === `${wanted}` && `${held}` === `${wanted}`;
    });
    await stop();
    const changes = heard.flatMap(([channel, text]) =>
      channel === "massive:ws:subscriptions" ? [JSON.parse(text)] : [],
    );
    // One strike: a call and a put on each of two expirations, quotes and trades of each.
    expect(changes.map(({ added, removed }) => [added.length, removed.length])).toContainEqual([8, 0]);
    expect(new Set(changes.flatMap(({ added }) => added)).size).toBe(changes.flatMap(({ added }) => added).length);
    const topics = asked(live).flatMap((request) => request.topics);
    expect(new Set(topics).size).toBe(topics.length);
    expect(asked(live).map(({ action }) => action)).not.toContain("unsubscribe");
    expect(await plain.count("massive:ws:analytics", "connects")).toBe(1);
    expect(simulator.log.totals().connections).toBe(1);
    await plain.until("only the active epoch is to be recomputed", async () => {
      return `${await plain.set("epoch:dirty")}` === `${await plain.active()}`;
    });
  });

  it("lets go of contracts that are no longer in the epoch", async () => {
    const { live, plain, simulator, epoch } = await streaming();
    await plain.fetches(2);
    const before = await plain.set("massive:ws:subscriptions");
    await until("all is subscribed to", () => simulator.connections()[0]?.topics.length === before.length);
    simulator.inject({ kind: "restCollapsed", contracts: 5, path: CHAIN, forMs: 1e6 });
    const next = await plain.epochAfter(epoch);
    const wanted = (await plain.contracts(next)).flatMap((contract) => [`Q.${contract}`, `T.${contract}`]).sort();
    await until("the subscriptions follow", () => {
      return `${[...(simulator.connections()[0]?.topics ?? [])].sort()}` === `${wanted}`;
    });
    const gone = asked(live).flatMap(({ action, topics }) => (action === "unsubscribe" ? topics : []));
    expect(gone.sort()).toEqual(before.filter((topic) => !wanted.includes(topic)));
    expect(simulator.log.totals().connections).toBe(1);
  });

  it("forces an epoch for a feed that is dormant, without a single subscribe message", async () => {
    const config = {
      epochDormantThresholdSec: 1,
      epochDormantLimit: 2,
      chainIntervalSec: 600,
      chainIntervalMaxSec: 600,
    };
    const { live, plain, simulator, epoch } = await streaming({ config });
    const wanted = await plain.set("massive:ws:subscriptions");
    await plain.until("all is confirmed", async () => {
      return (await plain.count("massive:ws:analytics", "subs_active")) === wanted.length;
    });
    const before = asked(live).length;
    simulator.inject({ kind: "stall", forMs: 1e6, pings: "answered", backlog: "dropped" });
    const next = await plain.epochAfter(epoch);
    expect(await plain.meta(next)).toMatchObject({ forced: "1", dormant_count: "2" });
    expect(await plain.meta(next)).toMatchObject({ geometry_hash: (await plain.meta(epoch))["geometry_hash"] });
    expect(await plain.contracts(next)).toEqual(await plain.contracts(epoch));
    expect((await plain.key("epoch:timeline:SPX")).members.at(-1)).toMatch(/\|forced=1\|dormant=2$/);
    await plain.until("it is counted", async () => {
      return (await plain.count("massive:chain:analytics", "forced_promotions")) >= 1;
    });
    expect(asked(live)).toHaveLength(before);
    expect(await plain.set("massive:ws:subscriptions")).toEqual(wanted);
    expect(simulator.log.totals().connections).toBe(1);
  });

  it("forces an epoch on an operator's command", async () => {
    const { plain, epoch } = await streaming({ config: { chainIntervalSec: 600, chainIntervalMaxSec: 600 } });
    expect(await plain.publish("massive:chain:command", "force SPX")).toBeGreaterThan(0);
    expect(await plain.meta(await plain.epochAfter(epoch))).toMatchObject({ forced: "1", dormant_count: "0" });
  });
});

describe("ws document, Provider Maintenance", () => {
  it("keeps the epoch alive while everything is down, then reconnects, tells the gap, and goes on as before", async () => {
    const { live, plain, simulator, epoch } = await streaming({ config: { epochRenewSec: 0.2 } });
    const contracts = await plain.contracts(epoch);
    const wanted = await plain.set("massive:ws:subscriptions");
    const down = simulator.restart(2_500);
    for (const worker of ["ws", "chain/SPX", "spot"]) {
      await plain.until(`${worker} is degraded`, async () => (await plain.status(worker)) === "degraded");
    }
    const validUntil = Number((await plain.meta(epoch))["valid_until"]);
    const spot: Json = await plain.json("massive:spot:SPX");
    await plain.until(
      "the epoch is renewed",
      async () => Number((await plain.meta(epoch))["valid_until"]) > validUntil,
    );
    expect(await plain.active()).toBe(epoch);
    expect((await plain.records(epoch)).size).toBe(contracts.length);
    expect(await plain.json("massive:spot:SPX")).toEqual(spot);
    await down;
    for (const worker of ["ws", "chain/SPX", "spot", "hydrator/0"]) {
      await plain.until(`${worker} is well again`, async () => (await plain.status(worker)) === "ok");
    }
    await until("all is subscribed to again", () => simulator.connections()[0]?.topics.length === wanted.length);
    await plain.until("the gap is told", async () => (await plain.key("massive:ws:gaps")).items.length > 0);
    expect(await plain.active()).toBe(epoch);
    expect(await plain.contracts(epoch)).toEqual(contracts);
    expect(await plain.count("massive:chain:analytics", "errors")).toBeGreaterThan(0);
    expect(await plain.count("massive:spot:analytics", "errors")).toBeGreaterThan(0);
    await plain.until("new values", async () => (await plain.json("massive:spot:SPX"))["ts"] !== spot["ts"]);
    expect(live.simulator.log.totals().connections).toBe(2);
  });
});
