import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RedisChainStore } from "../../../src/adapters/redis/chain-store.ts";
import { chainAnnouncement } from "../../../src/domain/context/chain.ts";
import {
  SAMPLE_TIME_MS,
  sampleChainContract,
  sampleChainSnapshot,
  sampleCompletion,
  sampleContractId,
} from "../../../src/testing/index.ts";
import { openPlainKeyspace, type PlainKeyspace } from "../../support/redis/plain-keyspace.ts";

const PRODUCER = "chain/SPX";
const TS = SAMPLE_TIME_MS / 1_000;
const LIFE_MS = 300_000;

let space: PlainKeyspace;
let store: RedisChainStore;
beforeEach(async () => {
  space = await openPlainKeyspace();
  store = new RedisChainStore(space.connection);
});
afterEach(() => space.close());

describe("keys of contracts", () => {
  it("carry date, right and strike, and the root where it is another than the underlying", async () => {
    const contracts = [
      sampleChainContract({ root: "SPX", right: "C", strikeThousandths: 6_850_000 }),
      sampleChainContract({ root: "SPXW", right: "C", strikeThousandths: 6_850_000 }),
      sampleChainContract({ underlying: "AAPL", root: "AAPL", strikeThousandths: 192_500 }),
    ];
    await store.putContracts(contracts);
    const names = [
      "massive:chain:snapshot:SPX:20251223:C6850000",
      "massive:chain:snapshot:SPX:20251223:SPXW:C6850000",
      "massive:chain:snapshot:AAPL:20251223:P192500",
    ];
    expect(await space.types()).toEqual(Object.fromEntries(names.map((name) => [name, "string"])));
    for (const [index, name] of names.entries()) {
      expect(await space.plain.get(space.keys.channel(name))).toBe(contracts[index]?.json);
    }
  });

  it("live for 300 s, from their last write", async () => {
    const { id } = sampleChainContract();
    await store.putContracts([sampleChainContract()]);
    const [key = ""] = Object.keys(await space.lives());
    const lifeMs = async () => (await space.lives())[key];
    expect(await lifeMs()).toBeGreaterThan(LIFE_MS - 10_000);
    expect(await lifeMs()).toBeLessThanOrEqual(LIFE_MS);
    await space.plain.pexpire(space.keys.channel(key), 20_000);
    await store.putContracts([{ id, json: "{}" }]);
    expect(await lifeMs()).toBeGreaterThan(LIFE_MS - 10_000);
  });

  it("are written 500 at a time", async () => {
    const scripts = vi.spyOn(space.connection, "run");
    const contracts = Array.from({ length: 1_001 }, (_, index) =>
      sampleChainContract({ strikeThousandths: index + 1 }),
    );
    await store.putContracts(contracts);
    await store.contracts(contracts.map(({ id }) => id));
    expect(scripts.mock.calls.map(([, , keys]) => keys.length)).toEqual([500, 500, 1, 500, 500, 1]);
    expect(await space.plain.keys(`${space.keys.channel("")}*`)).toHaveLength(1_001);
  });
});

describe("keys of chains", () => {
  it("have their types and no lifetime, and there are no others", async () => {
    await store.complete(PRODUCER, 1, sampleCompletion());
    await store.fail("chain/NDX", 1, "NDX");
    expect(await space.types()).toEqual({
      "massive:chain:analytics": "hash",
      "massive:chain:analytics:contract_count:SPX": "zset",
      "massive:chain:analytics:fetch_latency:SPX": "zset",
      "massive:chain:analytics:health": "hash",
      "massive:chain:analytics:staleness:SPX": "zset",
      "massive:chain:analytics:strike_range:SPX": "zset",
      "massive:chain:latest:SPX": "string",
    });
    expect(new Set(Object.values(await space.lives()))).toEqual(new Set([-1]));
  });

  it("hold the latest snapshot as compact JSON", async () => {
    await store.complete(PRODUCER, 1, sampleCompletion());
    const text = await space.plain.get(space.keys.of("chainLatest", { SYMBOL: "SPX" }));
    expect(text).toBe(JSON.stringify(sampleChainSnapshot()));
  });

  it("hold totals, last times and sequences, zeros among them", async () => {
    const key = space.keys.of("chainAnalytics");
    await store.complete(PRODUCER, 4, sampleCompletion());
    const one = {
      runs: "1",
      errors: "0",
      total_snapshots: "1",
      total_contracts: "3",
      total_fetch_latency_ms: "812",
      last_snapshot_ts: String(TS),
      latency_last_ms: "812",
      publish_success: "1",
      publish_failures: "0",
      sla_violations: "0",
      promotions: "0",
      forced_promotions: "0",
      "seq:chain/SPX": "4",
    };
    expect(await space.plain.hgetall(key)).toEqual(one);
    const forced = { slaViolated: true, promotion: "forced", publishFailures: 2 } as const;
    await store.complete("chain/NDX", 1, sampleCompletion({ symbol: "NDX", ts: TS + 1, latency_ms: 8 }, forced));
    await store.fail(PRODUCER, 5, "SPX");
    expect(await space.plain.hgetall(key)).toEqual({
      runs: "3",
      errors: "1",
      total_snapshots: "2",
      total_contracts: "6",
      total_fetch_latency_ms: "820",
      last_snapshot_ts: String(TS + 1),
      latency_last_ms: "8",
      publish_success: "2",
      publish_failures: "2",
      sla_violations: "1",
      promotions: "1",
      forced_promotions: "1",
      "seq:chain/SPX": "5",
      "seq:chain/NDX": "1",
    });
  });

  it("hold health by class, and the last of each symbol", async () => {
    await store.complete(PRODUCER, 1, sampleCompletion());
    await store.complete("chain/NDX", 1, sampleCompletion({ symbol: "NDX", health: "slow" }));
    await store.fail(PRODUCER, 2, "SPX");
    expect(await space.plain.hgetall(space.keys.of("chainHealth"))).toEqual({
      ok: "1",
      slow: "1",
      error: "1",
      "SPX:last": "error",
      "NDX:last": "slow",
    });
  });

  it("hold trails of `{ts}:{value}` by ts, the last 1,000", async () => {
    await store.complete(PRODUCER, 1, sampleCompletion());
    const key = space.keys.of("chainTrail", { figure: "staleness", SYMBOL: "SPX" });
    const [member, score, ...others] = await space.plain.zrange(key, "0", "-1", "WITHSCORES");
    expect([member, Number(score), others]).toEqual([`${TS}:15250.5`, TS, []]);
    const older = Array.from({ length: 999 }, (_, index) => [index + 1, `${index + 1}:1`] as const);
    await space.plain.zadd(key, ...older.flat());
    expect(await space.plain.zcard(key)).toBe(1_000);
    await store.complete(PRODUCER, 2, sampleCompletion({ ts: TS + 1 }));
    expect(await space.plain.zcard(key)).toBe(1_000);
    expect(await space.plain.zrange(key, "0", "0")).toEqual(["2:1"]);
  });

  it("are announced behind the prefix", async () => {
    const heard = await space.hear();
    await store.complete(PRODUCER, 1, sampleCompletion());
    const announcement = JSON.stringify(chainAnnouncement(sampleChainSnapshot()));
    await vi.waitFor(() => expect(heard).toEqual([["massive:chain:snapshot", announcement]]));
  });
});

describe("a call whose reply was lost", () => {
  it("has an unknown outcome, and its repeat counts once", async () => {
    const { connection, loser } = await space.connectLosing();
    const losing = new RedisChainStore(connection);
    // The server knows both scripts from then on: what is lost is the reply of a script that has run.
    await losing.complete(PRODUCER, 1, sampleCompletion());
    await losing.fail(PRODUCER, 2, "SPX");
    const calls = [
      () => losing.complete(PRODUCER, 3, sampleCompletion({ ts: TS + 1 })),
      () => losing.fail(PRODUCER, 4, "SPX"),
    ];
    for (const call of calls) {
      loser.loseNext();
      await expect(call()).rejects.toMatchObject({ code: "STRIKEWIRE_UNAVAILABLE" });
      await connection.ready();
      const before = await space.contents();
      expect(await call()).toBe("already");
      expect(await space.contents()).toEqual(before);
    }
    expect(await store.analytics()).toMatchObject({ runs: 4, errors: 2, total_snapshots: 2 });
    expect((await store.health()).counts).toMatchObject({ ok: 2, error: 2 });
    expect(await store.trail("contract_count", "SPX")).toHaveLength(2);
  });
});

type Operation = () => Promise<unknown>;
const putContracts: Operation = () =>
  store.putContracts([sampleChainContract({ right: "C" }), sampleChainContract({ strikeThousandths: 1 })]);
const contracts: Operation = () => store.contracts([sampleContractId({ strikeThousandths: 1 })]);
const complete: Operation = () => store.complete(PRODUCER, 9, sampleCompletion({ ts: TS + 9 }));
const fail: Operation = () => store.fail(PRODUCER, 9, "SPX");
const storedSeq: Operation = () => store.storedSeq(PRODUCER);
const latest: Operation = () => store.latest("SPX");
const analytics: Operation = () => store.analytics();
const health: Operation = () => store.health();
const trail: Operation = () => store.trail("strike_range", "SPX");

async function refuse(operations: Readonly<Record<string, Operation>>, key: string): Promise<void> {
  const before = await space.contents();
  for (const [name, operation] of Object.entries(operations)) {
    const failing = operation();
    await expect(failing, name).rejects.toMatchObject({ code: "STRIKEWIRE_STORAGE" });
    await expect(failing, name).rejects.toThrow(`key "${key}" must hold `);
  }
  expect(await space.contents()).toEqual(before);
}

const KEYS = {
  contract: () => space.keys.of("chainContract", { contract: "SPX:20251223:SPXW:P1" }),
  analytics: () => space.keys.of("chainAnalytics"),
  health: () => space.keys.of("chainHealth"),
  latest: () => space.keys.of("chainLatest", { SYMBOL: "SPX" }),
  trail: () => space.keys.of("chainTrail", { figure: "strike_range", SYMBOL: "SPX" }),
};

describe("a key of another type", () => {
  it.each([
    ["contract", { putContracts, contracts }],
    ["analytics", { complete, fail, storedSeq, analytics }],
    ["health", { complete, fail, health }],
    ["latest", { complete, latest }],
    ["trail", { complete, trail }],
  ] as const)("%s is refused by name, and nothing changes", async (name, operations) => {
    await store.complete(PRODUCER, 1, sampleCompletion());
    await space.mistype(KEYS[name]());
    await refuse(operations, KEYS[name]());
  });
});

describe("a value that is none of ours", () => {
  beforeEach(() => store.complete(PRODUCER, 1, sampleCompletion()));

  it.each(["", "{", "[]", "null", "{}", '{"symbol":"SPX"}'])("is refused as a snapshot: %j", async (text) => {
    await space.plain.set(KEYS.latest(), text);
    await refuse({ latest }, KEYS.latest());
  });

  it.each(["x", "", "-1", "1.5", "99999999999999999"])("is refused as a count: %j", async (text) => {
    const counts: Readonly<Record<string, Readonly<Record<string, Operation>>>> = {
      runs: { complete, fail, analytics },
      errors: { complete, fail, analytics },
      total_snapshots: { complete, analytics },
      total_contracts: { complete, analytics },
      total_fetch_latency_ms: { complete, analytics },
      publish_success: { complete, analytics },
      publish_failures: { complete, analytics },
      sla_violations: { complete, analytics },
      promotions: { complete, analytics },
      forced_promotions: { complete, analytics },
      [`seq:${PRODUCER}`]: { complete, fail, storedSeq },
    };
    const good = await space.plain.hgetall(KEYS.analytics());
    for (const [field, operations] of Object.entries(counts)) {
      await space.plain.hset(KEYS.analytics(), { ...good, [field]: text });
      await refuse(operations, KEYS.analytics());
    }
    await space.plain.hset(KEYS.analytics(), good);
    for (const [field, operation] of Object.entries({ ok: complete, error: fail })) {
      await space.plain.hset(KEYS.health(), { ok: "1", error: "1", [field]: text });
      await refuse({ operation, health }, KEYS.health());
    }
  });

  it.each(["007", "00", "1".repeat(20)])("cannot be added to, and nothing is half done: %j", async (text) => {
    const good = await space.plain.hgetall(KEYS.analytics());
    for (const field of Object.keys(await store.analytics())) {
      if (good[field] === undefined || field.endsWith("last_ms") || field.endsWith("_ts")) continue;
      await space.plain.hset(KEYS.analytics(), { ...good, [field]: text });
      await refuse({ complete }, KEYS.analytics());
    }
    await space.plain.hset(KEYS.analytics(), { ...good, errors: text });
    await refuse({ complete, fail }, KEYS.analytics());
    await space.plain.hset(KEYS.analytics(), good);
    await space.plain.hdel(KEYS.analytics(), "errors");
    for (const [field, operation] of Object.entries({ ok: complete, error: fail })) {
      await space.plain.hset(KEYS.health(), { ok: "1", error: "1", [field]: text });
      await refuse({ operation }, KEYS.health());
      await space.plain.hset(KEYS.health(), field, "1");
      expect(await operation()).toBe("stored");
      await space.plain.hset(KEYS.analytics(), good);
    }
  });

  it.each(["well", "", "OK"])("is refused as the health of a symbol: %j", async (text) => {
    await space.plain.hset(KEYS.health(), "NDX:last", text);
    await refuse({ health }, KEYS.health());
  });

  it("is refused as a last time and as a member of a trail", async () => {
    await space.plain.hset(KEYS.analytics(), "last_snapshot_ts", "NaN");
    await refuse({ analytics }, KEYS.analytics());
    await space.plain.zadd(KEYS.trail(), 1, "1119.5");
    await refuse({ trail }, KEYS.trail());
  });
});
