import { MemorySourceStatusStore } from "../../src/adapters/memory/index.ts";
import { sourceStatusStoreContract } from "../../src/testing/index.ts";
import { memoryOptions } from "./memory-stores.ts";

sourceStatusStoreContract(
  "memory",
  memoryOptions((database) => new MemorySourceStatusStore(database)),
);
