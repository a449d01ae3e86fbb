import type { ConnectionId } from "../../domain/market/batch.ts";
import type { FrameDraft } from "../../domain/stream/raw-entry.ts";
import { check } from "../check.ts";
import { SAMPLE_TIME_MS } from "../samples.ts";
import { lastCursor, PRODUCER, type RawLogTests, ROOMY, readAll } from "./entries.ts";
import { sampleDrafts, sampleFrame } from "./samples.ts";

const OPTIONS: ConnectionId = { class: "options", shard: 0 };

/** A frame of an epoch of a connection, received so long after the sample's time. */
function frameOf(epoch: number, afterMs: number | undefined, connection: ConnectionId = OPTIONS): FrameDraft {
  const receivedAtMs = afterMs === undefined ? undefined : SAMPLE_TIME_MS + afterMs;
  return sampleFrame(1, { position: { ...connection, epoch, seq: 1 }, receivedAtMs });
}

function tailOf(epoch: number, afterMs: number | undefined) {
  return { epoch, receivedAtMs: afterMs === undefined ? undefined : SAMPLE_TIME_MS + afterMs };
}

/** Where a connection was last. */
export function tailTests({ test, shared }: RawLogTests): void {
  test(
    "is none for a connection that was never there",
    async ({ subject }) => {
      check.equal("in an empty log", await subject.connectionTail(OPTIONS), undefined);
      await subject.append(PRODUCER, 1, [frameOf(1, 0, { class: "options", shard: 1 })]);
      await subject.append(PRODUCER, 2, [frameOf(1, 0, { class: "stocks", shard: 0 })]);
      check.equal("beside others", await subject.connectionTail(OPTIONS), undefined);
    },
    ROOMY,
  );
  test(
    "is the highest epoch with the latest receipt in it, wherever in a call they stand",
    async ({ subject }) => {
      await subject.append(PRODUCER, 1, [frameOf(4, 900), frameOf(7, 0.25), frameOf(7, 20.5), frameOf(7, 3)]);
      check.equal("first", await subject.connectionTail(OPTIONS), tailOf(7, 20.5));
      await subject.append(PRODUCER, 5, [frameOf(6, 500), frameOf(7, 4)]);
      check.equal("lower or earlier", await subject.connectionTail(OPTIONS), tailOf(7, 20.5));
      await subject.append(PRODUCER, 7, [frameOf(7, 21)]);
      check.equal("later", await subject.connectionTail(OPTIONS), tailOf(7, 21));
      await subject.append(PRODUCER, 8, [frameOf(6, 500), frameOf(10, 1), frameOf(9, 700)]);
      check.equal("higher, though received earlier", await subject.connectionTail(OPTIONS), tailOf(10, 1));
    },
    ROOMY,
  );
  test(
    "has no receipt where no entry of the epoch has one, and takes the first that has",
    async ({ subject }) => {
      await subject.append(PRODUCER, 1, [frameOf(1, 5), frameOf(2, undefined)]);
      check.equal("unknown", await subject.connectionTail(OPTIONS), tailOf(2, undefined));
      await subject.append(PRODUCER, 3, [frameOf(2, undefined), frameOf(2, 1), frameOf(2, undefined)]);
      check.equal("known", await subject.connectionTail(OPTIONS), tailOf(2, 1));
      await subject.append(PRODUCER, 6, [frameOf(2, undefined)]);
      check.equal("still known", await subject.connectionTail(OPTIONS), tailOf(2, 1));
    },
    ROOMY,
  );
  test(
    "is kept for each connection, through control entries too",
    async ({ subject }) => {
      const stocks: ConnectionId = { class: "stocks", shard: 3 };
      await subject.append(PRODUCER, 1, [frameOf(1, 1), ...sampleDrafts(1), frameOf(2, 2)]);
      check.equal("options", await subject.connectionTail(OPTIONS), tailOf(2, 2));
      check.equal("stocks", await subject.connectionTail(stocks), tailOf(17, 4));
    },
    ROOMY,
  );
  test(
    "takes epochs and times as they are, digit for digit",
    async ({ subject }) => {
      const entries = [frameOf(999_999_999_999_998, 7), frameOf(999_999_999_999_999, 0.125)];
      await subject.append(PRODUCER, 1, entries);
      check.equal("tail", await subject.connectionTail(OPTIONS), tailOf(999_999_999_999_999, 0.125));
      await subject.append(PRODUCER, 3, [frameOf(0, 7, { class: "indices", shard: 999_999_999 })]);
      check.equal("least", await subject.connectionTail({ class: "indices", shard: 999_999_999 }), tailOf(0, 7));
    },
    ROOMY,
  );
  test(
    "goes by the entries that were stored: a repeat is none, and of a call that is stored in part the rest",
    async ({ subject }) => {
      await subject.append(PRODUCER, 1, [frameOf(1, 1), frameOf(1, 2)]);
      await subject.append(PRODUCER, 1, [frameOf(5, 50), frameOf(5, 60)]);
      check.equal("a repeat", await subject.connectionTail(OPTIONS), tailOf(1, 2));
      const stocks: ConnectionId = { class: "stocks", shard: 0 };
      await subject.append(PRODUCER, 2, [frameOf(5, 50), frameOf(2, 9), frameOf(2, 4), frameOf(3, undefined, stocks)]);
      check.equal("in part", await subject.connectionTail(OPTIONS), tailOf(2, 9));
      check.equal("of another connection", await subject.connectionTail(stocks), tailOf(3, undefined));
    },
    ROOMY,
  );
  test(
    "outlives its entries",
    async ({ subject }) => {
      await subject.append(PRODUCER, 1, [frameOf(3, 1), frameOf(3, 2)]);
      const cursor = lastCursor(await readAll(subject));
      check.equal("removed", (await subject.trim(cursor)).removed, 2);
      check.equal("tail", await subject.connectionTail(OPTIONS), tailOf(3, 2));
      await subject.append(PRODUCER, 3, [frameOf(2, 9)]);
      check.equal("after a lower epoch", await subject.connectionTail(OPTIONS), tailOf(3, 2));
    },
    { softMaxEntries: 0, hardMaxBytes: 0 },
  );
  test(
    "rejects a shard that is no whole number of at most nine digits",
    async ({ subject }) => {
      for (const shard of [-1, 0.5, Number.NaN, 1e9]) {
        await check.rejects(`${shard}`, subject.connectionTail({ class: "options", shard }), "RangeError");
      }
    },
    ROOMY,
  );
  shared(
    "is the same to every client, whichever of two that race appends last",
    async ({ first, second }) => {
      const epochs = Array.from({ length: 40 }, (_, index) => index + 1);
      await Promise.all([
        ...epochs.map((epoch) => first.append(`a/${epoch}`, 1, [frameOf(epoch, epoch)])),
        ...epochs.map((epoch) => second.append(`b/${epoch}`, 1, [frameOf(41 - epoch, 100 - epoch)])),
      ]);
      check.equal("first", await first.connectionTail(OPTIONS), tailOf(40, 99));
      check.equal("second", await second.connectionTail(OPTIONS), tailOf(40, 99));
    },
    ROOMY,
  );
}
