import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openRedis, RedisConnection } from "../../src/adapters/redis/index.ts";
import { readSpotAnswer } from "../../src/adapters/rest/index.ts";
import { SYSTEM_CLOCK } from "../../src/adapters/system/index.ts";
import { SpotCapture } from "../../src/cli/redis/spot-capture.ts";
import { SILENT_LOGGER } from "../../src/domain/silent.ts";
import { takeAnswer } from "../../src/workers/spot-answer.ts";
import { runCli } from "../support/cli-process.ts";
import { SAMPLE_MS } from "../support/entries.ts";
import { withClient } from "../support/redis/connection.ts";
import { dumpKeys } from "../support/redis/key-dump.ts";
import { openKeyspace } from "../support/redis/keyspace.ts";

const folder = mkdtempSync(join(tmpdir(), "cli-replay-spots-"));
const source = openKeyspace();
const { url, prefix } = source;
const FROM = ["--from-redis", url, "--from-prefix", prefix, "--stream", "massive:spot:stream"];
const START = SAMPLE_MS - 1_000;

const index = (ticker: string, n: number, asOfMs: number): object => {
  return { ticker, value: 6_870.5 + n, last_updated: asOfMs * 1e6, session: { change: -1.5, change_percent: -0.02 } };
};
/** Ten fetches at one a second, of indices and stocks in turn; one value is older than the one before it. */
const PAYLOADS = Array.from({ length: 10 }, (_, n): string => {
  const asOfMs = START + n * 1_000 - (n === 6 ? 60_000 : 0);
  const unknown = { ticker: "I:APX", error: "NOT_FOUND", message: "Ticker not found." };
  return JSON.stringify(
    n % 2 === 0
      ? { results: [index("I:SPX", n, asOfMs), index("I:VIX", n, START), unknown], status: "OK" }
      : {
          status: "DELAYED",
          tickers: [{ ticker: "SPY", lastTrade: { p: 687 + n, t: asOfMs * 1e6 }, day: { c: 687, v: n } }],
        },
  );
});

const read = <T>(use: (client: Redis) => Promise<T>): Promise<T> => withClient(url, use);
const contents = () => read((client) => dumpKeys(client, prefix));

/** Stores payloads as a spot worker does. */
async function fill(to: string, keyPrefix: string, payloads: readonly string[]): Promise<void> {
  const ports = openRedis({ url: to, keyPrefix, clock: SYSTEM_CLOCK });
  await ports.connection.ready();
  for (const [n, payload] of payloads.entries()) {
    const answer = { ...readSpotAnswer(payload, SAMPLE_MS + n * 1_000), latencyMs: 5 };
    const { fetch } = takeAnswer(
      answer,
      answer.values.map(({ symbol }) => symbol),
    );
    await ports.spot.put("spot/any", n + 1, fetch);
  }
  await ports.close();
}

/** Everything that a reader of spots finds, but for what only the writer knows: its name, its numbers and latencies. */
async function spotsOf(keyPrefix: string): Promise<object> {
  const ports = openRedis({ url, keyPrefix, clock: SYSTEM_CLOCK });
  await ports.connection.ready();
  const { spot } = ports;
  const values = await spot.all();
  const fetches = await spot.fetches("0-0", 1_000);
  const found = {
    values,
    latest: await Promise.all([...values.keys()].map((symbol) => spot.latest(symbol))),
    trails: await Promise.all([...values.keys()].map((symbol) => spot.trail(symbol))),
    analytics: { ...(await spot.analytics()), latency_last_ms: null },
    fetches: fetches.map(({ receivedAtMs, payload }) => [receivedAtMs, payload]),
    symbols: await read(async (client) => (await client.smembers(`${keyPrefix}massive:spot:symbols`)).sort()),
  };
  await ports.close();
  return found;
}

let before: object;
beforeAll(async () => {
  await fill(url, prefix, PAYLOADS);
  before = await contents();
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await source.clear();
});

describe("strikewire replay --from-redis of spot fetches", () => {
  it("reports what they held, the same each time, and leaves no trace", async () => {
    const runs = [await runCli(["replay", ...FROM, "--json"]), await runCli(["replay", ...FROM, "--json"])];
    expect(runs.map(({ code, stderr }) => [code, stderr])).toEqual([
      [0, ""],
      [0, ""],
    ]);
    expect(runs[0]?.stdout).toBe(runs[1]?.stdout);
    const { symbols, ...rest } = JSON.parse(runs[0]?.stdout ?? "");
    expect(rest).toEqual({
      schema_version: 1,
      complete: true,
      stopped_by: null,
      stream: `${prefix}massive:spot:stream`,
      entries: { recorded: 10, repeated: 0, stored: 10, trimmed: 0 },
      older: 1,
      refused: { count: 5, symbols: [{ symbol: "I:APX", count: 5, reason: "NOT_FOUND: Ticker not found." }] },
    });
    expect(symbols.map(({ symbol, values, value }: Record<string, unknown>) => [symbol, values, value])).toEqual([
      ["SPX", 5, 6_878.5],
      ["SPY", 5, 696],
      ["VIX", 5, 6_878.5],
    ]);
    expect(symbols[1]).toEqual({
      ...{ symbol: "SPY", values: 5, first_ms: SAMPLE_MS + 1_000, last_ms: SAMPLE_MS + 9_000, value: 696 },
      ...{ change: null, change_pct: null, as_of_ns: `${START + 9_000}000000`, timeframe: "DELAYED" },
    });
    expect(await contents()).toEqual(before);
  });

  it("leaves in another keyspace what stands here, and a second time adds nothing", async () => {
    const target = openKeyspace();
    const into = ["--redis", url, "--prefix", target.prefix];
    const first = await runCli(["replay", ...FROM, ...into]);
    expect([first.code, first.stderr]).toEqual([0, ""]);
    expect(first.stdout).toMatch(/^Spot values by receipt, .*\n\nsymbol +values .*\nSPX +5 /s);
    expect(first.stdout).toContain("\n\nRefused: 5\n  I:APX, 5 times: NOT_FOUND: Ticker not found.\n");
    expect(first.stdout).toMatch(/\n\nfetches 10 \| values 15 \| older 1 \| refused 5 \| fetches\/s [\d,]+\n$/);
    const copied = await spotsOf(target.prefix);
    expect(copied).toEqual(await spotsOf(prefix));
    const second = await runCli(["replay", ...FROM, ...into]);
    expect(second.stdout).toMatch(/^Everything is there already: all 10 entries .*\n\nfetches 10 \| values 0 /);
    expect(await spotsOf(target.prefix)).toEqual(copied);
    await target.clear();
    expect(await contents()).toEqual(before);
  });

  it("goes on behind what it copied, whatever was trimmed before that", async () => {
    const [from, to] = [openKeyspace(), openKeyspace()];
    await fill(url, from.prefix, PAYLOADS.slice(0, 6));
    const flags = ["--from-redis", url, "--from-prefix", from.prefix, "--stream", "massive:spot:stream", "--json"];
    await runCli(["replay", ...flags, "--redis", url, "--prefix", to.prefix]);
    const key = `${from.prefix}massive:spot:stream`;
    await read((client) => client.xtrim(key, "MAXLEN", 2));
    await read((client) => client.xadd(key, "*", "ts", `${SAMPLE_MS / 1_000 + 9}`, "payload", PAYLOADS[9] ?? ""));
    const { stdout } = await runCli(["replay", ...flags, "--redis", url, "--prefix", to.prefix]);
    expect(JSON.parse(stdout).entries).toEqual({ recorded: 3, repeated: 2, stored: 1, trimmed: 0 });
    expect(await read((client) => client.xlen(`${to.prefix}massive:spot:stream`))).toBe(7);
    await Promise.all([from.clear(), to.clear()]);
  });

  it("takes a stretch by receipt", async () => {
    const stretch = ["--from", `${SAMPLE_MS + 2_000}`, "--to", `${SAMPLE_MS + 4_000}`];
    const { stdout } = await runCli(["replay", ...FROM, ...stretch, "--json"]);
    const { entries, symbols } = JSON.parse(stdout);
    expect(entries).toEqual({ recorded: 2, repeated: 0, stored: 2, trimmed: 0 });
    expect(symbols.map(({ symbol }: { symbol: string }) => symbol)).toEqual(["SPX", "SPY", "VIX"]);
  });

  it("counts and keeps an answer that cannot be read", async () => {
    const NO_SYMBOL =
      "its value cannot be stored: 'symbol' must be a symbol without I:, such as SPX, that starts with an upper-case letter or a digit, current value is \"too long for a symbol, and with blanks\"";
    const [from, to] = [openKeyspace(), openKeyspace()];
    const key = `${from.prefix}massive:spot:stream`;
    const odd = [
      "not\nJSON",
      '{"tickers":[{"ticker":"too long for a symbol, and with blanks","lastTrade":{"p":1,"t":5}}]}',
    ];
    for (const payload of odd) await read((client) => client.xadd(key, "*", "ts", "1766437799.5", "payload", payload));
    const flags = ["--from-redis", url, "--from-prefix", from.prefix, "--stream", "massive:spot:stream", "--json"];
    const { code, stdout } = await runCli(["replay", ...flags, "--redis", url, "--prefix", to.prefix]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      entries: { recorded: 2, stored: 2 },
      symbols: [],
      refused: {
        count: 2,
        symbols: [
          { symbol: "", count: 1, reason: 'the answer must be JSON, current value is "not\\nJSON"' },
          { symbol: "too long for a symbol, and with blanks", count: 1, reason: NO_SYMBOL },
        ],
      },
    });
    const { analytics, fetches } = (await spotsOf(to.prefix)) as { analytics: object; fetches: unknown[][] };
    expect(analytics).toMatchObject({ frames: 2, errors: 2 });
    expect(fetches.map(([, payload]) => payload)).toEqual(odd);
    await Promise.all([from.clear(), to.clear()]);
  });

  it("stores each fetch once where two run at a time", async () => {
    const target = openKeyspace();
    const into = ["--redis", url, "--prefix", target.prefix, "--json"];
    const runs = await Promise.all([runCli(["replay", ...FROM, ...into]), runCli(["replay", ...FROM, ...into])]);
    expect(runs.map(({ code, stderr }) => [code, stderr])).toEqual([
      [0, ""],
      [0, ""],
    ]);
    const stored = runs.map(({ stdout }) => JSON.parse(stdout).entries.stored as number);
    expect((stored[0] ?? 0) + (stored[1] ?? 0)).toBe(10);
    expect(await spotsOf(target.prefix)).toMatchObject({ analytics: { frames: 10 } });
    expect(await read((client) => client.xlen(`${target.prefix}massive:spot:stream`))).toBe(10);
    await target.clear();
  });

  it("adds what another stream under the same name holds, though its places are older", async () => {
    const [from, to] = [openKeyspace(), openKeyspace()];
    await fill(url, from.prefix, PAYLOADS.slice(0, 3));
    const key = `${from.prefix}massive:spot:stream`;
    const flags = ["--from-redis", url, "--from-prefix", from.prefix, "--stream", "massive:spot:stream", "--json"];
    await runCli(["replay", ...flags, "--redis", url, "--prefix", to.prefix]);
    await read((client) => client.del(key));
    await read((client) => client.xadd(key, "5-0", "ts", `${SAMPLE_MS / 1_000 + 9}`, "payload", PAYLOADS[9] ?? ""));
    const { stdout } = await runCli(["replay", ...flags, "--redis", url, "--prefix", to.prefix]);
    expect(JSON.parse(stdout).entries).toMatchObject({ repeated: 0, stored: 1 });
    await Promise.all([from.clear(), to.clear()]);
  });

  it("reports what stood before an entry that is none, and names it", async () => {
    const from = openKeyspace();
    await fill(url, from.prefix, PAYLOADS.slice(0, 3));
    const key = `${from.prefix}massive:spot:stream`;
    await read((client) => client.xadd(key, "*", "ts", "1766437799500", "payload", "{}"));
    const flags = ["--from-redis", url, "--from-prefix", from.prefix, "--stream", "massive:spot:stream", "--json"];
    const { code, stdout, stderr } = await runCli(["replay", ...flags]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ complete: false, stopped_by: "fault", entries: { stored: 3 } });
    expect(stderr).toMatch(
      /must hold Unix seconds from 0.001 to 4294967295 as 'ts' of \d+-\d+, current value is "1766437799500"/,
    );
    await from.clear();
  });

  it("is no recording of frames, and says so", async () => {
    const file = join(folder, "no-frames.jsonl");
    await runCli(["replay", ...FROM, "--to-file", file]);
    const { code, stderr } = await runCli(["replay", file]);
    expect([code, stderr]).toEqual([1, expect.stringContaining("it must hold frames of the provider")]);
  });

  it("refuses itself, and a target in use unless told that it is meant", async () => {
    const itself = await runCli(["replay", ...FROM, "--redis", url, "--prefix", prefix]);
    expect([itself.code, itself.stderr]).toEqual([1, expect.stringContaining("the target must be another stream")]);
    const living = openKeyspace();
    const ports = openRedis({ url, keyPrefix: living.prefix, clock: SYSTEM_CLOCK });
    await ports.connection.ready();
    const ts = SYSTEM_CLOCK.now() / 1e3;
    const place = { worker: "spot", host: "h", pid: 1 };
    const beat = { ...place, ts, started_ts: ts, status: "ok", reason: null, detail: {} } as const;
    await ports.heartbeats.beat(beat, 60_000);
    await ports.close();
    const into = ["--redis", url, "--prefix", living.prefix];
    const refused = await runCli(["replay", ...FROM, ...into]);
    expect([refused.code, refused.stdout]).toEqual([1, ""]);
    expect(refused.stderr).toMatch(/its keys must be unused, found worker spot \(its heart beats\); --into-live/);
    expect((await runCli(["replay", ...FROM, ...into, "--into-live"])).code).toBe(0);
    await living.clear();
    expect(await contents()).toEqual(before);
  });

  it("writes them to a capture as they came", async () => {
    const { url: from, prefix: spot, clear } = openKeyspace();
    const payloads = ['{"results":[{"value":6870.5}]}', "not\nJSON"];
    const ports = openRedis({ url: from, keyPrefix: spot, clock: SYSTEM_CLOCK });
    await ports.connection.ready();
    for (const [index, payload] of payloads.entries()) {
      const fetch = { receivedAtMs: SAMPLE_MS + index, latencyMs: 5, payload, values: [], errors: 0 };
      await ports.spot.put("spot/indices", index + 1, fetch);
    }
    await ports.close();
    const file = join(folder, "spot.jsonl");
    const flags = ["--from-redis", from, "--from-prefix", spot, "--stream", "massive:spot:stream"];
    const { code, stdout } = await runCli(["replay", ...flags, "--to-file", file, "--json"]);
    await clear();
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      schema_version: 1,
      complete: true,
      stream: `${spot}massive:spot:stream`,
      records: 2,
      first_id: expect.stringMatching(/^\d+-\d+$/),
      last_id: expect.stringMatching(/^\d+-\d+$/),
    });
    const lines = readFileSync(file, "utf8").trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual(
      payloads.map((payload, index) => ({ ts: (SAMPLE_MS + index) / 1e3, payload })),
    );
  });

  it("tells how many fetches were trimmed while it read", async () => {
    const { url: from, prefix: spot, clear } = openKeyspace();
    const key = `${spot}massive:spot:stream`;
    const connection = new RedisConnection({ url: from, clock: SYSTEM_CLOCK, logger: SILENT_LOGGER });
    await connection.ready();
    const add = (n: number) =>
      connection.command("add", "XADD", key, `1-${n}`, "ts", "1700000000", "payload", String(n));
    for (let n = 1; n <= 1_100; n++) await add(n);
    await connection.command("trim", "XTRIM", key, "MAXLEN", 1_000);
    const info = (await connection.command("look", "XINFO", "STREAM", key)) as readonly unknown[];
    const warned: unknown[] = [];
    const logger = { ...SILENT_LOGGER, warn: (message: string, fields?: object) => warned.push([message, fields]) };
    const capture = new SpotCapture(connection, { key, until: "1-1100", info }, logger);
    const payloads: number[] = [];
    for await (const batch of capture.records(new AbortController().signal)) {
      for (const record of batch) payloads.push(Number("payload" in record ? record.payload : Number.NaN));
      if (payloads.length !== 512) continue;
      await add(1_101);
      await connection.command("trim", "XTRIM", key, "MAXLEN", 401);
    }
    await connection.close();
    await clear();
    const expected = [
      ...Array.from({ length: 512 }, (_, n) => 101 + n),
      ...Array.from({ length: 400 }, (_, n) => 701 + n),
    ];
    expect(payloads).toEqual(expected);
    expect(warned).toEqual([["Entries were trimmed before they could be read", { entries: 88, stream: key }]]);
  });

  it.each([
    ["deleted", 0],
    ["deleted and begun anew", 1],
    ["deleted and longer by now", 300],
  ])("ends with an error where the stream is %s while it is read", async (_, refill) => {
    const { url: from, prefix: spot, clear } = openKeyspace();
    const key = `${spot}massive:spot:stream`;
    const connection = new RedisConnection({ url: from, clock: SYSTEM_CLOCK, logger: SILENT_LOGGER });
    await connection.ready();
    const add = (id: string) => connection.command("add", "XADD", key, id, "ts", "1700000000", "payload", id);
    for (let n = 1; n <= 200; n++) await add(`1-${n}`);
    const info = (await connection.command("look", "XINFO", "STREAM", key)) as readonly unknown[];
    const capture = new SpotCapture(connection, { key, until: "1-200", info }, SILENT_LOGGER);
    const readAll = async (): Promise<void> => {
      for await (const batch of capture.fetches(new AbortController().signal)) {
        expect(batch.length).toBeLessThan(200);
        await connection.command("delete", "DEL", key);
        for (let n = 1; n <= refill; n++) await add(`2-${n}`);
      }
    };
    await expect(readAll()).rejects.toThrow(
      `key "${key}" must keep the 200 entries that it had, after 64 of them it has the others no more`,
    );
    await connection.close();
    await clear();
  });

  it("makes no file where the stream cannot be read", async () => {
    const file = join(folder, "none.jsonl");
    const flags = ["--from-redis", url, "--from-prefix", "nobody:", "--stream", "massive:spot:stream"];
    expect((await runCli(["replay", ...flags, "--to-file", file])).code).toBe(1);
    expect(existsSync(file)).toBe(false);
  });
});
