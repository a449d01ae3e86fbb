import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blackScholesPrice } from "../../../src/domain/model/black-scholes.ts";
import { DEFAULT_UNDERLYINGS } from "../../../src/simulator/market/underlyings.ts";
import { atTheMoneyVariance, impliedVolatility } from "../../../src/simulator/market/volatility-surface.ts";

const surfaces = fc.constantFrom(...DEFAULT_UNDERLYINGS.map(({ volatility }) => volatility));
const years = fc.double({ min: 1e-4, max: 2, noNaN: true });
const RUNS = { seed: 42, numRuns: 500 };

describe("volatility surface", () => {
  it("starts at the short and ends at the long volatility", () => {
    for (const { volatility } of DEFAULT_UNDERLYINGS) {
      expect(Math.sqrt(atTheMoneyVariance(volatility, 1e-9) / 1e-9)).toBeCloseTo(volatility.shortVolatility, 6);
      expect(Math.sqrt(atTheMoneyVariance(volatility, 1e4) / 1e4)).toBeCloseTo(volatility.longVolatility, 4);
    }
  });

  it("has the at-the-money volatility at the forward and a multiple of it at another level", () => {
    fc.assert(
      fc.property(surfaces, years, (surface, t) => {
        const atTheMoney = Math.sqrt(atTheMoneyVariance(surface, t) / t);
        expect(impliedVolatility(surface, 0, t, 1)).toBeCloseTo(atTheMoney, 12);
        expect(impliedVolatility(surface, 0, t, 1.25)).toBeCloseTo(1.25 * atTheMoney, 12);
      }),
      RUNS,
    );
  });

  it("makes low strikes dearer than high ones", () => {
    fc.assert(
      fc.property(surfaces, years, fc.double({ min: 0.001, max: 0.3, noNaN: true }), (surface, t, distance) => {
        expect(impliedVolatility(surface, -distance, t, 1)).toBeGreaterThan(impliedVolatility(surface, distance, t, 1));
      }),
      RUNS,
    );
  });

  it("gives no free butterfly and no free calendar spread", () => {
    const call = (surface: (typeof DEFAULT_UNDERLYINGS)[number]["volatility"], logMoneyness: number, t: number) =>
      blackScholesPrice("C", {
        spot: 1,
        strike: Math.exp(logMoneyness),
        years: t,
        rate: 0,
        dividendYield: 0,
        volatility: impliedVolatility(surface, logMoneyness, t, 1),
      });
    fc.assert(
      fc.property(surfaces, years, fc.double({ min: -4, max: 4, noNaN: true }), (surface, t, deviations) => {
        const deviation = Math.sqrt(atTheMoneyVariance(surface, t));
        const centre = Math.exp(deviations * deviation);
        const width = 0.05 * deviation * centre;
        const [low, middle, high] = [centre - width, centre, centre + width].map((k) => call(surface, Math.log(k), t));
        expect((low ?? 0) - 2 * (middle ?? 0) + (high ?? 0)).toBeGreaterThan(-1e-14);
        expect(call(surface, Math.log(centre), t * 1.05) - (middle ?? 0)).toBeGreaterThan(-1e-14);
      }),
      RUNS,
    );
  });
});
