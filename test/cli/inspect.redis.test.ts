import type { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openRedis } from "../../src/adapters/redis/index.ts";
import { SYSTEM_CLOCK } from "../../src/adapters/system/index.ts";
import { sampleCompletion } from "../../src/testing/chain-store/samples.ts";
import { sampleEpoch } from "../../src/testing/epochs/samples.ts";
import { sampleHeartbeat } from "../../src/testing/heartbeat-store/samples.ts";
import { sampleModel, sampleModelAnalytics } from "../../src/testing/model-store/samples.ts";
import {
  sampleConnectionGauges,
  sampleSourceCounts,
  sampleSourceGauges,
} from "../../src/testing/source-status-store/samples.ts";
import { runCli, startCli } from "../support/cli-process.ts";
import { SAMPLE_MS, tradeEvent } from "../support/entries.ts";
import { freePort, withClient } from "../support/redis/connection.ts";
import { dumpKeys } from "../support/redis/key-dump.ts";
import { type Keyspace, openKeyspace } from "../support/redis/keyspace.ts";
import { startOwnRedis } from "../support/redis/test-redis.ts";
import { until } from "../support/until.ts";

const EPOCH_MS = SAMPLE_MS + 10;
const filled = openKeyspace();
const { url, prefix } = filled;
const read = <T>(use: (client: Redis) => Promise<T>): Promise<T> => withClient(url, use);

function line(atMs: number, events: readonly object[]): string {
  return `${JSON.stringify({ ts: atMs / 1e3, payload: JSON.stringify(events) })}\n`;
}

const STATUS = { ev: "status", message: "" };
/** Two prints, a refusal and a reconnect. */
const CAPTURE = [
  line(EPOCH_MS, [tradeEvent(SAMPLE_MS), tradeEvent(SAMPLE_MS, { p: "7.7", note: "x".repeat(100) })]),
  line(EPOCH_MS + 1_000, [{ ...STATUS, status: "connected" }]),
  line(EPOCH_MS + 2_000, [{ ...STATUS, status: "success" }, tradeEvent(SAMPLE_MS + 2_000)]),
].join("");

/** Everything that a running system would have written. */
async function fill(): Promise<string> {
  await runCli(["replay", "-", "--redis", url, "--prefix", prefix], CAPTURE);
  const ports = openRedis({ url, keyPrefix: prefix, clock: SYSTEM_CLOCK });
  await ports.connection.ready();
  const nowMs = await read(async (client) => Number((await client.time())[0]) * 1_000);
  const epoch = sampleEpoch(nowMs - 10_000, "abc", { forced: true });
  await ports.epochs.stage(epoch);
  await ports.epochs.promote(null, epoch.id);
  await ports.epochs.takeDirty(epoch.id, "builder", 600_000);
  await ports.models.put("gex", "SPX", sampleModel());
  await ports.models.putAnalytics("gex", "SPX", sampleModelAnalytics({ last_ts: nowMs / 1_000 - 3 }));
  await ports.models.putAnalytics("heatmap", "NDX", sampleModelAnalytics({ last_ts: null }));
  const fetched = { ts: nowMs / 1_000 - 40, health: "slow" } as const;
  await ports.chain.complete("chain/SPX", 1, sampleCompletion(fetched, { slaViolated: true, promotion: "promoted" }));
  await ports.chain.fail("chain/SPX", 2, "SPX");
  await ports.chain.fail("chain/NDX", 1, "NDX");
  const seconds = { ts: nowMs / 1_000 - 2, started_ts: nowMs / 1_000 - 60 };
  await ports.heartbeats.beat(sampleHeartbeat(seconds), 600_000);
  await ports.heartbeats.beat(sampleHeartbeat({ ...seconds, worker: "gone" }), 600_000);
  const ended = { worker: "spot", status: "ok", reason: "x".repeat(200), detail: { stopped: true } } as const;
  await ports.heartbeats.beat(sampleHeartbeat({ ...seconds, ...ended }), 600_000);
  const event = { last_event_ts: nowMs / 1_000 - 4, watermark_ns: `${BigInt(nowMs - 5_000) * 1_000_000n}` };
  await ports.sourceStatus.record("ws", 1, sampleSourceCounts(), sampleSourceGauges(event));
  const gauges = sampleConnectionGauges({ last_ts: nowMs / 1_000 - 6, last_status: "auth_success" });
  await ports.sourceStatus.putConnection({ class: "stocks", shard: 1 }, gauges);
  const fresh = sampleConnectionGauges({ state: "connecting", last_close_code: null, last_status: null, lag_ms: null });
  const unheard = { ...fresh, missing: null, staleness_p50_ms: null, staleness_p99_ms: null, last_ts: null };
  await ports.sourceStatus.putConnection({ class: "indices", shard: 0 }, unheard);
  await ports.subscriptions.change({ added: ["T.*", "Q.A", "Q.B"], removed: [] });
  // One fell silent, and what lives for 30 s shall not end during the tests.
  await read(async (client) => {
    await client.unlink(`${prefix}massive:heartbeat:gone`, ...(await client.keys(`${prefix}massive:ws:snapshot:*`)));
  });
  await ports.close();
  return epoch.id;
}

async function inspected(space: Pick<Keyspace, "url" | "prefix">) {
  const { code, stdout, stderr } = await runCli(["inspect", "--json", "--redis", space.url, "--prefix", space.prefix]);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout.indexOf("\n")).toBe(stdout.length - 1);
  return JSON.parse(stdout);
}

let epoch = "";
beforeAll(async () => {
  epoch = await fill();
});
afterAll(() => filled.clear());

describe("strikewire inspect", () => {
  it("says none of everything on an empty Redis, and makes no key", async () => {
    const empty = openKeyspace();
    const flags = ["--redis", empty.url, "--prefix", empty.prefix];
    const { code, stdout, stderr } = await runCli(["inspect", ...flags]);
    expect([code, stderr]).toEqual([0, ""]);
    const [server, memory, verdict, ...sections] = stdout
      .trimEnd()
      .split("\n")
      .filter((text) => text !== "");
    expect(server).toMatch(/^Redis [\d.]+ at redis:\/\/\S+, up for .*, \d{4}-\d\d-\d\dT.*Z$/);
    expect(memory).toMatch(/^memory [\d.]+ [kMG]B of .*, noeviction; keys begin with strikewire-test:/);
    expect(verdict).toBe("Look at: nothing, and nothing runs here");
    const current = ["Workers", "Connections", "Hydrators", "Epochs", "Chains", "Spot fetches", "Models"];
    const sums = ["Raw stream", "Sources", "Received", "Hydrated", "Gaps", "Refused", "Trade streams"];
    expect(sections).toEqual([...current, ...sums].map((title) => `${title}: none`));
    expect(await inspected(empty)).toEqual({
      schema_version: 1,
      at_ms: expect.any(Number),
      prefix: empty.prefix,
      server: {
        address: expect.stringMatching(/^redis:\/\//),
        version: expect.any(String),
        uptime_s: expect.any(Number),
        memory_used_bytes: expect.any(Number),
        maxmemory_bytes: expect.any(Number),
        maxmemory_policy: "noeviction",
      },
      raw: null,
      producers: [],
      connections: [],
      wanted_topics: null,
      hydrators: [],
      analytics: null,
      hydrate_analytics: null,
      gaps: null,
      quarantine: null,
      trades: [],
      spot: null,
      chains: [],
      chain_health: null,
      chain_analytics: null,
      epochs: [],
      models: [],
      heartbeats: [],
      findings: [],
      problems: [],
    });
    expect(await read((client) => client.keys(`${empty.prefix}*`))).toEqual([]);
  });

  it("tells of the stream, who writes it and how far its readers are", async () => {
    const { at_ms, raw, producers, hydrators, analytics, hydrate_analytics } = await inspected(filled);
    const age = (id: string): number => at_ms - Number(id.split("-")[0]);
    expect(raw).toEqual({
      key: `${prefix}massive:ws:stream`,
      length: 6,
      first_id: expect.stringMatching(/^\d+-1$/),
      first_age_ms: age(raw.first_id),
      last_id: expect.stringMatching(/^\d+-6$/),
      last_age_ms: age(raw.last_id),
      payload_bytes: CAPTURE.split("\n").reduce(
        (sum, text) => sum + (text === "" ? 0 : JSON.parse(text).payload.length),
        0,
      ),
      last_removed_id: null,
      groups: [{ name: "ws_hydrator", lag_entries: 0, last_delivered_id: raw.last_id }],
    });
    expect(producers).toEqual([
      { producer: expect.stringMatching(/^replay\//), seq: 6, used_age_ms: expect.any(Number) },
    ]);
    expect(producers[0].used_age_ms).toBe(raw.last_age_ms);
    expect(hydrators).toEqual([
      {
        partition: "0",
        owner: null,
        lease_left_ms: null,
        leases: 1,
        cursor: raw.last_id,
        state_cursor: raw.last_id,
        cursor_age_ms: expect.any(Number),
        lag_entries: 0,
      },
    ]);
    expect(analytics).toMatchObject({ frames: 3, last_ts: (EPOCH_MS + 2_000) / 1e3 });
    expect(hydrate_analytics).toMatchObject({ frames: 3, trades: 2, invalid: 1, gaps: 2 });
  });

  it("tells of connections, by the gauges of the last day and by what was appended, and of wanted topics", async () => {
    const { at_ms, connections, wanted_topics, analytics } = await inspected(filled);
    const created = Number(epoch.split(":")[1]) * 1_000 + 10_000;
    const unknown = {
      state: null,
      connection_epoch: null,
      subs_active: null,
      queue_events: null,
      queue_bytes: null,
      queue_ms: null,
      lag_ms: null,
      staleness_p50_ms: null,
      staleness_p99_ms: null,
      last_close_code: null,
      last_status: null,
      missing: [],
      last_age_ms: null,
    };
    const { last_ts: _, ...known } = sampleConnectionGauges({ last_status: "auth_success" });
    const kind = { cause: "unsubscribed", scope: "instruments", instruments: ["A"] };
    const missing = [{ connection: "options/0", from_ms: 1_766_437_199_750, to_ms: null, ...kind }];
    const never = { stored_epoch: null, stored_age_ms: null };
    expect(connections).toEqual([
      {
        connection: "indices/0",
        ...unknown,
        state: "connecting",
        connection_epoch: 17,
        subs_active: 998,
        queue_events: 1_200,
        queue_bytes: 65_536,
        queue_ms: 4.5,
        ...never,
      },
      {
        connection: "options/0",
        ...unknown,
        stored_epoch: EPOCH_MS + 1_000,
        stored_age_ms: at_ms - EPOCH_MS - 2_000,
      },
      { connection: "stocks/1", ...known, missing, last_age_ms: at_ms - created + 6_000, ...never },
    ]);
    expect(wanted_topics).toBe(3);
    expect(analytics).toMatchObject({
      frames: 3,
      connects: 8,
      shed_events: 6,
      coverage: 0.1 + 0.2,
      subs_wanted: 1_000,
    });
  });

  it("tells of what is missing, what was refused and what was traded", async () => {
    const { gaps, quarantine, trades } = await inspected(filled);
    const gap = { connection: "options/0", scope: "all", instruments: null };
    expect(gaps).toEqual({
      key: `${prefix}massive:ws:gaps`,
      length: 2,
      counted: 2,
      by_cause: { disconnect: 1, quarantine: 1 },
      last: [
        { ...gap, cause: "quarantine", from_ms: EPOCH_MS, to_ms: EPOCH_MS },
        { ...gap, cause: "disconnect", from_ms: EPOCH_MS, to_ms: EPOCH_MS + 2_000 },
      ],
    });
    expect(quarantine).toMatchObject({
      length: 1,
      last: [{ ts: EPOCH_MS / 1e3, path: "[1].p", value: '"7.7"', src: `options/0/${EPOCH_MS}/1` }],
    });
    expect(quarantine.last[0].payload).toHaveLength(200);
    expect(trades).toEqual([
      {
        key: `${prefix}massive:trades:SPX:2025-12-23`,
        underlying: "SPX",
        expiration: "2025-12-23",
        length: 2,
        last_age_ms: expect.any(Number),
        left_ms: expect.any(Number),
      },
    ]);
  });

  it("tells of epochs, models and workers", async () => {
    const { at_ms, epochs, models, heartbeats } = await inspected(filled);
    const created = Number(epoch.split(":")[1]) * 1_000;
    expect(epochs).toEqual([
      {
        symbol: "SPX",
        epoch,
        age_ms: at_ms - created,
        valid_left_ms: created + 3_600_000 - at_ms,
        contracts: 3,
        contracts_stored: 3,
        dirty_contracts: 0,
        lent_contracts: 3,
        dirty: true,
        had_ws_updates: false,
        streamed_age_ms: null,
        dormant_count: 2,
        forced: true,
        last_health: "error",
      },
    ]);
    const counts = { builds: 1_205, skipped_stale: 7, errors: 3 };
    expect(models).toEqual([
      { model: "gex", symbol: "SPX", left_ms: expect.any(Number), built_age_ms: at_ms - created - 7_000, ...counts },
      { model: "heatmap", symbol: "NDX", left_ms: null, built_age_ms: null, ...counts },
    ]);
    expect(heartbeats).toEqual([
      {
        worker: "chain/SPX",
        status: "degraded",
        reason: "429 é€😀",
        host: "host-1.example",
        pid: 4_242,
        age_ms: at_ms - created - 8_000,
        up_ms: at_ms - created + 50_000,
      },
      { worker: "gone", status: "silent", reason: null, host: null, pid: null, age_ms: null, up_ms: null },
      expect.objectContaining({ worker: "spot", status: "stopped", reason: "x".repeat(200) }),
    ]);
  });

  it("does not call a system well in which all workers have ended in order", async () => {
    const space = openKeyspace();
    const ports = openRedis({ url, keyPrefix: space.prefix, clock: SYSTEM_CLOCK });
    try {
      await ports.connection.ready();
      const verdict = async (): Promise<string | undefined> =>
        (await runCli(["inspect", "--redis", url, "--prefix", space.prefix])).stdout
          .split("\n")
          .find((line) => line.startsWith("Look at"));
      await ports.heartbeats.beat(
        sampleHeartbeat({ worker: "ws", status: "ok", reason: null, detail: { stopped: true } }),
        600_000,
      );
      expect(await verdict()).toBe("Look at: nothing, and nothing runs here");
      await ports.heartbeats.beat(sampleHeartbeat({ worker: "spot", status: "ok", reason: null }), 600_000);
      expect(await verdict()).toBe("Look at: nothing, all that tells of itself is well");
    } finally {
      await ports.close();
      await space.clear();
    }
  });

  it("tells first what somebody should look at", async () => {
    const { findings } = await inspected(filled);
    expect(findings).toEqual([
      "worker chain/SPX is degraded: 429 é€😀",
      "worker gone is silent",
      "connection indices/0 is connecting",
      "the last chain of NDX was error",
      "the last chain of SPX was error",
      "the heatmap of NDX is gone",
    ]);
    const { stdout } = await runCli(["inspect", "--redis", url, "--prefix", prefix]);
    expect(stdout).toContain(`\n\nLook at\n  ${findings.join("\n  ")}\n\nWorkers\n`);
  });

  it("tells how the fetching of chains goes, and of the last chain of each symbol", async () => {
    const { at_ms, chains, chain_health, chain_analytics } = await inspected(filled);
    const created = Number(epoch.split(":")[1]) * 1_000 + 10_000;
    const none = { latency_ms: null, contracts: null, expirations: null, strike_min: null, strike_max: null };
    expect(chains).toEqual([
      { symbol: "NDX", last_health: "error", snapshot_age_ms: null, ...none },
      {
        symbol: "SPX",
        last_health: "error",
        snapshot_age_ms: at_ms - created + 40_000,
        latency_ms: 812,
        contracts: 3,
        expirations: 2,
        strike_min: 6_000.5,
        strike_max: 7_120,
      },
    ]);
    expect(chain_health).toEqual({ slow: 1, error: 2 });
    expect(chain_analytics).toMatchObject({ runs: 3, errors: 2, sla_violations: 1, promotions: 1 });
    expect(Object.keys(chain_analytics)).not.toContain("seq:chain/SPX");
  });

  it("says all of it to people, without control characters, and writes nothing", async () => {
    const before = await read((client) => dumpKeys(client, prefix));
    const { code, stdout } = await runCli(["inspect", "--redis", url, "--prefix", prefix]);
    expect(code).toBe(0);
    for (const text of [
      /^Raw stream\n {2}6 entries, [\d.]+ kB of payload|^Raw stream\n {2}6 entries, \d+ B of payload/m,
      /^ {2}group ws_hydrator: lag 0, at \d+-6$/m,
      /^ {2}connection +state +epoch +topics +waiting +lag +stale p50 +p99 +last frame +close +status *$/m,
      /^ {2}indices\/0 +connecting +17 +998 +1,200 +- +- +- +- +- +- *$/m,
      /^ {2}options\/0 +- +17664372\d+ +- +- +- +- +- +\d+ d.* ago +- +- *$/m,
      /^ {2}stocks\/1 +streaming +17 +998 +1,200 +-1 ms +1 ms +10 ms +\d.* ago +1006 +auth_success$/m,
      /^Sources\n {2}connects 8 \| reconnects 9 \| evicted_connections 10 \| shed_events 6 \| conflated 7 \| /m,
      /coverage 30\.0 %\n {2}3 topics in the wanted set$/m,
      /^Received\n(?:(?!\n\n).)*watermark [\d.]+ (s|min).* ago/ms,
      /^ {2}partition 0: no owner; lag 0, at \d+-6 \(.* ago\); leased 1 times$/m,
      /^Gaps\n {2}2 stored \(disconnect 1, quarantine 1\)\n/m,
      /^ {2}options\/0 disconnect, all: 2025-12-22 16:00:00.010 ET to 2025-12-22 16:00:02.010 ET \(2.000 s\)$/m,
      /^Refused\n {2}1 stored\n {2}options\/0\/\d+\/1 \[1\]\.p: "7\.7" must be a number/m,
      /^ {2}SPX +2025-12-23 +2 +/m,
      /^ {2}symbol +health +last chain +took +contracts +expiries +strikes *$/m,
      /^ {2}NDX +error +- +- +- +- +- *$/m,
      /^ {2}SPX +error +\d.* ago +812 ms +3 +2 +6000\.5 to 7120$/m,
      /^ {2}slow 1 \| error 2$|^ {2}error 2 \| slow 1$/m,
      /^ {2}(?=.*runs 3)(?=.*errors 2)/m,
      /^ {2}SPX +SPX:\d+:abc +.* +3 +3 +0 +3 +- +2 +error +dirty forced$/m,
      /^ {2}heatmap +NDX +gone +- +1,205 +7 +3$/m,
      /^ {2}worker +status +last beat +up +host +pid +reason *$/m,
      /^ {2}chain\/SPX +degraded +\d.* ago +\d.* (s|min) +host-1\.example +4242 +429 é€😀 *$/m,
      /^ {2}gone +silent +- +- +- +- +- *$/m,
      /^ {2}spot +stopped +\d.* ago .* x{117}\.\.\.$/m,
    ]) {
      expect(stdout).toMatch(text);
    }
    expect(stdout.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
    expect(await read((client) => dumpKeys(client, prefix))).toEqual(before);
  });

  it("names keys that hold what is not ours, and shows the rest", async () => {
    const space = openKeyspace();
    await read(async (client) => {
      await client.set(`${space.prefix}massive:ws:stream`, "x");
      await client.lpush(`${space.prefix}massive:ws:analytics`, "x");
      await client.xadd(`${space.prefix}massive:ws:gaps`, "*", "cause", "boredom");
      await client.zadd(`${space.prefix}massive:heartbeats`, 1, "ws");
      await client.set(`${space.prefix}massive:heartbeat:ws`, "{}");
      await client.hset(`${space.prefix}massive:chain:analytics:health`, "SPX:last", "ok", "NDX:last", "splendid");
      await client.set(`${space.prefix}massive:chain:latest:SPX`, "{}");
      await client.zadd(`${space.prefix}massive:ws:analytics:connections`, 1, "options/0");
      await client.hset(`${space.prefix}massive:ws:analytics:options:0`, "state", "streaming");
      await client.hset(`${space.prefix}massive:ws:connections`, "options/0", "somewhere");
      await client.zadd(`${space.prefix}massive:trades`, 1, "SPX:2025-12-23");
      await client.xadd(`${space.prefix}massive:trades:SPX:2025-12-23`, "*", "sym", "x");
    });
    const document = await inspected(space);
    const { stdout } = await runCli(["inspect", "--redis", url, "--prefix", space.prefix]);
    await space.clear();
    const of = (key: string, problem: unknown) => ({ key: `${space.prefix}${key}`, problem });
    expect(document).toMatchObject({ raw: null, analytics: null, heartbeats: [], trades: [{ length: 1 }] });
    expect(document.connections).toMatchObject([{ connection: "options/0", state: null, stored_epoch: null }]);
    expect(document.gaps).toMatchObject({ length: 1, counted: 0, last: [] });
    expect(document.problems).toEqual([
      of("massive:ws:stream", "must hold a stream, holds a string"),
      of("massive:ws:analytics:options:0", expect.stringContaining("as 'connection_epoch'")),
      of("massive:ws:connections", expect.stringContaining("must hold epochs and receipt times of connections")),
      of("massive:ws:analytics", "must hold a hash, holds a list"),
      of("massive:ws:gaps", expect.stringContaining("'connection' must be there")),
      of("massive:chain:analytics:health", "must hold a health class as 'NDX:last', holds something else"),
      of("massive:chain:latest:SPX", "must hold a chain snapshot, holds something else"),
      of("massive:heartbeat:ws", "must hold a heartbeat, holds something else"),
    ]);
    expect(stdout).toContain(`Problems\n  key "${space.prefix}massive:ws:stream" must hold a stream, holds a string\n`);
  });

  it("works on a server that is full", async () => {
    const redis = await startOwnRedis();
    try {
      await runCli(["replay", "-", "--redis", redis.url], CAPTURE);
      await withClient(redis.url, (client) => client.config("SET", "maxmemory", "1"));
      const { code, stdout, stderr } = await runCli(["inspect", "--redis", redis.url]);
      expect([code, stderr]).toEqual([0, ""]);
      expect(stdout).toContain(" of 1 B, noeviction\n");
      expect(stdout).toContain("Raw stream\n  6 entries");
    } finally {
      await redis.stop();
    }
  });

  it("fails at once, in one line, where there is no Redis", async () => {
    const { code, stdout, stderr } = await runCli(["inspect", "--redis", `redis://127.0.0.1:${await freePort()}`]);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(
      /^strikewire: Cannot connect: Redis at redis:.* must answer, it did not \(.*ECONNREFUSED.*\)\n$/,
    );
  });
});

describe("strikewire inspect --watch", () => {
  it("prints one document per line until it is interrupted", async () => {
    const { child, ended } = startCli(["inspect", "--watch", "0.1", "--json", "--redis", url, "--prefix", prefix]);
    let lines = 0;
    child.stdout.on("data", (text: string) => {
      lines += text.split("\n").length - 1;
    });
    await until("it has looked twice", () => lines >= 2);
    child.kill("SIGINT");
    const { code, stdout, stderr } = await ended;
    expect([code, stderr]).toEqual([130, ""]);
    const documents = stdout
      .trimEnd()
      .split("\n")
      .map((text) => JSON.parse(text));
    expect(documents.length).toBeGreaterThanOrEqual(2);
    expect(documents[1].at_ms).toBeGreaterThan(documents[0].at_ms);
    expect(documents[1].raw.length).toBe(6);
  });

  it("prints one text after the other where there is no terminal", async () => {
    const { child, ended } = startCli(["inspect", "--watch", "--redis", url, "--prefix", prefix]);
    child.stdout.once("data", () => child.kill("SIGTERM"));
    const { code, stdout } = await ended;
    expect(code).toBe(143);
    expect(stdout).toMatch(/^Redis .*\n\n$/s);
    expect(stdout).not.toContain("\u001b");
  });
});
