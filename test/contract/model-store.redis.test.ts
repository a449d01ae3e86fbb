import { RedisMessageBus } from "../../src/adapters/redis/message-bus.ts";
import { RedisModelStore } from "../../src/adapters/redis/model-store.ts";
import { modelStoreContract } from "../../src/testing/index.ts";
import { redisOptions } from "./redis-stores.ts";

modelStoreContract(
  "redis",
  redisOptions((connection) => ({
    store: new RedisModelStore(connection),
    bus: new RedisMessageBus(connection),
  })),
);
