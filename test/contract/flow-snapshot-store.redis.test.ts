import { RedisFlowSnapshotStore } from "../../src/adapters/redis/flow-snapshot-store.ts";
import { RedisMessageBus } from "../../src/adapters/redis/message-bus.ts";
import { flowSnapshotStoreContract } from "../../src/testing/index.ts";
import { redisOptions } from "./redis-stores.ts";

flowSnapshotStoreContract(
  "redis",
  redisOptions((connection) => ({
    store: new RedisFlowSnapshotStore(connection),
    bus: new RedisMessageBus(connection),
  })),
);
