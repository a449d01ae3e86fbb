import { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RedisKeys } from "../../src/adapters/redis/keys.ts";
import { openPrintQuery } from "../../src/domain/hydration/open-print.ts";
import type { Cursor } from "../../src/domain/stream/cursor.ts";
import type { Lease } from "../../src/ports/hydration-store.ts";
import { sampleFlow, sampleFrames, sampleGrid, sampleStep, sampleTrade } from "../../src/testing/index.ts";
import { WsHydrator } from "../../src/workers/hydrator/ws-hydrator.ts";
import { RawSpool } from "../../src/workers/source/raw-spool.ts";
import { type FaultPorts, openFaultPorts } from "../support/redis/fault-ports.ts";
import { dumpKeys } from "../support/redis/key-dump.ts";
import { type Keyspace, openKeyspace } from "../support/redis/keyspace.ts";
import { PRODUCER, Source } from "../support/spool.ts";

const NEVER = new AbortController().signal;
const STREAM = { underlying: "SPX", expiration: "2025-12-23" };
const TRADE = sampleTrade();

/** A log whose first entry is trimmed and whose second is committed, with something under each key. */
interface Scene {
  readonly ports: FaultPorts;
  readonly lease: Lease;
  readonly cursor: Cursor;
  /** Of the entry that is not committed. */
  readonly next: Cursor;
}

type Operation = (scene: Scene) => Promise<unknown>;
type KeyOf = (keys: RedisKeys) => string;

const append: Operation = ({ ports }) => ports.log.append("p", 4, sampleFrames(4, 2));
const storedSeq: Operation = ({ ports }) => ports.log.storedSeq("p");
const connectionTail: Operation = ({ ports }) => ports.log.connectionTail({ class: "options", shard: 0 });
const read: Operation = ({ ports, cursor }) => ports.log.read(cursor, 10, 0, NEVER);
const countAfter: Operation = ({ ports, cursor }) => ports.log.countAfter(cursor);
const trim: Operation = ({ ports, cursor }) => ports.log.trim(cursor);
const acquire: Operation = ({ ports }) => ports.store.acquire(0, "b", 60_000, { takeOver: true });
const renew: Operation = ({ ports, lease }) => ports.store.renew(lease, 60_000);
const release: Operation = ({ ports, lease }) => ports.store.release(lease);
const commit: Operation = ({ ports, lease, cursor, next }) => ports.store.commit(lease, sampleStep(cursor, next));
const checkpoint: Operation = ({ ports }) => ports.store.checkpoint(0);
const cursors: Operation = ({ ports }) => ports.store.cursors();
const stateCursors: Operation = ({ ports }) => ports.store.stateCursors();
const counters: Operation = ({ ports }) => ports.store.counters();
const tradeStreams: Operation = ({ ports }) => ports.store.tradeStreams();
const trades: Operation = ({ ports }) => ports.store.trades(STREAM, 10);
const findOpenPrint: Operation = ({ ports }) => ports.store.findOpenPrint(openPrintQuery(TRADE, 0n, 1n << 62n), []);
const gaps: Operation = ({ ports }) => ports.store.gaps(10);
const quarantine: Operation = ({ ports }) => ports.store.quarantine(10);
const flow: Operation = ({ ports }) => ports.snapshots.flow("SPX");
const grid: Operation = ({ ports }) => ports.snapshots.grid("SPX", "2025-12-23");

let keyspace: Keyspace;
let plain: Redis;
let keys: RedisKeys;
let scene: Scene;
beforeEach(async () => {
  keyspace = openKeyspace();
  plain = new Redis(keyspace.url);
  keys = new RedisKeys(keyspace.prefix);
  const retention = { softMaxEntries: 1, hardMaxBytes: 1_000_000 };
  const ports = openFaultPorts(keyspace.url, { keyPrefix: keyspace.prefix, retention });
  await ports.connection.ready();
  const { log, store, snapshots } = ports;
  await log.append("p", 1, sampleFrames(1, 3));
  const { entries } = await log.read("0-0", 3, 0, NEVER);
  const [first, second, third] = entries.map(({ cursor }) => cursor);
  const acquired = await store.acquire(0, "a", 60_000);
  if (first === undefined || second === undefined || third === undefined || acquired.status !== "acquired") {
    throw new Error("there are three entries, and the lease is free");
  }
  await store.commit(acquired.lease, sampleStep("0-0", second));
  await log.trim(first);
  await snapshots.putFlow(sampleFlow({ underlying: "SPX" }));
  await snapshots.putGrid(sampleGrid({ underlying: "SPX", expiration: "2025-12-23" }));
  scene = { ports, lease: acquired.lease, cursor: second, next: third };
});
afterEach(async () => {
  await scene.ports.close();
  plain.disconnect();
  await keyspace.clear();
});

/** Each operation fails with a coded error that names the key, and changes nothing. */
async function expectRefusals(key: string, operations: Readonly<Record<string, Operation>>): Promise<void> {
  const before = await dumpKeys(plain, keyspace.prefix);
  for (const [name, operation] of Object.entries(operations)) {
    const failing = operation(scene);
    await expect(failing, name).rejects.toMatchObject({ name: "StorageError", code: "STRIKEWIRE_STORAGE" });
    await expect(failing, name).rejects.toThrow(`key "${key}" must hold `);
  }
  expect(await dumpKeys(plain, keyspace.prefix)).toEqual(before);
}

const ofTrades: KeyOf = (of) => of.of("trades", { UNDERLYING: "SPX", EXPIRY: "2025-12-23" });
const ofTotals: KeyOf = (of) => of.of("totals", { partition: 0, UNDERLYING: "SPX", EXPIRY: "2025-12-23" });
const ofHydrator: KeyOf = (of) => of.of("hydrator", { partition: 0 });
const ofLedgers: KeyOf = (of) => of.of("ledgers", { partition: 0 });
const ofTotalsIndex: KeyOf = (of) => of.of("totalsIndex", { partition: 0 });
const ofFlow: KeyOf = (of) => of.of("flow", { UNDERLYING: "SPX" });
const ofGrid: KeyOf = (of) => of.of("grid", { UNDERLYING: "SPX", EXPIRY: "2025-12-23" });

const TYPED: readonly (readonly [string, KeyOf, Readonly<Record<string, Operation>>])[] = [
  ["raw stream", (of) => of.of("rawStream"), { append, read, countAfter, trim, acquire, commit }],
  ["state of the raw stream", (of) => of.of("rawState"), { append, read, trim }],
  ["producers", (of) => of.of("producers"), { append, storedSeq }],
  ["use of producers", (of) => of.of("producersUsed"), { append }],
  ["raw analytics", (of) => of.of("analytics"), { append }],
  ["tails of connections", (of) => of.of("connections"), { append, connectionTail }],
  ["partitions", (of) => of.of("hydrators"), { acquire, cursors, stateCursors }],
  ["hydrator", ofHydrator, { acquire, renew, release, commit, checkpoint, cursors, stateCursors }],
  ["ledgers", ofLedgers, { commit, checkpoint }],
  ["index of totals", ofTotalsIndex, { commit, checkpoint }],
  ["totals", ofTotals, { commit, checkpoint }],
  ["hydration analytics", (of) => of.of("hydrateAnalytics"), { commit, counters }],
  ["gaps", (of) => of.of("gaps"), { commit, gaps }],
  ["quarantine", (of) => of.of("quarantine"), { commit, quarantine }],
  ["trade stream", ofTrades, { commit, trades, findOpenPrint }],
  ["index of trade streams", (of) => of.of("tradesIndex"), { commit, tradeStreams }],
  ["flow snapshot", ofFlow, { flow }],
  ["grid snapshot", ofGrid, { grid }],
];

describe("a key of another type", () => {
  it.each(TYPED)("%s is an error that names it, and nothing is written", async (_, keyOf, operations) => {
    const key = keyOf(keys);
    expect(await plain.exists(key)).toBe(1);
    await plain.del(key);
    await plain.rpush(key, "somebody's");
    await expectRefusals(key, operations);
  });

  it.each(
    TYPED.filter(([, , operations]) =>
      Object.values(operations).some((one) => one === commit || one === read || one === acquire),
    ),
  )("%s ends a hydrator with that error", async (_, keyOf) => {
    const key = keyOf(keys);
    await scene.ports.store.release(scene.lease);
    await plain.del(key);
    await plain.rpush(key, "somebody's");
    const frame = new Source().trades(1);
    const isLog = key === keys.of("rawStream") || key === keys.of("rawState");
    if (!isLog) await scene.ports.log.append("q", 1, [frame[0], ...sampleFrames(9, 1)]);
    const run = new WsHydrator(scene.ports, { owner: "b" }).run(NEVER);
    await expect(run).rejects.toMatchObject({ code: "STRIKEWIRE_STORAGE" });
    await expect(run).rejects.toThrow(key);
    expect(await plain.type(key)).toBe("list");
  });

  it.each(TYPED.filter(([, , operations]) => Object.values(operations).includes(append)))(
    "%s ends a spool with that error, and what waits is told",
    async (_, keyOf) => {
      const key = keyOf(keys);
      await plain.del(key);
      await plain.rpush(key, "somebody's");
      const spool = new RawSpool(scene.ports, { producer: PRODUCER });
      spool.push(...new Source().trades());
      const run = spool.run(NEVER);
      await expect(run).rejects.toMatchObject({ code: "STRIKEWIRE_STORAGE" });
      await expect(run).rejects.toThrow(key);
      expect(spool.backlog.entries).toBe(1);
    },
  );

  it("that comes while a read waits on it is an error that names it", async () => {
    const { ports, next } = scene;
    const waiting = ports.log.read(next, 10, 400, NEVER);
    const key = keys.of("rawStream");
    await plain.del(key);
    await plain.rpush(key, "somebody's");
    await expect(waiting).rejects.toMatchObject({ code: "STRIKEWIRE_STORAGE" });
    await expect(waiting).rejects.toThrow(`key "${key}" must hold `);
  });
});

describe("a field that is none of ours", () => {
  it.each<[what: string, KeyOf, field: string, values: readonly string[], Readonly<Record<string, Operation>>]>([
    [
      "bytes of the raw stream",
      (of) => of.of("rawState"),
      "bytes",
      ["x", "1.5", "007", "9".repeat(19)],
      { append, trim },
    ],
    ["a place that was removed first", (of) => of.of("rawState"), "first_removed", ["x", "1-", "1"], { read }],
    [
      "a place that was removed last",
      (of) => of.of("rawState"),
      "last_removed",
      ["x", `1-${"9".repeat(17)}`],
      { read },
    ],
    ["a producer's sequence", (of) => of.of("producers"), "p", ["x", "-1", "1e3", "0x10", ""], { append, storedSeq }],
    ["a count of frames", (of) => of.of("analytics"), "frames", ["x", "1.5", "007", "9".repeat(19)], { append }],
    ["a count of bytes", (of) => of.of("analytics"), "bytes", ["x", "", "-0"], { append }],
    [
      "a tail of a connection",
      (of) => of.of("connections"),
      "options/0",
      ["x", "", "1", "-1 5", "1.5 5", "1 now", "1 1.2.3", "1 5 6", "1  5"],
      { append, connectionTail },
    ],
    ["a token", ofHydrator, "token", ["x", "", "1.5"], { acquire }],
    ["the end of a lease", ofHydrator, "lease_until", ["soon", ""], { acquire }],
    [
      "a cursor",
      ofHydrator,
      "cursor",
      ["here", "1-", "", `${"9".repeat(20)}-1`],
      { acquire, commit, checkpoint, cursors },
    ],
    ["a cursor of the sums", ofHydrator, "state_cursor", ["here", "1-"], { checkpoint, stateCursors }],
    ["accounts", ofLedgers, "options/0", ["x", "{}", '[{"epoch":1}]'], { checkpoint }],
    ["sums", ofTotals, "O:SPXW251223P06870000", ["x", "", "2025-12-22 1 2"], { checkpoint }],
    ["the name of a contract", ofTotals, "x", ["2025-12-22 1 1 1 1 1 1 1 1 1 1"], { checkpoint }],
    ["a counter", (of) => of.of("hydrateAnalytics"), "seen", ["x", "1.5", "-1"], { commit, counters }],
    [
      "a counter that cannot be added to",
      (of) => of.of("hydrateAnalytics"),
      "trades",
      ["007", "9".repeat(19)],
      { commit },
    ],
  ])("%s is an error that names the key, and nothing is written", async (_, keyOf, field, values, operations) => {
    const key = keyOf(keys);
    for (const value of values) {
      await plain.hset(key, field, value);
      await expectRefusals(key, operations);
    }
  });

  it("a cursor that is gone fails a commit, and nothing is written", async () => {
    await plain.hdel(ofHydrator(keys), "cursor");
    await expectRefusals(ofHydrator(keys), { commit });
  });

  it("a member that names no partition is an error that names the key", async () => {
    await plain.sadd(keys.of("hydrators"), "x");
    await expectRefusals(keys.of("hydrators"), { cursors, stateCursors });
  });

  it("a member that names no trade stream is an error that names the key", async () => {
    const later = String(Date.now() + 86_400_000);
    for (const keyOf of [ofTotalsIndex, (of: RedisKeys) => of.of("tradesIndex")])
      await plain.zadd(keyOf(keys), later, "x");
    await expectRefusals(keys.of("tradesIndex"), { tradeStreams });
    await expectRefusals(ofTotalsIndex(keys), { checkpoint });
  });

  it.each([
    ["text", "somebody's"],
    ["another object", '{"a":1}'],
    ["nothing", ""],
  ])("a snapshot that is %s is an error that names the key", async (_, value) => {
    await plain.set(ofFlow(keys), value);
    await plain.set(ofGrid(keys), value);
    await expectRefusals(ofFlow(keys), { flow });
    await expectRefusals(ofGrid(keys), { grid });
  });
});

describe("an entry that is none of ours", () => {
  it.each([
    ["of somebody else's fields", ["field", "value"]],
    ["without a source", ["payload", "[]"]],
    ["of a bad source", ["payload", "[]", "src", "options/0/x"]],
    ["of an unknown kind", ["payload", "[]", "src", "options/0/1/1", "kind", "party"]],
    ["of a bad receipt time", ["payload", "[]", "src", "options/0/1/1", "ts", "now"]],
    ["of bad JSON", ["payload", "[]", "src", "options/0/1/1", "kind", "gap", "info", "{"]],
  ])("in the raw stream (%s) is an error that names the key, and ends a hydrator", async (_, fields) => {
    const key = keys.of("rawStream");
    const { ports, lease, next } = scene;
    await plain.xadd(key, `${Date.now() + 5_000}-9`, ...fields);
    await expectRefusals(key, { read });
    await ports.store.release(lease);
    const run = new WsHydrator(ports, { owner: "b", readEntries: 1 }).run(NEVER);
    await expect(run).rejects.toMatchObject({ code: "STRIKEWIRE_STORAGE" });
    await expect(run).rejects.toThrow(`key "${key}" must hold `);
    // What stands before it is done.
    expect(await ports.store.cursors()).toEqual(new Map([[0, next]]));
  });

  it("behind which no place of ours is left fails an append, and nothing is written", async () => {
    await plain.xadd(keys.of("rawStream"), "18446744073709551615-18446744073709551615", "field", "value");
    await expectRefusals(keys.of("rawStream"), { append });
  });

  it.each([
    ["a trade stream", ofTrades, { trades }],
    ["the gaps", (of: RedisKeys) => of.of("gaps"), { gaps }],
    ["the quarantine", (of: RedisKeys) => of.of("quarantine"), { quarantine }],
  ] as const)("in %s is an error that names the key", async (_, keyOf, operations) => {
    await plain.xadd(keyOf(keys), "*", "field", "value");
    await expectRefusals(keyOf(keys), operations);
  });

  it("that looks like the print that is looked for is an error that names the key", async () => {
    const { contract, price, size, exchange } = TRADE;
    const fields = ["sym", contract, "p", price, "s", size, "t", "noon", "x", exchange ?? ""];
    await plain.xadd(ofTrades(keys), "*", ...fields);
    await expectRefusals(ofTrades(keys), { trades, findOpenPrint });
  });
});
