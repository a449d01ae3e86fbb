import { MemoryChainStore, MemoryMessageBus } from "../../src/adapters/memory/index.ts";
import { chainStoreContract } from "../../src/testing/index.ts";
import { memoryOptions } from "./memory-stores.ts";

chainStoreContract(
  "memory",
  memoryOptions((database) => ({ store: new MemoryChainStore(database), bus: new MemoryMessageBus(database) })),
);
