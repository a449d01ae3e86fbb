import { MemoryEpochStore, MemoryMessageBus, MemorySubstrateStore } from "../../src/adapters/memory/index.ts";
import { epochStoreContract } from "../../src/testing/index.ts";
import { memoryOptions } from "./memory-stores.ts";

epochStoreContract(
  "memory",
  memoryOptions((database) => ({
    epochs: new MemoryEpochStore(database),
    substrate: new MemorySubstrateStore(database),
    bus: new MemoryMessageBus(database),
  })),
);
