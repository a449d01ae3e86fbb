import { RedisHeartbeatStore } from "../../src/adapters/redis/heartbeat-store.ts";
import { RedisMessageBus } from "../../src/adapters/redis/message-bus.ts";
import { heartbeatStoreContract } from "../../src/testing/index.ts";
import { redisOptions } from "./redis-stores.ts";

heartbeatStoreContract(
  "redis",
  redisOptions((connection) => ({
    store: new RedisHeartbeatStore(connection),
    bus: new RedisMessageBus(connection),
  })),
);
