import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { SCRIPTED_COMMANDS } from "../../../src/adapters/redis/access-check.ts";
import { checkServer } from "../../../src/adapters/redis/server-check.ts";
import { type OwnRedis, startOwnRedis } from "../../support/redis/test-redis.ts";

let redis: OwnRedis;
let admin: Redis;
beforeAll(async () => {
  redis = await startOwnRedis();
  admin = new Redis(redis.url);
});
afterAll(async () => {
  admin.disconnect();
  await redis.stop();
});
afterEach(async () => {
  await admin.config("SET", "maxmemory", "0");
});

/** Connects as a user with these rights, and looks the server over. */
async function check(rules: readonly string[], keyPrefix = ""): Promise<void> {
  await admin.call("ACL", "SETUSER", "app", "reset", "on", ">pw", ...rules);
  const { host } = new URL(redis.url);
  const client = new Redis(`redis://app:pw@${host}`, { retryStrategy: () => null, disableClientInfo: true });
  try {
    await checkServer(client, "here", keyPrefix);
  } finally {
    client.disconnect();
  }
}

const COMMANDS = ["~*", "&*", "+@all"];

describe("a user", () => {
  it.each([
    ["everything", COMMANDS],
    ["nothing that is dangerous but a look at the server", [...COMMANDS, "-@dangerous", "+info"]],
    ["our keys and channels alone", ["~massive:*", "~epoch:*", "&massive:*", "&epoch:*", "+@all"]],
    ["the keys and channels of one store", ["~massive:spot*", "&massive:spot", "+@all"]],
    ["no scripts at all, since what it tries fails as a whole", [...COMMANDS, "-eval", "-xtrim"]],
  ])("may use a server that allows it %s", async (_, rules) => {
    await check(rules);
  });

  it("may use a server without room", async () => {
    await admin.config("SET", "maxmemory", "1");
    await check(COMMANDS);
  });

  it("must be allowed every command that scripts run, and is told which it is not", async () => {
    expect(SCRIPTED_COMMANDS).toContain("XTRIM");
    for (const name of SCRIPTED_COMMANDS) {
      const refused = check([...COMMANDS, `-${name.toLowerCase()}`]);
      await expect(refused, name).rejects.toMatchObject({ name: "StorageError", code: "STRIKEWIRE_STORAGE" });
      await expect(refused, name).rejects.toThrow(`its user must be allowed ${name}`);
    }
    await expect(check([...COMMANDS, "-xtrim", "-xgroup|setid"])).rejects.toThrow("allowed XGROUP SETID, XTRIM, it is");
  });

  it("must be allowed to publish on a channel of ours, behind the prefix", async () => {
    const keys = ["~app:*", "+@all"];
    await check([...keys, "&app:*"], "app:");
    const says = 'must be allowed PUBLISH on a channel such as "app:massive:spot", it is not';
    await expect(check(keys, "app:")).rejects.toThrow(says);
    await expect(check([...keys, "&massive:*"], "app:")).rejects.toThrow(says);
  });

  it("must be allowed to write keys of ours, behind the prefix", async () => {
    await expect(check(["~other:*", "&*", "+@all"], "app:")).rejects.toThrow("must be allowed EXISTS, GET, ");
    await expect(check(["%R~app:*", "&*", "+@all"], "app:")).rejects.toThrow("must be allowed HDEL, ");
  });
});
