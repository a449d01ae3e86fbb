import { describe, expect, it } from "vitest";
import type { RawEntry } from "../../src/domain/stream/raw-entry.ts";
import { BatchSize } from "../../src/workers/hydrator/step.ts";
import { EntryWriter, SAMPLE_MS } from "../support/entries.ts";

/** Entries of frames of so many characters. */
function framesOf(...lengths: readonly number[]): readonly RawEntry[] {
  const writer = new EntryWriter();
  for (const length of lengths) writer.frame(SAMPLE_MS, "x".repeat(length));
  return writer.entries;
}

/** How many of these entries go into one batch, each of which adds so many records. */
function taken(entries: readonly RawEntry[], maxEntries: number, recordsEach = 0): number {
  const size = new BatchSize(maxEntries);
  let count = 0;
  for (const entry of entries) {
    if (!size.takes(entry, count * recordsEach)) return count;
    count += 1;
  }
  return count;
}

const SMALL = framesOf(...Array.from({ length: 1_000 }, () => 10));

describe("BatchSize", () => {
  it("takes the first entry, whatever there is of it", () => {
    expect(taken(framesOf(10_000_000, 1), 128)).toBe(1);
    expect(new BatchSize(1).takes(SMALL[0] as RawEntry, 1_000_000)).toBe(true);
    expect(taken(SMALL, 1, 1_000_000)).toBe(1);
  });

  it("takes no more entries than it may, frames or not", () => {
    expect([1, 2, 128].map((maxEntries) => taken(SMALL, maxEntries))).toEqual([1, 2, 128]);
    const writer = new EntryWriter();
    for (let count = 0; count < 9; count++) writer.heartbeat(SAMPLE_MS);
    expect(taken(writer.entries, 7)).toBe(7);
  });

  it("ends with the entry that fills it up with records", () => {
    expect([255, 256, 257, 1].map((each) => taken(SMALL, 1_000, each))).toEqual([2, 1, 1, 256]);
  });

  it("ends before the frame that would make it too long", () => {
    expect(taken(framesOf(262_144, 1), 128)).toBe(1);
    expect(taken(framesOf(131_072, 131_072, 1), 128)).toBe(2);
    expect(taken(framesOf(1, 262_144), 128)).toBe(1);
  });

  it("refuses nothing of the next batch that it refused here", () => {
    const entries = framesOf(200_000, 200_000, 5, 400_000, 5, 5);
    const batches: number[] = [];
    for (let first = 0; first < entries.length; first += batches.at(-1) ?? 0)
      batches.push(taken(entries.slice(first), 2));
    expect(batches).toEqual([1, 2, 1, 2]);
  });
});
