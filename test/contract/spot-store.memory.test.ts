import { MemoryMessageBus, MemorySpotStore } from "../../src/adapters/memory/index.ts";
import { spotStoreContract } from "../../src/testing/index.ts";
import { memoryOptions } from "./memory-stores.ts";

spotStoreContract(
  "memory",
  memoryOptions((database) => ({ store: new MemorySpotStore(database), bus: new MemoryMessageBus(database) })),
);
