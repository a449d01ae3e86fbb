import { CURSOR_START } from "../../domain/stream/cursor.ts";
import { check } from "../check.ts";
import { sampleGap } from "../samples.ts";
import { sampleQuarantine, sampleTradeRecord } from "./samples.ts";
import {
  acquire,
  CURSORS,
  commit,
  connectionsOf,
  countersOf,
  type HydrationStoreTests,
  sizesOf,
  stateOf,
} from "./state.ts";

const STREAM = { underlying: "SPX", expiration: "2025-12-23" };

/** What the store tells when it is asked. */
export function readingTests({ test }: HydrationStoreTests): void {
  test("a new store has nothing", async ({ subject }) => {
    const nothing = { cursor: CURSOR_START, stateCursor: CURSOR_START, ledgers: [], totals: [] };
    check.equal("state", await stateOf(subject), {
      cursors: [],
      stateCursors: [],
      checkpoints: [nothing, nothing],
      counters: {},
      streams: [],
      trades: [],
      gaps: [],
      quarantine: [],
    });
    check.equal("unknown stream", await subject.trades(STREAM, 10), []);
  });
  test("cursors tells of every partition that was ever acquired, before its first commit too", async ({ subject }) => {
    await commit(subject, await acquire(subject, 2), 0);
    await subject.release(await acquire(subject, 5));
    await subject.checkpoint(9);
    const cursors = [...(await subject.cursors())].sort(([a], [b]) => a - b);
    const expected: typeof cursors = [
      [2, CURSORS[1]],
      [5, CURSOR_START],
    ];
    check.equal("cursors", cursors, expected);
    check.equal(
      "state cursors",
      [...(await subject.stateCursors())].sort(([a], [b]) => a - b),
      expected,
    );
  });
  test("trade streams are listed by underlying, then expiration", async ({ subject }) => {
    const lease = await acquire(subject);
    const streams = [
      { underlying: "SPX", expiration: "2025-12-24" },
      { underlying: "NDX", expiration: "2026-01-02" },
      { underlying: "SPX", expiration: "2025-12-23" },
      { underlying: "AAPL", expiration: "2026-01-16" },
    ];
    await commit(subject, lease, 0, { trades: streams.map((stream) => sampleTradeRecord(stream)) });
    const [spxLater, ndx, spx, aapl] = streams;
    check.equal(
      "streams",
      await subject.tradeStreams(),
      [aapl, ndx, spx, spxLater].flatMap((stream) => stream ?? []),
    );
  });
  test("trades, gaps and refusals are the last `limit`, oldest first", async ({ subject }) => {
    const lease = await acquire(subject);
    const four = [1, 2, 3, 4];
    await commit(subject, lease, 0, {
      trades: four.map((size) => sampleTradeRecord({ size })),
      gaps: four.map((shard) => sampleGap({ connection: `options/${shard}` })),
      quarantine: four.map((seq) => sampleQuarantine({ src: `options/0/1/${seq}` })),
    });
    check.equal("one trade", sizesOf(await subject.trades(STREAM, 1)), [4]);
    check.equal("three trades", sizesOf(await subject.trades(STREAM, 3)), [2, 3, 4]);
    check.equal("all trades", sizesOf(await subject.trades(STREAM, 4)), [1, 2, 3, 4]);
    check.equal("more trades than there are", sizesOf(await subject.trades(STREAM, 5)), [1, 2, 3, 4]);
    check.equal("gaps", connectionsOf(await subject.gaps(2)), ["options/3", "options/4"]);
    const refusals = (await subject.quarantine(2)).map((record) => record.src);
    check.equal("refusals", refusals, ["options/0/1/3", "options/0/1/4"]);
  });
  test("a limit that is no positive integer is rejected", async ({ subject }) => {
    for (const limit of [0, -1, 1.5, Number.NaN]) {
      await check.rejects(`trades ${limit}`, subject.trades(STREAM, limit), "RangeError");
      await check.rejects(`gaps ${limit}`, subject.gaps(limit), "RangeError");
      await check.rejects(`quarantine ${limit}`, subject.quarantine(limit), "RangeError");
    }
  });
  test("a counter that counted nothing is 0 or absent", async ({ subject }) => {
    await commit(subject, await acquire(subject), 0, { counters: { seen: 1, late: 0 } });
    check.equal("counters", await countersOf(subject), { seen: 1 });
  });
}
