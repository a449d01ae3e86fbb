import { CURSOR_START, type Cursor } from "../../domain/stream/cursor.ts";
import type { RawEntry } from "../../domain/stream/raw-entry.ts";
import type { RawLog, RawLogRetention } from "../../ports/raw-log.ts";
import { expectDefined } from "../check.ts";
import type { ContractTests } from "../runner.ts";
import { sampleFrames } from "./samples.ts";

/** What the tests of the raw log share. */
export type RawLogTests = ContractTests<RawLog, [RawLogRetention]>;

/** Keeps everything that a test appends. */
export const ROOMY: RawLogRetention = { softMaxEntries: 1_000_000, hardMaxBytes: 1_000_000_000 };

export const PRODUCER = "options/0";

/** Longer than any test waits. */
export const LONG_MS = 600_000;

/** The answer of a read that found nothing. */
export const NOTHING: Awaited<ReturnType<RawLog["read"]>> = { entries: [], trimmed: undefined };

/** Texts that look more or less like cursors. Whatever reads them as numbers takes some for the place `10-1`. */
export const NO_CURSORS: readonly string[] = ["", "5", "-1", "1-", "a-b", "1e1-1", "10.0-1", " 10-1", "010-1", "10-01"];

/** A signal that does not abort. */
export function never(): AbortSignal {
  return new AbortController().signal;
}

/** Appends frames 1 to `count` and reads them. */
export async function fill(log: RawLog, count: number): Promise<readonly RawEntry[]> {
  await log.append(PRODUCER, 1, sampleFrames(1, count));
  return readAll(log);
}

/** Everything that the log holds. */
export async function readAll(log: RawLog): Promise<readonly RawEntry[]> {
  const { entries } = await log.read(CURSOR_START, 10_000, 0, never());
  return entries;
}

/** The sequences in the entries' positions. */
export function seqsOf(entries: readonly RawEntry[]): readonly number[] {
  return entries.map((entry) => entry.draft.position.seq);
}

/** The cursor of the entry at `index`. */
export function cursorAt(entries: readonly RawEntry[], index: number): Cursor {
  return expectDefined(`entry ${index}`, entries[index]).cursor;
}

/** The cursor of the last entry. */
export function lastCursor(entries: readonly RawEntry[]): Cursor {
  return cursorAt(entries, entries.length - 1);
}
