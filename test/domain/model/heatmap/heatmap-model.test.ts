import { describe, expect, it } from "vitest";
import type { SubstrateRecord } from "../../../../src/domain/epoch/substrate.ts";
import { blackScholesPrice } from "../../../../src/domain/model/black-scholes.ts";
import { type ModelMoment, ModelRun } from "../../../../src/domain/model/definition/model-run.ts";
import { heatmapModel } from "../../../../src/domain/model/heatmap/index.ts";
import { AS_OF_MS, agoNs, byContract, LIMITS, moment, record, SPOT } from "../definition/records.ts";

const YEARS = 120 / 525_600;
const IV = 0.15;
/** One standard deviation to settlement. */
const MOVE = SPOT * IV * Math.sqrt(YEARS);

/** Contracts of today, quoted a nickel around what they are worth. */
function chain(halfWidthPts: number, step = 5, ageMs = 1_000): readonly SubstrateRecord[] {
  const strikes = Array.from({ length: 2 * Math.floor(halfWidthPts / step) + 1 }, (_, index) => {
    return SPOT + step * (index - Math.floor(halfWidthPts / step));
  });
  return strikes.flatMap((strike) =>
    (["C", "P"] as const).map((right) => {
      const worth = blackScholesPrice(right, {
        ...{ spot: SPOT, strike, years: YEARS, rate: 0.04, dividendYield: 0 },
        volatility: IV,
      });
      const bid = Math.floor(worth * 20) / 20;
      const quote = { quoteTsNs: agoNs(ageMs), bid, ask: Math.round(bid * 100 + 5) / 100, bidSize: 1, askSize: 1 };
      return record(right, strike, { quote });
    }),
  );
}

function dataOf(records: readonly SubstrateRecord[], overrides: Partial<ModelMoment> = {}, options = {}) {
  const run = new ModelRun(heatmapModel(options), LIMITS);
  const { message, error } = run.step(moment(byContract(records), overrides), null);
  if (message.data === null) throw new Error("Cannot go on: there must be data", { cause: error });
  return message.data;
}

describe("the heatmap model", () => {
  it("shows centres within two expected moves of spot", () => {
    const { series, expected_moves: moves } = dataOf(chain(300));
    const [today] = series;
    expect(today?.expected_move_pts).toBeGreaterThan(0.9 * MOVE);
    expect(today?.expected_move_pts).toBeLessThan(1.1 * MOVE);
    const halfPts = Math.max(moves * (today?.expected_move_pts ?? 0), 50);
    expect(today?.centres_pts).toEqual(
      chain(300).flatMap(({ terms }) =>
        terms.right === "C" && Math.abs(terms.strike - SPOT) <= halfPts ? [terms.strike] : [],
      ),
    );
    // All tiles are counted, shown or not: 121 strikes and two rights.
    const { single } = today?.counts ?? {};
    expect(single?.priced).toBeGreaterThan(100);
    expect((single?.priced ?? 0) + Object.values(single?.missing ?? {}).reduce((sum, count) => sum + count, 0)).toBe(
      242,
    );
  });

  it("shows the nearest where there are too many of them", () => {
    const [today] = dataOf(chain(300), {}, { expectedMoves: 50, mostCentres: 7 }).series;
    expect(today?.centres_pts).toEqual([-15, -10, -5, 0, 5, 10, 15].map((points) => SPOT + points));
    for (const side of [today?.calls, today?.puts]) {
      expect(side?.quote_t).toEqual(Array(7).fill(AS_OF_MS - 1_000));
      for (const column of [side?.single, ...(side?.vertical ?? []), ...(side?.butterfly ?? [])]) {
        for (const name of ["mid_pts", "natural_pts", "opposite_pts", "reasons", "flags"] as const) {
          expect(column?.[name]).toHaveLength(7);
        }
      }
    }
  });

  it("has widths by symbol, and what a butterfly costs", () => {
    const given = { widths: { SPX: [10, 20] } };
    const { widths_pts: widths, series } = dataOf(chain(100), {}, given);
    expect(widths).toEqual([10, 20]);
    const [today] = series;
    const place = today?.centres_pts.indexOf(SPOT) ?? -1;
    const mid = (points: number): number => {
      return today?.calls.single.mid_pts[today.centres_pts.indexOf(SPOT + points)] ?? Number.NaN;
    };
    const [ten] = today?.calls.butterfly ?? [];
    expect(ten?.width_pts).toBe(10);
    expect(ten?.mid_pts[place]).toBeCloseTo(mid(-10) + mid(10) - 2 * mid(0), 9);
    const { symbol } = moment(new Map());
    expect(symbol).toBe("SPX");
    expect(dataOf(chain(100), { symbol: "XYZ" }).widths_pts).toEqual([5, 10, 15, 20, 25, 30, 35, 40, 45, 50]);
  });

  it("shows quotes of a chain that is half a minute old, and none that is older than a minute", () => {
    const fresh = dataOf(chain(60, 5, 35_000));
    expect(fresh.counts.single.missing.stale).toBe(0);
    expect(fresh.series[0]?.oldest_quote_t).toBe(AS_OF_MS - 35_000);
    const old = chain(60, 5, 60_001).filter(({ terms }) => terms.strike !== SPOT);
    const mixed = dataOf([...old, ...chain(0, 5, 60_000)]);
    expect(mixed.counts.single.priced).toBe(2);
    expect(mixed.counts.single.missing.stale).toBeGreaterThan(30);
  });

  it("names the cheapest butterfly of each series, and of all", () => {
    const { series, cheapest_butterfly: cheapest } = dataOf(chain(100));
    const own = series[0]?.cheapest_butterfly;
    expect(cheapest).toEqual(own);
    const column = (cheapest?.right === "C" ? series[0]?.calls : series[0]?.puts)?.butterfly.find(
      ({ width_pts: width }) => width === cheapest?.width_pts,
    );
    const place = series[0]?.centres_pts.indexOf(cheapest?.centre_pts ?? 0) ?? -1;
    expect(column?.mid_pts[place]).toBe(cheapest?.mid_pts);
    expect(column?.flags[place]).toBe(0);
  });

  it("names none of a series that has settled, whatever its last quotes were", () => {
    const settlesMs = Date.UTC(2026, 0, 7, 21);
    const records = chain(100, 5, AS_OF_MS - settlesMs + 1_000);
    const at = (asOfMs: number) => dataOf(records, { asOfMs, spotMs: asOfMs });
    expect(at(settlesMs - 1).cheapest_butterfly).not.toBeNull();
    const { series, cheapest_butterfly: cheapest } = at(settlesMs);
    expect([cheapest, series[0]?.cheapest_butterfly]).toEqual([null, null]);
    expect(series[0]?.counts.butterfly.priced).toBeGreaterThan(0);
  });

  it("tells the time to settlement, and what parity says of the quotes", () => {
    const [today] = dataOf(chain(100)).series;
    expect(today).toMatchObject({ root: "SPXW", settles_ts: Date.UTC(2026, 0, 7, 21) / 1_000, smallest_gap_pts: 5 });
    expect(today?.t_years).toBeCloseTo(YEARS, 12);
    expect(today?.parity.put_call?.mean_pts).toBeLessThan(0.1);
    expect(today?.parity.by_width.map(({ butterfly }) => butterfly?.beyond_spread ?? 0)).toEqual(Array(10).fill(0));
  });

  it("takes an epoch without contracts", () => {
    const data = dataOf([]);
    expect([data.series, data.cheapest_butterfly, data.contracts]).toEqual([[], null, 0]);
  });
});
