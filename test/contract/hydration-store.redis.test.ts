import { RedisHydrationStore } from "../../src/adapters/redis/hydration-store.ts";
import { hydrationStoreContract } from "../../src/testing/index.ts";
import { redisOptions } from "./redis-stores.ts";

hydrationStoreContract(
  "redis",
  redisOptions((connection) => new RedisHydrationStore(connection)),
);
