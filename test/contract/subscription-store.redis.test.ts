import { RedisMessageBus } from "../../src/adapters/redis/message-bus.ts";
import { RedisSubscriptionStore } from "../../src/adapters/redis/subscription-store.ts";
import { subscriptionStoreContract } from "../../src/testing/index.ts";
import { redisOptions } from "./redis-stores.ts";

subscriptionStoreContract(
  "redis",
  redisOptions((connection) => ({
    store: new RedisSubscriptionStore(connection),
    bus: new RedisMessageBus(connection),
  })),
);
