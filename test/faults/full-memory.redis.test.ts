import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CURSOR_START } from "../../src/domain/stream/cursor.ts";
import {
  sampleConnectionGauges,
  sampleEpoch,
  sampleFlow,
  sampleFrames,
  sampleRecord,
  sampleSourceGauges,
  sampleStep,
} from "../../src/testing/index.ts";
import { captureDrafts, outcomeIn, undisturbed } from "../support/capture-drafts.ts";
import {
  type FaultPorts,
  openFaultPorts,
  runHydrator,
  runSpool,
  storedDrafts,
  untilDrained,
  untilHydrated,
} from "../support/redis/fault-ports.ts";
import { dumpKeys } from "../support/redis/key-dump.ts";
import { type OwnRedis, startOwnRedis } from "../support/redis/test-redis.ts";
import { PRODUCER, Source } from "../support/spool.ts";
import { until } from "../support/until.ts";

const MAXMEMORY = "12mb";
const FILLER = "somebody's";
const NEVER = new AbortController().signal;

let redis: OwnRedis;
let plain: Redis;
beforeAll(async () => {
  redis = await startOwnRedis(["--maxmemory", MAXMEMORY, "--maxmemory-policy", "noeviction"]);
  plain = new Redis(redis.url);
});
afterAll(async () => {
  plain.disconnect();
  await redis.stop();
});

let ports: FaultPorts;
beforeEach(async () => {
  ports = open();
  await ports.connection.ready();
});
afterEach(async () => {
  await ports.close();
  await plain.config("SET", "maxmemory", MAXMEMORY);
  await plain.flushall();
});

function open(...[retention]: [NonNullable<Parameters<typeof openFaultPorts>[1]>["retention"]?]): FaultPorts {
  return openFaultPorts(redis.url, retention === undefined ? {} : { retention });
}

/** Has somebody take all the room there is. */
async function fill(): Promise<void> {
  const chunk = Buffer.alloc(65_536);
  const refused = (error: unknown): void => {
    if (!String(error).includes("OOM")) throw error;
  };
  let isFull = false;
  while (!isFull) {
    await plain.append(FILLER, chunk).catch((error: unknown) => {
      refused(error);
      isFull = true;
    });
  }
  // What buffers give back must not make room again.
  const used = /^used_memory:(\d+)/m.exec(await plain.info("memory"))?.[1];
  await plain.config("SET", "maxmemory", String(Number(used) - 300_000));
}

const makeRoom = (): Promise<unknown> => plain.config("SET", "maxmemory", "0");

describe("a Redis without room", () => {
  it("does a commit, an append, a snapshot and what a source tells not at all", async () => {
    const { log, store, snapshots, sourceStatus, subscriptions } = ports;
    const drafts = captureDrafts().slice(0, 20);
    await log.append("p", 1, drafts.slice(0, 10));
    const acquired = await store.acquire(0, "a", 60_000);
    if (acquired.status !== "acquired") throw new Error("the lease is free");
    await fill();
    const before = await dumpKeys(plain);
    const step = sampleStep(CURSOR_START, "5-5");
    for (const write of [
      () => log.append("p", 11, drafts.slice(10)),
      () => log.append("q", 1, drafts),
      () => store.commit(acquired.lease, step),
      () => snapshots.putFlow(sampleFlow()),
      () => sourceStatus.record("ws", 1, { events: 1 }, sampleSourceGauges()),
      () => sourceStatus.putConnection({ class: "options", shard: 0 }, sampleConnectionGauges()),
      () => sourceStatus.putSample("[]"),
      () => subscriptions.change({ added: ["T.*"], removed: [] }),
    ]) {
      const failing = write();
      await expect(failing).rejects.toMatchObject({ name: "StoreFullError", code: "STRIKEWIRE_FULL" });
      await expect(failing).rejects.toThrow(`Redis at ${redis.url} must have room`);
    }
    expect(await dumpKeys(plain)).toEqual(before);
    // What is there can be read.
    expect(await storedDrafts(log)).toEqual(drafts.slice(0, 10));
    expect((await store.checkpoint(0)).cursor).toBe(CURSOR_START);
    expect(await log.connectionTail({ class: "options", shard: 0 })).toMatchObject({ epoch: expect.any(Number) });

    await makeRoom();
    expect(await log.append("p", 11, drafts.slice(10))).toEqual({ storedSeq: 20 });
    expect(await store.commit(acquired.lease, step)).toEqual({ status: "applied" });
    expect((await store.counters()).seen).toBe(5);
  });

  it("still lets an owner take, keep or give up its lease, and old entries go", async () => {
    await ports.close();
    ports = open({ softMaxEntries: 5, hardMaxBytes: 1_000_000 });
    await ports.connection.ready();
    const { log, store } = ports;
    await log.append("p", 1, captureDrafts().slice(0, 500));
    const acquired = await store.acquire(0, "a", 60_000);
    if (acquired.status !== "acquired") throw new Error("the lease is free");
    const { entries } = await log.read(CURSOR_START, 500, 0, NEVER);
    await fill();
    expect(await store.acquire(1, "a", 60_000)).toMatchObject({ status: "acquired" });
    expect(await store.renew(acquired.lease, 60_000)).toBe("renewed");
    expect(await log.trim(entries.at(-1)?.cursor ?? CURSOR_START)).toMatchObject({ removed: 495 });
    await store.release(acquired.lease);
    expect(await plain.xlen("massive:ws:stream")).toBe(5);
    expect(await plain.hget("massive:ws:hydrator:0", "owner")).toBeNull();
  });

  it.each([
    ["a step", false],
    ["the substrate", true],
  ])(
    "gets room for %s from a hydrator that comes to it, where entries are read that need not be kept",
    async (_, isActive) => {
      await ports.close();
      ports = open({ softMaxEntries: 5, hardMaxBytes: 100_000_000 });
      await ports.connection.ready();
      const { log, store, epochs, substrate } = ports;
      const epoch = sampleEpoch(Date.now(), "full", { records: [sampleRecord(870)] });
      await epochs.stage(epoch);
      if (isActive) await epochs.promote(null, epoch.id);
      const message = "x".repeat(20_000);
      const payload = JSON.stringify([{ ev: "status", status: "success", message }]);
      const fat = sampleFrames(1, 100).map((draft) => ({ ...draft, payload }));
      await log.append("p", 1, fat);
      const first = runHydrator(ports);
      await untilHydrated(ports);
      await first.stop();
      await log.append("p", 101, sampleFrames(101, 10));
      await fill();
      const second = runHydrator(ports, { owner: "second" });
      await untilHydrated(ports);
      await second.stop();
      expect(ports.logger.entries.some(({ error }) => String(error).includes("must have room"))).toBe(true);
      expect(await store.counters()).toMatchObject({ seen: 110 });
      if (isActive) expect(await substrate.records(epoch.id)).toMatchObject([{ trade: { last: 7.7 } }]);
      expect(await plain.xlen("massive:ws:stream")).toBeLessThan(20);
      expect((await store.gaps(100)).filter(({ cause }) => cause === "trimmed_before_read")).toEqual([]);
    },
  );

  it("makes the spool shed at its bound, with counts and a gap, and everything goes on when there is room", async () => {
    const spooling = runSpool(ports, { maxBytes: 100_000 });
    const hydrating = runHydrator(ports);
    const { worker: spool } = spooling;
    const source = new Source();
    const received = { trades: 0, quotes: 0 };
    const receive = (frames: number): void => {
      for (let frame = 0; frame < frames; frame++) {
        const isTrade = frame % 3 === 0;
        spool.push(...(isTrade ? source.trades(2) : source.quotes(2)));
        received[isTrade ? "trades" : "quotes"] += 2;
      }
    };
    receive(100);
    await untilDrained(spool);
    await untilHydrated(ports);
    await fill();
    receive(100);
    await until("the spool has heard of it", () => {
      return ports.logger.entries.some(({ error }) => String(error).includes("must have room"));
    });
    const before = await dumpKeys(plain);
    receive(2_000);
    expect(spool.backlog.bytes).toBeLessThanOrEqual(101_000);
    const { shed } = spool;
    expect(shed.trades).toBeGreaterThan(0);
    expect(shed.quotes).toBeGreaterThan(shed.trades);
    expect(await dumpKeys(plain)).toEqual(before);

    await makeRoom();
    await untilDrained(spool);
    receive(100);
    await untilDrained(spool);
    await spooling.stop();
    await untilHydrated(ports);
    await hydrating.stop();
    expect(spool.shed).toEqual(shed);
    const labels = { producer: PRODUCER };
    const { telemetry, store } = ports;
    expect(telemetry.counterValue("raw_spool_shed_frames_total", labels)).toBe(shed.frames);
    expect(telemetry.counterValue("raw_spool_shed_events_total", { ...labels, type: "trades" })).toBe(shed.trades);
    expect(telemetry.counterValue("raw_spool_shed_events_total", { ...labels, type: "quotes" })).toBe(shed.quotes);
    // What was received is stored, or counted as shed within a gap that says so.
    const counters = await store.counters();
    expect(counters.trades).toBe(received.trades - shed.trades);
    expect(counters.quotes).toBe(received.quotes - shed.quotes);
    expect(counters.repeated ?? 0).toBe(0);
    const gaps = await store.gaps(1_000);
    expect(new Set(gaps.map(({ cause, scope }) => `${cause} ${scope}`))).toEqual(new Set(["shed quotes", "shed all"]));
    const outcome = await outcomeIn(ports);
    expect(outcome).toEqual(await undisturbed(await storedDrafts(ports.log)));
  });
});
