import { describe, expect, it } from "vitest";
import { seededRandom } from "../../../src/domain/random.ts";
import { SpotProcess } from "../../../src/simulator/market/spot-process.ts";
import { DEFAULT_UNDERLYINGS } from "../../../src/simulator/market/underlyings.ts";

const STEP_MS = 1_000;
const STEPS = 20_000;

/** Log returns per step of each symbol, looked at in turn within a step. */
function returns(symbols: readonly string[]): readonly (readonly number[])[] {
  const spots = new SpotProcess(DEFAULT_UNDERLYINGS, 0, seededRandom(3));
  const series = symbols.map((): number[] => []);
  const last = symbols.map(() => 0);
  for (let step = 1; step <= STEPS; step++) {
    for (const [index, symbol] of symbols.entries()) {
      spots.moveTo(symbol, step * STEP_MS);
      const value = spots.logReturn(symbol);
      series[index]?.push(value - (last[index] ?? 0));
      last[index] = value;
    }
  }
  return series;
}

const sumOfProducts = (left: readonly number[], right: readonly number[]): number =>
  left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0);

describe("SpotProcess", () => {
  it("starts at the spots of the underlyings", () => {
    const spots = new SpotProcess(DEFAULT_UNDERLYINGS, 0, seededRandom(1));
    for (const { symbol, spot } of DEFAULT_UNDERLYINGS) expect(spots.spot(symbol)).toBe(spot);
  });

  it("moves with the volatility and the correlation of its configuration", () => {
    const [spx = [], ndx = [], iwm = []] = returns(["SPX", "NDX", "IWM"]);
    const stepsPerYear = (252 * 6.5 * 3_600_000) / STEP_MS;
    const volatility = (series: readonly number[]) => Math.sqrt((sumOfProducts(series, series) / STEPS) * stepsPerYear);
    const correlation = (left: readonly number[], right: readonly number[]) =>
      sumOfProducts(left, right) / Math.sqrt(sumOfProducts(left, left) * sumOfProducts(right, right));
    expect(volatility(spx) / 0.105).toBeCloseTo(1, 1.6);
    expect(volatility(ndx) / 0.15).toBeCloseTo(1, 1.6);
    expect(correlation(spx, ndx)).toBeCloseTo(0.98 * 0.92, 1.8);
    expect(correlation(ndx, iwm)).toBeCloseTo(0.92 * 0.8, 1.6);
  });

  it("keeps a fund at a constant ratio to its index", () => {
    const spots = new SpotProcess(DEFAULT_UNDERLYINGS, 0, seededRandom(4));
    const ratio = spots.spot("SPX") / spots.spot("SPY");
    for (let atMs = 1_000; atMs < 50_000; atMs += 1_000) {
      spots.moveTo(atMs % 2_000 === 0 ? "SPX" : "SPY", atMs);
      expect(spots.spot("SPX") / spots.spot("SPY")).toBeCloseTo(ratio, 10);
    }
  });

  it("does not move for an instant that has passed", () => {
    const spots = new SpotProcess(DEFAULT_UNDERLYINGS, 0, seededRandom(5));
    spots.moveTo("SPX", 60_000);
    const { spot, level } = { spot: spots.spot("SPX"), level: spots.volatilityLevel("SPX") };
    spots.moveTo("SPX", 60_000);
    spots.moveTo("SPX", 1_000);
    expect([spots.spot("SPX"), spots.volatilityLevel("SPX")]).toEqual([spot, level]);
    expect(spot).not.toBe(6878.5);
  });

  it("makes volatility dearer as prices fall", () => {
    const spots = new SpotProcess(DEFAULT_UNDERLYINGS, 0, seededRandom(6));
    for (let atMs = 60_000; atMs < 3_600_000; atMs += 60_000) {
      spots.moveTo("SPX", atMs);
      expect(spots.volatilityLevel("SPX") > 1).toBe(spots.spot("SPX") < 6878.5);
    }
  });

  it("refuses a symbol that it does not have", () => {
    const spots = new SpotProcess(DEFAULT_UNDERLYINGS, 0, seededRandom(1));
    expect(() => spots.spot("DJX")).toThrow(
      new RangeError("Cannot find a price: 'symbol' must be an underlying of this market, current value is DJX"),
    );
  });
});
