import { MemoryMessageBus } from "../../src/adapters/memory/index.ts";
import { messageBusContract } from "../../src/testing/index.ts";
import { memoryOptions } from "./memory-stores.ts";

messageBusContract(
  "memory",
  memoryOptions((database) => new MemoryMessageBus(database)),
);
