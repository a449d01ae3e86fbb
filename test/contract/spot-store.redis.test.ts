import { RedisMessageBus } from "../../src/adapters/redis/message-bus.ts";
import { RedisSpotStore } from "../../src/adapters/redis/spot-store.ts";
import { spotStoreContract } from "../../src/testing/index.ts";
import { redisOptions } from "./redis-stores.ts";

spotStoreContract(
  "redis",
  redisOptions((connection) => ({
    store: new RedisSpotStore(connection),
    bus: new RedisMessageBus(connection),
  })),
);
