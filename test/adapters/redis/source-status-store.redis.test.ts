import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RedisRawLog } from "../../../src/adapters/redis/raw-log.ts";
import { RedisSourceStatusStore } from "../../../src/adapters/redis/source-status-store.ts";
import {
  sampleConnectionGauges,
  sampleFrames,
  sampleSourceCounts,
  sampleSourceGauges,
} from "../../../src/testing/index.ts";
import { openPlainKeyspace, type PlainKeyspace } from "../../support/redis/plain-keyspace.ts";

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
const OPTIONS = { class: "options", shard: 0 } as const;

let space: PlainKeyspace;
let store: RedisSourceStatusStore;
let log: RedisRawLog;
beforeEach(async () => {
  space = await openPlainKeyspace();
  store = new RedisSourceStatusStore(space.connection);
  log = new RedisRawLog(space.connection);
});
afterEach(() => space.close());

const analyticsKey = () => space.keys.of("analytics");
const producersKey = () => space.keys.of("producers");
const usedKey = () => space.keys.of("producersUsed");
const connectionKey = () => space.keys.of("connectionAnalytics", OPTIONS);
const indexKey = () => space.keys.of("connectionsIndex");
const sampleKey = () => space.keys.of("lastSample");

describe("keys of the status of sources", () => {
  it("are the analytics and the producers of the raw log, and keys of their own", async () => {
    await store.record("ws", 1, sampleSourceCounts(), sampleSourceGauges());
    await store.putConnection(OPTIONS, sampleConnectionGauges());
    await store.putSample("[]");
    expect(await space.types()).toEqual({
      "massive:ws:analytics": "hash",
      "massive:ws:analytics:connections": "zset",
      "massive:ws:analytics:options:0": "hash",
      "massive:ws:producers": "hash",
      "massive:ws:producers:used": "zset",
      "massive:ws:raw:last_sample": "string",
    });
    expect(await space.plain.hgetall(producersKey())).toEqual({ "ws/status": "1" });
    expect(await space.plain.get(sampleKey())).toBe("[]");
  });

  it("leave what the raw log counts as it is, and the raw log leaves theirs", async () => {
    const frames = sampleFrames(1, 3);
    await log.append("ws", 1, frames);
    await store.record("ws", 1, { events: 7, invalid: 1 }, sampleSourceGauges({ coverage: null }));
    await log.append("ws", 4, sampleFrames(4, 1));
    expect(await space.plain.hgetall(analyticsKey())).toEqual({
      frames: "4",
      bytes: String(frames.reduce((sum, { payload }) => sum + payload.length, 0) + (frames[0]?.payload.length ?? 0)),
      last_ts: "1766437799.449",
      events: "7",
      invalid: "1",
      subs_wanted: "1000",
      subs_active: "998",
      subs_seen: "640",
      last_event_ts: "1766437799.445",
      watermark_ns: "1766437799445123457",
    });
    expect(await space.plain.hgetall(producersKey())).toEqual({ ws: "4", "ws/status": "1" });
    expect(await log.storedSeq("ws")).toBe(4);
    expect(await store.record("ws", 2, {}, sampleSourceGauges())).toBe("stored");
  });

  it("have the connection's gauges for a day, and an index that says until when", async () => {
    await store.putConnection(OPTIONS, sampleConnectionGauges({ last_status: null, lag_ms: null }));
    expect(await space.plain.hgetall(connectionKey())).toEqual({
      state: "streaming",
      connection_epoch: "17",
      subs_active: "998",
      queue_events: "1200",
      queue_bytes: "65536",
      queue_ms: "4.5",
      staleness_p50_ms: "1.25",
      staleness_p99_ms: "9.5",
      last_close_code: "1006",
      last_ts: "1766437799.195",
      missing: sampleConnectionGauges().missing,
    });
    await space.plain.persist(connectionKey());
    await store.putConnection(OPTIONS, sampleConnectionGauges());
    const leftMs = await space.plain.pttl(connectionKey());
    expect(leftMs).toBeGreaterThan(DAY_MS - 10_000);
    expect(leftMs).toBeLessThanOrEqual(DAY_MS);
    const end = Number(await space.plain.call("PEXPIRETIME", connectionKey()));
    expect(Math.abs(Number(await space.plain.zscore(indexKey(), "options/0")) - end)).toBeLessThanOrEqual(2);
  });

  it("name no connection in the index whose day is over", async () => {
    await space.plain.zadd(indexKey(), Date.now() - 60_000, "stocks/7");
    await store.putConnection(OPTIONS, sampleConnectionGauges());
    expect(await space.plain.zrange(indexKey(), "0", "-1")).toEqual(["options/0"]);
  });

  it("forget writers that were not heard of for 7 days, and keep the others for that long", async () => {
    await store.record("gone", 1, {}, sampleSourceGauges());
    await log.append("old", 1, sampleFrames(1, 1));
    for (const name of ["gone/status", "old"]) await space.plain.zadd(usedKey(), Date.now() - WEEK_MS - 60_000, name);
    await space.plain.persist(producersKey());
    await store.record("ws", 1, {}, sampleSourceGauges());
    expect(await space.plain.hgetall(producersKey())).toEqual({ "ws/status": "1" });
    expect(await space.plain.zrange(usedKey(), "0", "-1")).toEqual(["ws/status"]);
    for (const key of [producersKey(), usedKey()]) {
      expect(await space.plain.pttl(key)).toBeGreaterThan(WEEK_MS - 10_000);
      expect(await space.plain.pttl(key)).toBeLessThanOrEqual(WEEK_MS);
    }
    expect(await store.record("gone", 1, { events: 1 }, sampleSourceGauges())).toBe("stored");
  });

  it("count a record once whose answer was lost", async () => {
    const { connection, loser } = await space.connectLosing();
    const losing = new RedisSourceStatusStore(connection);
    loser.loseNext();
    await expect(losing.record("ws", 1, { events: 5 }, sampleSourceGauges())).rejects.toMatchObject({
      code: "STRIKEWIRE_UNAVAILABLE",
    });
    await connection.ready();
    await vi.waitFor(async () => {
      expect(await losing.record("ws", 1, { events: 5 }, sampleSourceGauges())).toBe("already");
    });
    expect((await store.counters()).events).toBe(5);
  });
});

type Operation = () => Promise<unknown>;
const record: Operation = () => store.record("ws", 9, { events: 1 }, sampleSourceGauges({ coverage: null }));
const counters: Operation = () => store.counters();
const gauges: Operation = () => store.gauges();
const putConnection: Operation = () => store.putConnection(OPTIONS, sampleConnectionGauges({ lag_ms: null }));
const connectionGauges: Operation = () => store.connectionGauges(OPTIONS);
const putSample: Operation = () => store.putSample("[1]");
const sample: Operation = () => store.sample();

async function refuse(operations: Readonly<Record<string, Operation>>, key: string): Promise<void> {
  const before = await space.contents();
  for (const [name, operation] of Object.entries(operations)) {
    const failing = operation();
    await expect(failing, name).rejects.toMatchObject({ code: "STRIKEWIRE_STORAGE" });
    await expect(failing, name).rejects.toThrow(`key "${key}" must hold `);
  }
  expect(await space.contents()).toEqual(before);
}

describe("a key of another type", () => {
  it.each<[string, () => string, Readonly<Record<string, Operation>>]>([
    ["analytics", analyticsKey, { record, counters, gauges }],
    ["producers", producersKey, { record }],
    ["use of producers", usedKey, { record }],
    ["gauges of a connection", connectionKey, { putConnection, connectionGauges }],
    ["index of connections", indexKey, { putConnection }],
    ["sample", sampleKey, { putSample, sample }],
  ])("is refused by name, and nothing changes: %s", async (_, keyOf, operations) => {
    await store.record("ws", 1, sampleSourceCounts(), sampleSourceGauges());
    await store.putConnection(OPTIONS, sampleConnectionGauges());
    await store.putSample("[]");
    await space.mistype(keyOf());
    await refuse(operations, keyOf());
  });
});

describe("a value that is none of ours", () => {
  beforeEach(async () => {
    await store.record("ws", 1, sampleSourceCounts(), sampleSourceGauges());
    await store.putConnection(OPTIONS, sampleConnectionGauges());
  });

  it.each(["x", "1.5", "-1", "007", "9".repeat(19)])("is refused as a count: %j", async (text) => {
    await space.plain.hset(analyticsKey(), "events", text);
    const isReadable = text === "007";
    await refuse(isReadable ? { record } : { record, counters }, analyticsKey());
  });

  it.each(["x", "-1", "1e3", ""])("is refused as a sequence: %j", async (text) => {
    await space.plain.hset(producersKey(), "ws/status", text);
    await refuse({ record }, producersKey());
  });

  it.each([
    ["subs_wanted", "1.5"],
    ["subs_seen", "many"],
    ["coverage", "-0.5"],
    ["coverage", ""],
    ["last_event_ts", "0"],
    ["watermark_ns", "017"],
    ["watermark_ns", "now"],
  ])("is refused as %s of a source: %j", async (field, text) => {
    await space.plain.hset(analyticsKey(), field, text);
    await refuse({ gauges }, analyticsKey());
    await record();
    expect(await gauges()).toEqual(sampleSourceGauges({ coverage: null }));
  });

  it.each([
    ["connection_epoch", "-1"],
    ["queue_ms", "NaN"],
    ["staleness_p99_ms", "-3"],
    ["last_close_code", "1.5"],
    ["last_ts", "0"],
  ])("is refused as %s of a connection: %j", async (field, text) => {
    await space.plain.hset(connectionKey(), field, text);
    await refuse({ connectionGauges }, connectionKey());
    await putConnection();
    expect(await connectionGauges()).toEqual(sampleConnectionGauges({ lag_ms: null }));
  });

  it("is a set of gauges in which one is missing that must be there", async () => {
    await space.plain.hdel(analyticsKey(), "subs_active");
    await refuse({ gauges }, analyticsKey());
    await space.plain.hdel(connectionKey(), "state");
    await refuse({ connectionGauges }, connectionKey());
  });
});
