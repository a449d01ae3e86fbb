import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tablesOf } from "../../../src/adapters/memory/database.ts";
import { ManualClock, MemoryDatabase, MemoryRawLog } from "../../../src/adapters/memory/index.ts";
import { compareCursors } from "../../../src/domain/stream/cursor.ts";
import type { RawEntry } from "../../../src/domain/stream/raw-entry.ts";
import { sampleFrame, sampleFrames, sampleGap } from "../../../src/testing/index.ts";

const never = new AbortController().signal;

function open(startMs = 1_000) {
  const clock = new ManualClock(startMs);
  const database = new MemoryDatabase({ clock });
  return { clock, database, log: new MemoryRawLog(database) };
}

async function cursorsOf(log: MemoryRawLog): Promise<readonly string[]> {
  const { entries } = await log.read("0-0", 100, 0, never);
  return entries.map((entry) => entry.cursor);
}

describe("the cursors of a memory raw log", () => {
  it("are the whole milliseconds of the database's clock and the number of the entry", async () => {
    const { clock, log } = open(1_000);
    await clock.advance(0.9);
    await log.append("p", 1, sampleFrames(1, 2));
    await clock.advance(0.1);
    await log.append("p", 3, sampleFrames(3, 1));
    await log.append("p", 4, sampleFrames(4, 1));
    expect(await cursorsOf(log)).toEqual(["1000-1", "1000-2", "1001-3", "1001-4"]);
  });

  it("go on in the last millisecond when the clock steps back, until it has caught up", async () => {
    const { clock, log } = open(1_000);
    await log.append("p", 1, sampleFrames(1, 1));
    clock.stepWall(-500);
    await log.append("p", 2, sampleFrames(2, 2));
    await clock.advance(500);
    await log.append("p", 4, sampleFrames(4, 1));
    await clock.advance(1);
    await log.append("p", 5, sampleFrames(5, 1));
    expect(await cursorsOf(log)).toEqual(["1000-1", "1000-2", "1000-3", "1000-4", "1001-5"]);
  });

  it("never are the start, at time 0 either", async () => {
    const { log } = open(0);
    await log.append("p", 1, sampleFrames(1, 2));
    expect(await cursorsOf(log)).toEqual(["0-1", "0-2"]);
  });
});

describe("a memory raw log", () => {
  it("reads, counts and trims as a plain list does, over many chunks", async () => {
    const calls = fc.array(
      fc.record({
        appended: fc.integer({ min: 0, max: 900 }),
        waitMs: fc.integer({ min: 0, max: 1 }),
        readerAt: fc.double({ min: 0, max: 1, noNaN: true }),
        limit: fc.integer({ min: 1, max: 700 }),
      }),
      { minLength: 1, maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(calls, fc.integer({ min: 0, max: 1_500 }), async (steps, softMaxEntries) => {
        const clock = new ManualClock();
        const log = new MemoryRawLog(new MemoryDatabase({ clock }), { softMaxEntries, hardMaxBytes: 1e9 });
        let seq = 1;
        let all: readonly RawEntry[] = [];
        for (const { appended, waitMs, readerAt, limit } of steps) {
          await log.append("p", seq, sampleFrames(seq, appended));
          const { entries: news } = await log.read(all.at(-1)?.cursor ?? "0-0", 1_000, 0, never);
          expect(news.map((entry) => entry.draft.position.seq)).toEqual(
            Array.from({ length: appended }, (_, index) => seq + index),
          );
          seq += appended;
          all = [...all, ...news];
          const reader = all[Math.floor(readerAt * (all.length - 1))]?.cursor ?? "0-0";
          const behind = all.filter((entry) => compareCursors(entry.cursor, reader) > 0);
          expect((await log.read(reader, limit, 0, never)).entries).toEqual(behind.slice(0, limit));
          expect(await log.countAfter(reader)).toBe(behind.length);
          const removed = Math.max(0, Math.min(all.length - behind.length, all.length - softMaxEntries));
          expect(await log.trim(reader)).toEqual({ removed, unread: undefined });
          all = all.slice(removed);
          await clock.advance(waitMs);
        }
      }),
      { seed: 42, numRuns: 25 },
    );
  });

  it("leaves no sleeper and no listener behind when a read ends, however it ends", async () => {
    const { clock, database, log } = open();
    const stop = new AbortController();
    const other = new MemoryRawLog(database);
    const reads = [
      log.read("0-0", 1, 50, never),
      log.read("0-0", 1, 1e6, stop.signal),
      other.read("0-0", 1, 1e6, never).catch(() => {}),
      log.read("0-0", 1, Number.POSITIVE_INFINITY, never),
    ];
    await clock.advance(1);
    expect([clock.pendingSleepers, tablesOf(database).rawLog.waitingReaders]).toEqual([4, 4]);
    await clock.advance(49);
    expect([clock.pendingSleepers, tablesOf(database).rawLog.waitingReaders]).toEqual([3, 3]);
    stop.abort();
    await clock.advance(0);
    expect(clock.pendingSleepers).toBe(2);
    await other.close();
    await clock.advance(0);
    expect(clock.pendingSleepers).toBe(1);
    await log.append("p", 1, sampleFrames(1, 1));
    await Promise.all(reads);
    expect([clock.pendingSleepers, tablesOf(database).rawLog.waitingReaders]).toEqual([0, 0]);
  });

  it("waits to the millisecond", async () => {
    const { clock, log } = open();
    let answered = false;
    const reading = log.read("0-0", 1, 50, never).then(() => {
      answered = true;
    });
    await clock.advance(49);
    expect(answered).toBe(false);
    await clock.advance(1);
    await reading;
    expect(answered).toBe(true);
  });

  it("shares no array with its callers, and no gap", async () => {
    const { log } = open();
    const instruments = ["O:A"];
    const gap = { ...sampleGap(), instruments };
    const drafts = [sampleFrame(1), { kind: "gap" as const, position: sampleFrame(2).position, receivedAtMs: 1, gap }];
    await log.append("p", 1, drafts);
    drafts.length = 0;
    instruments.push("O:B");
    gap.connection = "changed";
    const first = await log.read("0-0", 10, 0, never);
    const { entries } = first;
    if (Array.isArray(entries)) entries.length = 0;
    const again = await log.read("0-0", 10, 0, never);
    expect(again.entries.map((entry) => entry.draft.kind)).toEqual(["frame", "gap"]);
    const [, stored] = again.entries;
    expect(stored?.draft.kind === "gap" && stored.draft.gap).toEqual({ ...sampleGap(), instruments: ["O:A"] });
    expect(() => {
      if (stored?.draft.kind === "gap" && Array.isArray(stored.draft.gap.instruments)) {
        stored.draft.gap.instruments.push("O:C");
      }
    }).toThrow(TypeError);
  });

  it("keeps a copy of its retention", async () => {
    const retention = { softMaxEntries: 0, hardMaxBytes: 1e9 };
    const log = new MemoryRawLog(new MemoryDatabase({ clock: new ManualClock() }), retention);
    retention.softMaxEntries = 1_000;
    await log.append("p", 1, sampleFrames(1, 1));
    expect((await log.trim("9000000000000-0")).removed).toBe(1);
  });

  it.each([
    ["softMaxEntries", -1],
    ["softMaxEntries", 1.5],
    ["hardMaxBytes", Number.NaN],
    ["hardMaxBytes", Number.POSITIVE_INFINITY],
  ])("refuses %s of %s", (name, value) => {
    const { database } = open();
    const retention = { softMaxEntries: 1, hardMaxBytes: 1, [name]: value };
    expect(() => new MemoryRawLog(database, retention)).toThrow(
      new RangeError(`Cannot open a raw log: '${name}' must be an integer of at least 0, current value is ${value}`),
    );
  });

  it("of one database has nothing to do with that of another", async () => {
    const one = open();
    const two = open();
    await one.log.append("p", 1, sampleFrames(1, 3));
    expect(await two.log.countAfter("0-0")).toBe(0);
    expect(await two.log.storedSeq("p")).toBe(0);
  });
});
