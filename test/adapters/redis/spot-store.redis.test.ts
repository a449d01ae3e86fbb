import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { RedisKeyName } from "../../../src/adapters/redis/keys.ts";
import { RedisSpotStore } from "../../../src/adapters/redis/spot-store.ts";
import type { SpotValue } from "../../../src/domain/context/spot.ts";
import { CURSOR_START } from "../../../src/domain/stream/cursor.ts";
import { SAMPLE_TIME_MS, SAMPLE_TIME_NS, sampleSpotFetch, sampleSpotValue } from "../../../src/testing/index.ts";
import { openPlainKeyspace, type PlainKeyspace } from "../../support/redis/plain-keyspace.ts";

const PRODUCER = "spot/indices";
const SPX = sampleSpotValue();
const NDX = sampleSpotValue({ symbol: "NDX", volume: null });

let space: PlainKeyspace;
let store: RedisSpotStore;
beforeEach(async () => {
  space = await openPlainKeyspace();
  store = new RedisSpotStore(space.connection);
});
afterEach(() => space.close());

function later(steps: number, overrides: Partial<SpotValue> = {}): SpotValue {
  const as_of_ns = `${SAMPLE_TIME_NS + BigInt(steps)}`;
  return sampleSpotValue({ as_of_ns, ts: (SAMPLE_TIME_MS + steps) / 1_000, ...overrides });
}

describe("keys of spot values", () => {
  it("have their types and no lifetime, and there are no others", async () => {
    await store.put(PRODUCER, 1, sampleSpotFetch([SPX, NDX]));
    await store.fail(PRODUCER, 2);
    expect(await space.types()).toEqual({
      "massive:spot": "string",
      "massive:spot:NDX": "string",
      "massive:spot:SPX": "string",
      "massive:spot:analytics": "hash",
      "massive:spot:stream": "stream",
      "massive:spot:symbols": "set",
      "massive:spot:trail:NDX": "zset",
      "massive:spot:trail:SPX": "zset",
    });
    expect(new Set(Object.values(await space.lives()))).toEqual(new Set([-1]));
  });

  it("hold each value, and the map of all, as compact JSON", async () => {
    const odd = sampleSpotValue({ symbol: "A", value: 0.1 + 0.2, volume: 9_007_199_254_740_991, change: 5e-324 });
    await store.put(PRODUCER, 1, sampleSpotFetch([SPX, odd]));
    await store.put(PRODUCER, 2, sampleSpotFetch([NDX]));
    const { keys, plain } = space;
    expect(await plain.get(keys.of("spot", { SYMBOL: "A" }))).toBe(JSON.stringify(odd));
    expect(await plain.get(keys.of("spotAll"))).toBe(JSON.stringify({ A: odd, NDX, SPX }));
  });

  it("hold counts, last times and sequences", async () => {
    await store.put(PRODUCER, 1, sampleSpotFetch([SPX, SPX, NDX], { errors: 2 }));
    await store.put("spot/stocks", 7, sampleSpotFetch([], { payload: "é", latencyMs: 0.5 }));
    await store.fail(PRODUCER, 2);
    expect(await space.plain.hgetall(space.keys.of("spotAnalytics"))).toEqual({
      frames: "2",
      bytes: String(sampleSpotFetch([]).payload.length + 1),
      errors: "3",
      last_ts: String((SAMPLE_TIME_MS + 0.25) / 1_000),
      latency_last_ms: "0.5",
      "frames:SPX": "2",
      "frames:NDX": "1",
      [`seq:${PRODUCER}`]: "2",
      "seq:spot/stocks": "7",
    });
  });

  it("hold the fetches in a stream, with their receipt to the microsecond", async () => {
    await store.put(PRODUCER, 1, sampleSpotFetch([], { receivedAtMs: 1_766_437_799_500.125, payload: "[ ]" }));
    const entries = await space.plain.xrange(space.keys.of("spotStream"), "-", "+");
    expect(entries.map(([, fields]) => fields)).toEqual([["ts", "1766437799.500125", "payload", "[ ]"]]);
  });

  it("hold a trail of `{ts}:{value}` by ts, the last 300", async () => {
    const values = Array.from({ length: 300 }, (_, step) => later(step));
    await store.put(PRODUCER, 1, sampleSpotFetch(values));
    const key = space.keys.of("spotTrail", { SYMBOL: "SPX" });
    const ts = SAMPLE_TIME_MS / 1_000;
    const [member, score] = await space.plain.zrange(key, "0", "0", "WITHSCORES");
    expect([member, Number(score)]).toEqual([`${ts}:${SPX.value}`, ts]);
    expect(await space.plain.zcard(key)).toBe(300);
    await store.put(PRODUCER, 2, sampleSpotFetch([later(300)]));
    expect(await space.plain.zcard(key)).toBe(300);
    expect(await space.plain.zrange(key, "0", "0")).toEqual([`${(SAMPLE_TIME_MS + 1) / 1_000}:${SPX.value}`]);
  });

  it("keep at least as many fetches as asked for, and not many more", async () => {
    const bounded = new RedisSpotStore(space.connection, { maxSpotFetches: 100 });
    for (let seq = 1; seq <= 100; seq++) await bounded.put(PRODUCER, seq, sampleSpotFetch([], { payload: `${seq}` }));
    const key = space.keys.of("spotStream");
    expect(await space.plain.xlen(key)).toBe(100);
    for (let seq = 101; seq <= 400; seq++) await bounded.put(PRODUCER, seq, sampleSpotFetch([], { payload: `${seq}` }));
    const fetches = await bounded.fetches(CURSOR_START, 1_000);
    expect(fetches.length).toBeGreaterThanOrEqual(100);
    expect(fetches.length).toBeLessThanOrEqual(200);
    expect(fetches.at(-1)?.payload).toBe("400");
  });

  it("lose a symbol that was deleted from the map with the next value", async () => {
    await store.put(PRODUCER, 1, sampleSpotFetch([SPX, NDX]));
    await space.plain.del(space.keys.of("spot", { SYMBOL: "NDX" }));
    await store.put(PRODUCER, 2, sampleSpotFetch([later(1)]));
    expect([...(await store.all()).keys()]).toEqual(["SPX"]);
    await store.put(PRODUCER, 3, sampleSpotFetch([NDX]));
    expect([...(await store.all()).keys()]).toEqual(["NDX", "SPX"]);
  });

  it("are announced behind the prefix", async () => {
    const heard = await space.hear();
    await store.put(PRODUCER, 1, sampleSpotFetch([SPX]));
    await vi.waitFor(() => expect(heard).toEqual([["massive:spot", JSON.stringify(SPX)]]));
  });
});

describe("a bound of the log", () => {
  it.each([0, -1, 1.5, Number.NaN])("cannot be %s", (maxSpotFetches) => {
    expect(() => new RedisSpotStore(space.connection, { maxSpotFetches })).toThrow(RangeError);
  });
});

describe("a name that is no symbol", () => {
  it.each(["stream", "analytics", "symbols", "trail:SPX", ""])("has no value: %j", async (symbol) => {
    await store.put(PRODUCER, 1, sampleSpotFetch([SPX]));
    expect(await store.latest(symbol)).toBeNull();
  });
});

describe("a call whose reply was lost", () => {
  it("has an unknown outcome, and its repeat counts once", async () => {
    const { connection, loser } = await space.connectLosing();
    const losing = new RedisSpotStore(connection);
    // The server knows both scripts from then on: what is lost is the reply of a script that has run.
    await losing.put(PRODUCER, 1, sampleSpotFetch([SPX]));
    await losing.fail(PRODUCER, 2);
    const calls = [
      () => losing.put(PRODUCER, 3, sampleSpotFetch([later(1)])).then(({ status }) => status),
      () => losing.fail(PRODUCER, 4),
    ];
    for (const call of calls) {
      loser.loseNext();
      await expect(call()).rejects.toMatchObject({ code: "STRIKEWIRE_UNAVAILABLE" });
      await connection.ready();
      const before = await space.contents();
      expect(await call()).toBe("already");
      expect(await space.contents()).toEqual(before);
    }
    expect(await store.analytics()).toMatchObject({ frames: 2, errors: 2, symbol_frames: new Map([["SPX", 2]]) });
    expect(await store.latest("SPX")).toEqual(later(1));
    expect(await store.fetches(CURSOR_START, 10)).toHaveLength(2);
  });
});

type Operation = () => Promise<unknown>;
const put: Operation = () => store.put(PRODUCER, 9, sampleSpotFetch([later(1)]));
const putOther: Operation = () => store.put(PRODUCER, 9, sampleSpotFetch([sampleSpotValue({ symbol: "VIX" })]));
const fail: Operation = () => store.fail(PRODUCER, 9);
const storedSeq: Operation = () => store.storedSeq(PRODUCER);
const latest: Operation = () => store.latest("SPX");
const all: Operation = () => store.all();
const trail: Operation = () => store.trail("SPX");
const analytics: Operation = () => store.analytics();
const fetches: Operation = () => store.fetches(CURSOR_START, 10);

async function refuse(operations: Readonly<Record<string, Operation>>, key: string): Promise<void> {
  const before = await space.contents();
  for (const [name, operation] of Object.entries(operations)) {
    const failing = operation();
    await expect(failing, name).rejects.toMatchObject({ code: "STRIKEWIRE_STORAGE" });
    await expect(failing, name).rejects.toThrow(`key "${key}" must hold `);
  }
  expect(await space.contents()).toEqual(before);
}

const nameOf = (name: Extract<RedisKeyName, `spot${string}`>): string =>
  name === "spot" || name === "spotTrail" ? space.keys.of(name, { SYMBOL: "SPX" }) : space.keys.of(name);

describe("a key of another type", () => {
  it.each([
    ["spotAnalytics", { put, fail, storedSeq, analytics }],
    ["spotStream", { put, fetches }],
    ["spotAll", { put, all }],
    ["spotSymbols", { put }],
    ["spot", { put, putOther, latest }],
    ["spotTrail", { put, trail }],
  ] as const)("%s is refused by name, and nothing changes", async (name, operations) => {
    await store.put(PRODUCER, 1, sampleSpotFetch([SPX]));
    const key = nameOf(name);
    await space.mistype(key);
    await refuse(operations, key);
  });
});

describe("a value that is none of ours", () => {
  beforeEach(() => store.put(PRODUCER, 1, sampleSpotFetch([SPX])));

  it.each(["", "{", "[]", "null", '"x"', "{}", '{"as_of_ns":17}', '{"as_of_ns":"017"}', '{"as_of_ns":"1.5"}'])(
    "is refused as a spot value: %j",
    async (text) => {
      const key = nameOf("spot");
      await space.plain.set(key, text);
      await refuse({ put, putOther, latest }, key);
    },
  );

  it.each(["", "[]", '{"I:SPX":{}}', '{"SPX":{"value":null}}'])("is refused as the map of all: %j", async (text) => {
    await space.plain.set(nameOf("spotAll"), text);
    await refuse({ all }, nameOf("spotAll"));
  });

  it.each(["x", "", "-1", "1.5", "99999999999999999", "NaN"])("is refused as a count: %j", async (text) => {
    const key = nameOf("spotAnalytics");
    for (const field of ["frames", "bytes", "errors", "frames:SPX"]) {
      const { [field]: good = "0" } = await space.plain.hgetall(key);
      await space.plain.hset(key, field, text);
      await refuse(field === "errors" ? { put, fail, analytics } : { put, analytics }, key);
      await space.plain.hset(key, field, good);
    }
    await space.plain.hset(key, `seq:${PRODUCER}`, text);
    await refuse({ put, fail, storedSeq }, key);
  });

  it.each(["007", "00", "1".repeat(20)])("cannot be added to, and a repair loses nothing: %j", async (text) => {
    const key = nameOf("spotAnalytics");
    await space.plain.hset(key, "errors", text);
    await refuse({ put, fail }, key);
    await space.plain.hset(key, "errors", "0");
    expect(await put()).toEqual({ status: "stored", stale: 0 });
    expect(await latest()).toEqual(later(1));
  });

  it.each(["x", "", "NaN", "Infinity"])("is refused as a last time: %j", async (text) => {
    await space.plain.hset(nameOf("spotAnalytics"), "last_ts", text);
    await refuse({ analytics }, nameOf("spotAnalytics"));
  });

  it.each(["x", "1", "1:", ":1", "1:2:3", "1:x"])("is refused as a member of a trail: %j", async (member) => {
    await space.plain.zadd(nameOf("spotTrail"), 1, member);
    await refuse({ trail }, nameOf("spotTrail"));
  });

  it.each([
    ["ts", "1", "body", "x"],
    ["payload", "x"],
    ["ts", "then", "payload", "x"],
  ])("is refused as a logged fetch: %s %s %s %s", async (...fields) => {
    await space.plain.xadd(nameOf("spotStream"), "*", ...fields);
    await refuse({ fetches }, nameOf("spotStream"));
  });
});
