import { CURSOR_START, compareCursors, splitCursor } from "../../domain/stream/cursor.ts";
import type { RawLogRetention } from "../../ports/raw-log.ts";
import { check, expectDefined } from "../check.ts";
import {
  cursorAt,
  fill,
  LONG_MS,
  lastCursor,
  NO_CURSORS,
  never,
  PRODUCER,
  type RawLogTests,
  ROOMY,
  readAll,
  seqsOf,
} from "./entries.ts";
import { sampleDrafts, sampleFrame, sampleFrames } from "./samples.ts";

/** What a trim removes, and what readers are told of it. */
export function trimTests({ test, shortMs }: RawLogTests): void {
  const soft = (softMaxEntries: number): RawLogRetention => ({ ...ROOMY, softMaxEntries });
  test(
    "removes nothing while the log holds no more than the soft bound",
    async ({ subject }) => {
      const entries = await fill(subject, 4);
      check.equal("report", await subject.trim(lastCursor(entries)), { removed: 0, unread: undefined });
      check.equal("entries", await readAll(subject), entries);
    },
    soft(4),
  );
  test(
    "removes what every reader has read down to the soft bound, the oldest first",
    async ({ subject }) => {
      const entries = await fill(subject, 10);
      check.equal("report", await subject.trim(lastCursor(entries)), { removed: 6, unread: undefined });
      check.equal("count", await subject.countAfter(CURSOR_START), 4);
      const rest = await subject.read(cursorAt(entries, 5), 100, 0, never());
      check.equal("rest", rest, { entries: entries.slice(6), trimmed: undefined });
    },
    soft(4),
  );
  test(
    "removes nothing that the slowest reader has not read while the log is small in bytes",
    async ({ subject }) => {
      const entries = await fill(subject, 10);
      check.equal("report", await subject.trim(cursorAt(entries, 2)), { removed: 3, unread: undefined });
      check.equal("reader goes on", await subject.read(cursorAt(entries, 2), 100, 0, never()), {
        entries: entries.slice(3),
        trimmed: undefined,
      });
      check.equal("again", await subject.trim(cursorAt(entries, 2)), { removed: 0, unread: undefined });
      check.equal("reader at the start", await subject.trim(CURSOR_START), { removed: 0, unread: undefined });
    },
    soft(0),
  );
  test(
    "removes what every reader has read once it is too old, however little there is",
    async ({ subject, elapse }) => {
      const old = await fill(subject, 4);
      await elapse(shortMs + 1);
      await subject.append(PRODUCER, 5, sampleFrames(5, 2));
      check.equal("half read", await subject.trim(cursorAt(old, 1)), { removed: 2, unread: undefined });
      const entries = await readAll(subject);
      check.equal("read", await subject.trim(lastCursor(entries)), { removed: 2, unread: undefined });
      check.equal("rest", seqsOf(await readAll(subject)), [5, 6]);
    },
    { ...ROOMY, maxAgeMs: shortMs },
  );
  const frameBytes = sampleFrame(1).payload.length;
  const hard = (frames: number): RawLogRetention => ({ ...ROOMY, hardMaxBytes: frames * frameBytes });
  test(
    "removes unread entries only beyond the hard bound, and tells which",
    async ({ subject }) => {
      const entries = await fill(subject, 8);
      check.equal("report", await subject.trim(cursorAt(entries, 1)), {
        removed: 5,
        unread: { from: cursorAt(entries, 2), to: cursorAt(entries, 4) },
      });
      check.equal("count", await subject.countAfter(CURSOR_START), 3);
    },
    hard(3),
  );
  test(
    "removes nothing at the hard bound itself, and read entries without a loss to report",
    async ({ subject }) => {
      const entries = await fill(subject, 3);
      check.equal("at the bound", await subject.trim(CURSOR_START), { removed: 0, unread: undefined });
      await subject.append(PRODUCER, 4, sampleFrames(4, 1));
      check.equal("one beyond", await subject.trim(cursorAt(entries, 0)), { removed: 1, unread: undefined });
    },
    hard(3),
  );
  test(
    "counts no bytes for control entries",
    async ({ subject }) => {
      const controls = sampleDrafts(1).filter((draft) => draft.kind !== "frame");
      await subject.append(PRODUCER, 1, controls);
      await subject.append(PRODUCER, 100, [sampleFrame(1)]);
      check.equal("report", await subject.trim(CURSOR_START), { removed: 0, unread: undefined });
    },
    hard(1),
  );
  test(
    "tells a reader exactly what was removed behind its cursor",
    async ({ subject }) => {
      const entries = await fill(subject, 8);
      await subject.trim(CURSOR_START);
      const to = cursorAt(entries, 4);
      const rest = entries.slice(5);
      check.equal("from the start", await subject.read(CURSOR_START, 100, 0, never()), {
        entries: rest,
        trimmed: { from: cursorAt(entries, 0), to },
      });
      const { ms, n } = splitCursor(cursorAt(entries, 3));
      check.equal("one removed", await subject.read(cursorAt(entries, 3), 1, 0, never()), {
        entries: rest.slice(0, 1),
        trimmed: { from: `${ms}-${n + 1}`, to },
      });
      check.equal("none removed", await subject.read(to, 100, 0, never()), { entries: rest, trimmed: undefined });
    },
    hard(3),
  );
  test(
    "tells of all trims that a reader slept through as of one",
    async ({ subject }) => {
      const entries = await fill(subject, 4);
      await subject.trim(CURSOR_START);
      await subject.append(PRODUCER, 5, sampleFrames(5, 3));
      await subject.trim(CURSOR_START);
      const answer = await subject.read(CURSOR_START, 100, 0, never());
      check.equal("entries", seqsOf(answer.entries), [7]);
      const trimmed = expectDefined("trimmed", answer.trimmed);
      check.equal("from", trimmed.from, cursorAt(entries, 0));
      check.isTrue(
        "the last removed stands right before the rest",
        compareCursors(trimmed.to, lastCursor(answer.entries)) < 0,
      );
      check.equal("reader behind it", (await subject.read(trimmed.to, 100, 0, never())).trimmed, undefined);
    },
    hard(1),
  );
  test(
    "answers a waiting read at once where everything behind its cursor was removed",
    async ({ subject }) => {
      const entries = await fill(subject, 3);
      check.equal("report", await subject.trim(lastCursor(entries)), { removed: 3, unread: undefined });
      check.equal("answer", await subject.read(CURSOR_START, 1, LONG_MS, never()), {
        entries: [],
        trimmed: { from: cursorAt(entries, 0), to: cursorAt(entries, 2) },
      });
    },
    soft(0),
  );
  test(
    "gives cursors behind all earlier ones after everything was removed, and remembers sequences",
    async ({ subject }) => {
      const entries = await fill(subject, 3);
      await subject.trim(lastCursor(entries));
      check.equal("repeat", await subject.append(PRODUCER, 1, sampleFrames(1, 3)), { storedSeq: 3 });
      await subject.append(PRODUCER, 4, sampleFrames(4, 1));
      const after = await subject.read(lastCursor(entries), 10, 0, never());
      check.equal("entries", seqsOf(after.entries), [4]);
      check.equal("trimmed", after.trimmed, undefined);
    },
    soft(0),
  );
  test(
    "rejects what is no cursor",
    async ({ subject }) => {
      for (const slowest of NO_CURSORS) {
        await check.rejects(`trim "${slowest}"`, subject.trim(slowest), "TypeError");
      }
    },
    ROOMY,
  );
}
