import { RedisRawLog } from "../../src/adapters/redis/raw-log.ts";
import type { RawLogRetention } from "../../src/ports/raw-log.ts";
import { rawLogContract } from "../../src/testing/index.ts";
import { redisOptions } from "./redis-stores.ts";

rawLogContract(
  "redis",
  redisOptions((connection, retention: RawLogRetention) => new RedisRawLog(connection, retention)),
);
