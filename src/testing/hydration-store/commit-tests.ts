import { CURSOR_START } from "../../domain/stream/cursor.ts";
import type { HydrationStep } from "../../ports/hydration-store.ts";
import { check } from "../check.ts";
import { sampleGap } from "../samples.ts";
import { sampleLedger, sampleQuarantine, sampleStep, sampleTotals, sampleTradeRecord } from "./samples.ts";
import {
  acquire,
  CURSORS,
  checkpointOf,
  commit,
  countersOf,
  type HydrationStoreTests,
  sizesOf,
  stateOf,
  takeOver,
} from "./state.ts";

const STREAM = { underlying: "SPX", expiration: "2025-12-23" };
const NO_EFFECTS: Omit<HydrationStep, "prev" | "next"> = {
  trades: [],
  totals: [],
  ledgers: [],
  counters: {},
  gaps: [],
  quarantine: [],
};

/** What a step that is applied does. */
export function commitTests({ test }: HydrationStoreTests): void {
  test("applies every effect together with the cursor", async ({ subject }) => {
    const lease = await acquire(subject);
    const step = sampleStep(CURSORS[0], CURSORS[1]);
    check.equal("commit", await subject.commit(lease, step), { status: "applied" });
    check.equal("state", await stateOf(subject), {
      cursors: [[0, CURSORS[1]]],
      stateCursors: [[0, CURSORS[1]]],
      checkpoints: [
        { cursor: CURSORS[1], stateCursor: CURSORS[1], ledgers: step.ledgers, totals: step.totals },
        { cursor: CURSOR_START, stateCursor: CURSOR_START, ledgers: [], totals: [] },
      ],
      counters: step.counters,
      streams: [STREAM],
      trades: [step.trades],
      gaps: step.gaps,
      quarantine: step.quarantine,
    });
  });
  test("moves the cursor of a step without effects", async ({ subject }) => {
    const lease = await acquire(subject);
    await commit(subject, lease, 0, NO_EFFECTS);
    const moved = { cursor: CURSORS[1], stateCursor: CURSORS[1], ledgers: [], totals: [] };
    check.equal("checkpoint", await checkpointOf(subject), moved);
    check.equal("streams", await subject.tradeStreams(), []);
  });
  test("a deferred step leaves totals and ledgers, and what they are as of", async ({ subject }) => {
    const lease = await acquire(subject);
    const { totals, ledgers } = sampleStep(CURSORS[0], CURSORS[1]);
    await commit(subject, lease, 0);
    await commit(subject, lease, 1, { totals: [], ledgers: [], deferred: true });
    const between = { cursor: CURSORS[2], stateCursor: CURSORS[1], ledgers, totals };
    check.equal("checkpoint", await checkpointOf(subject), between);
    check.equal("cursors", await subject.cursors(), new Map([[0, CURSORS[2]]]));
    check.equal("state cursors", await subject.stateCursors(), new Map([[0, CURSORS[1]]]));
    check.equal("trades", (await subject.trades(STREAM, 10)).length, 2);
    await commit(subject, lease, 2, { totals: [sampleTotals({ prints: 12 })], ledgers: [] });
    const after = { ...between, cursor: CURSORS[3], stateCursor: CURSORS[3], totals: [sampleTotals({ prints: 12 })] };
    check.equal("checkpoint behind it", await checkpointOf(subject), after);
  });
  test("a step that stays brings what deferred ones left, and the same once more", async ({ subject }) => {
    const lease = await acquire(subject);
    const { ledgers } = sampleStep(CURSORS[0], CURSORS[1]);
    await commit(subject, lease, 0);
    await commit(subject, lease, 1, { totals: [], ledgers: [], deferred: true });
    const others = async () => [
      await subject.counters(),
      await subject.trades(STREAM, 10),
      await subject.gaps(10),
      await subject.quarantine(10),
    ];
    const before = await others();
    const totals = [sampleTotals({ prints: 12 })];
    const step = { prev: CURSORS[2], next: CURSORS[2], ...NO_EFFECTS, totals, ledgers };
    const expected = { cursor: CURSORS[2], stateCursor: CURSORS[2], ledgers, totals };
    for (const time of ["first", "second"]) {
      check.equal(`${time} commit`, await subject.commit(lease, step), { status: "applied" });
      check.equal(`${time} checkpoint`, await checkpointOf(subject), expected);
    }
    check.equal("all else", await others(), before);
    const elsewhere = { ...step, prev: CURSORS[1], next: CURSORS[1] };
    check.equal("elsewhere", await subject.commit(lease, elsewhere), { status: "moved", cursor: CURSORS[2] });
    const later = await takeOver(subject, 0, "b");
    check.equal("fenced", await subject.commit(lease, step), { status: "fenced" });
    check.equal("of the next owner", await subject.commit(later, step), { status: "applied" });
  });
  test("applies a chain of steps, each from where the one before ended", async ({ subject }) => {
    const lease = await acquire(subject);
    await commit(subject, lease, 0);
    await commit(subject, lease, 1);
    await commit(subject, lease, 2);
    check.equal("cursor", (await subject.checkpoint(0)).cursor, CURSORS[3]);
    check.equal("counters", await countersOf(subject), { seen: 15, trades: 3 });
  });
  test("appends trades to their streams in the order given", async ({ subject }) => {
    const lease = await acquire(subject);
    const spx = [1, 2, 3].map((size) => sampleTradeRecord({ size }));
    const later = [4, 5].map((size) => sampleTradeRecord({ size, expiration: "2025-12-24" }));
    const ndx = [sampleTradeRecord({ size: 6, underlying: "NDX" })];
    const [one, two, three] = spx;
    const mixed = [one, ...later, two, ...ndx, three].flatMap((record) => record ?? []);
    await commit(subject, lease, 0, { trades: mixed });
    await commit(subject, lease, 1, { trades: [sampleTradeRecord({ size: 7 })] });
    check.equal("SPX", sizesOf(await subject.trades(STREAM, 10)), [1, 2, 3, 7]);
    check.equal("later", sizesOf(await subject.trades({ ...STREAM, expiration: "2025-12-24" }, 10)), [4, 5]);
    check.equal("NDX", sizesOf(await subject.trades({ ...STREAM, underlying: "NDX" }, 10)), [6]);
  });
  test("keeps equal prints apart: a stream is no set", async ({ subject }) => {
    const lease = await acquire(subject);
    await commit(subject, lease, 0, { trades: [sampleTradeRecord(), sampleTradeRecord()] });
    check.equal("trades", await subject.trades(STREAM, 10), [sampleTradeRecord(), sampleTradeRecord()]);
  });
  test("keeps prints bit for bit, what is absent as absent", async ({ subject }) => {
    const lease = await acquire(subject);
    const bare = sampleTradeRecord(
      { conditions: undefined, exchange: undefined, sequence: undefined, receivedAtMs: undefined },
      { flags: [], side: { side: "U", method: "none", confidence: null, quoteAgeMs: null, quoteSource: null } },
    );
    const trades = [
      sampleTradeRecord(),
      bare,
      sampleTradeRecord({ conditions: [], exchange: 0, sequence: 0, receivedAtMs: 1_766_437_799_500.125 }),
      sampleTradeRecord({ price: 0.1 + 0.2, strike: 6870.005, contract: "O:SPXW251223P06870005" }),
      sampleTradeRecord({ price: 5e-324, tradeTsNs: 9_223_372_036_854_775_807n }),
      sampleTradeRecord({ price: 1e21, size: 9_007_199_254_740_991 }),
      sampleTradeRecord({ right: "C", contract: "O:SPXW251223C06870000" }, { flags: ["dup"] }),
      sampleTradeRecord({}, { flags: ["late_report", "cancel", "unmatched", "extended", "unknown_condition"] }),
      sampleTradeRecord({}, { flags: ["cancel"], cancelsTsNs: 1_766_437_799_445_123_456n }),
      sampleTradeRecord(
        {},
        { side: { side: "S", method: "tick", confidence: 1 / 3, quoteAgeMs: 0.5, quoteSource: "substrate" } },
      ),
    ];
    await commit(subject, lease, 0, { trades });
    check.equal("trades", await subject.trades(STREAM, 100), trades);
  });
  test("adds counters up", async ({ subject }) => {
    const lease = await acquire(subject);
    await commit(subject, lease, 0, { counters: { seen: 2, late: 1, invalid: 0 } });
    await commit(subject, lease, 1, { counters: { seen: 9_000_000_000_000, gaps: 4 } });
    check.equal("counters", await countersOf(subject), { seen: 9_000_000_000_002, late: 1, gaps: 4 });
  });
  test("adds the counters of partitions together", async ({ subject }) => {
    await commit(subject, await acquire(subject, 0), 0, { counters: { seen: 2 } });
    await commit(subject, await acquire(subject, 1), 0, { counters: { seen: 3 } });
    check.equal("counters", await countersOf(subject), { seen: 5 });
  });
  test("replaces the totals of a contract, of an earlier day too, and keeps those of others", async ({ subject }) => {
    const lease = await acquire(subject);
    const terms = { contract: "O:SPXW251223C06870000", right: "C" } as const;
    const other = sampleTotals({
      ...terms,
      firstTsNs: null,
      lastTsNs: null,
      last: null,
      lastSaleTsNs: null,
      buckets: undefined,
    });
    await commit(subject, lease, 0, { totals: [sampleTotals({ prints: 1 }), other] });
    const next = sampleTotals({ prints: 2, day: "2025-12-23", rateSum: 0.1 + 0.7 });
    await commit(subject, lease, 1, { totals: [next] });
    check.equal("totals", (await checkpointOf(subject)).totals, [other, next]);
  });
  test("replaces all ledgers of a connection, and keeps those of others", async ({ subject }) => {
    const lease = await acquire(subject);
    const stocks = sampleLedger({
      connection: "stocks/1",
      maxEventTsNs: null,
      watermarkTsNs: null,
      lastReceivedAtMs: null,
      recentLagsMs: [],
      downSince: null,
    });
    const older = sampleLedger({ epoch: 4, downSince: { cause: "disconnect", fromAtMs: null } });
    await commit(subject, lease, 0, { ledgers: [older, sampleLedger({ epoch: 5 }), stocks] });
    check.equal("both epochs", (await checkpointOf(subject)).ledgers, [older, sampleLedger({ epoch: 5 }), stocks]);
    const newer = [sampleLedger({ epoch: 5, seq: 1_240 }), sampleLedger({ epoch: 6, seq: 2 })];
    await commit(subject, lease, 1, { ledgers: newer });
    check.equal("replaced", (await checkpointOf(subject)).ledgers, [...newer, stocks]);
  });
  test("keeps gaps and refusals as they are, oldest first", async ({ subject }) => {
    const lease = await acquire(subject);
    const gaps = [
      sampleGap(),
      sampleGap({ connection: "*", fromAtMs: undefined, toAtMs: undefined, scope: "all", instruments: undefined }),
      sampleGap({ cause: "trimmed_before_read", instruments: [] }),
    ];
    const quarantine = [
      sampleQuarantine(),
      sampleQuarantine({ receivedAtMs: undefined, path: "", value: "", payload: "" }),
      sampleQuarantine({ payload: "\u0000\r\n\t\u2028" }),
    ];
    await commit(subject, lease, 0, { gaps: gaps.slice(0, 1), quarantine: quarantine.slice(0, 1) });
    await commit(subject, lease, 1, { gaps: gaps.slice(1), quarantine: quarantine.slice(1) });
    check.equal("gaps", await subject.gaps(10), gaps);
    check.equal("quarantine", await subject.quarantine(10), quarantine);
  });
  test("keeps the cursors, ledgers and totals of partitions apart", async ({ subject }) => {
    const zero = await acquire(subject, 0);
    const one = await acquire(subject, 1);
    await commit(subject, zero, 0, { totals: [sampleTotals({ prints: 1 })], ledgers: [sampleLedger({ seq: 1 })] });
    await commit(subject, one, 0, { totals: [sampleTotals({ prints: 2 })], ledgers: [sampleLedger({ seq: 2 })] });
    await commit(subject, one, 1, NO_EFFECTS);
    check.equal("partition 0", await checkpointOf(subject, 0), {
      cursor: CURSORS[1],
      stateCursor: CURSORS[1],
      ledgers: [sampleLedger({ seq: 1 })],
      totals: [sampleTotals({ prints: 1 })],
    });
    check.equal("partition 1", await checkpointOf(subject, 1), {
      cursor: CURSORS[2],
      stateCursor: CURSORS[2],
      ledgers: [sampleLedger({ seq: 2 })],
      totals: [sampleTotals({ prints: 2 })],
    });
  });
}

/** That a step which is not applied does nothing at all. */
export function refusalTests({ test }: HydrationStoreTests): void {
  test("is `already` where the cursor stands at its end, and counts once", async ({ subject }) => {
    const lease = await acquire(subject);
    await commit(subject, lease, 0);
    const before = await stateOf(subject);
    const repeat = sampleStep(CURSORS[0], CURSORS[1]);
    check.equal("repeat", await subject.commit(lease, repeat), { status: "already" });
    check.equal("state", await stateOf(subject), before);
  });
  test("is `already` for a new owner that repeats the step of the old one", async ({ subject }) => {
    await commit(subject, await acquire(subject, 0, "a"), 0);
    const before = await stateOf(subject);
    const later = await takeOver(subject, 0, "b");
    check.equal("repeat", await subject.commit(later, sampleStep(CURSORS[0], CURSORS[1])), { status: "already" });
    check.equal("state", await stateOf(subject), before);
  });
  test("is `fenced` once a later lease exists", async ({ subject }) => {
    const earlier = await acquire(subject, 0, "a");
    await commit(subject, earlier, 0);
    const later = await takeOver(subject, 0, "b");
    const before = await stateOf(subject);
    check.equal("fresh step", await subject.commit(earlier, sampleStep(CURSORS[1], CURSORS[2])), { status: "fenced" });
    check.equal("repeat", await subject.commit(earlier, sampleStep(CURSORS[0], CURSORS[1])), { status: "fenced" });
    check.equal("state", await stateOf(subject), before);
    await commit(subject, later, 1);
  });
  test("is `fenced` where the partition was never acquired", async ({ subject }) => {
    const before = await stateOf(subject);
    const lease = { partition: 0, owner: "a", token: 1 };
    check.equal("commit", await subject.commit(lease, sampleStep(CURSORS[0], CURSORS[1])), { status: "fenced" });
    check.equal("state", await stateOf(subject), before);
  });
  test("is `moved`, and says where to, where the cursor stands somewhere else", async ({ subject }) => {
    const lease = await acquire(subject);
    await commit(subject, lease, 0);
    const before = await stateOf(subject);
    const moved = { status: "moved" as const, cursor: CURSORS[1] };
    check.equal("too far", await subject.commit(lease, sampleStep(CURSORS[2], CURSORS[3])), moved);
    check.equal("overlapping", await subject.commit(lease, sampleStep(CURSORS[0], CURSORS[2])), moved);
    check.equal("state", await stateOf(subject), before);
    await commit(subject, lease, 1);
  });
  test("rejects a deferred step with totals or ledgers", async ({ subject }) => {
    const lease = await acquire(subject);
    const before = await stateOf(subject);
    const step = sampleStep(CURSORS[0], CURSORS[1], { deferred: true });
    await check.rejects("both", subject.commit(lease, step), "RangeError");
    await check.rejects("totals", subject.commit(lease, { ...step, ledgers: [] }), "RangeError");
    await check.rejects("ledgers", subject.commit(lease, { ...step, totals: [] }), "RangeError");
    check.equal("state", await stateOf(subject), before);
  });
  test("rejects increments that are no whole numbers", async ({ subject }) => {
    const lease = await acquire(subject);
    const before = await stateOf(subject);
    for (const seen of [0.5, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
      const step = sampleStep(CURSORS[0], CURSORS[1], { counters: { trades: 1, seen } });
      await check.rejects(`an increment of ${seen}`, subject.commit(lease, step), "RangeError");
    }
    check.equal("state", await stateOf(subject), before);
    await commit(subject, lease, 0);
  });
  test("rejects expirations that are no dates", async ({ subject }) => {
    const lease = await acquire(subject);
    const before = await stateOf(subject);
    for (const expiration of ["", "soon", "2025-13-01", "2025-02-29", "2025-12-32", "20251223", "2025-12-23T00"]) {
      const good = sampleStep(CURSORS[0], CURSORS[1]);
      const trades = [...good.trades, sampleTradeRecord({ expiration })];
      await check.rejects(`a trade of "${expiration}"`, subject.commit(lease, { ...good, trades }), "TypeError");
      const totals = [...good.totals, sampleTotals({ expiration })];
      await check.rejects(`totals of "${expiration}"`, subject.commit(lease, { ...good, totals }), "TypeError");
    }
    check.equal("state", await stateOf(subject), before);
    await commit(subject, lease, 0, { trades: [sampleTradeRecord({ expiration: "2024-02-29" })] });
  });
  test("rejects a step that leads back, or nowhere with what a repeat would add", async ({ subject }) => {
    const lease = await acquire(subject);
    await commit(subject, lease, 0);
    const before = await stateOf(subject);
    const { trades, gaps, quarantine, counters } = sampleStep(CURSORS[0], CURSORS[1]);
    const nowhere = { prev: CURSORS[1], next: CURSORS[1], ...NO_EFFECTS };
    for (const added of [{ trades }, { gaps }, { quarantine }, { counters }, { deferred: true }]) {
      const name = `nowhere, with ${Object.keys(added)}`;
      await check.rejects(name, subject.commit(lease, { ...nowhere, ...added }), "RangeError");
    }
    await check.rejects("back", subject.commit(lease, sampleStep(CURSORS[1], CURSORS[0])), "RangeError");
    check.equal("state", await stateOf(subject), before);
  });
}
