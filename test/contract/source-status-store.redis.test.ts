import { RedisSourceStatusStore } from "../../src/adapters/redis/source-status-store.ts";
import { sourceStatusStoreContract } from "../../src/testing/index.ts";
import { redisOptions } from "./redis-stores.ts";

sourceStatusStoreContract(
  "redis",
  redisOptions((connection) => new RedisSourceStatusStore(connection)),
);
