import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openRedis, type RedisPorts } from "../../src/adapters/redis/index.ts";
import { HOLD_EPOCH } from "../../src/adapters/redis/scripts/hold-epoch.ts";
import { SYSTEM_CLOCK } from "../../src/adapters/system/index.ts";
import { CHAIN_HEALTH } from "../../src/domain/context/chain.ts";
import { HYDRATION_COUNTERS } from "../../src/domain/hydration/effects.ts";
import { sampleChainContract, sampleCompletion } from "../../src/testing/chain-store/samples.ts";
import { sampleEpoch, sampleQuote, sampleTicker } from "../../src/testing/epochs/samples.ts";
import { sampleFlow, sampleGrid } from "../../src/testing/flow-snapshot-store/samples.ts";
import { sampleHeartbeat } from "../../src/testing/heartbeat-store/samples.ts";
import { sampleStep, sampleTradeRecord } from "../../src/testing/hydration-store/samples.ts";
import { sampleModelAnalytics } from "../../src/testing/model-store/samples.ts";
import { sampleDrafts } from "../../src/testing/raw-log/samples.ts";
import { SAMPLE_TIME_NS } from "../../src/testing/samples.ts";
import {
  sampleConnectionGauges,
  sampleSourceCounts,
  sampleSourceGauges,
} from "../../src/testing/source-status-store/samples.ts";
import { sampleSpotFetch, sampleSpotValue } from "../../src/testing/spot-store/samples.ts";
import { type FoundKey, PlainReader } from "../e2e/redis-contract/plain-reader.ts";
import { type Keyspace, openKeyspace } from "../support/redis/keyspace.ts";
import { codeIn, rowsOf, wiringPages } from "./wiring-tables.ts";

/** The longest that a promotion holds what it carries over. */
const HELD_MS = 32_000;

/** Writes something into every key there is, with every field that it can have. */
async function writeEverything(redis: RedisPorts, nowMs: number): Promise<void> {
  const {
    connection,
    log,
    store,
    snapshots,
    epochs,
    substrate,
    spot,
    chain,
    models,
    heartbeats,
    sourceStatus,
    subscriptions,
  } = redis;
  await log.append("options/0", 1, sampleDrafts(1));
  const [last] = (await log.read("0-0", 1_000, 0, new AbortController().signal)).entries.slice(-1);
  await log.trim(last?.cursor ?? "");
  await sourceStatus.record("options/0", 1, sampleSourceCounts(), sampleSourceGauges());
  await sourceStatus.putConnection({ class: "options", shard: 0 }, sampleConnectionGauges());
  await sourceStatus.putSample("[]");
  await subscriptions.change({ added: ["T.*"], removed: [] });

  const acquired = await store.acquire(0, "a", 60_000);
  if (acquired.status !== "acquired") throw new Error("Cannot prepare the test: the lease must be free");
  const counters = Object.fromEntries(HYDRATION_COUNTERS.map((name) => [name, 1]));
  const trades = [sampleTradeRecord({}, { cancelsTsNs: SAMPLE_TIME_NS })];
  await store.commit(acquired.lease, sampleStep("0-0", "1766437799445-1", { counters, trades }));
  await snapshots.putFlow(sampleFlow());
  await snapshots.putGrid(sampleGrid());

  const [first, second, staged] = ["aaa", "bbb", "ccc"].map((hash) => sampleEpoch(nowMs, hash));
  const settled = sampleEpoch(nowMs, "ddd", { symbol: "NDX" });
  if (first === undefined || second === undefined || staged === undefined) throw new Error("Cannot happen");
  for (const epoch of [first, second, staged, settled]) await epochs.stage(epoch);
  await epochs.promote(null, first.id);
  await epochs.promote(first.id, second.id);
  await epochs.takeDirty(second.id, "a", 60_000);
  await substrate.mergeStreamed(second.id, [{ contract: sampleTicker(1), quote: sampleQuote() }]);
  await connection.run("hold", HOLD_EPOCH, [connection.keys.of("epochHeld", { id: second.id })], ["a", HELD_MS]);
  await epochs.promote(null, settled.id);
  await epochs.settle(await epochs.takeDirty(settled.id, "a", 60_000));

  await spot.put("spot/indices", 1, sampleSpotFetch([sampleSpotValue()]));
  await chain.putContracts([{ ...sampleChainContract(), json: "{}" }]);
  for (const [index, health] of CHAIN_HEALTH.entries()) {
    if (health === "error") await chain.fail("chain/SPX", index + 1, "SPX");
    else await chain.complete("chain/SPX", index + 1, sampleCompletion({ health }));
  }
  await models.put("gex", "SPX", {});
  await models.putAnalytics("gex", "SPX", sampleModelAnalytics());
  await heartbeats.beat(sampleHeartbeat({ detail: {} }));
}

/** What placeholders stand for; others stand for anything without a blank. */
const FORMS: Readonly<Record<string, string>> = {
  model: "[a-z]+",
  SYMBOL: "[A-Z]+",
  worker: "[^:]+",
  partition: "\\d+",
};

const rows = rowsOf(wiringPages(), "key").map(({ cells: { key = "", type = "", content = "", life = "" } }) => {
  const [pattern = ""] = codeIn(key);
  return { pattern, form: formOf(pattern), type, life, fields: codeIn(content) };
});

/** Names that a pattern stands for. */
function formOf(pattern: string): RegExp {
  const form = pattern.replaceAll(/\{(\w+)\}/g, (_, name: string) => FORMS[name] ?? "\\S+");
  return new RegExp(`^${form}$`);
}

/** The row of a key: of several that its name fits, the one with the most text that is no placeholder. */
function rowOf(name: string): (typeof rows)[number] | undefined {
  const plainText = ({ pattern }: { pattern: string }): number => pattern.replaceAll(/\{\w+\}/g, "").length;
  return rows.filter(({ form }) => form.test(name)).sort((a, b) => plainText(b) - plainText(a))[0];
}

/** Names of fields in a key: of a hash, of entries, and in JSON at every depth. */
function fieldsIn({ type, text, fields, items }: FoundKey): readonly string[] {
  const names = new Set<string>();
  const addJson = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(addJson);
    else if (typeof value === "object" && value !== null) {
      for (const [name, inner] of Object.entries(value)) {
        names.add(name);
        addJson(inner);
      }
    }
  };
  if (type === "string" && text.startsWith("{")) addJson(JSON.parse(text));
  for (const [name, value] of Object.entries(fields)) {
    names.add(name);
    if (value.startsWith("[{")) addJson(JSON.parse(value));
  }
  for (const item of items) for (const name of Object.keys(item.fields)) names.add(name);
  return [...names];
}

const DAY_MS = 86_400_000;
const EPOCH_MS = 3_600_000;
/** A superseded epoch can be read for this long. */
const GRACE_MS = 300_000;

/** When a key ends at the earliest and at the latest, by what the table says of its life; `null` for never. */
function endOf(life: string, beganAtMs: number, readAtMs: number): readonly [leastMs: number, mostMs: number] | null {
  const seconds = /^(\d+) s$/.exec(life)?.[1];
  if (seconds !== undefined) return [beganAtMs + Number(seconds) * 1_000, readAtMs + Number(seconds) * 1_000];
  switch (life) {
    case "1 day":
      return [beganAtMs + DAY_MS, readAtMs + DAY_MS];
    case "7 days after the last use":
      return [beganAtMs + 7 * DAY_MS, readAtMs + 7 * DAY_MS];
    case "one day after the expiry date or the last write, whichever is later": {
      const dayAfterMs = Date.parse("2025-12-25T00:00:00Z");
      return [Math.max(dayAfterMs, beganAtMs + DAY_MS), Math.max(dayAfterMs, readAtMs + DAY_MS)];
    }
    case "24 h after being superseded":
      return [beganAtMs + DAY_MS, readAtMs + DAY_MS];
    case "until another is promoted in its place, 32 s at most":
      return [beganAtMs, readAtMs + HELD_MS];
    case "with its epoch":
    case "until promoted or no longer valid":
      return [beganAtMs + GRACE_MS, beganAtMs + EPOCH_MS];
    default:
      return null;
  }
}

describe("what the pages on Redis say, against what lies there", () => {
  let space: Keyspace;
  let redis: RedisPorts;
  let reader: PlainReader;
  let beganAtMs: number;
  let readAtMs: number;
  let found: ReadonlyMap<string, FoundKey>;

  beforeAll(async () => {
    space = openKeyspace();
    const { url, prefix } = space;
    reader = new PlainReader(url, prefix);
    const retention = { softMaxEntries: 6, hardMaxBytes: 1_000_000 };
    redis = openRedis({ url, keyPrefix: prefix, clock: SYSTEM_CLOCK, retention });
    await redis.connection.ready();
    beganAtMs = await reader.now();
    await writeEverything(redis, beganAtMs);
    found = await reader.all();
    readAtMs = await reader.now();
  });
  afterAll(async () => {
    await redis.close();
    reader.client.disconnect();
    await space.clear();
  });

  it("knows every key, by its type", () => {
    const types = [...found].map(([name, { type }]) => [name, type.toUpperCase()]);
    expect([...found.keys()].map((name) => [name, rowOf(name)?.type])).toEqual(types);
  });

  it.each(rows)("is true of $pattern: its life, and all of its fields", ({ pattern, life, fields }) => {
    const named = [...found].filter(([name]) => rowOf(name)?.pattern === pattern);
    expect(named).not.toHaveLength(0);
    const bounds = endOf(life, beganAtMs, readAtMs);
    const all = named.map(([, { endsAtMs }]) => endsAtMs);
    // What ends some time after it was superseded has no end before.
    const ends = life.includes("superseded") ? all.filter((endsAtMs) => endsAtMs !== null) : all;
    for (const endsAtMs of ends) {
      if (bounds === null) {
        expect(endsAtMs).toBeNull();
      } else {
        expect(endsAtMs).toBeGreaterThanOrEqual(bounds[0]);
        expect(endsAtMs).toBeLessThanOrEqual(bounds[1]);
      }
    }
    expect(ends).not.toHaveLength(0);

    const lying = new Set(named.flatMap(([, key]) => fieldsIn(key)));
    const forms = fields.map((field) => ({ field, form: formOf(field) }));
    const unnamed = [...lying].filter((name) => !forms.some(({ form }) => form.test(name)));
    const absent = forms.filter(({ form }) => ![...lying].some((name) => form.test(name))).map(({ field }) => field);
    expect({ unnamed, absent }).toEqual({ unnamed: [], absent: [] });
  });
});
