import { RedisChainStore } from "../../src/adapters/redis/chain-store.ts";
import { RedisMessageBus } from "../../src/adapters/redis/message-bus.ts";
import { chainStoreContract } from "../../src/testing/index.ts";
import { redisOptions } from "./redis-stores.ts";

chainStoreContract(
  "redis",
  redisOptions((connection) => ({
    store: new RedisChainStore(connection),
    bus: new RedisMessageBus(connection),
  })),
);
