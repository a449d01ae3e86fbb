import { MemoryHydrationStore } from "../../src/adapters/memory/index.ts";
import { hydrationStoreContract } from "../../src/testing/index.ts";
import { memoryOptions } from "./memory-stores.ts";

hydrationStoreContract(
  "memory",
  memoryOptions((database) => new MemoryHydrationStore(database)),
);
