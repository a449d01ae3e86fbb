import { describe, expect, it } from "vitest";
import { ManualClock, openMemory } from "../../src/adapters/memory/index.ts";
import { CURSOR_START, type Cursor } from "../../src/domain/stream/cursor.ts";
import type { RawDraft } from "../../src/domain/stream/raw-entry.ts";
import type { RawLog } from "../../src/ports/raw-log.ts";
import { ReadAhead } from "../../src/workers/hydrator/read-ahead.ts";

const PART = 3;

function drafts(firstSeq: number, count: number): readonly RawDraft[] {
  return Array.from({ length: count }, (_, index) => {
    const position = { class: "options", shard: 0, epoch: 1, seq: firstSeq + index } as const;
    return { kind: "frame", position, receivedAtMs: 1_766_437_799_445, payload: "[]" };
  });
}

/** A log of memory, and what was asked of it. */
async function logOf(entries: number, hardMaxBytes = 1_000_000) {
  const { log } = openMemory({
    clock: new ManualClock(1_766_437_799_445),
    retention: { softMaxEntries: 0, hardMaxBytes },
  });
  await log.append("test", 1, drafts(1, entries));
  const asked: { readonly after: Cursor; readonly blockMs: number }[] = [];
  /** Which reads fail, counted from 1. */
  const failing = new Set<number>();
  const watched: Pick<RawLog, "read"> = {
    read(after, limit, blockMs, signal) {
      asked.push({ after, blockMs });
      if (failing.has(asked.length)) return Promise.reject(new Error("gone"));
      return log.read(after, limit, blockMs, signal);
    },
  };
  return { log, watched, asked, failing };
}

const seqs = ({ entries }: Awaited<ReturnType<RawLog["read"]>>): readonly number[] =>
  entries.map(({ draft }) => draft.position.seq);
const endOf = ({ entries }: Awaited<ReturnType<RawLog["read"]>>): Cursor => entries.at(-1)?.cursor ?? CURSOR_START;

describe("ReadAhead", () => {
  it("gives every part once and in order, the next one begun with the one before", async () => {
    const { watched, asked } = await logOf(8);
    const reader = new ReadAhead(watched, PART, new AbortController().signal);
    const first = await reader.read(CURSOR_START, 0);
    expect(asked.map(({ after }) => after)).toEqual([CURSOR_START, endOf(first)]);
    const second = await reader.read(endOf(first), 0);
    const third = await reader.read(endOf(second), 0);
    expect([first, second, third].map(seqs)).toEqual([
      [1, 2, 3],
      [4, 5, 6],
      [7, 8],
    ]);
    expect(asked).toHaveLength(3); // behind a part that is not full nothing is to be expected
  });

  it("waits at the end of the log, although it looked there before", async () => {
    const { log, watched, asked } = await logOf(PART);
    const reader = new ReadAhead(watched, PART, new AbortController().signal);
    const first = await reader.read(CURSOR_START, 1_000);
    const reading = reader.read(endOf(first), 1_000);
    await log.append("test", 4, drafts(4, 1));
    expect(seqs(await reading)).toEqual([4]);
    expect(asked.map(({ blockMs }) => blockMs)).toEqual([1_000, 0, 1_000]);
  });

  it("has what is trimmed after it was read ahead, and tells of what was trimmed behind it", async () => {
    const { log, watched } = await logOf(9, 6);
    const reader = new ReadAhead(watched, PART, new AbortController().signal);
    const first = await reader.read(CURSOR_START, 0);
    const report = await log.trim(CURSOR_START);
    expect(report.removed).toBe(6);
    const second = await reader.read(endOf(first), 0);
    expect(seqs(second)).toEqual([4, 5, 6]);
    expect(second.trimmed).toBeUndefined();
    const third = await reader.read(endOf(second), 0);
    expect(seqs(third)).toEqual([7, 8, 9]);
    expect(third.trimmed).toBeUndefined();
  });

  it("tells of what was trimmed before it was read ahead", async () => {
    const { log, watched } = await logOf(9, 6);
    const whole = await log.read(CURSOR_START, 9, 0, new AbortController().signal);
    const reader = new ReadAhead(watched, PART, new AbortController().signal);
    await log.trim(CURSOR_START);
    const first = await reader.read(CURSOR_START, 0);
    expect(first.trimmed).toEqual({ from: whole.entries[0]?.cursor, to: whole.entries[5]?.cursor });
    expect(seqs(first)).toEqual([7, 8, 9]);
  });

  it("asks again where reading ahead failed", async () => {
    const { watched, asked, failing } = await logOf(8);
    const reader = new ReadAhead(watched, PART, new AbortController().signal);
    failing.add(2);
    const first = await reader.read(CURSOR_START, 0);
    const second = await reader.read(endOf(first), 0);
    expect(seqs(second)).toEqual([4, 5, 6]);
    expect(asked.slice(1, 3).map(({ after }) => after)).toEqual([endOf(first), endOf(first)]);
  });

  it("is behind after four full parts in a row, until one is not full", async () => {
    const { watched } = await logOf(4 * PART + 1);
    const reader = new ReadAhead(watched, PART, new AbortController().signal);
    const behind: boolean[] = [];
    let cursor: Cursor = CURSOR_START;
    for (let part = 0; part < 5; part++) {
      cursor = endOf(await reader.read(cursor, 0));
      behind.push(reader.isBehind);
    }
    expect(behind).toEqual([false, false, false, true, false]);
  });

  it("is not behind though every part is full, where the end of the log was found behind each", async () => {
    const { log, watched } = await logOf(PART);
    const reader = new ReadAhead(watched, PART, new AbortController().signal);
    let cursor: Cursor = CURSOR_START;
    for (let part = 1; part <= 6; part++) {
      cursor = endOf(await reader.read(cursor, 0));
      expect(reader.isBehind).toBe(false);
      await log.append("test", 1 + PART * part, drafts(1 + PART * part, PART));
    }
  });

  it("gives what stands behind the cursor that is asked for, whatever is ahead", async () => {
    const { watched } = await logOf(8);
    const reader = new ReadAhead(watched, PART, new AbortController().signal);
    const first = await reader.read(CURSOR_START, 0);
    expect(seqs(await reader.read(first.entries[0]?.cursor ?? CURSOR_START, 0))).toEqual([2, 3, 4]);
  });

  it("answers with nothing after an abort, once what is ahead is used up", async () => {
    const { watched } = await logOf(8);
    const stop = new AbortController();
    const reader = new ReadAhead(watched, PART, stop.signal);
    const first = await reader.read(CURSOR_START, 0);
    stop.abort();
    const second = await reader.read(endOf(first), 1_000);
    expect(seqs(await reader.read(second.entries.at(-1)?.cursor ?? endOf(first), 1_000))).toEqual([]);
  });
});
