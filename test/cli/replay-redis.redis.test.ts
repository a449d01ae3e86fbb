import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openRedis } from "../../src/adapters/redis/index.ts";
import { COMMIT_STEP } from "../../src/adapters/redis/scripts/commit-step.ts";
import { SYSTEM_CLOCK } from "../../src/adapters/system/index.ts";
import { WsHydrator } from "../../src/workers/hydrator/ws-hydrator.ts";
import { runCli, startCli } from "../support/cli-process.ts";
import { SAMPLE_MS, tradeEvent } from "../support/entries.ts";
import { withClient } from "../support/redis/connection.ts";
import { startFaultProxy } from "../support/redis/fault-proxy.ts";
import { dumpKeys } from "../support/redis/key-dump.ts";
import { openKeyspace } from "../support/redis/keyspace.ts";
import { startOwnRedis } from "../support/redis/test-redis.ts";
import { until } from "../support/until.ts";

const BUNDLED = "captures/synthetic.jsonl";
const folder = mkdtempSync(join(tmpdir(), "cli-redis-"));
const cleanups: (() => Promise<void>)[] = [];
afterAll(async () => {
  rmSync(folder, { recursive: true });
  for (const clean of cleanups) await clean();
});

/** A part of the run's Redis that nobody else uses, and the flags that name it. */
function keyspace() {
  const { url, prefix, clear } = openKeyspace();
  cleanups.push(clear);
  const read = <T>(use: (client: Redis) => Promise<T>): Promise<T> => withClient(url, use);
  return { url, prefix, flags: ["--redis", url, "--prefix", prefix], read };
}

function line(atMs: number, events: readonly object[]): string {
  return `${JSON.stringify({ ts: atMs / 1e3, payload: JSON.stringify(events) })}\n`;
}

const SMALL = join(folder, "small.jsonl");
writeFileSync(SMALL, line(SAMPLE_MS + 10, [tradeEvent(SAMPLE_MS)]) + line(SAMPLE_MS + 20, [tradeEvent(SAMPLE_MS + 9)]));

let inMemory = "";
beforeAll(async () => {
  // The chains beside a file are used in memory only, and beside standard input there are none.
  inMemory = (await runCli(["replay", "-", "--json"], readFileSync(BUNDLED))).stdout;
});

describe("strikewire replay --redis", () => {
  it("prints what the memory run prints, byte for byte, and leaves no lease behind", async () => {
    const { flags, prefix, read } = keyspace();
    const { code, stdout, stderr } = await runCli(["replay", BUNDLED, "--json", ...flags]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout.length).toBeGreaterThan(10_000);
    expect(stdout === inMemory).toBe(true);
    const [entries, owner] = await read((client) =>
      Promise.all([client.xlen(`${prefix}massive:ws:stream`), client.hget(`${prefix}massive:ws:hydrator:0`, "owner")]),
    );
    expect([entries, owner]).toEqual([JSON.parse(stdout).entries.recorded, null]);
  });

  it("adds nothing the second time, and says so, whatever the file is called by then", async () => {
    const { flags, prefix, read } = keyspace();
    await runCli(["replay", BUNDLED, ...flags]);
    const contents = async () => {
      const { [`massive:ws:hydrator:0`]: _lease, ...others } = await read((client) => dumpKeys(client, prefix));
      return Object.fromEntries(Object.entries(others).filter(([key]) => !key.startsWith("massive:ws:producers")));
    };
    const before = await contents();
    const renamed = join(folder, "renamed.jsonl");
    writeFileSync(renamed, readFileSync(BUNDLED));
    const text = await runCli(["replay", renamed, ...flags]);
    const json = await runCli(["replay", BUNDLED, "--json", ...flags]);
    expect([text.code, json.code, text.stderr]).toEqual([0, 0, ""]);
    expect(text.stdout).toMatch(
      /^Everything is there already: all ([\d,]+) entries were stored before, nothing was added\n/,
    );
    const { recorded } = JSON.parse(inMemory).entries;
    expect(JSON.parse(json.stdout)).toMatchObject({
      complete: true,
      entries: { recorded, stored: 0 },
      counters: { seen: 0, trades: 0 },
      expirations: [],
    });
    expect(await contents()).toEqual(before);
  });

  it("counts every step once where answers to commits are lost", async () => {
    const { url, prefix } = keyspace();
    const proxy = await startFaultProxy(url);
    let commits = 0;
    proxy.fate = (name, first) => {
      if (name !== "EVALSHA" || first !== COMMIT_STEP.sha) return "pass";
      commits += 1;
      return commits % 9 === 2 ? "cut" : "pass";
    };
    const { code, stdout, stderr } = await runCli([
      "replay",
      BUNDLED,
      "--json",
      "--redis",
      proxy.url,
      "--prefix",
      prefix,
    ]);
    await proxy.close();
    expect(code).toBe(0);
    expect(stderr).toContain("Cannot commit a step, trying again");
    expect(stdout === inMemory).toBe(true);
  });

  it("goes on where an interrupted replay ended, and reports what it added", async () => {
    const { flags, prefix, read } = keyspace();
    const { child, ended } = startCli(["replay", SMALL, "--speed", "0.0001x", ...flags]);
    await until("the first frame is hydrated", () =>
      read(async (client) => (await client.hget(`${prefix}massive:ws:hydrate:analytics`, "seen")) === "1"),
    );
    child.kill("SIGINT");
    const { code, stdout } = await ended;
    expect(code).toBe(130);
    expect(stdout).toContain("Partial: the replay ended before its recording because it was interrupted");
    expect(await read((client) => client.hget(`${prefix}massive:ws:hydrator:0`, "owner"))).toBeNull();
    const rest = await runCli(["replay", SMALL, ...flags]);
    expect(rest.stdout).toContain("Partly there already: 1 of 2 entries were stored before");
    expect(rest.stdout).toContain("frames 1 | ");
    const sums = await read((client) => client.hgetall(`${prefix}massive:ws:hydrate:analytics`));
    expect(sums).toMatchObject({ frames: "2", trades: "2" });
  });
});

describe("strikewire replay --redis of a Redis in use", () => {
  it("refuses signs of a running system, also under a prefix, and names them and the flags", async () => {
    const { flags, prefix, read } = keyspace();
    await read(async (client) => {
      const nowMs = Number((await client.time())[0]) * 1_000;
      await client.sadd(`${prefix}massive:ws:hydrators`, "0");
      await client.hset(`${prefix}massive:ws:hydrator:0`, { owner: "host-1", lease_until: nowMs + 60_000 });
      const used = ["options/0", "replay/x", "ws/status"].flatMap((name) => [nowMs - 50_000, name]);
      await client.zadd(`${prefix}massive:ws:producers:used`, ...used);
      await client.zadd(`${prefix}massive:heartbeats`, nowMs + 60_000, "chain/SPX", nowMs - 1_000, "gone");
    });
    const { code, stdout, stderr } = await runCli(["replay", SMALL, ...flags]);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(
      /^strikewire: Cannot replay into redis:\/\/[^ ]+: its keys must be unused, found hydrator host-1 \(lease for [\d.]+ s more\), producer options\/0 \(used within the last minute\), source ws \(it counted within the last minute\), worker chain\/SPX \(its heart beats\); --into-live replays into it all the same\n$/,
    );
  });

  it("takes what a system left behind for no sign of it", async () => {
    const { flags, prefix, read } = keyspace();
    await read(async (client) => {
      const nowMs = Number((await client.time())[0]) * 1_000;
      await client.sadd(`${prefix}massive:ws:hydrators`, "0");
      await client.hset(`${prefix}massive:ws:hydrator:0`, { owner: "host-1", lease_until: nowMs - 1, token: 3 });
      await client.zadd(`${prefix}massive:ws:producers:used`, nowMs - 60_001, "options/0");
    });
    expect((await runCli(["replay", SMALL, ...flags])).code).toBe(0);
  });

  it("feeds a running system on demand, and leaves hydrating to it", async () => {
    const { url, prefix, flags, read } = keyspace();
    const ports = openRedis({ url, keyPrefix: prefix, clock: SYSTEM_CLOCK });
    await ports.connection.ready();
    const stop = new AbortController();
    const hydrating = new WsHydrator(ports, { owner: "host-1" }).run(stop.signal);
    await until("the partition is owned", async () =>
      read(async (client) => (await client.hget(`${prefix}massive:ws:hydrator:0`, "owner")) === "host-1"),
    );
    const [text, json] = [
      await runCli(["replay", SMALL, ...flags, "--into-live"]),
      await runCli(["replay", BUNDLED, ...flags, "--into-live", "--json"]),
    ];
    const owner = await read((client) => client.hget(`${prefix}massive:ws:hydrator:0`, "owner"));
    const counters = await ports.store.counters();
    stop.abort();
    await hydrating;
    await ports.close();
    expect([text.code, json.code, owner]).toEqual([0, 0, "host-1"]);
    expect(text.stdout).toContain(
      "Hydrated by host-1: what it made of the entries is in the store, and not in this report",
    );
    expect(JSON.parse(json.stdout)).toMatchObject({ hydrated_by: "host-1", counters: { seen: 0 } });
    expect(counters.frames).toBe(2 + JSON.parse(inMemory).counters.frames);
  });

  it("refuses entries where no prefix was given, and names a key of another type", async () => {
    const redis = await startOwnRedis();
    try {
      const [first, second] = [
        await runCli(["replay", SMALL, "--redis", redis.url]),
        await runCli(["replay", SMALL, "--redis", redis.url]),
      ];
      expect([first.code, second.code]).toEqual([0, 1]);
      expect(second.stderr).toContain(
        "found 2 entries in massive:ws:stream; --prefix PREFIX replays beside it under other keys, --into-live replays",
      );
      // Of what else stands there only the stream that would be written counts, and signs of life.
      const spots = ["replay", "--from-redis", redis.url, "--from-prefix", "s:", "--stream", "massive:spot:stream"];
      const fetch = ["*", "ts", "1766437800", "payload", "{}"];
      await withClient(redis.url, (client) => client.xadd("s:massive:spot:stream", ...fetch));
      const [third, fourth] = [
        await runCli([...spots, "--redis", redis.url]),
        await runCli([...spots, "--redis", redis.url]),
      ];
      expect([third.code, fourth.code]).toEqual([0, 1]);
      expect(fourth.stderr).toContain("found 1 entries in massive:spot:stream; --prefix PREFIX replays beside it");
      await withClient(redis.url, (client) => client.set("x:massive:ws:stream", "mine"));
      const wrong = await runCli(["replay", SMALL, "--redis", redis.url, "--prefix", "x:"]);
      expect(wrong.code).toBe(1);
      expect(wrong.stderr).toContain('key "x:massive:ws:stream" must hold a stream, holds a string');
    } finally {
      await redis.stop();
    }
  });
});

describe("strikewire replay --redis of a Redis that is away or refuses", () => {
  it("waits for it, says so once, and starts when it is there; ends on Ctrl-C before", async () => {
    const redis = await startOwnRedis();
    try {
      await redis.kill();
      const waiting = startCli(["replay", SMALL, "--redis", redis.url]);
      const given = startCli(["replay", SMALL, "--redis", redis.url, "--prefix", "y:"]);
      let said = "";
      waiting.child.stderr.on("data", (text: string) => {
        said += text;
      });
      given.child.stderr.once("data", () => given.child.kill("SIGINT"));
      expect(await given.ended).toMatchObject({ code: 130, stdout: "" });
      await until("it says that Redis is away", () => said !== "");
      await redis.restart();
      const { code, stdout, stderr } = await waiting.ended;
      expect(code).toBe(0);
      expect(stdout).toContain("frames 2 | ");
      const [away, there, ...rest] = stderr.split("\n");
      expect(away).toMatch(
        /^strikewire: error: Cannot reach Redis at redis:[^ ]+, trying again until it is there: .*ECONNREFUSED/,
      );
      expect([there?.replace(/redis:\S+/, "R"), rest]).toEqual(["strikewire: warn: Redis at R is there", [""]]);
    } finally {
      await redis.stop();
    }
  });

  it("outlives a restart in the middle", async () => {
    const redis = await startOwnRedis(["--appendonly", "yes", "--appendfsync", "always"]);
    try {
      const running = startCli(["replay", BUNDLED, "--speed", "150x", "--json", "--redis", redis.url]);
      await until("it has begun", () =>
        withClient(redis.url, async (client) => (await client.xlen("massive:ws:stream")) > 100),
      );
      await redis.kill();
      await redis.restart();
      const { code, stdout } = await running.ended;
      expect(code).toBe(0);
      expect(stdout === inMemory).toBe(true);
    } finally {
      await redis.stop();
    }
  });

  it.each([
    ["redis://me:secret@", "/0", 1, "must accept the user and password"],
    // Wrong usage, with a line that says where help is.
    ["http://me:secret@", "", 2, "the URL must be redis://[user:password@]host[:port][/db]"],
  ])("ends with one line without credentials where %s is refused", async (before, after, exitCode, message) => {
    const { url } = keyspace();
    const refused = `${before}${new URL(url).host}${after}`;
    for (const command of [["replay", SMALL], ["inspect"]]) {
      const { code, stdout, stderr } = await runCli([...command, "--redis", refused]);
      expect([code, stdout]).toEqual([exitCode, ""]);
      expect(stderr.trimEnd().split("\n")).toHaveLength(exitCode);
      expect(stderr).toContain(message);
      expect(stderr).not.toContain("secret");
    }
  });

  it("ends with one line where the server evicts keys", async () => {
    const redis = await startOwnRedis(["--maxmemory-policy", "allkeys-lru"]);
    try {
      for (const command of [["replay", SMALL], ["inspect"]]) {
        const { code, stderr } = await runCli([...command, "--redis", redis.url]);
        expect(code).toBe(1);
        expect(stderr).toMatch(
          /^strikewire: Cannot use Redis at .*must be noeviction, current value is allkeys-lru.*\n$/,
        );
      }
    } finally {
      await redis.stop();
    }
  });
});
