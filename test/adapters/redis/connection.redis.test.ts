import { describe, expect, it } from "vitest";
import { MemoryLogger } from "../../../src/adapters/memory/index.ts";
import { openRedis, RedisConnection } from "../../../src/adapters/redis/index.ts";
import { SYSTEM_CLOCK } from "../../../src/adapters/system/index.ts";
import { isStrikewireError } from "../../../src/domain/errors.ts";
import { CURSOR_START } from "../../../src/domain/stream/cursor.ts";
import { sampleFrames } from "../../../src/testing/raw-log/samples.ts";
import { withClient } from "../../support/redis/connection.ts";
import { type Keyspace, openKeyspace } from "../../support/redis/keyspace.ts";
import { startOwnRedis } from "../../support/redis/test-redis.ts";
import { until } from "../../support/until.ts";

const never = new AbortController().signal;

async function open(retention?: { softMaxEntries: number; hardMaxBytes: number }) {
  const keyspace: Keyspace = openKeyspace();
  const logger = new MemoryLogger();
  const redis = openRedis({ url: keyspace.url, keyPrefix: keyspace.prefix, clock: SYSTEM_CLOCK, logger, retention });
  await redis.connection.ready();
  return {
    ...keyspace,
    redis,
    logger,
    async end(): Promise<void> {
      await redis.close();
      await keyspace.clear();
    },
  };
}

describe("a Redis connection", () => {
  it("survives a listener that throws, and says so", async () => {
    const { redis, logger, url, end } = await open();
    redis.connection.onState(() => {
      throw new Error("thrown on purpose");
    });
    const id = String(await redis.connection.command("ask for the id", "CLIENT", "ID"));
    await withClient(url, (client) => client.call("CLIENT", "KILL", "ID", id));
    await until("connected again", async () => {
      const answer = await redis.connection.command("ask for the id", "CLIENT", "ID").catch(() => id);
      return String(answer) !== id;
    });
    expect(logger.entries.some(({ message }) => message.includes("listener"))).toBe(true);
    await end();
  });

  it("ends the subscriptions that wait when it is closed", async () => {
    const { redis, clear } = await open();
    const standing = redis.bus.subscribe("a", () => {}, never);
    await standing;
    await redis.connection.close();
    const late = redis.bus.subscribe("b", () => {}, never);
    await expect(late).rejects.toSatisfy((error) => isStrikewireError(error, "STRIKEWIRE_CLOSED"));
    const later = redis.bus.subscribe("c", () => {}, never);
    await expect(later).rejects.toSatisfy((error) => isStrikewireError(error, "STRIKEWIRE_CLOSED"));
    await redis.close();
    await clear();
  });

  it("is not left behind where a bound is refused", async () => {
    const { url, clear } = openKeyspace();
    const name = `refused-${Date.now()}`;
    const bad = { softMaxEntries: -1, hardMaxBytes: 1 };
    const options = { url, connectionName: name, clock: SYSTEM_CLOCK, retention: bad };
    expect(() => openRedis(options)).toThrow(RangeError);
    const other = new RedisConnection({ url, clock: SYSTEM_CLOCK, logger: new MemoryLogger() });
    await other.ready();
    await until("nobody of that name is there", async () => {
      return !String(await other.command("list clients", "CLIENT", "LIST")).includes(`name=${name} `);
    });
    await other.close();
    await clear();
  });

  it("takes a call of more entries than a function takes arguments", async () => {
    const { redis, end } = await open();
    const entries = sampleFrames(1, 60_000).map((frame) => ({ ...frame, payload: "[]" }));
    expect(await redis.log.append("p", 1, entries)).toEqual({ storedSeq: 60_000 });
    expect(await redis.log.countAfter(CURSOR_START)).toBe(60_000);
    await end();
  });
});

describe("a server that becomes a replica", () => {
  it("is left, and used again when it is a primary", async () => {
    const server = await startOwnRedis();
    const redis = openRedis({ url: server.url, clock: SYSTEM_CLOCK });
    await redis.connection.ready();
    await redis.log.append("p", 1, sampleFrames(1, 1));
    // Of a primary that is nowhere: what matters is that it takes no writes.
    await withClient(server.url, (client) => client.replicaof("127.0.0.1", 1));
    const refused = redis.log.append("p", 2, sampleFrames(2, 1));
    await expect(refused).rejects.toSatisfy((error) => isStrikewireError(error, "STRIKEWIRE_UNAVAILABLE"));
    await until("it is seen to be a replica", () => {
      const { state } = redis.connection;
      return state.kind === "connecting" && String(state.error).includes("replica");
    });
    await withClient(server.url, (client) => client.call("REPLICAOF", "NO", "ONE"));
    await redis.connection.ready();
    expect(await redis.log.append("p", 2, sampleFrames(2, 1))).toEqual({ storedSeq: 2 });
    await redis.close();
    await server.stop();
  });
});

describe("a raw stream that somebody else emptied or cut", () => {
  const retention = { softMaxEntries: 0, hardMaxBytes: 10_000 };
  const frames = (firstSeq: number, count: number) =>
    sampleFrames(firstSeq, count).map((frame) => ({ ...frame, payload: "x".repeat(1_000) }));

  it("is not trimmed for what is not there any more", async () => {
    const { redis, url, prefix, end } = await open(retention);
    await redis.log.append("p", 1, frames(1, 9));
    await withClient(url, (client) => client.del(`${prefix}massive:ws:stream`));
    await redis.log.append("p", 10, frames(10, 9));
    expect(await redis.log.trim(CURSOR_START)).toEqual({ removed: 0, unread: undefined });
    expect(await redis.log.countAfter(CURSOR_START)).toBe(9);
    await end();
  });

  it("tells its readers what was cut, from the next trim on", async () => {
    const { redis, url, prefix, end } = await open(retention);
    await redis.log.append("p", 1, frames(1, 9));
    await withClient(url, (client) => client.xtrim(`${prefix}massive:ws:stream`, "MAXLEN", 3));
    await redis.log.append("p", 10, frames(10, 6));
    expect(await redis.log.trim(CURSOR_START)).toEqual({ removed: 0, unread: undefined });
    const { entries, trimmed } = await redis.log.read(CURSOR_START, 100, 0, never);
    expect(entries.map(({ draft }) => draft.position.seq)).toEqual([7, 8, 9, 10, 11, 12, 13, 14, 15]);
    expect([trimmed?.from.split("-")[1], trimmed?.to.split("-")[1]]).toEqual(["1", "6"]);
    await end();
  });
});
