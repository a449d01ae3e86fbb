import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openRedis } from "../../src/adapters/redis/index.ts";
import { SYSTEM_CLOCK } from "../../src/adapters/system/index.ts";
import { runCli } from "../support/cli-process.ts";
import { SAMPLE_MS, tradeEvent } from "../support/entries.ts";
import { withClient } from "../support/redis/connection.ts";
import { dumpKeys } from "../support/redis/key-dump.ts";
import { openKeyspace } from "../support/redis/keyspace.ts";

const BUNDLED = "captures/synthetic.jsonl";
const folder = mkdtempSync(join(tmpdir(), "cli-from-redis-"));
const source = openKeyspace();
const { url, prefix } = source;
const FROM = ["--from-redis", url, "--from-prefix", prefix];
let original = "";
let before: object;

const read = <T>(use: (client: Redis) => Promise<T>): Promise<T> => withClient(url, use);
const contents = () => read((client) => dumpKeys(client, prefix));

beforeAll(async () => {
  const { stdout } = await runCli(["replay", BUNDLED, "--json", "--redis", url, "--prefix", prefix]);
  original = stdout;
  // Snapshots run out by themselves.
  await read(async (client) => client.unlink(await client.keys(`${prefix}massive:ws:snapshot:*`)));
  before = await contents();
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await source.clear();
});

describe("strikewire replay --from-redis", () => {
  it("reports what the original reported, as often as it is asked, and leaves no trace", async () => {
    for (let run = 0; run < 2; run++) {
      const { code, stdout, stderr } = await runCli(["replay", ...FROM, "--json"]);
      expect([code, stderr]).toEqual([0, ""]);
      expect(stdout === original).toBe(true);
    }
    expect(await contents()).toEqual(before);
  });

  it("copies into another keyspace, a second time only what is new, and not into itself", async () => {
    const target = openKeyspace();
    const into = ["--redis", url, "--prefix", target.prefix];
    const first = await runCli(["replay", ...FROM, ...into, "--json"]);
    expect([first.code, first.stdout === original]).toEqual([0, true]);
    const second = await runCli(["replay", ...FROM, ...into]);
    expect(second.stdout).toMatch(/^Everything is there already: /);
    await target.clear();
    const itself = await runCli(["replay", ...FROM, "--redis", url, "--prefix", prefix]);
    expect(itself.code).toBe(1);
    expect(itself.stderr).toMatch(
      /^strikewire: Cannot replay .*: the target must be another stream, .* is the same one\n$/,
    );
    expect(await contents()).toEqual(before);
  });

  it.each(["copy.jsonl", "copy.jsonl.gz"])("writes a capture %s that replays to the same report", async (name) => {
    const file = join(folder, name);
    const { code, stdout, stderr } = await runCli(["replay", ...FROM, "--to-file", file]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(
      /^Wrote [\d,]+ entries of .*massive:ws:stream at redis:.* from \d+-1 to \d+-\d+, the last when/,
    );
    const bytes = readFileSync(file);
    const text = name.endsWith(".gz") ? gunzipSync(bytes).toString() : bytes.toString();
    expect(text.split("\n")).toHaveLength(JSON.parse(original).entries.recorded + 1);
    expect((await runCli(["replay", file, "--json"])).stdout === original).toBe(true);
    const again = await runCli(["replay", ...FROM, "--to-file", file]);
    expect(again.code).toBe(1);
    expect(again.stderr).toContain("the file must be new");
    expect(readFileSync(file).equals(bytes)).toBe(true);
    expect(await contents()).toEqual(before);
  });

  it("names the entry that --strict stops at", async () => {
    const { code, stderr } = await runCli(["replay", ...FROM, "--strict"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^strikewire: Cannot parse .* current value is "30.3" \(entry \d+-\d+\)\n$/);
  });

  it("replays what is left of a stream that was trimmed", async () => {
    const { url: to, prefix: trimmed, clear } = openKeyspace();
    const ports = openRedis({
      ...{ url: to, keyPrefix: trimmed, clock: SYSTEM_CLOCK },
      retention: { softMaxEntries: 2, hardMaxBytes: 1e9 },
    });
    await ports.connection.ready();
    const place = (seq: number) => ({ class: "options", shard: 0, epoch: 1, seq }) as const;
    for (let n = 1; n <= 5; n++) {
      const payload = JSON.stringify([tradeEvent(SAMPLE_MS + n)]);
      await ports.log.append("p", n, [{ kind: "frame", position: place(n), receivedAtMs: SAMPLE_MS + n, payload }]);
    }
    const { entries } = await ports.log.read("0-0", 9, 0, new AbortController().signal);
    await ports.log.trim(entries.at(-1)?.cursor ?? "0-0");
    await ports.close();
    const { code, stdout } = await runCli(["replay", "--from-redis", to, "--from-prefix", trimmed, "--json"]);
    await clear();
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ entries: { recorded: 2, stored: 2 }, counters: { frames: 2, gaps: 0 } });
  });

  it("says where there is nothing to read", async () => {
    const { code, stdout, stderr } = await runCli(["replay", "--from-redis", url, "--from-prefix", "nobody:"]);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^strikewire: Cannot read .*: "nobody:massive:ws:stream" must have entries, it has none\n$/);
  });
});
