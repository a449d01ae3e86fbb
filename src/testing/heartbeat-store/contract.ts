import { CHANNELS } from "../../domain/channels.ts";
import type { Heartbeat } from "../../domain/context/heartbeat.ts";
import type { HeartbeatStore } from "../../ports/heartbeat-store.ts";
import { type AnnouncingClients, hear } from "../announcements.ts";
import { check } from "../check.ts";
import { type ContractOptions, type ContractTests, closedClientTests, contractTests, eventually } from "../runner.ts";
import { SAMPLE_TIME_MS } from "../samples.ts";
import { sampleHeartbeat } from "./samples.ts";

type Tests = ContractTests<AnnouncingClients<HeartbeatStore>, []>;

/** Runs the contract of `HeartbeatStore` against an adapter. */
export function heartbeatStoreContract(
  adapter: string,
  options: ContractOptions<AnnouncingClients<HeartbeatStore>>,
): void {
  const tests = contractTests(options);
  tests.runner.describe(`heartbeat store (${adapter})`, () => {
    tests.runner.describe("heartbeats", () => heartbeatTests(tests));
    tests.runner.describe("life", () => lifeTests(tests));
    tests.runner.describe("announcements", () => announcementTests(tests));
    tests.runner.describe("refusals", () => refusalTests(tests));
    closedClientTests(tests, (clients) => clients.store, {
      beat: (store) => store.beat(sampleHeartbeat()),
      all: (store) => store.all(),
    });
  });
}

function workersOf(heartbeats: readonly Heartbeat[]): readonly string[] {
  return heartbeats.map(({ worker }) => worker);
}

function heartbeatTests({ test, shared }: Tests): void {
  test("there are none in a new store", async ({ subject: { store } }) => {
    check.equal("all", await store.all(), []);
  });
  test("they are read as they were written, field for field", async ({ subject: { store } }) => {
    const well = sampleHeartbeat({ worker: "ws", status: "ok", reason: null, detail: {} });
    await store.beat(sampleHeartbeat());
    await store.beat(well);
    check.equal("all", await store.all(), [sampleHeartbeat(), well]);
  });
  test("each replaces the worker's last one whole", async ({ subject: { store } }) => {
    await store.beat(sampleHeartbeat());
    const next = sampleHeartbeat({ status: "failed", reason: "401", pid: 1, detail: { retries: 4 } });
    await store.beat(next);
    const [stored, ...others] = await store.all();
    check.equal("heartbeat", stored, next);
    check.equal("detail", Object.keys(stored?.detail ?? {}), ["retries"]);
    check.equal("others", others, []);
  });
  test("they are in the order of the workers' names", async ({ subject: { store } }) => {
    const workers = ["ws", "chain/SPX", "spot", "chain/NDX", "0"];
    for (const worker of workers) await store.beat(sampleHeartbeat({ worker }));
    check.equal("workers", workersOf(await store.all()), [...workers].sort());
  });
  shared("of 40 that two clients send at once one of each worker is there whole", async ({ first, second }) => {
    const beats = Array.from({ length: 40 }, (_, pid) =>
      sampleHeartbeat({ worker: `w${pid % 4}`, pid, host: `${pid}`, detail: { pid } }),
    );
    await Promise.all(beats.map((beat, index) => (index % 3 === 0 ? first : second).store.beat(beat)));
    const all = await second.store.all();
    check.equal("workers", workersOf(all), ["w0", "w1", "w2", "w3"]);
    for (const beat of all) check.equal(beat.worker, beat, beats[beat.pid] ?? null);
    check.equal("of the other client", await first.store.all(), all);
  });
}

function lifeTests({ test, unless, shortMs }: Tests): void {
  unless("fixedLifetimes", "a heartbeat lives for 15 s", async ({ subject: { store }, elapse }) => {
    await store.beat(sampleHeartbeat({ worker: "stays" }));
    await store.beat(sampleHeartbeat({ worker: "goes" }));
    await elapse(14_999);
    check.equal("just before", workersOf(await store.all()), ["goes", "stays"]);
    await store.beat(sampleHeartbeat({ worker: "stays" }));
    await elapse(1);
    check.equal("then", workersOf(await store.all()), ["stays"]);
    await elapse(14_998);
    check.equal("of the second beat", workersOf(await store.all()), ["stays"]);
    await elapse(1);
    check.equal("then it too", await store.all(), []);
  });
  test("a heartbeat lives as long as it says, whatever the beat before said", async (opened) => {
    const { store } = opened.subject;
    const long = 600_000;
    await store.beat(sampleHeartbeat({ worker: "longer" }), shortMs);
    await store.beat(sampleHeartbeat({ worker: "longer" }), long);
    await store.beat(sampleHeartbeat({ worker: "shorter" }), long);
    await store.beat(sampleHeartbeat({ worker: "shorter" }), shortMs);
    await opened.elapse(shortMs);
    check.equal("then", workersOf(await store.all()), ["longer"]);
  });
  test("a worker that had died lives with its next beat", async (opened) => {
    const { store } = opened.subject;
    await store.beat(sampleHeartbeat(), shortMs);
    await opened.elapse(shortMs);
    check.equal("dead", await store.all(), []);
    await store.beat(sampleHeartbeat({ pid: 2 }));
    check.equal("alive", await store.all(), [sampleHeartbeat({ pid: 2 })]);
  });
}

function announcementTests({ test, shared }: Tests): void {
  test("tell every beat, repeats among them, in order", async (opened) => {
    const { store, bus } = opened.subject;
    const heard = await hear(opened, bus, CHANNELS.heartbeat);
    const beats = [sampleHeartbeat(), sampleHeartbeat(), sampleHeartbeat({ worker: "ws", ts: SAMPLE_TIME_MS })];
    for (const beat of beats) await store.beat(beat);
    await eventually(opened, "all are heard", () => heard.length >= 3);
    check.equal(
      "heard",
      heard,
      beats.map((beat) => JSON.stringify(beat)),
    );
  });
  shared("reach every client, which can read the heartbeat by then", async (opened) => {
    const { first, second } = opened;
    const read: Promise<readonly Heartbeat[]>[] = [];
    await hear(opened, second.bus, CHANNELS.heartbeat, () => read.push(second.store.all()));
    await first.store.beat(sampleHeartbeat());
    await eventually(opened, "it is heard", () => read.length > 0);
    check.equal("read", await Promise.all(read), [[sampleHeartbeat()]]);
  });
}

function refusalTests({ test }: Tests): void {
  test("meet heartbeats that are none, and nothing of them is stored", async ({ subject: { store } }) => {
    const bad: Readonly<Record<string, Heartbeat>> = {
      "no name": sampleHeartbeat({ worker: "" }),
      "a name with a colon": sampleHeartbeat({ worker: "chain:SPX" }),
      "half a process": sampleHeartbeat({ pid: 0.5 }),
      "a time that is none": sampleHeartbeat({ ts: Number.NaN }),
      "a start before time": sampleHeartbeat({ started_ts: 0 }),
      "a figure that is none": sampleHeartbeat({ detail: { lag: Number.POSITIVE_INFINITY } }),
    };
    for (const [what, heartbeat] of Object.entries(bad)) await check.rejects(what, store.beat(heartbeat), "TypeError");
    check.equal("all", await store.all(), []);
  });
  test("meet lifetimes that are no positive safe integers", async ({ subject: { store } }) => {
    for (const ttlMs of [0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      await check.rejects(`${ttlMs}`, store.beat(sampleHeartbeat(), ttlMs), "RangeError");
    }
    check.equal("all", await store.all(), []);
  });
}
