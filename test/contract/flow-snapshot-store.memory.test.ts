import { MemoryFlowSnapshotStore } from "../../src/adapters/memory/index.ts";
import { flowSnapshotStoreContract } from "../../src/testing/index.ts";
import { memoryOptions } from "./memory-stores.ts";

flowSnapshotStoreContract(
  "memory",
  memoryOptions((database) => new MemoryFlowSnapshotStore(database)),
);
