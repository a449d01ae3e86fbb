import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { APPEND_RAW } from "../../src/adapters/redis/scripts/append-raw.ts";
import { COMMIT_STEP } from "../../src/adapters/redis/scripts/commit-step.ts";
import type { HydrationStep } from "../../src/ports/hydration-store.ts";
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
import { type CommandFate, type FaultProxy, startFaultProxy } from "../support/redis/fault-proxy.ts";
import { type Keyspace, openKeyspace } from "../support/redis/keyspace.ts";

const drafts = captureDrafts();

let keyspace: Keyspace;
let proxy: FaultProxy;
/** Go through the proxy. */
let ports: FaultPorts;
/** Do not: for looking. */
let direct: FaultPorts;
beforeEach(async () => {
  keyspace = openKeyspace();
  proxy = await startFaultProxy(keyspace.url);
  direct = openFaultPorts(keyspace.url, { keyPrefix: keyspace.prefix });
  await direct.connection.ready();
  await connect(1_000);
});
afterEach(async () => {
  proxy.fate = () => "pass";
  await ports.close();
  await proxy.close();
  await direct.close();
  await keyspace.clear();
});

async function connect(commandTimeoutMs: number): Promise<void> {
  ports = openFaultPorts(proxy.url, { keyPrefix: keyspace.prefix, commandTimeoutMs });
  await ports.connection.ready();
}

/** For workers, which repeat what a slow machine makes late. */
async function connectImpatiently(): Promise<void> {
  await ports.close();
  await connect(200);
}

const EVALS = new Set(["EVALSHA", "EVAL"]);

/** Has every `nth` run of a script end so; the first to know the script does not count. @returns how many did. */
function disturbEvery(nth: number, sha: string, fate: CommandFate): () => number {
  let runs = 0;
  proxy.fate = (name, first) => {
    if (name !== "EVALSHA" || first !== sha) return "pass";
    runs += 1;
    return runs % nth === 0 ? fate : "pass";
  };
  return () => Math.floor(runs / nth);
}

/** Has the next script end so, once. */
function disturbNext(fate: CommandFate): void {
  proxy.fate = (name) => {
    if (!EVALS.has(name)) return "pass";
    proxy.fate = () => "pass";
    return fate;
  };
}

/** A step that nothing but the cursor and a counter is in. */
function step(prev: string, next: string): HydrationStep {
  return { prev, next, trades: [], totals: [], ledgers: [], counters: { seen: 1 }, gaps: [], quarantine: [] };
}

async function acquired(owner = "a") {
  const result = await ports.store.acquire(0, owner, 60_000);
  if (result.status !== "acquired") throw new Error(`the lease must be free, ${result.owner} holds it`);
  return result.lease;
}

describe("a connection that breaks between a script and its reply", () => {
  it.each(["cut", "stall"] as const)("leaves one append, known by its repeat (%s)", async (fate) => {
    const { log } = ports;
    await log.append("p", 1, drafts.slice(0, 5));
    disturbNext(fate);
    await expect(log.append("p", 6, drafts.slice(5, 9))).rejects.toMatchObject({ code: "STRIKEWIRE_UNAVAILABLE" });
    await ports.connection.ready();
    expect(await log.append("p", 6, drafts.slice(5, 9))).toEqual({ storedSeq: 9 });
    expect(await storedDrafts(log)).toEqual(drafts.slice(0, 9));
  });

  it.each(["cut", "stall"] as const)("leaves one commit, known by its repeat (%s)", async (fate) => {
    const { store } = ports;
    const lease = await acquired();
    await store.commit(lease, step("0-0", "1-1"));
    disturbNext(fate);
    await expect(store.commit(lease, step("1-1", "2-2"))).rejects.toMatchObject({ code: "STRIKEWIRE_UNAVAILABLE" });
    await ports.connection.ready();
    expect(await store.commit(lease, step("1-1", "2-2"))).toEqual({ status: "already" });
    expect(await store.counters()).toEqual({ seen: 2 });
  });

  it("leaves nothing of a commit that never arrived", async () => {
    const { store } = ports;
    const lease = await acquired();
    await store.commit(lease, step("0-0", "1-1"));
    disturbNext("drop");
    await expect(store.commit(lease, step("1-1", "2-2"))).rejects.toMatchObject({ code: "STRIKEWIRE_UNAVAILABLE" });
    await ports.connection.ready();
    expect(await store.counters()).toEqual({ seen: 1 });
    expect(await store.commit(lease, step("1-1", "2-2"))).toEqual({ status: "applied" });
  });

  it("leaves a repeat that overtakes the first try the only one", async () => {
    const { store, log } = ports;
    const lease = await acquired();
    await store.commit(lease, step("0-0", "1-1"));
    disturbNext("hold");
    await expect(store.commit(lease, step("1-1", "2-2"))).rejects.toMatchObject({ code: "STRIKEWIRE_UNAVAILABLE" });
    await ports.connection.ready();
    disturbNext("hold");
    await expect(log.append("p", 1, drafts.slice(0, 3))).rejects.toMatchObject({ code: "STRIKEWIRE_UNAVAILABLE" });
    await ports.connection.ready();
    expect(await store.commit(lease, step("1-1", "2-2"))).toEqual({ status: "applied" });
    expect(await store.commit(lease, step("2-2", "3-3"))).toEqual({ status: "applied" });
    expect(await log.append("p", 1, drafts.slice(0, 3))).toEqual({ storedSeq: 3 });
    expect(await log.append("p", 4, drafts.slice(3, 5))).toEqual({ storedSeq: 5 });
    proxy.release();
    await ports.log.storedSeq("p");
    expect(await storedDrafts(log)).toEqual(drafts.slice(0, 5));
    expect(await store.counters()).toEqual({ seen: 3 });
    expect(await store.cursors()).toEqual(new Map([[0, "3-3"]]));
  });
});

describe("replies that get lost again and again", () => {
  it.each([
    ["cut", 3],
    ["drop", 3],
    ["stall", 12],
  ] as const)("leave every frame in the log once, in order (%s)", async (fate, nth) => {
    await connectImpatiently();
    const disturbed = disturbEvery(nth, APPEND_RAW.sha, fate);
    const { worker: spool, stop } = runSpool(ports, { batchEntries: 64 });
    for (const draft of drafts) spool.push(draft);
    await untilDrained(spool);
    await stop();
    expect(disturbed()).toBeGreaterThan(2);
    expect(await storedDrafts(direct.log)).toEqual(drafts);
  });

  it.each([
    ["cut", 12],
    ["drop", 12],
    ["stall", 25],
  ] as const)("leave hydration what it is without them (%s)", async (fate, nth) => {
    await direct.log.append("p", 1, drafts.slice(0, -1));
    await connectImpatiently();
    const disturbed = disturbEvery(nth, COMMIT_STEP.sha, fate);
    const hydrating = runHydrator(ports, { readEntries: 64, batchEntries: 32 });
    await untilHydrated(direct);
    expect(disturbed()).toBeGreaterThan(2);
    // The hydrator has heard of all of it when it takes one entry more.
    proxy.fate = () => "pass";
    await direct.log.append("p", drafts.length, drafts.slice(-1));
    await untilHydrated(direct);
    await hydrating.stop();
    expect(await outcomeIn(direct)).toEqual(await undisturbed(drafts));
    // The partition stayed with its owner all the time.
    expect((await direct.store.counters()).takeovers ?? 0).toBe(0);
  });
});
