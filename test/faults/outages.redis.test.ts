import { inspect } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { RawDraft } from "../../src/domain/stream/raw-entry.ts";
import { captureDrafts, type HydrationOutcome, outcomeIn, undisturbed } from "../support/capture-drafts.ts";
import { withClient } from "../support/redis/connection.ts";
import {
  type FaultPorts,
  openFaultPorts,
  runHydrator,
  runSpool,
  storedDrafts,
  untilDrained,
  untilHydrated,
} from "../support/redis/fault-ports.ts";
import { type OwnRedis, startOwnRedis } from "../support/redis/test-redis.ts";
import { until } from "../support/until.ts";

const drafts = captureDrafts();
const THIRD = Math.floor(drafts.length / 3);

let redis: OwnRedis;
let expected: HydrationOutcome;
beforeAll(async () => {
  redis = await startOwnRedis(["--appendonly", "yes", "--appendfsync", "always"]);
  expected = await undisturbed(drafts);
});
afterAll(() => redis.stop());

let opened: FaultPorts[];
beforeEach(() => {
  opened = [];
});
afterEach(async () => {
  await redis.restart();
  await Promise.all(opened.map((ports) => ports.close()));
  await withClient(redis.url, (client) => client.flushall());
});

/**
 * Has the server write its append-only file anew, as its operator should after a crash: where the crash cut a transaction
 * short, Redis 7.0 keeps the first half of it in the file, and carries it out after the next crash.
 */
async function dropHalfTransaction(url: string): Promise<void> {
  await withClient(url, (client) => client.bgrewriteaof());
  await until("the append-only file is written anew", () =>
    withClient(url, async (client) => {
      const info = await client.info("persistence");
      return /aof_rewrite_in_progress:0/.test(info) && /aof_rewrite_scheduled:0/.test(info);
    }),
  );
}

function open(...options: Parameters<typeof openFaultPorts>): FaultPorts {
  const ports = openFaultPorts(...options);
  opened.push(ports);
  return ports;
}

/** A spool and a hydrator at work, as in a service. */
function start(ports: FaultPorts) {
  const spooling = runSpool(ports);
  const hydrating = runHydrator(ports);
  return {
    spool: spooling.worker,
    push: (some: readonly RawDraft[]) => {
      for (const draft of some) spooling.worker.push(draft);
    },
    /** Waits until all of it is done, and looks whether it was done as if nothing had happened. */
    async finish() {
      await untilDrained(spooling.worker);
      await untilHydrated(ports);
      expect(await spooling.stop()).toEqual({ entries: 0, frames: 0, bytes: 0 });
      await hydrating.stop();
      expect(await storedDrafts(ports.log)).toEqual(drafts);
      expect(await outcomeIn(ports)).toEqual(expected);
    },
  };
}

/** Messages of the connection, not of those who use it. */
function connectionLog({ logger }: FaultPorts) {
  return logger.entries.filter(({ message }) => message.includes("Redis"));
}

describe("a Redis that is not there at the start", () => {
  it("is told once, by an address without credentials, and everything works as soon as it is there", async () => {
    await redis.kill();
    const { host } = new URL(redis.url);
    const ports = open(`redis://default:s3cret@${host}`);
    let isReady = false;
    const ready = ports.connection.ready().then(() => {
      isReady = true;
    });
    const { push, finish, spool } = start(ports);
    push(drafts);
    await until("some attempts have failed", () => {
      const { state } = ports.connection;
      return state.kind === "connecting" && state.attempts >= 5;
    });
    const failing = ports.log.append("other", 1, drafts.slice(0, 1));
    await expect(failing).rejects.toMatchObject({ code: "STRIKEWIRE_UNAVAILABLE" });
    await expect(failing).rejects.toThrow(`Redis at redis://${host} must be connected, it is not`);
    expect(isReady).toBe(false);
    expect(spool.backlog.entries).toBe(drafts.length);
    const said = connectionLog(ports);
    expect(said.map(({ message }) => message)).toEqual([
      `Cannot reach Redis at redis://${host}, trying again until it is there`,
    ]);
    expect(String(said[0]?.error)).toContain("ECONNREFUSED");
    expect(inspect([ports.logger.entries, ports.connection.state], { depth: 20 })).not.toContain("s3cret");

    await redis.restart();
    await ready;
    await finish();
    expect(connectionLog(ports).map(({ message }) => message)).toContain("Connected to Redis");
    expect(inspect(ports.logger.entries, { depth: 20 })).not.toContain("s3cret");
  });

  it("answers whoever waits for it with the reason of an abort", async () => {
    await redis.kill();
    const ports = open(redis.url);
    const stop = new AbortController();
    const ready = ports.connection.ready(stop.signal);
    stop.abort(new Error("no time left"));
    await expect(ready).rejects.toThrow("no time left");
  });
});

describe("a Redis that is killed and comes back", () => {
  it("has every frame it had, gets none twice, and is hydrated as if nothing had happened", async () => {
    const ports = open(redis.url);
    const { push, finish, spool } = start(ports);
    let pushed = 0;
    const pushUpTo = (count: number): void => {
      push(drafts.slice(pushed, count));
      pushed = count;
    };
    for (const place of [THIRD, 2 * THIRD]) {
      pushUpTo(place - 300);
      // In the middle: some of these are stored, and hydrated, and some are not.
      await until("the first of them are stored", () => pushed - spool.backlog.entries > place - 600);
      pushUpTo(place);
      const known = pushed - spool.backlog.entries;
      await redis.kill();
      await until("the loss is noticed", () => ports.connection.state.kind === "connecting");
      pushUpTo(place + 100);
      await redis.restart();
      await dropHalfTransaction(redis.url);
      const stored = await until("it answers", async () => (await storedDrafts(ports.log)).length >= known).then(() =>
        storedDrafts(ports.log),
      );
      expect(stored).toEqual(drafts.slice(0, stored.length));
    }
    pushUpTo(drafts.length);
    await finish();
    expect(connectionLog(ports).filter(({ message }) => message.startsWith("Lost the connection"))).toHaveLength(2);
  });
});

describe("a Redis that is paused", () => {
  it("fills the spool, which drains afterwards in order, with nothing lost and nothing twice", async () => {
    const ports = open(redis.url, { commandTimeoutMs: 250, connectTimeoutMs: 250 });
    const { push, finish, spool } = start(ports);
    push(drafts.slice(0, THIRD));
    await until("the first entries are stored", () => spool.backlog.entries < THIRD);
    await redis.pause();
    push(drafts.slice(THIRD, 2 * THIRD));
    await until("the spool holds them", () => spool.backlog.entries >= THIRD);
    // The server has our commands, and will carry them out when nobody waits for the answer any more.
    await until("connecting again has failed too", () => {
      const { state } = ports.connection;
      return state.kind === "connecting" && state.attempts >= 2;
    });
    expect(spool.backlog.entries).toBeGreaterThanOrEqual(THIRD);
    push(drafts.slice(2 * THIRD));
    await redis.resume();
    await finish();
    expect(ports.telemetry.counterValue("raw_spool_shed_frames_total", { producer: "options/0" })).toBe(0);
  });
});

describe("a Redis that forgets its scripts in mid-stream", () => {
  it("is sent them again, unnoticed", async () => {
    const ports = open(redis.url);
    await ports.connection.ready();
    const { push, finish, spool } = start(ports);
    const parts = 12;
    await withClient(redis.url, async (client) => {
      for (let part = 0; part < parts; part++) {
        push(drafts.slice((part * drafts.length) / parts, ((part + 1) * drafts.length) / parts));
        await until("some of it is on its way", () => spool.backlog.entries < drafts.length / parts);
        await client.script("FLUSH");
      }
    });
    await finish();
    expect(ports.logger.entries.filter(({ level }) => level !== "info")).toEqual([]);
  });
});
