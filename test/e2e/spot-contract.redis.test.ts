import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ManualClock, MemorySpotProvider } from "../../src/adapters/memory/index.ts";
import { openRedis, type RedisPorts } from "../../src/adapters/redis/index.ts";
import { SYSTEM_CLOCK } from "../../src/adapters/system/index.ts";
import { SpotWorker } from "../../src/workers/context/spot-worker.ts";
import { SAMPLE_MS } from "../support/entries.ts";
import { type Keyspace, openKeyspace } from "../support/redis/keyspace.ts";
import { until } from "../support/until.ts";
import { type FoundKey, PlainReader } from "./redis-contract/plain-reader.ts";

/*
 * What another service finds of a spot worker that has a Redis client and the contract page, and nothing of ours. What is
 * looked at here, and how, is written out here.
 */

const ROUNDS = 320;
const INTERVAL_MS = 1_000;
const OLD_NS = "1766436300000000001";
const VALUE_FIELDS = ["symbol", "value", "volume", "ts", "as_of_ns", "timeframe", "source", "change", "change_pct"];

/** The keys of a spot worker, as other services were promised them; none but the heartbeat ends. */
const PROMISED: Readonly<Record<string, string>> = {
  "massive:heartbeat:spot": "string",
  // An index of the heartbeats, beside the keys of the contract page.
  "massive:heartbeats": "zset",
  "massive:spot": "string",
  "massive:spot:NDX": "string",
  "massive:spot:SPX": "string",
  "massive:spot:SPY": "string",
  "massive:spot:analytics": "hash",
  "massive:spot:stream": "stream",
  // Another index.
  "massive:spot:symbols": "set",
  "massive:spot:trail:NDX": "zset",
  "massive:spot:trail:SPX": "zset",
  "massive:spot:trail:SPY": "zset",
};

describe("a spot worker on Redis, as a plain client finds it", () => {
  let space: Keyspace;
  let redis: RedisPorts;
  let reader: PlainReader;
  let clock: ManualClock;
  let found: ReadonlyMap<string, FoundKey>;
  let heard: readonly (readonly [channel: string, text: string])[];
  let whileRunning: FoundKey;
  let beganAtMs: number;
  let readAtMs: number;

  const key = (name: string): FoundKey => {
    const there = found.get(name);
    if (there === undefined) throw new RangeError(`Cannot look at a key: "${name}" must be there`);
    return there;
  };
  const json = (name: string): Record<string, unknown> => JSON.parse(key(name).text);

  beforeAll(async () => {
    space = openKeyspace();
    reader = new PlainReader(space.url, space.prefix);
    beganAtMs = await reader.now();
    redis = openRedis({ url: space.url, keyPrefix: space.prefix, clock: SYSTEM_CLOCK });
    await redis.connection.ready();
    const listening = await reader.hear();
    clock = new ManualClock(SAMPLE_MS);
    const spotProvider = new MemorySpotProvider({ clock, latencyMs: 12.5 });
    spotProvider.put("I:NDX", { value: 25_000.125, asOfTsNs: BigInt(OLD_NS), timeframe: "DELAYED" });
    spotProvider.put("SPY", { value: 685.5, volume: 1_234_567, change: 1.25, changePct: 0.1827 });
    const worker = new SpotWorker(
      {
        ...{ spotSymbols: ["I:SPX", "I:NDX", "I:NOPE"], stockSymbols: ["SPY"], spotIntervalSec: INTERVAL_MS / 1_000 },
        ...{ heartbeatIntervalSec: 5, heartbeatTtlSec: 15 },
      },
      { ...redis, spotProvider, clock },
      { host: "host-1", pid: 4_711 },
    );
    const stop = new AbortController();
    const running = worker.run(stop.signal);
    for (let round = 1; round <= ROUNDS; round++) {
      // One value comes again and again, the other changes.
      spotProvider.put("I:SPX", { value: 6_870 + round * 0.25, change: -12.5, changePct: -0.1816 });
      if (round === ROUNDS) spotProvider.fail("stocks", "server");
      await clock.advance(round === 1 ? 20 : INTERVAL_MS);
      await until(`both answers of round ${round} are stored`, async () => {
        return (
          (await redis.spot.storedSeq("spot/indices")) === round &&
          (await redis.spot.storedSeq("spot/stocks")) === round
        );
      });
    }
    whileRunning = await reader.key("massive:heartbeat:spot");
    stop.abort();
    await running;
    found = await reader.all();
    readAtMs = await reader.now();
    await listening.stop();
    heard = listening.heard;
  });
  afterAll(async () => {
    await redis.close();
    reader.client.disconnect();
    await space.clear();
  });

  it("has the promised keys and no others, each of its type, and none but the heartbeat ends", () => {
    expect(Object.fromEntries([...found].map(([name, { type }]) => [name, type]))).toEqual(PROMISED);
    const ending = [...found].filter(([, { endsAtMs }]) => endsAtMs !== null).map(([name]) => name);
    expect(ending).toEqual(["massive:heartbeat:spot"]);
    const { endsAtMs } = key("massive:heartbeat:spot");
    expect(endsAtMs).toBeGreaterThan(beganAtMs);
    expect(endsAtMs).toBeLessThanOrEqual(readAtMs + 15_000);
  });

  it("has each value with its fields, in points and dollars, with its true time", () => {
    for (const symbol of ["SPX", "NDX", "SPY"])
      expect(Object.keys(json(`massive:spot:${symbol}`))).toEqual(VALUE_FIELDS);
    expect(json("massive:spot:SPX")).toMatchObject({
      ...{ symbol: "SPX", value: 6_870 + ROUNDS * 0.25, volume: null, timeframe: null },
      ...{ change: -12.5, change_pct: -0.1816 },
    });
    expect(json("massive:spot:NDX")).toMatchObject({ as_of_ns: OLD_NS, timeframe: "DELAYED", change: null });
    expect(json("massive:spot:SPY")).toMatchObject({
      value: 685.5,
      volume: 1_234_567,
      change: 1.25,
      change_pct: 0.1827,
    });
    expect(json("massive:spot:SPX")["ts"]).toBe((SAMPLE_MS + (ROUNDS - 1) * INTERVAL_MS + 12.5) / 1_000);
  });

  it("has all of them in one key", () => {
    expect(json("massive:spot")).toEqual({
      NDX: json("massive:spot:NDX"),
      SPX: json("massive:spot:SPX"),
      SPY: json("massive:spot:SPY"),
    });
    expect(key("massive:spot:symbols").members).toEqual(["NDX", "SPX", "SPY"]);
  });

  it("has a trail of the last 300 values of each, equal ones too, by receipt", async () => {
    for (const symbol of ["NDX", "SPX", "SPY"]) {
      const { members } = key(`massive:spot:trail:${symbol}`);
      expect(members).toHaveLength(300);
      const scores = await reader.client.zrange(`${space.prefix}massive:spot:trail:${symbol}`, "0", "-1", "WITHSCORES");
      expect(scores.filter((_, place) => place % 2 === 1).map(Number)).toEqual(
        members.map((member) => Number(member.split(":")[0])),
      );
      expect(`${json(`massive:spot:${symbol}`)["ts"]}:${json(`massive:spot:${symbol}`)["value"]}`).toBe(members.at(-1));
    }
  });

  it("counts answers, bytes, failures and refusals, and values by symbol", () => {
    const { fields } = key("massive:spot:analytics");
    const bytes = key("massive:spot:stream").items.reduce(
      (sum, item) => sum + (item.fields["payload"]?.length ?? 0),
      0,
    );
    expect(fields).toEqual({
      frames: `${2 * ROUNDS - 1}`,
      bytes: `${bytes}`,
      // One symbol that is refused in every answer, and one answer that failed.
      errors: `${ROUNDS + 1}`,
      last_ts: `${json("massive:spot:SPX")["ts"]}`,
      latency_last_ms: "12.5",
      "frames:SPX": `${ROUNDS}`,
      "frames:NDX": `${ROUNDS}`,
      "frames:SPY": `${ROUNDS - 1}`,
      // Beside the fields of the contract page.
      "seq:spot/indices": `${ROUNDS}`,
      "seq:spot/stocks": `${ROUNDS}`,
    });
  });

  it("has every answer verbatim in the stream, with its receipt", () => {
    const { items } = key("massive:spot:stream");
    expect(items).toHaveLength(2 * ROUNDS - 1);
    for (const { fields } of items) {
      expect(Object.keys(fields)).toEqual(["ts", "payload"]);
      expect(fields["ts"]).toMatch(/^\d{10}(\.\d{1,6})?$/);
      expect(JSON.parse(fields["payload"] ?? "")).toHaveProperty("results");
    }
  });

  it("has announced every value as it is stored", () => {
    const spoken = heard.filter(([channel]) => channel === "massive:spot").map(([, text]) => text);
    expect(spoken).toHaveLength(3 * ROUNDS - 1);
    for (const symbol of ["SPX", "NDX", "SPY"]) {
      const last = spoken.findLast((text) => JSON.parse(text).symbol === symbol);
      expect(last).toBe(key(`massive:spot:${symbol}`).text);
    }
  });

  it("has told that it lives, that it was degraded, and that it stopped", () => {
    expect(JSON.parse(whileRunning.text)).toMatchObject({
      ...{ worker: "spot", host: "host-1", pid: 4_711, status: "degraded", started_ts: SAMPLE_MS / 1_000 },
      reason: "Cannot fetch stocks: the provider must answer, it failed with 'server'",
      detail: { symbols: 4, refused: 1, delayed: 1, skipped_ticks: 0, dropped_fetches: 0 },
    });
    expect(json("massive:heartbeat:spot")).toMatchObject({ detail: { stopped: true } });
    const beats = heard.filter(([channel]) => channel === "massive:heartbeat");
    expect(beats.length).toBeGreaterThanOrEqual(ROUNDS / 5);
    expect(beats.at(-1)?.[1]).toBe(key("massive:heartbeat:spot").text);
  });
});
