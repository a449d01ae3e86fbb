import { CURSOR_START, type Cursor, compareCursors, splitCursor } from "../../domain/stream/cursor.ts";
import { check, expectDefined } from "../check.ts";
import { soon, started, staysPending } from "../runner.ts";
import {
  LONG_MS,
  lastCursor,
  NO_CURSORS,
  NOTHING,
  never,
  PRODUCER,
  type RawLogTests,
  ROOMY,
  readAll,
  seqsOf,
} from "./entries.ts";
import { sampleFrames } from "./samples.ts";

/** What a read answers. */
export function readTests({ test }: RawLogTests): void {
  test(
    "answers in the order of appending, with cursors that ascend",
    async ({ subject, elapse }) => {
      for (let seq = 1; seq <= 4; seq++) {
        await subject.append(PRODUCER, seq * 10, sampleFrames(seq * 10, 3));
        await elapse(seq % 2);
      }
      const entries = await readAll(subject);
      check.equal("entries", seqsOf(entries), [10, 11, 12, 20, 21, 22, 30, 31, 32, 40, 41, 42]);
      entries.reduce((before, { cursor }) => {
        check.isTrue(`${cursor} behind ${before}`, compareCursors(cursor, before) > 0);
        return cursor;
      }, CURSOR_START);
    },
    ROOMY,
  );
  test(
    "answers with at most `limit` entries, the oldest behind the cursor",
    async ({ subject }) => {
      await subject.append(PRODUCER, 1, sampleFrames(1, 5));
      const first = await subject.read(CURSOR_START, 2, 0, never());
      check.equal("first page", seqsOf(first.entries), [1, 2]);
      const second = await subject.read(lastCursor(first.entries), 2, 0, never());
      check.equal("second page", seqsOf(second.entries), [3, 4]);
      const third = await subject.read(lastCursor(second.entries), 2, 0, never());
      check.equal("third page", seqsOf(third.entries), [5]);
      check.equal("whole", seqsOf((await subject.read(CURSOR_START, 5, 0, never())).entries), [1, 2, 3, 4, 5]);
    },
    ROOMY,
  );
  test(
    "answers the same call with the same entries, as often as it is made",
    async ({ subject }) => {
      await subject.append(PRODUCER, 1, sampleFrames(1, 4));
      const [, second] = await readAll(subject);
      const after = expectDefined("second entry", second).cursor;
      const once = await subject.read(after, 10, 0, never());
      check.equal("entries", seqsOf(once.entries), [3, 4]);
      check.equal("again", await subject.read(after, 10, 0, never()), once);
    },
    ROOMY,
  );
  test(
    "answers at once with nothing where there is nothing and it may not wait",
    async ({ subject }) => {
      for (const blockMs of [0, -1]) {
        check.equal("empty log", await subject.read(CURSOR_START, 1, blockMs, never()), NOTHING);
      }
      await subject.append(PRODUCER, 1, sampleFrames(1, 1));
      const end = lastCursor(await readAll(subject));
      check.equal("at the end", await subject.read(end, 1, 0, never()), NOTHING);
      const { ms } = splitCursor(end);
      check.equal("beyond the end", await subject.read(`${ms + 1_000}-0`, 1, 0, never()), NOTHING);
    },
    ROOMY,
  );
  test(
    "rejects a limit that is no positive safe integer",
    async ({ subject }) => {
      await subject.append(PRODUCER, 1, sampleFrames(1, 1));
      for (const limit of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
        await check.rejects(`limit ${limit}`, subject.read(CURSOR_START, limit, 0, never()), "RangeError");
      }
    },
    ROOMY,
  );
  test(
    "rejects what is no cursor",
    async ({ subject }) => {
      for (const after of NO_CURSORS) {
        await check.rejects(`read after "${after}"`, subject.read(after, 1, 0, never()), "TypeError");
      }
    },
    ROOMY,
  );
}

/** What a read that finds nothing waits for, and what ends it. */
export function waitingTests({ test, shared, shortMs }: RawLogTests): void {
  shared(
    "waits for the next append, whoever makes it, and sees all of it",
    async (store) => {
      const reading = started(store.first.read(CURSOR_START, 1_000, LONG_MS, never()));
      await staysPending(store, "read of an empty log", reading, 5);
      await store.second.append(PRODUCER, 1, sampleFrames(1, 100));
      check.equal("entries", (await soon(store, "read", reading)).entries.length, 100);
    },
    ROOMY,
  );
  shared(
    "wakes every reader",
    async (store) => {
      const { first, second } = store;
      const readings = [first, first, second, second].map((log) =>
        started(log.read(CURSOR_START, 10, LONG_MS, never())),
      );
      await store.elapse(1);
      await first.append(PRODUCER, 1, sampleFrames(1, 2));
      for (const reading of readings) {
        check.equal("entries", seqsOf((await soon(store, "read", reading)).entries), [1, 2]);
      }
    },
    ROOMY,
  );
  test(
    "answers with nothing when the time is over",
    async (store) => {
      const reading = started(store.subject.read(CURSOR_START, 1, shortMs, never()));
      await store.elapse(shortMs);
      check.equal("answer", await soon(store, "read", reading), NOTHING);
    },
    ROOMY,
  );
  test(
    "answers with nothing at once when the signal aborts",
    async (store) => {
      const controller = new AbortController();
      const reading = started(store.subject.read(CURSOR_START, 1, LONG_MS, controller.signal));
      await store.elapse(1);
      controller.abort();
      check.equal("answer", await soon(store, "read", reading), NOTHING);
    },
    ROOMY,
  );
  test(
    "answers with nothing where the signal has aborted before, even where there are entries",
    async (store) => {
      const read = (after: Cursor) =>
        soon(store, "read", started(store.subject.read(after, 1, LONG_MS, AbortSignal.abort())));
      await store.subject.append(PRODUCER, 1, sampleFrames(1, 1));
      check.equal("entries there", await read(CURSOR_START), NOTHING);
      check.equal("none there", await read(lastCursor(await readAll(store.subject))), NOTHING);
    },
    ROOMY,
  );
  shared(
    "rejects with a ClosedError when its client closes, and waits on when another does",
    async (store) => {
      const { first, second } = store;
      const doomed = started(first.read(CURSOR_START, 1, LONG_MS, never()));
      const waiting = started(second.read(CURSOR_START, 1, LONG_MS, never()));
      await store.elapse(1);
      await first.close();
      await check.rejects("read of the closed client", soon(store, "read", doomed), "ClosedError");
      await second.append(PRODUCER, 1, sampleFrames(1, 1));
      check.equal("other client", seqsOf((await soon(store, "read", waiting)).entries), [1]);
    },
    ROOMY,
  );
  test(
    "goes on waiting when what was appended does not stand behind its cursor",
    async (store) => {
      const { subject } = store;
      const reading = started(subject.read(`${Math.floor(store.now()) + LONG_MS}-0`, 1, LONG_MS, never()));
      await store.elapse(1);
      await subject.append(PRODUCER, 1, sampleFrames(1, 1));
      await staysPending(store, "read", reading, 5);
      await subject.close();
      await check.rejects("read", soon(store, "read", reading), "ClosedError");
    },
    ROOMY,
  );
}

/** `countAfter`. */
export function countTests({ test }: RawLogTests): void {
  test(
    "counts the entries behind a cursor",
    async ({ subject }) => {
      check.equal("empty log", await subject.countAfter(CURSOR_START), 0);
      await subject.append(PRODUCER, 1, sampleFrames(1, 5));
      const entries = await readAll(subject);
      check.equal("from the start", await subject.countAfter(CURSOR_START), 5);
      for (const [index, { cursor }] of entries.entries()) {
        check.equal(`behind entry ${index}`, await subject.countAfter(cursor), 4 - index);
      }
      check.equal("beyond the end", await subject.countAfter("9000000000000-0"), 0);
    },
    ROOMY,
  );
  test(
    "rejects what is no cursor",
    async ({ subject }) => {
      for (const after of NO_CURSORS) {
        await check.rejects(`countAfter "${after}"`, subject.countAfter(after), "TypeError");
      }
    },
    ROOMY,
  );
}
