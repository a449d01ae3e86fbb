import { Redis } from "ioredis";
import { afterAll, describe, expect, inject, it } from "vitest";
import { openKeyspace } from "../support/redis/keyspace.ts";

describe("the Redis of a test run", () => {
  const keyspace = openKeyspace();
  const redis = new Redis(keyspace.url);
  afterAll(async () => {
    await keyspace.clear();
    redis.disconnect();
  });

  it("keeps what it is given", async () => {
    await redis.set(`${keyspace.prefix}price`, "4.20");
    expect(await redis.get(`${keyspace.prefix}price`)).toBe("4.20");
  });

  it("is of the version that was announced, 7.0 or newer", async () => {
    const info = await redis.info("server");
    expect(info).toContain(`redis_version:${inject("redis").version}`);
    expect(Number.parseInt(inject("redis").version, 10)).toBeGreaterThanOrEqual(7);
  });
});
