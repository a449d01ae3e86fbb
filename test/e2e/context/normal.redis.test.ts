import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LiveContext, type RunningWorker } from "../../support/context/live-context.ts";
import type { Json, PlainContext } from "../../support/context/plain-context.ts";
import { streamedEvents } from "../../support/context/streamed-events.ts";

/*
 * The rows "Normal" of the operational tables, and the keys of the spot document: spot, chain, source and hydrator side by
 * side. The chain is fetched once, so that whatever moves in the substrate behind that was streamed.
 */

let live: LiveContext;
let plain: PlainContext;
let source: RunningWorker;
let epoch: string;
let fetched: ReadonlyMap<string, Json>;
let heard: readonly (readonly [channel: string, text: string])[];
let stopHearing: () => Promise<void>;

beforeAll(async () => {
  live = await LiveContext.start({ config: { chainIntervalSec: 600, chainIntervalMaxSec: 600 } });
  ({ plain } = live);
  ({ heard, stop: stopHearing } = await plain.reader.hear());
  live.hydrator();
  ({ epoch } = await live.context());
  fetched = await plain.records(epoch);
  await plain.until("the chain is complete", async () => announced("massive:chain:snapshot").length > 0);
  await plain.settleDirty(epoch);
  source = live.source();
});
afterAll(async () => {
  await stopHearing();
  expect(await live.stop()).toEqual([]);
});

function announced(channel: string): readonly Json[] {
  return heard.flatMap(([name, text]) => (name === channel ? [JSON.parse(text)] : []));
}

describe("chain document, Normal", () => {
  it("makes an epoch of the chain, in which every contract has its record", async () => {
    const { tickers } = (await plain.json("massive:chain:latest:SPX")) as { readonly tickers: readonly string[] };
    expect(tickers.length).toBeGreaterThan(100);
    expect([...fetched.keys()]).toEqual([...tickers].sort());
    for (const [contract, record] of fetched) {
      const [, root, date, right, thousandths] = /^O:([A-Z]+)(\d{6})([CP])(\d{8})$/.exec(contract) ?? [];
      expect(record).toMatchObject({ id: contract, underlying: "SPX", root, type: right, multiplier: 100 });
      expect(record["strike"]).toBe(Number(thousandths) / 1_000);
      expect(String(record["expiration"]).replaceAll("-", "").slice(2)).toBe(date);
    }
    const meta = await plain.meta(epoch);
    expect(meta).toMatchObject({ epoch_id: epoch, symbol: "SPX", forced: "0", contract_count: `${fetched.size}` });
    expect((await plain.key("epoch:timeline:SPX")).members).toEqual([
      `${meta["created_ts"]}|${epoch}|forced=0|dormant=0`,
    ]);
    expect(announced("epoch:promoted")).toMatchObject([{ symbol: "SPX", epoch, previous: null, forced: false }]);
  });

  it("has the records live as long as the epoch is valid, and the contracts as they came for 300 s", async () => {
    const { valid_until: validUntil, created_ts: created } = await plain.meta(epoch);
    expect(Number(validUntil) - Number(created)).toBeCloseTo(300, 0);
    const ofEpoch = [...fetched.keys()].map((contract) => plain.key(`epoch:${epoch}:contract:${contract}`));
    for (const { endsAtMs } of await Promise.all(ofEpoch)) {
      expect(endsAtMs).toBeGreaterThanOrEqual(Math.floor(Number(validUntil) * 1_000));
    }
    const now = await plain.reader.now();
    for (const contract of fetched.keys()) {
      const name = contract.replace(/^O:(\w+)(\d{6})([CP])(\d{8})$/, (_, root, date, right, strike) => {
        return `SPX:20${date}:${root === "SPX" ? "" : `${root}:`}${right}${Number(strike)}`;
      });
      const { type, endsAtMs, text } = await plain.key(`massive:chain:snapshot:${name}`);
      expect(type).toBe("string");
      expect((endsAtMs ?? 0) - now).toBeGreaterThan(200_000);
      expect((endsAtMs ?? Infinity) - now).toBeLessThanOrEqual(300_000);
      expect(JSON.parse(text).details.ticker).toBe(contract);
    }
  });

  it("tells what the fetch was like: latest, message, sums, trails, health", async () => {
    const { tickers, geometry_hash, strike_min, strike_max, pages, ...message } =
      await plain.json("massive:chain:latest:SPX");
    expect(announced("massive:chain:snapshot")).toEqual([message]);
    expect(message).toMatchObject({ symbol: "SPX", contracts: fetched.size, health: "ok", epoch });
    expect(geometry_hash).toBe((await plain.meta(epoch))["geometry_hash"]);
    const strikes = [...fetched.values()].map(({ strike }) => Number(strike));
    expect([strike_min, strike_max]).toEqual([Math.min(...strikes), Math.max(...strikes)]);
    expect(await plain.hash("massive:chain:analytics")).toMatchObject({
      ...{ runs: "1", errors: "0", total_snapshots: "1", total_contracts: `${fetched.size}` },
      ...{ publish_success: "1", publish_failures: "0", sla_violations: "0", promotions: "1", forced_promotions: "0" },
      ...{ latency_last_ms: `${message["latency_ms"]}`, last_snapshot_ts: `${message["ts"]}` },
    });
    expect(await plain.hash("massive:chain:analytics:health")).toEqual({ ok: "1", "SPX:last": "ok" });
    const trail = async (figure: string): Promise<readonly string[]> =>
      (await plain.key(`massive:chain:analytics:${figure}:SPX`)).members;
    expect(await trail("contract_count")).toEqual([`${message["ts"]}:${fetched.size}`]);
    expect(await trail("fetch_latency")).toEqual([`${message["ts"]}:${message["latency_ms"]}`]);
    expect(await trail("strike_range")).toEqual([`${message["ts"]}:${Number(strike_max) - Number(strike_min)}`]);
    expect(await trail("staleness")).toHaveLength(1);
  });

  it("hydrates the records with what is streamed, and marks what changed", async () => {
    await plain.until("quotes and trades are hydrated", async () => {
      const records = await plain.records(epoch);
      const moved = (field: string) =>
        [...records].filter(([id, record]) => record[field] !== fetched.get(id)?.[field]);
      return moved("quote_t").length > 20 && moved("trade_t").length > 10;
    });
    expect(await plain.text(`epoch:${epoch}:had_ws_updates`)).toBe("1");
    expect(await plain.set("epoch:dirty")).toEqual([epoch]);
    const dirtyBefore = await plain.set(`epoch:${epoch}:dirty_contracts`);
    const records = await plain.records(epoch);
    const moved = [...records].filter(([id, { rev }]) => rev !== fetched.get(id)?.["rev"]).map(([id]) => id);
    expect(moved).toEqual(expect.arrayContaining([...dirtyBefore]));
    expect(await plain.set(`epoch:${epoch}:dirty_contracts`)).toEqual(expect.arrayContaining(moved));
    for (const [id, { quote_ns, trade_ns, ...record }] of records) {
      const before = fetched.get(id);
      expect(BigInt(String(quote_ns ?? 0))).toBeGreaterThanOrEqual(BigInt(String(before?.["quote_ns"] ?? 0)));
      expect(BigInt(String(trade_ns ?? 0))).toBeGreaterThanOrEqual(BigInt(String(before?.["trade_ns"] ?? 0)));
      // The stream has neither terms nor greeks nor open interest.
      for (const field of ["strike", "type", "delta", "gamma", "iv", "greeks_ns", "oi", "oi_day"]) {
        expect(record[field]).toBe(before?.[field]);
      }
    }
  });

  it("has all workers tell that they are well", async () => {
    for (const worker of ["ws", "hydrator/0", "spot", "chain/SPX"]) {
      await plain.until(`${worker} is well`, async () => (await plain.status(worker)) === "ok");
      const { endsAtMs } = await plain.key(`massive:heartbeat:${worker}`);
      expect((endsAtMs ?? Infinity) - (await plain.reader.now())).toBeLessThanOrEqual(15_000);
      expect(await plain.heartbeat(worker)).toMatchObject({ worker, host: "test", reason: null });
    }
    expect((await plain.heartbeat("chain/SPX"))["detail"]).toMatchObject({ health: "ok", epoch });
  });
});

describe("ws document, Normal", () => {
  it("subscribes to the contracts of the epoch, and to nothing else", async () => {
    const wanted = [...fetched.keys()].flatMap((contract) => [`Q.${contract}`, `T.${contract}`]).sort();
    expect(await plain.set("massive:ws:subscriptions")).toEqual(wanted);
    await plain.until("all of it is subscribed to", async () => {
      return live.simulator.connections()[0]?.topics.length === wanted.length;
    });
    expect([...(live.simulator.connections()[0]?.topics ?? [])].sort()).toEqual(wanted);
    await plain.until("that is told", async () => {
      return (await plain.count("massive:ws:analytics", "subs_active")) === wanted.length;
    });
  });

  it("counts what it logs, the consumer keeps up, and each record ends at the last that was streamed", async () => {
    await plain.until(
      "some hundreds of events",
      async () => (await plain.count("massive:ws:analytics", "events")) > 800,
    );
    expect(await source.stop()).toBeUndefined();
    const key = await plain.key("massive:ws:stream");
    const frames = key.items.filter(({ fields }) => fields["kind"] === undefined);
    expect(frames.length).toBeGreaterThan(20);
    const analytics = await plain.hash("massive:ws:analytics");
    expect(analytics["frames"]).toBe(`${frames.length}`);
    const bytes = frames.reduce((sum, { fields }) => sum + Buffer.byteLength(fields["payload"] ?? ""), 0);
    expect(analytics["bytes"]).toBe(`${bytes}`);
    const events = streamedEvents(key.items);
    expect(events.length).toBeGreaterThan(200);
    await plain.until("the consumer has read all", async () => {
      const group = (await plain.reader.groups("massive:ws:stream")).get("ws_hydrator");
      return group?.["last-delivered-id"] === key.items.at(-1)?.id;
    });
    const lastQuotes = new Map(events.flatMap((event) => (event.ev === "Q" ? [[event.sym, event]] : [])));
    await plain.until("every record has its last quote", async () => {
      const records = await plain.records(epoch);
      return [...lastQuotes].every(([id, { t }]) => Number(records.get(id)?.["quote_t"]) >= Number(t));
    });
    for (const [id, record] of await plain.records(epoch)) {
      const quotes = events.filter(({ ev, sym, t }) => ev === "Q" && sym === id && t === record["quote_t"]);
      if (quotes.length === 0) continue;
      expect(quotes.map(({ bp, ap }) => [bp, ap])).toContainEqual([record["bid"], record["ask"]]);
    }
  });
});

describe("spot document", () => {
  it("has every value under a key of its own and in the map of all, with its times", async () => {
    for (const [symbol, value] of Object.entries(await plain.json("massive:spot"))) {
      expect(value).toMatchObject({ symbol, source: "rest", value: expect.any(Number), as_of_ns: expect.any(String) });
      const { ts, as_of_ns: asOfNs } = await plain.json(`massive:spot:${symbol}`);
      expect(Math.abs(Number(ts) - Number(asOfNs) / 1e9)).toBeLessThan(30);
    }
    expect(Object.keys(await plain.json("massive:spot")).sort()).toEqual(["SPX", "SPY"]);
    const [row] = (
      await (await fetch(`${live.simulator.restUrl}/v3/snapshot/indices?ticker.any_of=I:SPX&apiKey=k`)).json()
    ).results;
    expect((await plain.json("massive:spot:SPX"))["value"]).toBeCloseTo(row.value, -2);
  });

  it("has trails, sums, the log of all answers, and announces each value", async () => {
    await plain.until("some values", async () => (await plain.count("massive:spot:analytics", "frames:SPX")) >= 5);
    for (const symbol of ["SPX", "SPY"]) {
      const { type, endsAtMs, members } = await plain.key(`massive:spot:trail:${symbol}`);
      expect({ type, endsAtMs }).toEqual({ type: "zset", endsAtMs: null });
      expect(members.length).toBeGreaterThanOrEqual(5);
      for (const member of members) expect(member).toMatch(/^\d{10}(\.\d+)?:\d+(\.\d+)?$/);
    }
    const { fields } = await plain.key("massive:spot:analytics");
    expect(fields).toMatchObject({ errors: "0" });
    const { items } = await plain.key("massive:spot:stream");
    expect(items.length).toBeGreaterThanOrEqual(Number(fields["frames"]));
    expect(Object.keys(items[0]?.fields ?? {})).toEqual(["ts", "payload"]);
    const values = announced("massive:spot");
    expect(new Set(values.map(({ symbol }) => symbol))).toEqual(new Set(["SPX", "SPY"]));
  });
});
