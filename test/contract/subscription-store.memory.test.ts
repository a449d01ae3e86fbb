import { MemoryMessageBus, MemorySubscriptionStore } from "../../src/adapters/memory/index.ts";
import { subscriptionStoreContract } from "../../src/testing/index.ts";
import { memoryOptions } from "./memory-stores.ts";

subscriptionStoreContract(
  "memory",
  memoryOptions((database) => ({
    store: new MemorySubscriptionStore(database),
    bus: new MemoryMessageBus(database),
  })),
);
