import { CURSOR_START, splitCursor } from "../../domain/stream/cursor.ts";
import type { RawLog } from "../../ports/raw-log.ts";
import { check, expectDefined } from "../check.ts";
import { during } from "../runner.ts";
import { lastCursor, never, PRODUCER, type RawLogTests, ROOMY, readAll, seqsOf } from "./entries.ts";
import { sampleDrafts, sampleFrame, sampleFrames } from "./samples.ts";

/** What a call adds, and what a repeated one does not. */
export function appendTests({ test, shortMs }: RawLogTests): void {
  test(
    "answers with the producer's last stored sequence",
    async ({ subject }) => {
      check.equal("unknown producer", await subject.storedSeq(PRODUCER), 0);
      check.equal("first call", await subject.append(PRODUCER, 1, sampleFrames(1, 3)), { storedSeq: 3 });
      check.equal("second call", await subject.append(PRODUCER, 4, sampleFrames(4, 2)), { storedSeq: 5 });
      check.equal("storedSeq", await subject.storedSeq(PRODUCER), 5);
    },
    ROOMY,
  );
  test(
    "keeps every kind of draft as it was given, text for text",
    async ({ subject }) => {
      const drafts = sampleDrafts(1);
      await subject.append(PRODUCER, 1, drafts);
      check.equal(
        "drafts",
        (await readAll(subject)).map((entry) => entry.draft),
        drafts,
      );
    },
    ROOMY,
  );
  test(
    "adds nothing when a call is repeated after a lost reply",
    async ({ subject }) => {
      await subject.append(PRODUCER, 1, sampleFrames(1, 3));
      check.equal("repeat", await subject.append(PRODUCER, 1, sampleFrames(1, 3)), { storedSeq: 3 });
      check.equal("entries", seqsOf(await readAll(subject)), [1, 2, 3]);
    },
    ROOMY,
  );
  test(
    "adds only the new end of a call that overlaps what is stored",
    async ({ subject }) => {
      await subject.append(PRODUCER, 1, sampleFrames(1, 3));
      check.equal("overlap", await subject.append(PRODUCER, 2, sampleFrames(2, 4)), { storedSeq: 5 });
      check.equal("entries", seqsOf(await readAll(subject)), [1, 2, 3, 4, 5]);
    },
    ROOMY,
  );
  test(
    "adds nothing of a call that is older than what is stored, and keeps the stored sequence",
    async ({ subject }) => {
      await subject.append(PRODUCER, 1, sampleFrames(1, 5));
      check.equal("older call", await subject.append(PRODUCER, 1, sampleFrames(1, 2)), { storedSeq: 5 });
      check.equal("entries", seqsOf(await readAll(subject)), [1, 2, 3, 4, 5]);
    },
    ROOMY,
  );
  test(
    "accepts a first sequence beyond the next one and leaves the hole",
    async ({ subject }) => {
      await subject.append(PRODUCER, 1, sampleFrames(1, 2));
      check.equal("beyond", await subject.append(PRODUCER, 7, sampleFrames(7, 2)), { storedSeq: 8 });
      check.equal("into the hole", await subject.append(PRODUCER, 3, sampleFrames(3, 2)), { storedSeq: 8 });
      check.equal("entries", seqsOf(await readAll(subject)), [1, 2, 7, 8]);
      const last = Number.MAX_SAFE_INTEGER;
      check.equal("the end", await subject.append(PRODUCER, last - 1, sampleFrames(9, 2)), { storedSeq: last });
      check.equal("again", await subject.append(PRODUCER, last - 1, sampleFrames(9, 2)), { storedSeq: last });
    },
    ROOMY,
  );
  test(
    "keeps the sequences of producers apart",
    async ({ subject }) => {
      await subject.append("options/0", 1, sampleFrames(1, 2));
      check.equal("other producer", await subject.append("replay/monday", 1, sampleFrames(1, 3)), { storedSeq: 3 });
      check.equal("first producer", await subject.storedSeq("options/0"), 2);
      check.equal("entries", seqsOf(await readAll(subject)), [1, 2, 1, 2, 3]);
    },
    ROOMY,
  );
  test(
    "adds nothing for an empty call",
    async ({ subject }) => {
      check.equal("before any entry", await subject.append(PRODUCER, 9, []), { storedSeq: 0 });
      await subject.append(PRODUCER, 1, sampleFrames(1, 2));
      check.equal("after two", await subject.append(PRODUCER, 3, []), { storedSeq: 2 });
      check.equal("count", await subject.countAfter(CURSOR_START), 2);
    },
    ROOMY,
  );
  test(
    "gives cursors that say when the log stored the entries, by its own clock",
    async ({ subject, now, elapse }) => {
      for (const seq of [1, 2, 3]) {
        const earliestMs = Math.floor(now());
        await subject.append(PRODUCER, seq, sampleFrames(seq, 1));
        const latestMs = Math.floor(now());
        const { ms } = splitCursor(lastCursor(await readAll(subject)));
        check.isTrue(
          `the ms ${ms} of cursor ${seq} lies in ${earliestMs}..${latestMs}`,
          earliestMs <= ms && ms <= latestMs,
        );
        await elapse(shortMs);
      }
    },
    ROOMY,
  );
  test(
    "rejects a first sequence that is no positive safe integer and stores nothing",
    async ({ subject }) => {
      for (const firstSeq of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
        await check.rejects(
          `firstSeq ${firstSeq}`,
          subject.append(PRODUCER, firstSeq, sampleFrames(1, 1)),
          "RangeError",
        );
      }
      check.equal("count", await subject.countAfter(CURSOR_START), 0);
      check.equal("storedSeq", await subject.storedSeq(PRODUCER), 0);
    },
    ROOMY,
  );
  test(
    "rejects an entry with a place that is none and stores nothing",
    async ({ subject }) => {
      const { position } = sampleFrame(2);
      for (const wrong of [{ seq: 0 }, { seq: 1.5 }, { epoch: -1 }, { epoch: 1e16 }, { shard: Number.NaN }]) {
        const entries = [sampleFrame(1), sampleFrame(2, { position: { ...position, ...wrong } })];
        await check.rejects(JSON.stringify(wrong), subject.append(PRODUCER, 1, entries), "RangeError");
      }
      check.equal("count", await subject.countAfter(CURSOR_START), 0);
    },
    ROOMY,
  );
  test(
    "rejects a producer that is named as those of the source status store are",
    async ({ subject }) => {
      const name = `${PRODUCER}/status`;
      await check.rejects("append", subject.append(name, 1, sampleFrames(1, 1)), "TypeError");
      await check.rejects("storedSeq", subject.storedSeq(name), "TypeError");
      check.equal("count", await subject.countAfter(CURSOR_START), 0);
    },
    ROOMY,
  );
  test(
    "rejects an entry with a time that is none and stores nothing",
    async ({ subject }) => {
      for (const receivedAtMs of [Number.NaN, Number.POSITIVE_INFINITY, 0, -1, 1e-7, 1e16]) {
        const entries = [...sampleFrames(1, 1), ...sampleFrames(2, 1).map((frame) => ({ ...frame, receivedAtMs }))];
        await check.rejects(`receipt at ${receivedAtMs}`, subject.append(PRODUCER, 1, entries), "RangeError");
      }
      check.equal("count", await subject.countAfter(CURSOR_START), 0);
      check.equal("storedSeq", await subject.storedSeq(PRODUCER), 0);
    },
    ROOMY,
  );
}

/** Two clients of one log at once. */
export function racingTests({ shared }: RawLogTests): void {
  shared(
    "store each sequence of one producer once and in order, when both append all of it",
    async ({ first, second }) => {
      const appendAll = async (log: RawLog, chunk: number): Promise<void> => {
        for (let seq = 1; seq <= 120; seq += chunk) await log.append(PRODUCER, seq, sampleFrames(seq, chunk));
      };
      await Promise.all([appendAll(first, 5), appendAll(second, 8), appendAll(second, 3)]);
      check.equal(
        "entries",
        seqsOf(await readAll(first)),
        Array.from({ length: 120 }, (_, index) => index + 1),
      );
    },
    ROOMY,
  );
  shared(
    "store 100 concurrent calls of 100 producers, each of them in one piece",
    async ({ first, second }) => {
      const calls = Array.from({ length: 100 }, (_, index) =>
        (index % 2 === 0 ? first : second).append(`producer/${index}`, 1, sampleFrames(1_000 * index + 1, 4)),
      );
      await Promise.all(calls);
      const seqs = seqsOf(await readAll(second));
      check.equal("count", seqs.length, 400);
      check.equal("producers", new Set(seqs.map((seq) => Math.floor(seq / 1_000))).size, 100);
      for (let index = 0; index < 400; index += 4) {
        const start = expectDefined("entry", seqs[index]);
        check.equal("piece", seqs.slice(index, index + 4), [start, start + 1, start + 2, start + 3]);
      }
    },
    ROOMY,
  );
  shared(
    "never show a reader a part of a call",
    async ({ first, second }) => {
      const write = async (): Promise<void> => {
        for (let seq = 1; seq <= 500; seq += 10) await first.append(PRODUCER, seq, sampleFrames(seq, 10));
      };
      await during(write(), async () => {
        const { entries } = await second.read(CURSOR_START, 1_000, 0, never());
        check.equal("entries of a part of a call", entries.length % 10, 0);
      });
      check.equal("count", await second.countAfter(CURSOR_START), 500);
    },
    ROOMY,
  );
  shared(
    "see the same order",
    async ({ first, second }) => {
      for (let seq = 1; seq <= 10; seq++) {
        await Promise.all([
          first.append("options/0", seq, sampleFrames(seq, 1)),
          second.append("stocks/0", seq, sampleFrames(100 + seq, 1)),
        ]);
      }
      check.equal("entries", await readAll(first), await readAll(second));
    },
    ROOMY,
  );
}
