import { RedisMessageBus } from "../../src/adapters/redis/message-bus.ts";
import { messageBusContract } from "../../src/testing/index.ts";
import { redisOptions } from "./redis-stores.ts";

messageBusContract(
  "redis",
  redisOptions((connection) => new RedisMessageBus(connection)),
);
