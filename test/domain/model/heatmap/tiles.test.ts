import { describe, expect, it } from "vitest";
import { blackScholesPrice } from "../../../../src/domain/model/black-scholes.ts";
import { HeatmapCells, type HeatmapCellsOptions } from "../../../../src/domain/model/heatmap/heatmap-cells.ts";
import type { HeatmapContract } from "../../../../src/domain/model/heatmap/leg.ts";
import { microPrice } from "../../../../src/domain/model/heatmap/micro-price.ts";
import { tilePayoff } from "../../../../src/domain/model/heatmap/payoff.ts";
import { orderablePts } from "../../../../src/domain/model/heatmap/price-units.ts";
import { flagsOf, TILE_FLAGS, type TileReason } from "../../../../src/domain/model/heatmap/tile.ts";
import { HEATMAP_WIDTHS, heatmapWidths } from "../../../../src/domain/model/heatmap/widths.ts";
import { AS_OF_MS, quoted, SERIES, SPOT, TERMS, TILE_1 } from "./chain.ts";

const FLY = { ...SERIES, strategy: "butterfly", right: "C", centre: 5_000, widthPts: 10 } as const;
const VERTICAL = { ...FLY, strategy: "vertical" } as const;
const SINGLE = { ...FLY, strategy: "single", widthPts: null } as const;

function cellsOf(contracts: Iterable<HeatmapContract>, options: Partial<HeatmapCellsOptions> = {}): HeatmapCells {
  const cells = new HeatmapCells({ asOfMs: AS_OF_MS, spot: SPOT, widthsPts: [10], ...options });
  cells.setTerms(SERIES, TERMS);
  for (const contract of contracts) cells.update(contract);
  return cells;
}

/** TILE-1 with some of its legs others, or without. */
function changed(...legs: readonly HeatmapContract[]): HeatmapCells {
  return cellsOf([...TILE_1, ...legs]);
}

const absent = (strike: number): HeatmapContract => ({ ...quoted("C", strike, 1, 2), quote: null });

describe("tiles", () => {
  it("have the prices of TILE-1, to the digit", () => {
    const cells = cellsOf(TILE_1);
    expect(cells.tile(FLY).prices).toEqual({ midPts: 1.8, naturalPts: 2.3, oppositePts: 1.3, flags: [] });
    expect(cells.tile(VERTICAL).prices).toEqual({ midPts: 4.2, naturalPts: 4.4, oppositePts: 4, flags: [] });
    expect([4_990, 5_000, 5_010].map((centre) => cells.tile({ ...SINGLE, centre }).prices?.midPts)).toEqual([
      15, 9, 4.8,
    ]);
    expect(cells.tile(SINGLE).prices).toEqual({ midPts: 9, naturalPts: 9.1, oppositePts: 8.9, flags: [] });
  });

  it("come to what TILE-1 says at expiration", () => {
    const fly = tilePayoff(FLY, 1.8);
    expect(fly.maxProfitPts).toBeCloseTo(8.2, 12);
    expect(fly.maxLossPts).toBe(1.8);
    expect(fly.breakEvens[0]).toBeCloseTo(4_991.8, 9);
    expect(fly.breakEvens[1]).toBeCloseTo(5_008.2, 9);
    expect(fly.rewardToRisk).toBeCloseTo(4.5555555556, 9);
    const vertical = tilePayoff(VERTICAL, 4.2);
    expect(vertical.breakEvens[0]).toBeCloseTo(5_004.2, 9);
    expect(vertical.maxProfitPts).toBeCloseTo(5.8, 12);
    expect(tilePayoff({ ...VERTICAL, right: "P" }, 4.2).breakEvens[0]).toBeCloseTo(4_995.8, 9);
    expect(tilePayoff(SINGLE, 9)).toEqual({
      maxProfitPts: null,
      maxLossPts: 9,
      breakEvens: [5_009],
      rewardToRisk: null,
    });
    expect(tilePayoff({ ...SINGLE, right: "P" }, 9)).toMatchObject({ maxProfitPts: 4_991, breakEvens: [4_991] });
    expect(tilePayoff(FLY, -0.2)).toMatchObject({ maxProfitPts: 10.2, breakEvens: [], rewardToRisk: null });
    expect(tilePayoff(FLY, 10.5)).toMatchObject({ breakEvens: [], rewardToRisk: null });
    expect(tilePayoff(FLY, 5e-324).rewardToRisk).toBeNull();
  });

  it("have the theoretical prices of TILE-2, calls and puts alike, and their box", () => {
    const theoretical = (right: "C" | "P", strike: number): HeatmapContract => {
      const price = blackScholesPrice(right, { spot: SPOT, strike, ...TERMS, volatility: 0.15 });
      return quoted(right, strike, price, price);
    };
    const strikes = [4_990, 5_000, 5_010];
    const cells = cellsOf(strikes.flatMap((strike) => [theoretical("C", strike), theoretical("P", strike)]));
    const mid = (tile: ReturnType<HeatmapCells["tile"]>): number => tile.prices?.midPts ?? Number.NaN;
    expect(mid(cells.tile(FLY))).toBeCloseTo(4.42055055, 8);
    expect(mid(cells.tile({ ...FLY, right: "P" }))).toBeCloseTo(4.42055055, 8);
    const call = mid(cells.tile(VERTICAL));
    const put = mid(cells.tile({ ...VERTICAL, right: "P", centre: 5_010 }));
    expect(call).toBeCloseTo(2.79654893, 8);
    expect(Math.abs(put - 7.203394)).toBeLessThan(1e-8);
    expect(call + put).toBeCloseTo(9.99994292, 8);
    expect(call + put).toBeCloseTo(10 * Math.exp((-0.05 * 60) / 525_600), 8);
    const before = mid(cells.tile({ ...VERTICAL, centre: 4_990 }));
    expect(before - call).toBeCloseTo(mid(cells.tile(FLY)), 12);
    const parity = cells.report().series[0]?.parity;
    expect(parity?.putCall).toMatchObject({ pairs: 3, beyondSpread: 0 });
    expect(parity?.putCall?.worstPts).toBeLessThan(2e-9);
    expect(parity?.byWidth[0]?.butterfly).toMatchObject({ pairs: 1, beyondSpread: 0 });
    expect(parity?.byWidth[0]?.butterfly?.worstPts).toBeLessThan(4e-9);
    expect(parity?.byWidth[0]?.box).toMatchObject({ pairs: 2, beyondSpread: 0 });
    expect(parity?.byWidth[0]?.box?.worstPts).toBeLessThan(4e-9);
    for (const centre of strikes) expect(cells.tile({ ...SINGLE, centre }).prices?.flags).toEqual(["locked"]);
  });

  it("are null without the centre, TILE-3", () => {
    const [low, , high] = TILE_1;
    const unlisted = cellsOf([low, high].filter((leg) => leg !== undefined));
    expect(unlisted.tile(FLY)).toMatchObject({ prices: null, reason: "not_listed" });
    expect(changed(absent(5_000)).tile(FLY)).toMatchObject({ prices: null, reason: "missing_leg" });
    // A put alone lists the strike.
    const put = cellsOf([...TILE_1.filter(({ strike }) => strike !== 5_000), quoted("P", 5_000, 8, 9)]);
    expect(put.tile(FLY)).toMatchObject({ prices: null, reason: "missing_leg", oldestQuoteTMs: null });
  });

  it("count a wing without a bid as half its ask, TILE-4, but no other leg", () => {
    for (const bid of [0, null]) {
      const cells = changed(quoted("C", 5_010, bid, 0.05));
      expect(cells.tile(FLY).prices).toEqual({
        midPts: -2.975,
        naturalPts: -2.55,
        oppositePts: -3.4,
        flags: ["zero_bid", "bound_violation", "arbitrage"],
      });
      expect(cells.tile(VERTICAL).prices?.midPts).toBe(8.975);
      expect(cells.tile({ ...SINGLE, centre: 5_010 })).toMatchObject({ prices: null, reason: "one_sided" });
      expect(cells.cheapestButterfly()).toBeNull();
    }
    const whole = cellsOf([quoted("C", 4_990, 0.1, 0.2), quoted("C", 5_000, 0.05, 0.1), quoted("C", 5_010, 0, 0.05)]);
    expect(whole.tile(FLY).prices).toEqual({ midPts: 0.025, naturalPts: 0.15, oppositePts: -0.1, flags: ["zero_bid"] });
    expect(changed(quoted("C", 5_000, 0, 0.05)).tile(FLY).reason).toBe("one_sided");
  });

  it.each<[string, HeatmapContract, TileReason]>([
    ["a crossed centre, TILE-5", quoted("C", 5_000, 9.1, 8.9), "crossed"],
    ["a crossed wing", quoted("C", 5_010, 4.9, 4.7), "crossed"],
    ["no ask", quoted("C", 5_010, 4.7, null), "one_sided"],
    ["an ask of 0", quoted("C", 5_010, 4.7, 0), "one_sided"],
    ["no side", quoted("C", 5_010, 0, null), "missing_leg"],
    ["a price below 0", quoted("C", 5_010, -1, 4.9), "bad_quote"],
    ["a price that is none", quoted("C", 5_010, Number.NaN, 4.9), "bad_quote"],
    ["an old leg", quoted("C", 5_010, 4.7, 4.9, 5_001), "stale"],
    ["legs apart", quoted("C", 5_010, 4.7, 4.9, 1_001), "skewed"],
  ])("are null with %s", (_name, leg, reason) => {
    const cells = changed(leg);
    expect(cells.tile(FLY)).toMatchObject({ prices: null, reason, oldestQuoteTMs: null, newestQuoteTMs: null });
    expect(cells.report().counts.butterfly.missing[reason]).toBeGreaterThan(0);
  });

  it("tell the last of several reasons", () => {
    const cells = changed(quoted("C", 4_990, 15.2, 14.8), quoted("C", 5_010, 4.7, 4.9, 6_000), absent(5_000));
    expect(cells.tile(FLY).reason).toBe("missing_leg");
    cells.update(quoted("C", 5_000, 8.9, 9.1));
    expect(cells.tile(FLY).reason).toBe("crossed");
    cells.update(quoted("C", 4_990, 14.8, 15.2));
    expect(cells.tile(FLY).reason).toBe("stale");
  });

  it("are as old as the limits let them be, and tell their times", () => {
    const old = quoted("C", 5_010, 4.7, 4.9, 1_000);
    expect(changed(old).tile(FLY)).toMatchObject({ oldestQuoteTMs: AS_OF_MS - 1_000, newestQuoteTMs: AS_OF_MS });
    const any = cellsOf([...TILE_1, quoted("C", 5_010, 4.7, 4.9, 1e9)], {
      limits: { maxAgeMs: null, maxSkewMs: null },
    });
    expect(any.tile(FLY).prices?.midPts).toBe(1.8);
    const cells = changed(old);
    expect(cells.report().series[0]).toMatchObject({
      oldestQuoteTMs: AS_OF_MS - 1_000,
      newestQuoteTMs: AS_OF_MS,
      quoted: 3,
    });
    cells.moveTo({ asOfMs: AS_OF_MS + 4_001, spot: SPOT });
    expect(cells.tile(FLY).reason).toBe("stale");
    expect(cells.tile({ ...FLY, strategy: "single", widthPts: null }).prices?.midPts).toBe(9);
    cells.moveTo({ asOfMs: AS_OF_MS, spot: SPOT });
    expect(cells.tile(FLY).prices?.midPts).toBe(1.8);
  });

  it("are not clamped: below 0 is TILE-6, and an arbitrage only where it can be had", () => {
    const cells = cellsOf([
      quoted("C", 4_990, 14.9, 15.1),
      quoted("C", 5_000, 9.9, 10.1),
      quoted("C", 5_010, 4.75, 4.85),
    ]);
    expect(cells.tile(FLY).prices).toMatchObject({ midPts: -0.2, flags: ["bound_violation"] });
    const wide = changed(quoted("C", 4_990, 14.8, 15.2), quoted("C", 5_000, 9.9, 10.1));
    expect(wide.tile(FLY).prices).toMatchObject({ midPts: -0.2, naturalPts: 0.3, flags: ["bound_violation"] });
    const tight = changed(quoted("C", 5_000, 10.2, 10.3));
    expect(tight.tile(FLY).prices).toMatchObject({ naturalPts: -0.3, flags: ["bound_violation", "arbitrage"] });
    const dear = cellsOf([quoted("C", 5_000, 15, 15.2), quoted("C", 5_010, 4.7, 4.9)]);
    expect(dear.tile(VERTICAL).prices).toMatchObject({ midPts: 10.3, flags: ["bound_violation", "arbitrage"] });
    // A vertical is worth at most its width, discounted.
    const edge = cellsOf([quoted("C", 5_000, 14.7, 14.7), quoted("C", 5_010, 4.7, 4.7)]);
    expect(edge.tile(VERTICAL).prices).toMatchObject({ midPts: 10, flags: ["locked", "bound_violation", "arbitrage"] });
    edge.setTerms(SERIES, null);
    expect(edge.tile(VERTICAL).prices).toMatchObject({ midPts: 10, flags: ["locked"] });
  });

  it("bound singles by what exercise is worth, where spot and terms are known", () => {
    const cheap = quoted("C", 4_900, 90, 92);
    const cells = cellsOf([cheap]);
    const id = { ...SINGLE, centre: 4_900 };
    expect(cells.tile(id).prices?.flags).toEqual(["bound_violation", "arbitrage"]);
    cells.moveTo({ asOfMs: AS_OF_MS, spot: 4_990 });
    expect(cells.tile(id).prices?.flags).toEqual([]);
    cells.moveTo({ asOfMs: AS_OF_MS, spot: null });
    expect(cells.tile(id).prices?.flags).toEqual([]);
    expect(cells.report().series[0]?.parity.putCall).toBeNull();
    const dear = cellsOf([quoted("P", 100, 101, 102)]);
    expect(dear.tile({ ...SINGLE, right: "P", centre: 100 }).prices?.flags).toEqual(["bound_violation", "arbitrage"]);
  });

  it("of AM and PM settled contracts of one date are two, and other series are not there", () => {
    const cells = cellsOf([...TILE_1, ...TILE_1.map((leg) => ({ ...leg, root: "SPX" }))]);
    expect(cells.report().series.map(({ root }) => root)).toEqual(["SPX", "SPXW"]);
    expect(cells.report().series.map(({ discountFactor }) => discountFactor === null)).toEqual([true, false]);
    expect(cells.tile({ ...FLY, expiration: "2026-01-08" }).reason).toBe("not_listed");
    expect(cells.rows({ root: "SPXW", expiration: "2026-01-08" })).toEqual([]);
    expect(cells.tile({ ...FLY, widthPts: 20 }).reason).toBe("not_listed");
    expect(cells.tile({ ...FLY, widthPts: null }).reason).toBe("not_listed");
    expect(cells.tile({ ...FLY, centre: Number.NaN }).reason).toBe("not_listed");
  });

  it("stand in rows by strike, and are counted by reason", () => {
    const cells = changed(quoted("C", 5_020, 0, 0.05));
    const [series] = cells.report().series;
    expect(series).toMatchObject({
      ...SERIES,
      strikes: [4_990, 5_000, 5_010, 5_020],
      smallestGapPts: 10,
      contracts: 4,
    });
    const rows = cells.rows(SERIES);
    expect(rows.map(({ right, strategy, widthPts }) => [right, strategy, widthPts])).toEqual([
      ["C", "single", null],
      ["C", "vertical", 10],
      ["C", "butterfly", 10],
      ["P", "single", null],
      ["P", "vertical", 10],
      ["P", "butterfly", 10],
    ]);
    expect(rows[2]).toEqual({
      right: "C",
      strategy: "butterfly",
      widthPts: 10,
      midPts: [null, 1.8, -0.575, null],
      naturalPts: [null, 2.3, -0.25, null],
      oppositePts: [null, 1.3, -0.9, null],
      reasons: ["not_listed", null, null, "not_listed"],
      flags: [0, 0, 14, 0],
    });
    expect(flagsOf(14)).toEqual(["zero_bid", "bound_violation", "arbitrage"]);
    expect(flagsOf(15)).toEqual(TILE_FLAGS);
    const none = { skewed: 0, stale: 0, one_sided: 0, crossed: 0, bad_quote: 0, missing_leg: 0, not_listed: 0 };
    expect(series?.counts.single).toEqual({ priced: 3, missing: { ...none, one_sided: 1, missing_leg: 4 } });
    expect(series?.counts.vertical).toEqual({ priced: 3, missing: { ...none, missing_leg: 3, not_listed: 2 } });
    expect(series?.counts.butterfly).toEqual({ priced: 2, missing: { ...none, missing_leg: 2, not_listed: 4 } });
    expect(cells.report().counts).toEqual(series?.counts);
  });

  it("name the cheapest butterfly of its width that nothing is to be said against", () => {
    const cells = cellsOf([...TILE_1, quoted("C", 5_020, 2.5, 2.7), quoted("C", 4_980, 23, 23.4)], {
      widthsPts: [10, 20],
    });
    const mids = [10, 20].flatMap((widthPts) =>
      [4_990, 5_000, 5_010].map((centre) => cells.tile({ ...FLY, widthPts, centre }).prices?.midPts),
    );
    expect(mids).toEqual([2.2, 1.8, 2, undefined, 7.8, undefined]);
    expect(cells.cheapestButterfly()).toMatchObject({ ...FLY, prices: { midPts: 1.8 } });
    expect(cells.cheapestButterfly({ fromPts: 5_001, toPts: 5_010 })).toMatchObject({ centre: 5_010, widthPts: 10 });
    expect(cells.cheapestButterfly({ fromPts: 5_001, toPts: 5_009 })).toBeNull();
    expect(cells.cheapestButterfly({ fromPts: 6_000, toPts: 7_000 })).toBeNull();
    expect(cells.cheapestButterfly({ fromPts: 0, toPts: 100 })).toBeNull();
    expect(cellsOf([]).cheapestButterfly()).toBeNull();
  });

  it("refuse what is no instant, spot, width, limit or terms", () => {
    const refused =
      (options: Partial<HeatmapCellsOptions>): (() => void) =>
      () =>
        void cellsOf([], options);
    expect(refused({ asOfMs: Number.NaN })).toThrow(
      new RangeError("Cannot tell tiles: 'asOfMs' must be finite, current value is NaN"),
    );
    expect(refused({ spot: 0 })).toThrow(
      new RangeError("Cannot tell tiles: 'spot' must be null or from 1e-6 to 1e9, current value is 0"),
    );
    expect(refused({ widthsPts: [5, 0] })).toThrow(
      new RangeError("Cannot tell tiles: each of 'widths' must be from 0.001 to 99999.999, current value is 0"),
    );
    expect(refused({ limits: { maxAgeMs: -1 } })).toThrow(
      new RangeError("Cannot tell tiles: 'maxAgeMs' must be null or at least 0, current value is -1"),
    );
    expect(() => cellsOf([]).setTerms(SERIES, { ...TERMS, rate: 5 })).toThrow(
      new RangeError("Cannot tell tiles: 'rate' must be from -1 to 1, current value is 5"),
    );
    expect(cellsOf([], { widthsPts: [20, 10, 20] }).report().widthsPts).toEqual([10, 20]);
  });
});

describe("heatmapWidths", () => {
  it("are those of the symbol, or multiples of the smallest gap", () => {
    expect(HEATMAP_WIDTHS["SPX"]).toEqual([5, 10, 15, 20, 25, 30, 35, 40, 45, 50]);
    expect(heatmapWidths("I:NDX", [])).toEqual([10, 25, 50, 100]);
    expect(heatmapWidths("AAPL", [250, 245, 247.5, 250, Number.NaN])).toEqual([
      2.5, 5, 7.5, 10, 12.5, 15, 17.5, 20, 22.5, 25,
    ]);
    expect(heatmapWidths("AAPL", [250])).toEqual([]);
    expect(heatmapWidths("AAPL", [245, 250], { AAPL: [5] })).toEqual([5]);
    expect(heatmapWidths("toString", [])).toEqual([]);
  });
});

describe("microPrice", () => {
  it("leans to the side with less size", () => {
    expect(microPrice({ bid: 100, bidSize: 1, ask: 101, askSize: 3 })).toBe(100.25);
    expect(microPrice({ bid: 100, bidSize: 500, ask: 100.1, askSize: 50 })).toBeCloseTo(100.0909090909, 9);
    expect(microPrice({ bid: 1, bidSize: 0, ask: 2, askSize: 0 })).toBe(1.5);
    expect(microPrice({ bid: 0, bidSize: 1.7e308, ask: 2, askSize: 1.7e308 })).toBe(1);
    expect(microPrice({ bid: 2, bidSize: 1, ask: 1, askSize: 1 })).toBeNull();
    expect(microPrice({ bid: 1, bidSize: -1, ask: 2, askSize: 1 })).toBeNull();
    expect(microPrice({ bid: Number.NaN, bidSize: 1, ask: 2, askSize: 1 })).toBeNull();
    expect(microPrice({ bid: 1, bidSize: 1, ask: Infinity, askSize: 1 })).toBeNull();
  });
});

describe("orderablePts", () => {
  it("goes to the next nickel against whoever asks", () => {
    expect(orderablePts(1.8, "buy")).toBe(1.8);
    expect(orderablePts(1.81, "buy")).toBe(1.85);
    expect(orderablePts(1.89, "sell")).toBe(1.85);
    expect(orderablePts(0.15 + 0.3, "sell")).toBe(0.45);
    expect(orderablePts(-0.02, "buy")).toBe(0);
    expect(orderablePts(-0.02, "sell")).toBe(-0.05);
    expect(() => orderablePts(Number.NaN, "buy")).toThrow(RangeError);
  });
});
