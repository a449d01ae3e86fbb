import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { OptionRight } from "../../../src/domain/market/rows.ts";
import { type BlackScholesInput, blackScholesPrice } from "../../../src/domain/model/black-scholes.ts";

type Terms = readonly [spot: number, strike: number, years: number, rate: number, yield_: number, volatility: number];

const input = ([spot, strike, years, rate, dividendYield, volatility]: Terms): BlackScholesInput => ({
  spot,
  strike,
  years,
  rate,
  dividendYield,
  volatility,
});

/** Call 5000/7500 over 30 days at 16 vol points, from 50-digit arithmetic. */
const FAR_CALL = 2.70852964229128e-17;

const HOUR = 60 / 525_600;

/** Name, right, terms, price, how exact the printed price is. */
const VECTORS: readonly (readonly [string, OptionRight, Terms, number, number])[] = [
  ["Haug 1", "C", [60, 65, 0.25, 0.08, 0, 0.3], 2.133368445, 5e-10],
  ["Haug 2", "P", [100, 95, 0.5, 0.1, 0.05, 0.2], 2.46478764676, 5e-12],
  ["Haug 3, put", "P", [19, 19, 0.75, 0.1, 0.1, 0.28], 1.701050725, 5e-10],
  ["Haug 3, call", "C", [19, 19, 0.75, 0.1, 0.1, 0.28], 1.701050725, 5e-10],
  ["Haug 4, currency", "C", [1.56, 1.6, 0.5, 0.06, 0.08, 0.12], 0.02909925315, 5e-12],
  ["Haug 5", "P", [75, 70, 0.5, 0.1, 0.05, 0.35], 4.086953829, 5e-10],
  ["Haug 6", "C", [42, 40, 0.75, 0.04, 0.08, 0.35], 5.097547718, 5e-10],
  ["Haug 7, short", "C", [90, 100, 0.1, 0.1, 0.1, 0.15], 0.0205, 5e-5],
  ["Haug 7, long", "C", [110, 100, 0.5, 0.1, 0.1, 0.35], 15.3086, 5e-5],
  ["Hull, call", "C", [42, 40, 0.5, 0.1, 0, 0.2], 4.75942239287, 5e-12],
  ["Hull, put", "P", [42, 40, 0.5, 0.1, 0, 0.2], 0.8085993729, 5e-11],
  ["Hull, index", "C", [930, 900, 2 / 12, 0.08, 0.03, 0.2], 51.8329567965, 5e-11],
  ["py_vollib, call", "C", [100, 90, 0.5, 0.01, 0, 0.2], 12.111581435, 5e-10],
  ["py_vollib, put", "P", [100, 90, 0.5, 0.01, 0, 0.2], 1.66270456231, 5e-12],
  ["py_vollib at the money, call", "C", [1000, 1000, 0.5, 0.05, 0, 0.3], 96.34876628, 5e-9],
  ["py_vollib at the money, put", "P", [1000, 1000, 0.5, 0.05, 0, 0.3], 71.65867831, 5e-9],
  ["last hour, call 4990", "C", [5000, 4990, HOUR, 0.05, 0.013, 0.15], 10.42448611, 1e-8],
  ["last hour, put 4990", "P", [5000, 4990, HOUR, 0.05, 0.013, 0.15], 0.4034245382, 1e-8],
  ["last hour, call 5000", "C", [5000, 5000, HOUR, 0.05, 0.013, 0.15], 3.207386629, 1e-8],
  ["last hour, put 5000", "P", [5000, 5000, HOUR, 0.05, 0.013, 0.15], 3.186267984, 1e-8],
  ["last hour, call 5010", "C", [5000, 5010, HOUR, 0.05, 0.013, 0.15], 0.4108377021, 1e-8],
  ["last hour, put 5010", "P", [5000, 5010, HOUR, 0.05, 0.013, 0.15], 10.38966198, 1e-8],
];

const market = fc.record({
  spot: fc.double({ min: 1, max: 30_000, noNaN: true }),
  moneyness: fc.double({ min: -0.7, max: 0.7, noNaN: true }),
  years: fc.double({ min: 1e-6, max: 5, noNaN: true }),
  rate: fc.double({ min: -0.02, max: 0.15, noNaN: true }),
  dividendYield: fc.double({ min: 0, max: 0.1, noNaN: true }),
  volatility: fc.double({ min: 0.01, max: 2, noNaN: true }),
});

const inputs: fc.Arbitrary<BlackScholesInput> = market.map(({ moneyness, ...rest }) => ({
  ...rest,
  strike: rest.spot * Math.exp(moneyness),
}));

const RUNS = { seed: 42, numRuns: 1_000 };

describe("blackScholesPrice", () => {
  it.each(VECTORS)("agrees with %s", (_, right, terms, expected, tolerance) => {
    expect(Math.abs(blackScholesPrice(right, input(terms)) - expected)).toBeLessThanOrEqual(tolerance);
  });

  it("keeps put-call parity", () => {
    fc.assert(
      fc.property(inputs, (terms) => {
        const { spot, strike, years, rate, dividendYield } = terms;
        const forward = spot * Math.exp(-dividendYield * years) - strike * Math.exp(-rate * years);
        const difference = blackScholesPrice("C", terms) - blackScholesPrice("P", terms);
        expect(Math.abs(difference - forward)).toBeLessThan(1e-14 * (spot + strike));
      }),
      RUNS,
    );
  });

  it("stays within its bounds and rises with volatility", () => {
    fc.assert(
      fc.property(inputs, fc.constantFrom<OptionRight>("C", "P"), (terms, right) => {
        const { spot, strike, years, rate, dividendYield } = terms;
        const spotNow = spot * Math.exp(-dividendYield * years);
        const strikeNow = strike * Math.exp(-rate * years);
        const price = blackScholesPrice(right, terms);
        const slack = 1e-14 * (spot + strike);
        const intrinsic = Math.max(0, right === "C" ? spotNow - strikeNow : strikeNow - spotNow);
        expect(price).toBeGreaterThanOrEqual(intrinsic - slack);
        expect(price).toBeLessThanOrEqual((right === "C" ? spotNow : strikeNow) + slack);
        const dearer = blackScholesPrice(right, { ...terms, volatility: terms.volatility * 1.1 });
        expect(dearer).toBeGreaterThanOrEqual(price - slack);
      }),
      RUNS,
    );
  });

  it("prices a far option from its own tail, where parity would leave only rounding", () => {
    const far = { spot: 5000, strike: 7500, years: 30 / 365, rate: 0.05, dividendYield: 0.013, volatility: 0.16 };
    const price = blackScholesPrice("C", far);
    expect(price).toBeGreaterThan(0);
    expect(Math.abs(price / FAR_CALL - 1)).toBeLessThan(1e-10);
  });

  it.each([
    ["no time", 0, 0.2],
    ["time gone by", -1, 0.2],
    ["no volatility", 0.5, 0],
    ["negative volatility", 0.5, -0.1],
  ])("is the discounted intrinsic value with %s", (_, years, volatility) => {
    const terms = { spot: 110, strike: 100, years, rate: 0.04, dividendYield: 0.01, volatility };
    const t = Math.max(years, 0);
    const intrinsic = 110 * Math.exp(-0.01 * t) - 100 * Math.exp(-0.04 * t);
    expect(blackScholesPrice("C", terms)).toBe(intrinsic);
    expect(blackScholesPrice("P", terms)).toBe(0);
    expect(blackScholesPrice("P", { ...terms, spot: 100, strike: 110 })).toBeGreaterThan(0);
  });

  it("goes over into the intrinsic value without a step", () => {
    const terms = { spot: 5000, strike: 4990, years: 1e-12, rate: 0.05, dividendYield: 0.013, volatility: 0.15 };
    expect(blackScholesPrice("C", terms)).toBeCloseTo(blackScholesPrice("C", { ...terms, years: 0 }), 6);
    expect(blackScholesPrice("P", terms)).toBe(0);
  });

  it("refuses what has no price, naming the input", () => {
    const good = { spot: 100, strike: 100, years: 1, rate: 0, dividendYield: 0, volatility: 0.2 };
    for (const [name, value] of [
      ["spot", 0],
      ["spot", Number.NaN],
      ["strike", -1],
      ["strike", Infinity],
    ] as const) {
      expect(() => blackScholesPrice("C", { ...good, [name]: value })).toThrow(
        new RangeError(`Cannot price an option: '${name}' must be finite and above 0, current value is ${value}`),
      );
    }
    for (const name of ["years", "rate", "dividendYield", "volatility"] as const) {
      expect(() => blackScholesPrice("P", { ...good, [name]: Number.NaN })).toThrow(
        new RangeError(`Cannot price an option: '${name}' must be finite, current value is NaN`),
      );
    }
  });
});
