import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openRedis, type RedisPorts } from "../../../src/adapters/redis/open-redis.ts";
import { SYSTEM_CLOCK } from "../../../src/adapters/system/index.ts";
import {
  sampleCompletion,
  sampleEpoch,
  sampleHeartbeat,
  sampleModel,
  sampleSpotFetch,
  sampleSpotValue,
} from "../../../src/testing/index.ts";
import { dumpKeys } from "../../support/redis/key-dump.ts";
import { type OwnRedis, startOwnRedis } from "../../support/redis/test-redis.ts";

const allow = (...rules: string[]) => admin.call("ACL", "SETUSER", "app", ...rules);

let redis: OwnRedis;
let admin: Redis;
let ports: RedisPorts;
beforeAll(async () => {
  redis = await startOwnRedis();
  admin = new Redis(redis.url);
  await allow("on", ">pw", "~*", "&*", "+@all");
  ports = openRedis({ url: `redis://app:pw@${new URL(redis.url).host}`, clock: SYSTEM_CLOCK });
  await ports.connection.ready();
});
afterAll(async () => {
  await ports.close();
  admin.disconnect();
  await redis.stop();
});

const EPOCH = sampleEpoch(Date.now(), "a");

it.each<[what: string, operation: () => Promise<unknown>, answer: unknown]>([
  ["a spot fetch", () => ports.spot.put("p", 1, sampleSpotFetch([sampleSpotValue()])), { status: "stored", stale: 0 }],
  ["a chain fetch", () => ports.chain.complete("p", 1, sampleCompletion()), "stored"],
  ["a model", () => ports.models.put("gex", "SPX", sampleModel()), "stored"],
  ["a heartbeat", () => ports.heartbeats.beat(sampleHeartbeat()), undefined],
  [
    "a change of the wanted topics",
    () => ports.subscriptions.change({ added: ["T.*"], removed: [] }),
    { added: ["T.*"], removed: [] },
  ],
  ["a promotion", () => ports.epochs.promote(null, EPOCH.id), "promoted"],
])("%s that may no longer be announced changes nothing, and may be repeated", async (_, operation, answer) => {
  await ports.epochs.stage(EPOCH);
  const before = await dumpKeys(admin);
  await allow("resetchannels");
  await expect(operation()).rejects.toMatchObject({ name: "StorageError", code: "STRIKEWIRE_STORAGE" });
  expect(await dumpKeys(admin)).toEqual(before);
  await allow("&*");
  expect(await operation()).toEqual(answer);
  expect(await dumpKeys(admin)).not.toEqual(before);
});
