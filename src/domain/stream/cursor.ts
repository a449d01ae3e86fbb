/**
 * A place in the raw log: `{ms}-{n}`, the id of an entry, ordered by `ms`, then `n`. `ms` is when the log stored the
 * entry, by the log's own clock; `n` counts the entries that the log ever stored, from 1. The form is that of a Redis
 * stream id.
 */
export type Cursor = string;

/** Before every entry. */
export const CURSOR_START: Cursor = "0-0";

/** Both ends included. */
export interface CursorRange {
  readonly from: Cursor;
  readonly to: Cursor;
}

// Every place has one text: stores compare cursors as texts too.
const CURSOR = /^(?:0|[1-9]\d*)-(?:0|[1-9]\d*)$/;

/**
 * The two numbers of a cursor.
 *
 * @throws {TypeError} unless the text is `{ms}-{n}` with two safe integers, without leading zeros.
 */
export function splitCursor(cursor: Cursor): { readonly ms: number; readonly n: number } {
  const dash = cursor.indexOf("-");
  const ms = Number(cursor.slice(0, dash));
  const n = Number(cursor.slice(dash + 1));
  if (!CURSOR.test(cursor) || !Number.isSafeInteger(ms) || !Number.isSafeInteger(n)) {
    throw new TypeError(`Cannot read a cursor: the text must be '{ms}-{n}', current value is "${cursor}"`);
  }
  return { ms, n };
}

/** Negative when `a` stands before `b`, 0 when they are the same place, positive when behind. */
export function compareCursors(a: Cursor, b: Cursor): number {
  if (a === b) return 0;
  const left = splitCursor(a);
  const right = splitCursor(b);
  return left.ms - right.ms || left.n - right.n;
}

/** The earliest place of a set; `undefined` for an empty one. */
export function earliestCursor(cursors: Iterable<Cursor>): Cursor | undefined {
  let earliest: Cursor | undefined;
  for (const cursor of cursors) if (earliest === undefined || compareCursors(cursor, earliest) < 0) earliest = cursor;
  return earliest;
}
