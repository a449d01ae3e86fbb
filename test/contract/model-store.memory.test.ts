import { MemoryMessageBus, MemoryModelStore } from "../../src/adapters/memory/index.ts";
import { modelStoreContract } from "../../src/testing/index.ts";
import { memoryOptions } from "./memory-stores.ts";

modelStoreContract(
  "memory",
  memoryOptions((database) => ({ store: new MemoryModelStore(database), bus: new MemoryMessageBus(database) })),
);
