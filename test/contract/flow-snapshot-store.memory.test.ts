import { MemoryFlowSnapshotStore, MemoryMessageBus } from "../../src/adapters/memory/index.ts";
import { flowSnapshotStoreContract } from "../../src/testing/index.ts";
import { memoryOptions } from "./memory-stores.ts";

flowSnapshotStoreContract(
  "memory",
  memoryOptions((database) => ({ store: new MemoryFlowSnapshotStore(database), bus: new MemoryMessageBus(database) })),
);
