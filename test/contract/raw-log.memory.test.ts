import { MemoryRawLog } from "../../src/adapters/memory/index.ts";
import type { RawLogRetention } from "../../src/ports/raw-log.ts";
import { rawLogContract } from "../../src/testing/index.ts";
import { memoryOptions } from "./memory-stores.ts";

rawLogContract(
  "memory",
  memoryOptions((database, retention: RawLogRetention) => new MemoryRawLog(database, retention)),
);
