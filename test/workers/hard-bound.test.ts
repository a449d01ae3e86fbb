import { describe, expect, it } from "vitest";
import { ManualClock, MemoryDatabase, MemoryLogger, MemoryRawLog } from "../../src/adapters/memory/index.ts";
import { StorageError } from "../../src/domain/errors.ts";
import { CURSOR_START } from "../../src/domain/stream/cursor.ts";
import { sampleFrame } from "../../src/testing/raw-log/samples.ts";
import { HardBound } from "../../src/workers/hard-bound.ts";
import { FaultyLog } from "../support/faulty-log.ts";

const FRAME = "x".repeat(1_048_576);
const BOUND = 3 * FRAME.length;

/** A log that nobody reads, and what keeps it within its bound. */
function unread() {
  const memory = new MemoryRawLog(new MemoryDatabase({ clock: new ManualClock() }), {
    softMaxEntries: 0,
    hardMaxBytes: BOUND,
  });
  const log = new FaultyLog(memory);
  const logger = new MemoryLogger();
  const bound = new HardBound(log, logger);
  let seq = 0;
  return {
    log,
    logger,
    async append(frames: number): Promise<void> {
      for (let count = 0; count < frames; count++) {
        seq += 1;
        await memory.append("p", seq, [sampleFrame(seq, { payload: FRAME })]);
        await bound.account(FRAME.length);
      }
    },
    count: () => memory.countAfter(CURSOR_START),
  };
}

describe("the hard bound of a log that nobody reads", () => {
  it("holds within the four million characters between two looks", async () => {
    const { append, count, logger } = unread();
    await append(3);
    expect(await count()).toBe(3);
    await append(1);
    expect(await count()).toBe(3);
    for (let round = 0; round < 10; round++) {
      await append(1);
      expect(await count()).toBeLessThanOrEqual(7);
    }
    await append(2);
    expect(await count()).toBe(3);
    expect(logger.entries.filter(({ level }) => level === "warn").length).toBe(4);
  });

  it("is looked at again with the next append where the store was away", async () => {
    const { append, count, log } = unread();
    log.mood = "unavailable";
    await append(6);
    expect(await count()).toBe(6);
    log.mood = "well";
    await append(1);
    expect(await count()).toBe(3);
  });

  it("passes on an error that repeating does not mend", async () => {
    const { append, log } = unread();
    await append(3);
    log.mood = "refusing";
    await expect(append(1)).rejects.toBeInstanceOf(StorageError);
  });
});
