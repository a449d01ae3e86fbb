import { MemoryHeartbeatStore, MemoryMessageBus } from "../../src/adapters/memory/index.ts";
import { heartbeatStoreContract } from "../../src/testing/index.ts";
import { memoryOptions } from "./memory-stores.ts";

heartbeatStoreContract(
  "memory",
  memoryOptions((database) => ({ store: new MemoryHeartbeatStore(database), bus: new MemoryMessageBus(database) })),
);
