import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SILENT_LOGGER } from "../../../src/adapters/memory/index.ts";
import { RedisConnection } from "../../../src/adapters/redis/connection.ts";
import { RedisEpochStore } from "../../../src/adapters/redis/epoch-store.ts";
import { RedisSubstrateStore } from "../../../src/adapters/redis/substrate-store.ts";
import { SYSTEM_CLOCK } from "../../../src/adapters/system/index.ts";
import type { EpochId } from "../../../src/domain/epoch/substrate.ts";
import { sampleEpoch, sampleQuote, sampleRecord, sampleTicker } from "../../../src/testing/index.ts";
import { type EpochKeyspace, openEpochs } from "../../support/redis/epochs.ts";
import { startOwnRedis } from "../../support/redis/test-redis.ts";

const HOUR_MS = 3_600_000;
const GRACE_MS = 300_000;
const RECORDS = [0, 1, 2].map((index) => `contract:${sampleTicker(index)}`);
/** What an epoch of three contracts has, but for its meta data. */
const WHOLE = ["contracts", "dirty_contracts", "had_ws_updates", ...RECORDS];

let store: EpochKeyspace;
beforeEach(async () => {
  store = await openEpochs();
});
afterEach(() => store.close());

/** The ends of keys of one epoch, by the rest of their names. */
async function endsOf(id: EpochId): Promise<Readonly<Record<string, number>>> {
  const ends = Object.entries(await store.ends()).filter(([key]) => key.startsWith(`epoch:${id}:`));
  return Object.fromEntries(ends.map(([key, end]) => [key.slice(`epoch:${id}:`.length), end]));
}

const all = (names: readonly string[], end: number) => Object.fromEntries(names.map((name) => [name, end]));

describe("keys of an epoch", () => {
  it("end with the validity of what is staged, and there are no others", async () => {
    const draft = sampleEpoch(Date.now(), "a");
    await store.epochs.stage(draft);
    const names = [...WHOLE, "staged"].map((name) => `epoch:${draft.id}:${name}`);
    expect(await store.ends()).toEqual(all(names, draft.validUntilMs));
  });

  it("stay as they are when it is promoted, and what is not of one epoch stays for good", async () => {
    const draft = sampleEpoch(Date.now(), "a");
    await store.activate(draft);
    expect(await store.ends()).toEqual({
      ...all(
        WHOLE.map((name) => `epoch:${draft.id}:${name}`),
        draft.validUntilMs,
      ),
      ...all([`epoch:meta:${draft.id}`, "epoch:active", "epoch:dirty", "epoch:timeline:SPX"], -1),
    });
  });

  it("are renewed all together, those of leases among them", async () => {
    const draft = sampleEpoch(Date.now(), "a");
    await store.activate(draft);
    const { token } = await store.epochs.takeDirty(draft.id, "a", HOUR_MS);
    const quote = sampleQuote();
    await store.substrate.mergeStreamed(draft.id, [{ contract: sampleTicker(0), quote }]);
    const names = [...WHOLE, "dirty_leases", `lent:${token}`];
    expect(await endsOf(draft.id)).toEqual(all(names, draft.validUntilMs));
    const untilMs = draft.validUntilMs + 1;
    await store.epochs.renew(draft.id, untilMs);
    expect(await endsOf(draft.id)).toEqual(all(names, untilMs));
    await store.epochs.renew(draft.id, untilMs - 1);
    expect(await endsOf(draft.id)).toEqual(all(names, untilMs));
  });

  it.each([
    ["longer than the grace time", HOUR_MS, 0],
    ["shorter than that", 20_000, 1_000],
  ])("end with the grace time of a superseded epoch that was valid for %s", async (_, validMs, slackMs) => {
    const createdAtMs = Date.now();
    const old = await store.activate(sampleEpoch(createdAtMs, "a", { validUntilMs: createdAtMs + validMs }));
    const { token } = await store.epochs.takeDirty(old, "a", HOUR_MS);
    await store.substrate.mergeSnapshot(old, [{ contract: sampleTicker(1), quote: sampleQuote() }]);
    await store.activate(sampleEpoch(createdAtMs, "b"), old);
    const meta = await store.epochs.meta(old);
    const untilMs = Number(meta?.supersededAtMs) + GRACE_MS;
    expect(meta?.validUntilMs).toBe(untilMs);
    const ends: Record<string, number> = { ...(await endsOf(old)) };
    for (const record of RECORDS) {
      expect(ends[record]).toBeGreaterThanOrEqual(untilMs);
      expect(ends[record]).toBeLessThanOrEqual(untilMs + slackMs);
      delete ends[record];
    }
    const rest = [...WHOLE.filter((name) => !RECORDS.includes(name)), "dirty_leases", `lent:${token}`];
    expect(ends).toEqual(all(rest, untilMs));
    expect((await store.ends())[`epoch:meta:${old}`]).toBe(Number(meta?.supersededAtMs) + 86_400_000);
  });

  it("keep their end when a lease runs out", async () => {
    const draft = sampleEpoch(Date.now(), "a");
    await store.activate(draft);
    const { token } = await store.epochs.takeDirty(draft.id, "a", HOUR_MS);
    await store.plain.zadd(store.keys.of("dirtyLeases", { id: draft.id }), 1, String(token));
    expect(await store.epochs.dirtyEpochs()).toEqual([draft.id]);
    expect(await endsOf(draft.id)).toEqual(all(WHOLE, draft.validUntilMs));
  });

  it("leave nothing behind where the validity is past, and what was staged before is gone", async () => {
    const draft = sampleEpoch(Date.now(), "a");
    await store.epochs.stage(draft);
    await store.epochs.stage({ ...draft, validUntilMs: Date.now() - 1 });
    expect(await store.ends()).toEqual({});
    await store.epochs.stage({ ...draft, validUntilMs: 0 });
    expect(await store.ends()).toEqual({});
    expect(await store.epochs.promote(null, draft.id)).toBe("lost");
  });

  it("reach as far as a time can, and come back from there", async () => {
    const validUntilMs = 2 ** 52;
    const old = await store.activate(sampleEpoch(Date.now(), "a", { validUntilMs }));
    expect((await store.epochs.meta(old))?.validUntilMs).toBe(validUntilMs);
    expect(await endsOf(old)).toEqual(all(WHOLE, validUntilMs));
    await store.activate(sampleEpoch(Date.now(), "b"), old);
    const untilMs = Number((await store.epochs.meta(old))?.validUntilMs);
    expect(untilMs).toBeLessThanOrEqual((await store.serverMs()) + GRACE_MS);
    expect(await endsOf(old)).toEqual(all(WHOLE, untilMs));
  });

  it("are those of the last draft only, where one was staged again", async () => {
    const draft = sampleEpoch(Date.now(), "a");
    await store.epochs.stage(draft);
    await store.epochs.stage({ ...draft, records: [sampleRecord(7)] });
    const names = ["contracts", "dirty_contracts", "had_ws_updates", "staged", `contract:${sampleTicker(7)}`];
    expect(await endsOf(draft.id)).toEqual(all(names, draft.validUntilMs));
  });
});

describe("what other services read", () => {
  it("of an epoch is its meta data, its timeline and its contracts", async () => {
    const createdAtMs = 1_766_437_799_120;
    const validUntilMs = Date.now() + HOUR_MS;
    const later = sampleRecord(1);
    const records = [sampleRecord(0), { ...later, terms: { ...later.terms, expiration: "2025-12-24", strike: 10.5 } }];
    const id = await store.activate(sampleEpoch(createdAtMs, "a", { validUntilMs, forced: true, records }));
    const { keys, plain } = store;
    expect(await plain.hgetall(keys.of("epochMeta", { id }))).toEqual({
      epoch_id: "SPX:1766437799:a",
      symbol: "SPX",
      created_ts: "1766437799.12",
      valid_until: (validUntilMs / 1_000).toFixed(3).replace(/\.?0+$/, ""),
      geometry_hash: "a",
      contract_count: "2",
      strike_count: "2",
      expiration_count: "2",
      strike_min: "10.5",
      strike_max: "6000",
      expirations: '["2025-12-23","2025-12-24"]',
      dormant_count: "2",
      forced: "1",
    });
    expect(await plain.lrange(keys.of("timeline", { SYMBOL: "SPX" }), 0, -1)).toEqual([
      "1766437799.12|SPX:1766437799:a|forced=1|dormant=2",
    ]);
    expect(await plain.hgetall(keys.of("active"))).toEqual({ SPX: id });
    expect((await plain.smembers(keys.of("epochContracts", { id }))).sort()).toEqual([
      sampleTicker(0),
      sampleTicker(1),
    ]);
    expect(await plain.get(keys.of("hadWsUpdates", { id }))).toBe("0");
  });

  it("tells dirty epochs from clean ones, those that are lent from done ones, and neither names a superseded one", async () => {
    const { keys, plain, epochs, substrate } = store;
    const lists = async () => [await plain.smembers(keys.of("dirty")), await plain.smembers(keys.of("clean"))];
    const id = await store.activate(sampleEpoch(Date.now(), "a"));
    expect(await lists()).toEqual([[id], []]);
    const lease = await epochs.takeDirty(id, "a", HOUR_MS);
    expect(await lists()).toEqual([[id], []]);
    await epochs.settle(lease);
    expect(await lists()).toEqual([[], [id]]);
    await substrate.mergeStreamed(id, [{ contract: sampleTicker(0), quote: sampleQuote() }]);
    expect(await lists()).toEqual([[id], []]);
    await epochs.settle(await epochs.takeDirty(id, "a", HOUR_MS));
    const next = await store.activate(sampleEpoch(Date.now(), "b"), id);
    await substrate.mergeStreamed(id, [{ contract: sampleTicker(1), quote: sampleQuote() }]);
    expect(await lists()).toEqual([[next], []]);
  });

  it("keeps the meta data of a timeline when they are forgotten everywhere else", async () => {
    const old = await store.activate(sampleEpoch(Date.now(), "a|b", { geometryHash: "c|d" }));
    await store.activate(sampleEpoch(Date.now(), "b"), old);
    const before = await store.epochs.timeline("SPX");
    expect(before.map(({ id, geometryHash }) => [id, geometryHash])[0]).toEqual([old, "c|d"]);
    expect(before[0]).toEqual(await store.epochs.meta(old));
    await store.plain.del(store.keys.of("epochMeta", { id: old }));
    expect(await store.epochs.meta(old)).toBeNull();
    expect(await store.epochs.timeline("SPX")).toEqual(before);
  });
});

it("a timeline lets go of what it kept of the promotions that it drops", async () => {
  const { keys, plain } = store;
  const [timeline, meta] = [keys.of("timeline", { SYMBOL: "SPX" }), keys.of("timelineMeta", { SYMBOL: "SPX" })];
  const ids = Array.from({ length: 999 }, (_, index) => `SPX:1:old${index}`);
  await plain.rpush(timeline, ...ids.map((id) => `1|${id}|forced=0|dormant=0`));
  await plain.hset(meta, ...ids.flatMap((id) => [id, "2|3|4||hash"]));
  const first = await store.activate(sampleEpoch(Date.now(), "a"));
  const second = await store.activate(sampleEpoch(Date.now(), "b"), first);
  const third = await store.activate(sampleEpoch(Date.now(), "c"), second);
  const kept = [...ids.slice(2), first, second];
  expect((await plain.hkeys(meta)).sort()).toEqual([...kept].sort());
  expect((await store.epochs.timeline("SPX")).map(({ id }) => id)).toEqual([...kept, third]);
});

describe("at the same time", () => {
  it("a reader sees every active epoch whole while 300 others take its place", async () => {
    const reader = await store.connect();
    const records = Array.from({ length: 20 }, (_, index) => sampleRecord(index));
    let writing = true;
    const seen = new Set<EpochId>();
    const read = async (): Promise<void> => {
      while (writing) {
        const id = await reader.epochs.active("SPX");
        if (id === null) continue;
        const [found, meta] = await Promise.all([reader.substrate.records(id), reader.epochs.meta(id)]);
        expect(found).toHaveLength(20);
        expect(meta?.contractCount).toBe(20);
        seen.add(id);
      }
    };
    const reading = read();
    let expected: EpochId | null = null;
    for (let index = 0; index < 300; index++) {
      expected = await store.activate(sampleEpoch(Date.now(), `e${index}`, { records }), expected);
    }
    writing = false;
    await reading;
    expect(seen.size).toBeGreaterThan(10);
  });

  it("two drafts of one id that are staged leave one of them whole", async () => {
    const second = await store.connect();
    const recordsFrom = (first: number) => Array.from({ length: 600 }, (_, index) => sampleRecord(first + index));
    for (let round = 0; round < 10; round++) {
      const symbol = `S${round}`;
      const one = sampleEpoch(Date.now(), "a", { symbol, dormantCount: 1, records: recordsFrom(0) });
      const two = { ...one, dormantCount: 2, records: recordsFrom(300) };
      await Promise.all([store.epochs.stage(one), second.epochs.stage(two)]);
      expect(await store.epochs.promote(null, one.id)).toBe("promoted");
      const meta = await store.epochs.meta(one.id);
      const whole = meta?.dormantCount === 1 ? one : two;
      expect(await store.substrate.records(one.id)).toEqual(whole.records);
      expect(Object.keys(await endsOf(one.id)).filter((name) => name.startsWith("contract:"))).toHaveLength(600);
    }
  });

  it("a promotion waits until the records of the predecessor live long enough", async () => {
    const calls: string[] = [];
    class LateConnection extends RedisConnection {
      override run(...[action, script, keys, args]: Parameters<RedisConnection["run"]>): Promise<unknown> {
        calls.push(script.name);
        const isSecond = calls.filter((name) => name === "promote-epoch").length === 2;
        // As if the preparation had been long ago.
        const late = script.name === "promote-epoch" && isSecond ? args.with(3, Date.now() + 1_000) : args;
        return super.run(action, script, keys, late);
      }
    }
    const old = await store.activate(sampleEpoch(Date.now(), "a", { validUntilMs: Date.now() + 20_000 }));
    const next = sampleEpoch(Date.now(), "b");
    await store.epochs.stage(next);
    const { options } = store.plain;
    const url = `redis://${options.host}:${options.port}`;
    const keyPrefix = store.keys.channel("");
    const connection = new LateConnection({ url, keyPrefix, clock: SYSTEM_CLOCK, logger: SILENT_LOGGER });
    await connection.ready();
    expect(await new RedisEpochStore(connection).promote(old, next.id)).toBe("promoted");
    await connection.close();
    const steps = ["promote-epoch", "epoch-life", "expire-records", "hold-epoch", "promote-epoch"];
    expect(calls.filter((name) => !["carry-records", "moved-records"].includes(name))).toEqual([...steps, ...steps]);
  });
});

describe("a promotion over a slow link", () => {
  /** A link over which the preparation is always so old when the promotion comes to the server. */
  async function openSlow(lateMs: number) {
    const calls: string[] = [];
    class SlowConnection extends RedisConnection {
      override async run(...[action, script, keys, args]: Parameters<RedisConnection["run"]>): Promise<unknown> {
        calls.push(script.name);
        const answer = await super.run(action, script, keys, args);
        if (script.name !== "epoch-life" || !Array.isArray(answer)) return answer;
        return answer.with(4, String(Number(answer[4]) - lateMs));
      }
    }
    const { host, port } = store.plain.options;
    const options = { keyPrefix: store.keys.channel(""), clock: SYSTEM_CLOCK, logger: SILENT_LOGGER };
    const connection = new SlowConnection({ ...options, url: `redis://${host}:${port}` });
    await connection.ready();
    return { connection, calls, epochs: new RedisEpochStore(connection) };
  }

  it.each([
    // A try may take 1, 2, 4, ... s.
    [1_200, 2],
    [3_500, 3],
    [31_000, 6],
  ])("that takes %s ms is made at try %s", async (lateMs, tries) => {
    const old = await store.activate(sampleEpoch(Date.now(), "a", { validUntilMs: Date.now() + 20_000 }));
    const next = sampleEpoch(Date.now(), "b");
    await store.epochs.stage(next);
    const slow = await openSlow(lateMs);
    expect(await slow.epochs.promote(old, next.id)).toBe("promoted");
    await slow.connection.close();
    expect(slow.calls.filter((name) => name === "hold-epoch")).toHaveLength(tries);
    const untilMs = Number((await store.epochs.meta(old))?.validUntilMs);
    const ends = await endsOf(old);
    for (const record of RECORDS) {
      expect(ends[record]).toBeGreaterThanOrEqual(untilMs);
      expect(ends[record]).toBeLessThanOrEqual(untilMs + 2 ** (tries - 1) * 1_000);
    }
  });

  it("that always takes too long ends with an error, and nothing has changed but how long records live", async () => {
    const old = await store.activate(sampleEpoch(Date.now(), "a", { validUntilMs: Date.now() + 20_000 }));
    const next = sampleEpoch(Date.now(), "b");
    await store.epochs.stage(next);
    const slow = await openSlow(HOUR_MS);
    await expect(slow.epochs.promote(old, next.id)).rejects.toMatchObject({ code: "STRIKEWIRE_UNAVAILABLE" });
    await slow.connection.close();
    expect(slow.calls.filter((name) => name === "hold-epoch")).toHaveLength(6);
    expect(await store.epochs.active("SPX")).toBe(old);
    expect(await store.epochs.promote(old, next.id)).toBe("promoted");
  });
});

describe("5,000 contracts", () => {
  it("are staged, promoted, merged, renewed and lent whole", async () => {
    const contracts = Array.from({ length: 5_000 }, (_, index) => `O:SPX251223C${String(index).padStart(8, "0")}`);
    const { terms } = sampleRecord(0);
    const records = contracts.map((contract) => ({ terms: { ...terms, contract } }));
    const draft = sampleEpoch(Date.now(), "big", { records });
    const id = await store.activate(draft);
    expect(await store.substrate.records(id)).toEqual(records);
    const quote = sampleQuote();
    const updates = contracts.map((contract, index) => ({ contract, quote: { ...quote, bid: index } }));
    const merged = await store.substrate.mergeStreamed(id, updates);
    expect(merged).toEqual({ written: 5_000, stale: 0, missing: [], activeEpoch: id });
    const expected = records.map((record, index) => ({ ...record, quote: { ...quote, bid: index } }));
    expect(await store.substrate.records(id)).toEqual(expected);
    await store.epochs.renew(id, draft.validUntilMs + 60_000);
    expect([...new Set(Object.values(await endsOf(id)))]).toEqual([draft.validUntilMs + 60_000]);
    const lease = await store.epochs.takeDirty(id, "a", HOUR_MS);
    expect(lease.contracts).toEqual(contracts);
    expect(await store.epochs.settle(lease)).toBe("settled");
  });
});

describe("a server without room", () => {
  it("still renews, and takes neither new epochs nor values", async () => {
    const redis = await startOwnRedis();
    const connection = new RedisConnection({ url: redis.url, clock: SYSTEM_CLOCK, logger: SILENT_LOGGER });
    try {
      await connection.ready();
      const epochs = new RedisEpochStore(connection);
      const draft = sampleEpoch(Date.now(), "a");
      await epochs.stage(draft);
      await epochs.promote(null, draft.id);
      await connection.command("fill the server", "CONFIG", "SET", "maxmemory", "1");
      await epochs.renew(draft.id, draft.validUntilMs + 1);
      expect((await epochs.meta(draft.id))?.validUntilMs).toBe(draft.validUntilMs + 1);
      const full = { code: "STRIKEWIRE_FULL" };
      const update = { contract: sampleTicker(0), quote: sampleQuote() };
      await expect(new RedisSubstrateStore(connection).mergeStreamed(draft.id, [update])).rejects.toMatchObject(full);
      await expect(epochs.stage(sampleEpoch(Date.now(), "b"))).rejects.toMatchObject(full);
    } finally {
      await connection.close();
      await redis.stop();
    }
  });
});
