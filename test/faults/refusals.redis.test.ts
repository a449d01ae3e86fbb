import { inspect } from "node:util";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { sampleFrames } from "../../src/testing/index.ts";
import { WsHydrator } from "../../src/workers/hydrator/ws-hydrator.ts";
import { freePort } from "../support/redis/connection.ts";
import { startFakeRedis } from "../support/redis/fake-redis.ts";
import { type FaultPorts, openFaultPorts } from "../support/redis/fault-ports.ts";
import { type OwnRedis, startOwnRedis } from "../support/redis/test-redis.ts";
import { until } from "../support/until.ts";

/** As they stand in a URL, and as they are sent. */
const SECRETS = ["s0meb0dy", "t0p-s3cret", "t0p%2Ds3cret"];
const CREDENTIALS = "s0meb0dy:t0p%2Ds3cret@";
const NEVER = new AbortController().signal;

let redis: OwnRedis;
let plain: Redis;
let host: string;
beforeAll(async () => {
  redis = await startOwnRedis();
  ({ host } = new URL(redis.url));
  plain = new Redis(redis.url);
});
afterAll(async () => {
  plain.disconnect();
  await redis.stop();
});

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  await plain.call("ACL", "DELUSER", "s0meb0dy");
  await plain.config("SET", "maxmemory-policy", "noeviction");
  await plain.flushall();
});

function open(address: string): FaultPorts {
  const ports = openFaultPorts(`redis://${CREDENTIALS}${address}`, { connectTimeoutMs: 300 });
  ends.push(() => ports.close());
  return ports;
}

function expectNoSecrets(...things: readonly unknown[]): void {
  const shown = things.map((thing) => {
    const stack = thing instanceof Error ? `${thing.stack} ${String(thing.cause)} ${JSON.stringify(thing)}` : "";
    return `${inspect(thing, { depth: 20, showHidden: true })} ${stack}`;
  });
  for (const secret of SECRETS) expect(shown.join("\n")).not.toContain(secret);
}

const allow = (...rules: string[]): Promise<unknown> =>
  plain.call("ACL", "SETUSER", "s0meb0dy", "reset", "on", ...rules);
const ALL = ["~*", "&*", "+@all"];
const RIGHT = ">t0p-s3cret";

/** How a server comes to refuse us, and how that ends. */
interface Refusal {
  refuse(): Promise<unknown>;
  forgive(): Promise<unknown>;
  readonly says: string;
}

const REFUSALS: Readonly<Record<string, Refusal>> = {
  "a wrong password": {
    refuse: () => allow(">another", ...ALL),
    forgive: () => allow(RIGHT, ...ALL),
    says: "must accept the user and password, it answered: WRONGPASS",
  },
  "an unknown user": {
    refuse: async () => undefined,
    forgive: () => allow(RIGHT, ...ALL),
    says: "must accept the user and password, it answered: WRONGPASS",
  },
  "a user that may not look at the server": {
    refuse: () => allow(RIGHT, ...ALL, "-info"),
    forgive: () => allow(RIGHT, ...ALL),
    says: "must accept the user and password, it answered: NOPERM",
  },
  "a policy that drops data": {
    refuse: async () => {
      await allow(RIGHT, ...ALL);
      await plain.config("SET", "maxmemory-policy", "allkeys-lru");
    },
    forgive: () => plain.config("SET", "maxmemory-policy", "noeviction"),
    says: "its maxmemory-policy must be noeviction, current value is allkeys-lru",
  },
};

describe("a server that refuses us", () => {
  it.each(Object.entries(REFUSALS))("for %s is told once, fails everything, and is tried on", async (_, refusal) => {
    await refusal.refuse();
    const ports = open(host);
    const { connection, log, store, bus, logger } = ports;
    const errors: unknown[] = [];
    for (const fail of [
      () => connection.ready(),
      () => log.append("p", 1, sampleFrames(1, 1)),
      () => store.acquire(0, "a", 1_000),
      () => bus.publish("c", "m"),
      () => new WsHydrator(ports, { owner: "a" }).run(NEVER),
    ]) {
      const error: unknown = await fail().catch((reason: unknown) => reason);
      expect(error).toMatchObject({ name: "StorageError", code: "STRIKEWIRE_STORAGE" });
      errors.push(error);
    }
    const later = log.storedSeq("p");
    await expect(later).rejects.toMatchObject({ name: "StorageError", code: "STRIKEWIRE_STORAGE" });
    await expect(later).rejects.toThrow(`Redis at redis://${host}`);
    await expect(later).rejects.toThrow(refusal.says);
    let tries = 0;
    connection.onState(() => {
      tries += 1;
    });
    await until("it was tried again, and again", () => tries >= 2);
    const said = logger.entries.filter(({ message }) => message.includes("Redis"));
    expect(said.map(({ message }) => message)).toEqual([
      `Cannot use Redis at redis://${host}, trying again until that changes`,
    ]);
    expectNoSecrets(
      ...errors,
      await later.catch((error: unknown) => error),
      logger.entries,
      connection,
      connection.state,
    );

    await refusal.forgive();
    await until("it takes us", () => connection.state.kind === "ready");
    expect(await log.storedSeq("p")).toBe(0);
    expectNoSecrets(logger.entries);
  });

  it("for another reason than before is told again", async () => {
    await REFUSALS["a wrong password"]?.refuse();
    const { connection, logger } = open(host);
    await until("it refuses us", () => connection.state.kind === "refused");
    await REFUSALS["a policy that drops data"]?.refuse();
    await until("the reason is told", () => {
      return logger.entries.some(({ error }) => String(error).includes("maxmemory-policy"));
    });
    expect(logger.entries).toHaveLength(2);
    expectNoSecrets(logger.entries);
  });

  it("for being older than 7.0 is named with its version", async () => {
    const fake = await startFakeRedis("# Server\r\nredis_version:6.2.14\r\nredis_mode:standalone\r\n");
    ends.push(() => fake.close());
    const { connection, log, logger } = open(fake.host);
    for (const fail of [() => connection.ready(), () => log.storedSeq("p")]) {
      const error: unknown = await fail().catch((reason: unknown) => reason);
      expect(error).toMatchObject({ name: "StorageError", code: "STRIKEWIRE_STORAGE" });
      expect(String(error)).toContain(
        `Cannot use Redis at redis://${fake.host}: its version must be 7.0 or newer, current value is 6.2.14`,
      );
      expectNoSecrets(error);
    }
    expectNoSecrets(logger.entries);
  });

  it("for a database that it has not is named, and no other database is used", async () => {
    await allow(RIGHT, ...ALL);
    const { connection } = open(`${host}/4242`);
    const error: unknown = await connection.ready().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: "StorageError", code: "STRIKEWIRE_STORAGE" });
    expect(String(error)).toContain(`Redis at redis://${host}/4242 answered: ERR DB index is out of range`);
    expectNoSecrets(error);
  });

  it("for what a key holds does not tell what was sent", async () => {
    await allow(RIGHT, ...ALL);
    const { connection, log } = open(host);
    await connection.ready();
    const payload = "what nobody else is to see";
    const frames = sampleFrames(1, 1).map((draft) => ({ ...draft, payload }));
    await plain.set("massive:ws:stream", "somebody's");
    const error: unknown = await log.append("p", 1, frames).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      name: "StorageError",
      cause: { message: expect.stringContaining("massive:ws:stream") },
    });
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(payload);
    expectNoSecrets(error);
  });

  it("for one command names what it refused, and neither credentials nor what was sent", async () => {
    await allow(RIGHT, ...ALL, "-evalsha", "-eval");
    const { connection, log } = open(host);
    await connection.ready();
    const payload = "what nobody else is to see";
    const frames = sampleFrames(1, 1).map((draft) => ({ ...draft, payload }));
    const error: unknown = await log.append("p", 1, frames).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: "StorageError", code: "STRIKEWIRE_STORAGE" });
    expect(String(error)).toContain("NOPERM");
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(payload);
    expect(connection.state.kind).toBe("ready");
    // NOPERM names the user, and only Redis knows where in its sentence.
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain("s3cret");
  });
});

describe("a server that cannot be reached", () => {
  it("is no secret, what we would have said to it is", async () => {
    const { connection, log, logger } = open(`127.0.0.1:${await freePort()}`);
    await until(
      "some attempts have failed",
      () => connection.state.kind === "connecting" && connection.state.attempts > 2,
    );
    const error: unknown = await log.storedSeq("p").catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: "UnavailableError", code: "STRIKEWIRE_UNAVAILABLE" });
    expectNoSecrets(error, connection, connection.state, logger.entries);
    expect(logger.entries).toHaveLength(1);
  });

  it("since it says nothing is told so", async () => {
    const fake = await startFakeRedis(undefined);
    ends.push(() => fake.close());
    const { connection, logger } = open(fake.host);
    await until("an attempt has failed", () => connection.state.kind === "connecting" && connection.state.attempts > 0);
    expect(String(logger.entries[0]?.error)).toContain("no answer in 300 ms");
    expectNoSecrets(logger.entries, connection.state);
  });
});

describe("a URL that is none of Redis", () => {
  it.each([
    ["http://s0meb0dy:t0p-s3cret@host", '"host"'],
    ["redis://s0meb0dy:t0p-s3cret@", '""'],
    ["redis://s0meb0dy:t0p-s3cret@host/x", '"host/x"'],
    ["redis://s0meb0dy:t0p-s3cret@host:port", '"host:…"'],
    ["redis://s0meb0dy:t0p-s3cret@host?x=1", '"host"'],
    ["redis://host?password=t0p-s3cret", '"redis://host"'],
    ["redis://host:6379:t0p-s3cret", '"redis://host:…"'],
    ["redis://me:t0p-s3cret", '"redis://me:…"'],
    ["redis://:t0p-s3cret", '"redis://:…"'],
    ["redis://s0meb0dy:t0p-s3cret%@host", '"host"'],
    ["localhost:6379", '"localhost:6379"'],
  ])("is refused without its credentials (%#)", (url, shown) => {
    const open = (): unknown => openFaultPorts(url);
    expect(open).toThrow(TypeError);
    expect(open).toThrow(`current value is ${shown}`);
    try {
      open();
    } catch (error) {
      expectNoSecrets(error);
    }
  });
});
