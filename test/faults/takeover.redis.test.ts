import { Redis } from "ioredis";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { RedisKeys } from "../../src/adapters/redis/keys.ts";
import { COMMIT_STEP } from "../../src/adapters/redis/scripts/commit-step.ts";
import { splitCursor } from "../../src/domain/stream/cursor.ts";
import { sampleStep } from "../../src/testing/index.ts";
import { captureDrafts, type HydrationOutcome, outcomeIn, undisturbed } from "../support/capture-drafts.ts";
import { type FaultPorts, openFaultPorts, runHydrator, untilHydrated } from "../support/redis/fault-ports.ts";
import { type FaultProxy, startFaultProxy } from "../support/redis/fault-proxy.ts";
import { type HydratorChild, startHydratorChild } from "../support/redis/hydrator-child.ts";
import { dumpKeys } from "../support/redis/key-dump.ts";
import { type Keyspace, openKeyspace } from "../support/redis/keyspace.ts";
import { until } from "../support/until.ts";

const drafts = captureDrafts();
const LEASE_MS = 400;
/** Many small steps, so that there is a middle. */
const SMALL = { leaseMs: LEASE_MS, readEntries: 32, batchEntries: 2 };

let expected: HydrationOutcome;
beforeAll(async () => {
  expected = await undisturbed(drafts);
});

let keyspace: Keyspace;
let plain: Redis;
let ports: FaultPorts;
let ends: (() => Promise<unknown>)[];
beforeEach(async () => {
  keyspace = openKeyspace();
  plain = new Redis(keyspace.url);
  ends = [];
  ports = open();
  await ports.connection.ready();
});
afterEach(async () => {
  for (const end of ends.reverse()) await end();
  plain.disconnect();
  await keyspace.clear();
});

function open(url: string = keyspace.url, options: Parameters<typeof openFaultPorts>[1] = {}): FaultPorts {
  const opened = openFaultPorts(url, { keyPrefix: keyspace.prefix, ...options });
  ends.push(() => opened.close());
  return opened;
}

function startChild(owner: string, url: string = keyspace.url): HydratorChild {
  const { prefix: keyPrefix } = keyspace;
  const child = startHydratorChild({ url, keyPrefix, hydrator: { owner, ...SMALL } });
  ends.push(() => child.kill());
  return child;
}

async function openProxy(): Promise<FaultProxy> {
  const proxy = await startFaultProxy(keyspace.url);
  ends.push(() => proxy.close());
  return proxy;
}

function owner(): Promise<string | null> {
  return plain.hget(new RedisKeys(keyspace.prefix).of("hydrator", { partition: 0 }), "owner");
}

/** How many entries are committed. */
async function committed(): Promise<number> {
  return splitCursor((await ports.store.cursors()).get(0) ?? "0-0").n;
}

async function untilMidwayUnder(name: string, place: number): Promise<void> {
  await until(`${name} has committed ${place} entries`, async () => {
    return (await owner()) === name && (await committed()) >= place;
  });
}

describe("a hydrator that is killed in the middle", () => {
  it("is followed by the standby, whose outcome is that of one undisturbed run", async () => {
    await ports.log.append("p", 1, drafts);
    const child = startChild("child");
    await untilMidwayUnder("child", 1);
    const standby = runHydrator(ports, { owner: "standby", leaseMs: LEASE_MS });
    await untilMidwayUnder("child", 500);
    await child.kill();
    expect(await committed()).toBeLessThan(drafts.length);
    await untilHydrated(ports);
    expect(await owner()).toBe("standby");
    await standby.stop();
    expect(await outcomeIn(ports)).toEqual(expected);
    expect((await ports.store.counters()).takeovers).toBe(1);
  });

  it("again and again, leaves the outcome of one undisturbed run, and counts", async () => {
    // Repeats of prints from before it follow the reconnect, and windows end with the last prints: what is known of them
    // has to be found again.
    const reconnected = drafts.findLastIndex(({ kind }) => kind === "connected") + 1;
    expect(reconnected).toBeGreaterThan(1_000);
    const kills = [
      { appended: reconnected, at: 400 },
      { appended: reconnected, at: reconnected },
      { appended: 2_300, at: 1_800 },
      { appended: 2_300, at: 2_300 },
    ];
    for (const [index, { appended, at }] of kills.entries()) {
      await ports.log.append("p", 1, drafts.slice(0, appended));
      const child = startChild(`child ${index}`);
      await untilMidwayUnder(`child ${index}`, at);
      await child.kill();
    }
    await ports.log.append("p", 1, drafts);
    const last = runHydrator(ports);
    await untilHydrated(ports);
    await last.stop();
    expect(await outcomeIn(ports)).toEqual(expected);
    expect((await ports.store.counters()).takeovers).toBe(kills.length);
  });
});

describe("a hydrator that is killed while it owes sums", () => {
  it.each([
    ["before they are stored", "hold"],
    ["before it hears that they are", "stall"],
  ] as const)("%s, is followed by the next, whose outcome is that of one undisturbed run", async (_, end) => {
    const proxy = await openProxy();
    let appended = 0;
    const append = async (count: number): Promise<void> => {
      await ports.log.append("p", appended + 1, drafts.slice(appended, appended + count));
      appended += count;
    };
    for (const [index, place] of [100, 900, 1_900].entries()) {
      await append(place - appended);
      const name = `child ${index}`;
      const child = startChild(name, proxy.url);
      await untilMidwayUnder(name, appended);
      // A step that is committed alone, and its sums are not: the next commit is theirs, and nothing else comes.
      let sent = 0;
      await until("sums are owed, and on their way", async () => {
        proxy.fate = () => "pass";
        await append(1);
        await until("it is committed", async () => (await committed()) === appended);
        proxy.fate = (command, sha) => {
          if (command !== "EVALSHA" || sha !== COMMIT_STEP.sha) return "pass";
          sent += 1;
          return end;
        };
        const cursors = async () => [(await ports.store.stateCursors()).get(0), (await ports.store.cursors()).get(0)];
        const [stateCursor, cursor] = await cursors();
        if (stateCursor === cursor) return false;
        await until("sums are on their way", async () => sent > 0 || new Set(await cursors()).size === 1);
        return sent > 0;
      });
      if (end === "stall") {
        await until("sums are stored", async () => {
          return (await ports.store.stateCursors()).get(0) === (await ports.store.cursors()).get(0);
        });
      }
      await child.kill();
      proxy.fate = () => "pass";
    }
    await append(drafts.length - appended);
    const last = runHydrator(ports);
    await untilHydrated(ports);
    await last.stop();
    expect(await outcomeIn(ports)).toEqual(expected);
    expect((await ports.store.counters()).takeovers).toBe(3);
  });
});

describe("an owner that was thought dead and wakes up", () => {
  it("from a pause hears that it is fenced, and adds nothing", async () => {
    await ports.log.append("p", 1, drafts);
    const child = startChild("child");
    await untilMidwayUnder("child", 500);
    child.pause();
    const standby = runHydrator(ports, { owner: "standby", leaseMs: LEASE_MS });
    await until("the standby owns the partition", async () => (await owner()) === "standby");
    expect(await committed()).toBeLessThan(drafts.length);
    child.resume();
    await until("it has noticed", () => child.output().includes("Lost the "));
    await untilHydrated(ports);
    await child.kill();
    await standby.stop();
    expect(await outcomeIn(ports)).toEqual(expected);
    expect((await ports.store.counters()).takeovers).toBe(1);
  });

  it("with a commit that was long on its way cannot write, renew or release", async () => {
    const proxy = await openProxy();
    const old = open(proxy.url, { commandTimeoutMs: 30_000 });
    await old.connection.ready();
    const first = await old.store.acquire(0, "old", 60_000);
    if (first.status !== "acquired") throw new Error("the lease is free");
    await old.store.commit(first.lease, sampleStep("0-0", "1-1"));
    let held = 0;
    proxy.fate = (name, sha) => {
      if (name !== "EVALSHA" || sha !== COMMIT_STEP.sha) return "pass";
      held += 1;
      return "hold";
    };
    const late = old.store.commit(first.lease, sampleStep("1-1", "2-2"));
    await until("the commit is on its way", () => held === 1);
    const second = await ports.store.acquire(0, "new", 60_000, { takeOver: true });
    if (second.status !== "acquired") throw new Error("the lease can be taken");
    const before = await dumpKeys(plain, keyspace.prefix);
    proxy.fate = () => "pass";
    proxy.release();
    expect(await late).toEqual({ status: "fenced" });
    expect(await old.store.commit(first.lease, sampleStep("1-1", "3-3"))).toEqual({ status: "fenced" });
    expect(await old.store.renew(first.lease, 60_000)).toBe("fenced");
    await old.store.release(first.lease);
    expect(await dumpKeys(plain, keyspace.prefix)).toEqual(before);
    expect(await ports.store.commit(second.lease, sampleStep("1-1", "2-2"))).toEqual({ status: "applied" });
  });

  it("with commits that were long on their way starts over as a standby", async () => {
    const proxy = await openProxy();
    const old = open(proxy.url, { commandTimeoutMs: 30_000 });
    await ports.log.append("p", 1, drafts);
    let commits = 0;
    proxy.fate = (name, sha) => {
      if (name === "EVALSHA" && sha === COMMIT_STEP.sha) commits += 1;
      return commits > 100 ? "hold" : "pass";
    };
    const sleeper = runHydrator(old, { owner: "old", ...SMALL });
    await until("its commits are on their way", () => commits > 100);
    const standby = runHydrator(ports, { owner: "new", leaseMs: LEASE_MS });
    await until("the standby owns the partition", async () => (await owner()) === "new");
    proxy.fate = () => "pass";
    proxy.release();
    await until("the old owner has noticed", () => {
      return old.logger.entries.some(({ message }) => message.startsWith("Lost the "));
    });
    await untilHydrated(ports);
    await sleeper.stop();
    await standby.stop();
    expect(await outcomeIn(ports)).toEqual(expected);
  });
});
