import { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RedisKeys } from "../../src/adapters/redis/keys.ts";
import { splitCursor } from "../../src/domain/stream/cursor.ts";
import { captureDrafts } from "../support/capture-drafts.ts";
import { type FaultPorts, openFaultPorts, runHydrator, untilHydrated } from "../support/redis/fault-ports.ts";
import { type Keyspace, openKeyspace } from "../support/redis/keyspace.ts";
import { until } from "../support/until.ts";

const drafts = captureDrafts();
const READ = 600;
const HARD_MAX_BYTES = 400_000;

let keyspace: Keyspace;
let plain: Redis;
let ports: FaultPorts;
let stream: string;
beforeEach(async () => {
  keyspace = openKeyspace();
  plain = new Redis(keyspace.url);
  stream = new RedisKeys(keyspace.prefix).of("rawStream");
  const retention = { softMaxEntries: 100_000, hardMaxBytes: HARD_MAX_BYTES };
  ports = openFaultPorts(keyspace.url, { keyPrefix: keyspace.prefix, retention });
  await ports.connection.ready();
});
afterEach(async () => {
  await ports.close();
  plain.disconnect();
  await keyspace.clear();
});

async function hydrate(): Promise<void> {
  const hydrating = runHydrator(ports);
  await untilHydrated(ports);
  await hydrating.stop();
}

/** Appends in two parts that were stored at different times. */
async function appendSlowly(firstSeq: number, some: typeof drafts): Promise<void> {
  const half = Math.floor(some.length / 2);
  await ports.log.append("p", firstSeq, some.slice(0, half));
  const storedAtMs = (await serverMs()) + 1;
  await until("the server's clock goes on", async () => (await serverMs()) > storedAtMs);
  await ports.log.append("p", firstSeq + half, some.slice(half));
  await until("the server's clock goes on", async () => (await serverMs()) > storedAtMs + 2);
}

async function serverMs(): Promise<number> {
  const [seconds, micros] = await plain.time();
  return Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
}

async function cursor(): Promise<string> {
  return (await ports.store.cursors()).get(0) ?? "0-0";
}

function tradesIn(some: typeof drafts): number {
  return some.reduce((sum, draft) => {
    return sum + (draft.kind === "frame" ? draft.payload.split('"ev":"T"').length - 1 : 0);
  }, 0);
}

describe("a raw stream that is trimmed ahead of a stopped hydrator", () => {
  it("costs the entries that are gone and no other, and is told as one gap from the last one read to the last one gone", async () => {
    await appendSlowly(1, drafts.slice(0, READ));
    await hydrate();
    const stopped = await cursor();
    const before = await ports.store.counters();
    expect(before).toMatchObject({ seen: READ });
    await appendSlowly(READ + 1, drafts.slice(READ));
    const ids = (await plain.xrange(stream, "-", "+")).map(([id]) => id);
    const { unread } = await ports.log.trim(stopped);
    const [[firstLeft = ""] = []] = await plain.xrange(stream, "-", "+", "COUNT", 1);
    const gone = ids.indexOf(firstLeft);
    const lastGone = ids[gone - 1] ?? "";
    expect(gone).toBeGreaterThan(READ + 100);
    expect(unread).toEqual({ from: ids[READ], to: lastGone });
    const times = [ids[0], stopped, lastGone].map((id) => splitCursor(id ?? "").ms);
    expect(new Set(times).size).toBe(3);

    await hydrate();
    const told = async () => (await ports.store.gaps(1_000)).filter((gap) => gap.cause === "trimmed_before_read");
    const gap = {
      connection: "*",
      fromAtMs: splitCursor(stopped).ms,
      toAtMs: splitCursor(lastGone).ms,
      cause: "trimmed_before_read",
      scope: "all",
      instruments: undefined,
    };
    expect(await told()).toEqual([gap]);
    const counters = await ports.store.counters();
    expect(counters).toMatchObject({ trimmed_before_read: 1, seen: READ + drafts.length - gone, takeovers: 1 });
    expect(counters.repeated ?? 0).toBe(0);
    // A hole in the numbers of a connection that retention explains is no second gap.
    const others = (await ports.store.gaps(1_000)).filter(({ cause }) => cause === "sequence");
    expect(others).toEqual([]);
    const tradesBefore = before.trades ?? 0;
    expect((counters.trades ?? 0) - tradesBefore).toBe(tradesIn(drafts.slice(gone)));

    // The next owner does not tell it again, with entries behind it or without.
    await hydrate();
    await ports.log.append("q", 1, drafts.slice(0, 1));
    await hydrate();
    expect(await told()).toEqual([gap]);
    expect(await ports.store.counters()).toMatchObject({ trimmed_before_read: 1 });
  });

  it("down to nothing is told with the next entry that comes", async () => {
    await ports.log.append("p", 1, drafts.slice(0, READ));
    await hydrate();
    const stopped = await cursor();
    await ports.log.append("p", READ + 1, drafts.slice(READ, READ + 300));
    const ids = (await plain.xrange(stream, "-", "+")).map(([id]) => id);
    await ports.close();
    const retention = { softMaxEntries: 0, hardMaxBytes: 0 };
    const { url, prefix } = keyspace;
    ports = openFaultPorts(url, { keyPrefix: prefix, connectionName: prefix, retention });
    await ports.connection.ready();
    await ports.log.trim(stopped);
    expect(await plain.xlen(stream)).toBe(0);
    const hydrating = runHydrator(ports);
    await until("it has read what there is, and waits", async () => {
      const clients = String(await plain.client("LIST")).split("\n");
      return clients.some((line) => line.includes(` name=${keyspace.prefix} `) && line.includes(" cmd=xread "));
    });
    await ports.log.append("p", READ + 301, drafts.slice(READ + 300, READ + 310));
    await untilHydrated(ports);
    await hydrating.stop();
    expect((await ports.store.gaps(1_000)).filter((gap) => gap.cause === "trimmed_before_read")).toMatchObject([
      { fromAtMs: splitCursor(stopped).ms, toAtMs: splitCursor(ids.at(-1) ?? "").ms },
    ]);
    expect(await ports.store.counters()).toMatchObject({ trimmed_before_read: 1, seen: READ + 10 });
  });
});
