import { RedisEpochStore } from "../../src/adapters/redis/epoch-store.ts";
import { RedisMessageBus } from "../../src/adapters/redis/message-bus.ts";
import { RedisSubstrateStore } from "../../src/adapters/redis/substrate-store.ts";
import { substrateStoreContract } from "../../src/testing/index.ts";
import { redisOptions } from "./redis-stores.ts";

substrateStoreContract(
  "redis",
  redisOptions((connection) => ({
    epochs: new RedisEpochStore(connection),
    substrate: new RedisSubstrateStore(connection),
    bus: new RedisMessageBus(connection),
  })),
);
