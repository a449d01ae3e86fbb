import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addToBucket,
  FLOW_BUCKETS,
  type FlowBucket,
  type FlowBuckets,
  noBuckets,
} from "../../../src/domain/flow/flow-buckets.ts";
import { addFlow, flowOf, noFlow } from "../../../src/domain/flow/flow-sums.ts";
import type { FlowSide, FlowTotals } from "../../../src/domain/flow/snapshot.ts";
import { FLOW_SNAPSHOT, GRID_SNAPSHOT } from "../../../src/domain/flow/snapshot-schema.ts";
import { resolveCancel } from "../../../src/domain/hydration/cancels.ts";
import { countedPrint } from "../../../src/domain/hydration/counted-print.ts";
import type { TradeRecord } from "../../../src/domain/hydration/effects.ts";
import { fold } from "../../../src/domain/hydration/fold.ts";
import { noEffects } from "../../../src/domain/hydration/fold-effects.ts";
import { latestOpenPrint } from "../../../src/domain/hydration/open-print.ts";
import { flowSnapshot, flowTotals, gridSnapshot } from "../../../src/domain/hydration/snapshots.ts";
import { HydrationState } from "../../../src/domain/hydration/state.ts";
import { sampleGreeks } from "../../../src/testing/index.ts";
import { EntryWriter, quoteEvent, SAMPLE_MS, tradeEvent } from "../../support/entries.ts";

const T = SAMPLE_MS;
const DAY_MS = 86_400_000;
const NONE: FlowSide = { prints: 0, contracts: 0, premium_usd: 0 };

/** Folds everything, looks cancels up among the records as a store would, and reads what is published. */
function run({ entries }: EntryWriter) {
  const state = new HydrationState();
  const records: TradeRecord[] = [];
  for (const entry of entries) {
    const effects = noEffects();
    fold(state, entry, effects);
    for (const { index, query } of effects.unresolved.splice(0)) {
      resolveCancel(state, effects, index, latestOpenPrint(records, query, effects.trades.slice(0, index)));
    }
    records.push(...effects.trades);
  }
  const flow = flowSnapshot(state, "SPX");
  const grid = gridSnapshot(state, "SPX", "2025-12-23");
  if (flow === undefined || grid === undefined) throw new RangeError("something must have traded");
  expect(FLOW_SNAPSHOT.parse(flow)).toEqual(flow);
  expect(GRID_SNAPSHOT.parse(grid)).toEqual(grid);
  return { state, records, flow, grid, minute: flow.windows[2] };
}

/** 4.00 x 4.20, and prints of 10 at the ask, 3 at the bid, 5 as a leg. */
function market(): EntryWriter {
  const quote = quoteEvent(T - 5, { bp: 4, ap: 4.2, bs: 20, as: 50 });
  return new EntryWriter().frame(T, [
    quote,
    tradeEvent(T, { p: 4.2, s: 10 }),
    tradeEvent(T + 1, { p: 4, s: 3 }),
    tradeEvent(T + 2, { p: 4.2, s: 5, c: [232] }),
  ]);
}

describe("published flow", () => {
  const expected: FlowTotals = {
    prints: 3,
    contracts: 18,
    premium_usd: 7_500,
    bought: { prints: 1, contracts: 10, premium_usd: 4_200 },
    sold: { prints: 1, contracts: 3, premium_usd: 1_200 },
    unsigned: { prints: 1, contracts: 5, premium_usd: 2_100 },
    signed_contracts: 7,
    signed_premium_usd: 3_000,
    // The stack on index options is right in 66.5 %.
    expected_contracts: 2.31,
    rated_contracts: 13,
    side_accuracy: 0.665,
    delta_flow_units: null,
    delta_missing_prints: 2,
    apart: { ...noBuckets(), multi_leg: { prints: 1, contracts: 5 } },
  };

  it("is what was bought, what was sold, and what has no side, in windows, day and cells", () => {
    const { flow, grid } = run(market());
    for (const window of flow.windows) expect(window).toMatchObject(expected);
    expect(flow.day).toEqual(expected);
    expect(grid.day).toEqual(expected);
    expect(grid.contracts_per_sec).toBe(flow.contracts_per_sec);
    expect(grid.cells).toMatchObject([
      {
        prints: 3,
        volume: 18,
        bought_volume: 10,
        sold_volume: 3,
        signed_volume: 7,
        signed_premium_usd: 3_000,
        expected_volume: 2.31,
        delta_flow_units: null,
        delta_missing_prints: 2,
        multi_leg_volume: 5,
        late_report_volume: 0,
      },
    ]);
  });

  it("is null, not 0, while nothing has a side", () => {
    const { flow, grid } = run(new EntryWriter().frame(T, [tradeEvent(T)]));
    const nothing = {
      bought: NONE,
      sold: NONE,
      signed_contracts: null,
      signed_premium_usd: null,
      expected_contracts: null,
    };
    expect(flow.day).toMatchObject({ ...nothing, prints: 1, delta_flow_units: null, delta_missing_prints: 0 });
    expect(grid.cells).toMatchObject([{ signed_volume: null, signed_premium_usd: null, bought_volume: 0 }]);
  });

  it("has premium and deltas by the multiplier of each contract, as a chain tells it, in windows, day and cells", () => {
    const [plain, adjusted] = ["O:AAPL251223C00250000", "O:AAPL251223P00250000"];
    const state = new HydrationState();
    const learn = (contract: string, multiplier: number) => {
      const terms = { contract, underlying: "AAPL", root: "AAPL", expiration: "2025-12-23", strike: 250 } as const;
      const greeks = sampleGreeks({ greeksTsNs: BigInt(T) * 1_000_000n, delta: 0.5 });
      state.learn({ terms: { ...terms, right: "C", multiplier, style: null }, greeks });
    };
    learn(plain, 100);
    learn(adjusted, 150);
    const prints = [plain, adjusted].flatMap((sym, index) => [
      quoteEvent(T - 5, { sym, bp: 4, ap: 4.2, bs: 20, as: 50, q: index + 1 }),
      tradeEvent(T + index, { sym, p: 4.2, s: 10, q: index + 1 }),
      tradeEvent(T + 2 + index, { sym, p: 4, s: 1, q: index + 11 }),
    ]);
    const writer = new EntryWriter().frame(T, prints);
    for (const entry of writer.entries) fold(state, entry, noEffects());
    const totals = {
      contracts: 22,
      premium_usd: 4_600 + 6_900,
      bought: { prints: 2, contracts: 20, premium_usd: 4_200 + 6_300 },
      sold: { prints: 2, contracts: 2, premium_usd: 400 + 600 },
      signed_premium_usd: 3_800 + 5_700,
      delta_flow_units: 450 + 675,
    };
    const flow = flowSnapshot(state, "AAPL");
    const grid = gridSnapshot(state, "AAPL", "2025-12-23");
    for (const sums of [flow?.day, grid?.day, flow?.windows[2]]) expect(sums).toMatchObject(totals);
    expect(grid?.cells).toMatchObject([
      { right: "C", premium_usd: 4_600, signed_premium_usd: 3_800, delta_flow_units: 450 },
      { right: "P", premium_usd: 6_900, signed_premium_usd: 5_700, delta_flow_units: 675 },
    ]);
    // A cancel takes it out again.
    writer.frame(T, [tradeEvent(T + 9, { sym: adjusted, p: 4, s: 1, c: [201] })]);
    for (const entry of writer.entries.slice(1)) fold(state, entry, noEffects());
    expect(flowSnapshot(state, "AAPL")?.windows[2]).toMatchObject({ contracts: 21, premium_usd: 4_600 + 6_300 });
    // What is learned late holds for the whole day, and for what is printed from then on.
    learn(plain, 10);
    expect(flowSnapshot(state, "AAPL")?.day).toMatchObject({ premium_usd: 460 + 6_300, delta_flow_units: 45 + 750 });
  });

  it("loses with a cancel what the print had added, with its sign, at its time", () => {
    const cancelled = market().frame(T + 500, [tradeEvent(T + 490, { p: 4.2, s: 10, c: [201], q: 9 })]);
    const { flow, records } = run(cancelled);
    const left = {
      prints: 2,
      contracts: 8,
      bought: NONE,
      signed_contracts: -3,
      signed_premium_usd: -1_200,
      expected_contracts: -0.99,
    };
    for (const window of flow.windows) expect(window).toMatchObject(left);
    expect(flow.day).toMatchObject({ ...left, delta_missing_prints: 1 });
    expect(records.at(-1)).toMatchObject({
      flags: ["cancel"],
      side: { side: "B", method: "cancel", confidence: 0.665 },
    });
  });

  it.each([
    [[229], "cross"],
    [[247], "compression"],
    [[232], "multi_leg"],
  ] as const)("counts prints with %j apart, until they are cancelled, at once or an hour later", (c, bucket) => {
    for (const laterMs of [500, 3_600_000]) {
      const print = tradeEvent(T + 3, { p: 4.2, s: 6, c });
      const both = market().frame(T + 3, [print, print]);
      const counted = run(both).flow.day.apart;
      expect(counted[bucket]).toMatchObject({ contracts: expected.apart[bucket].contracts + 12 });
      const cancelled = both.frame(T + laterMs, [tradeEvent(T + laterMs, { p: 4.2, s: 6, c: [201], q: 9 })]);
      const { flow } = run(cancelled);
      const left = { prints: counted[bucket].prints - 1, contracts: counted[bucket].contracts - 6 };
      expect(flow.day.apart).toEqual({ ...counted, [bucket]: left });
      expect(flow.windows[2]?.apart).toEqual(laterMs === 500 ? flow.day.apart : noBuckets());
    }
  });

  it("loses it an hour later too, when the store has to be asked", () => {
    const laterMs = T + 3_600_000;
    const { flow, records } = run(market().frame(laterMs, [tradeEvent(laterMs, { p: 4, s: 3, c: [201], q: 9 })]));
    expect(flow.day).toMatchObject({
      prints: 2,
      contracts: 15,
      sold: NONE,
      signed_contracts: 10,
      expected_contracts: 3.3,
    });
    expect(records.at(-1)).toMatchObject({ flags: ["cancel"], side: { side: "S", method: "cancel" } });
    expect(flow.windows[2]).toMatchObject({ prints: 0, bought: NONE, sold: NONE });
  });

  it("counts nothing of late reports, repeats and cancels of unknown prints", () => {
    const repeated = market()
      .frame(T + 5, [tradeEvent(T + 3, { p: 9, s: 100, c: [204] }), tradeEvent(T + 4, { p: 9, s: 100, c: [201] })])
      .reconnect(T + 5, T + 50)
      .frame(T + 60, [tradeEvent(T, { p: 4.2, s: 10 })]);
    const { flow, grid, records } = run(repeated);
    // But for the report itself, apart.
    expect(flow.day).toEqual({ ...expected, apart: { ...expected.apart, late_report: { prints: 1, contracts: 100 } } });
    expect(grid.cells).toMatchObject([{ volume: 18, late_report_volume: 100 }]);
    for (const window of flow.windows) expect(window.apart).toEqual(flow.day.apart);
    expect(records.slice(-3).map(({ side }) => `${side.side}/${side.method}`)).toEqual([
      "U/none:late_report",
      "U/none:cancel",
      "U/none:duplicate",
    ]);
  });

  it("begins anew with the first print of a trading day; yesterday's cancels do not touch it", () => {
    const nextMs = T + DAY_MS;
    const next = market().frame(nextMs, [
      tradeEvent(nextMs, { p: 4.4, s: 2 }),
      tradeEvent(T + DAY_MS - 1, { p: 4.2, s: 10, c: [201] }),
    ]);
    const { flow, grid } = run(next);
    expect(flow.trading_day).toBe("2025-12-23");
    expect(flow.day).toMatchObject({ prints: 1, contracts: 2, bought: NONE, sold: NONE, signed_contracts: null });
    expect(grid.day).toEqual(flow.day);
  });

  it("goes on over a holiday: its night sessions are those of the day after it", () => {
    const atMs = (iso: string) => Date.parse(iso) - T;
    const later = [atMs("2026-01-19T02:00:00Z"), atMs("2026-01-19T15:00:00Z"), atMs("2026-01-20T02:00:00Z")];
    const writer = market();
    for (const afterMs of later) writer.frame(T + afterMs, [tradeEvent(T + afterMs, { p: 4.4, s: 2 })]);
    const { flow } = run(writer);
    expect(flow.trading_day).toBe("2026-01-20");
    expect(flow.day).toMatchObject({ prints: 3, contracts: 6 });
  });

  it("balances: sides add up to all, cells to expirations, those to the underlying, and all to the records", () => {
    const events = fc.array(
      fc.record({
        sym: fc.constantFrom("O:SPXW251223P06870000", "O:SPX251223C06900000", "O:SPXW260116C06850000"),
        waitMs: fc.oneof({ weight: 9, arbitrary: fc.nat(400) }, { weight: 1, arbitrary: fc.nat(80_000) }),
        p: fc.constantFrom(4, 4.1, 4.2),
        s: fc.constantFrom(1, 50),
        c: fc.constantFrom([209], [229], [201], [201], [204], [232], [247]),
        isQuote: fc.nat(2).map((drawn) => drawn === 0),
        bp: fc.constantFrom(0, 4, 4.1, 4.2, 4.3),
        again: fc.nat(20).map((drawn) => drawn === 0),
      }),
      { minLength: 1, maxLength: 60 },
    );
    const seen = { bought: 0, sold: 0, cancelled: 0, multi_leg: 0, cross: 0, compression: 0, late_report: 0 };
    fc.assert(
      fc.property(events, (list) => {
        const writer = new EntryWriter().frame(T, [tradeEvent(T)]);
        let nowMs = T;
        for (const { waitMs, isQuote, again, sym, bp, ...print } of list) {
          nowMs += waitMs;
          if (again) writer.reconnect(nowMs, nowMs);
          const quote = quoteEvent(nowMs, { sym, bp, ap: 4.2, bs: 20, as: 50 });
          writer.frame(nowMs, [isQuote ? quote : tradeEvent(nowMs, { sym, ...print })]);
        }
        const { state, flow, records } = run(writer);
        const grids = ["2025-12-23", "2026-01-16"].map((expiration) => gridSnapshot(state, "SPX", expiration));
        for (const totals of [...flow.windows, flow.day, ...grids.flatMap((grid) => grid?.day ?? [])]) balance(totals);
        expect(total(grids.map((grid) => grid?.day.signed_contracts))).toBe(flow.day.signed_contracts ?? 0);
        for (const grid of grids) {
          expect(total(grid?.cells.map(({ volume }) => volume))).toBe(grid?.day.contracts);
          expect(total(grid?.cells.map(({ signed_volume }) => signed_volume))).toBe(grid?.day.signed_contracts ?? 0);
          for (const { volume, bought_volume, sold_volume } of grid?.cells ?? []) {
            expect(bought_volume + sold_volume).toBeLessThanOrEqual(volume);
          }
        }
        const sums = noFlow();
        for (const record of records) {
          const counted = countedPrint(record);
          if (counted === undefined) continue;
          const { trade, side, delta } = record;
          addFlow(sums, flowOf(trade.price, trade.size, side, delta), counted.sign);
          if (counted.sign < 0) seen.cancelled += 1;
        }
        const apart = apartOf(records);
        expect({ ...flowTotals(sums), apart }).toEqual(flow.day);
        for (const bucket of FLOW_BUCKETS) {
          expect(total(grids.map((grid) => grid?.day.apart[bucket].contracts))).toBe(apart[bucket].contracts);
          seen[bucket] += apart[bucket].prints;
        }
        seen.bought += sums.boughtPrints;
        seen.sold += sums.soldPrints;
      }),
      { seed: 42, numRuns: 400 },
    );
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(25);
  });
});

const BUCKET_OF_ID: ReadonlyMap<number | undefined, FlowBucket> = new Map([
  [229, "cross"],
  [232, "multi_leg"],
  [247, "compression"],
]);

/** What prints of one condition are counted as apart, told by their records alone: a cancel takes out the last one in. */
function apartOf(records: readonly TradeRecord[]): FlowBuckets {
  const apart = noBuckets();
  const open = new Map<string, (number | undefined)[]>();
  for (const record of records) {
    const { contract, price, size, conditions } = record.trade;
    if (record.flags.includes("late_report") && !record.flags.includes("dup")) {
      addToBucket(apart, "late_report", size, 1);
    }
    const counted = countedPrint(record);
    if (counted === undefined) continue;
    const key = [contract, price, size, counted.tsNs].join();
    const ids = open.get(key) ?? [];
    open.set(key, ids);
    if (counted.sign > 0) ids.push(conditions?.[0]);
    const bucket = BUCKET_OF_ID.get(counted.sign > 0 ? conditions?.[0] : ids.pop());
    if (bucket !== undefined) addToBucket(apart, bucket, size, counted.sign);
  }
  return apart;
}

function balance({ bought, sold, unsigned, ...all }: FlowTotals): void {
  for (const field of ["prints", "contracts"] as const) {
    expect(bought[field] + sold[field] + unsigned[field]).toBe(all[field]);
    expect(Math.min(bought[field], sold[field], unsigned[field])).toBeGreaterThanOrEqual(0);
  }
  expect(bought.premium_usd + sold.premium_usd + unsigned.premium_usd).toBeCloseTo(all.premium_usd, 6);
  expect(all.signed_contracts ?? 0).toBe(bought.contracts - sold.contracts);
}

function total(values: readonly (number | null | undefined)[] | undefined): number {
  return (values ?? []).reduce<number>((sum, value) => sum + (value ?? 0), 0);
}
