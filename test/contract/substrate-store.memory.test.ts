import { MemoryEpochStore, MemoryMessageBus, MemorySubstrateStore } from "../../src/adapters/memory/index.ts";
import { substrateStoreContract } from "../../src/testing/index.ts";
import { memoryOptions } from "./memory-stores.ts";

substrateStoreContract(
  "memory",
  memoryOptions((database) => ({
    epochs: new MemoryEpochStore(database),
    substrate: new MemorySubstrateStore(database),
    bus: new MemoryMessageBus(database),
  })),
);
