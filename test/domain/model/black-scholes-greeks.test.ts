import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { OptionRight } from "../../../src/domain/market/rows.ts";
import { type BlackScholesInput, blackScholesPrice } from "../../../src/domain/model/black-scholes.ts";
import { type BlackScholesGreeks, blackScholesGreeks } from "../../../src/domain/model/black-scholes-greeks.ts";

type Terms = readonly [spot: number, strike: number, years: number, rate: number, yield_: number, volatility: number];
type Figures = Partial<Record<Exclude<keyof BlackScholesGreeks, "degenerate">, number>>;

const input = ([spot, strike, years, rate, dividendYield, volatility]: Terms): BlackScholesInput => ({
  spot,
  strike,
  years,
  rate,
  dividendYield,
  volatility,
});

const HULL: Terms = [49, 50, 0.3846, 0.05, 0, 0.2];
const WITH_YIELD: Terms = [100, 95, 0.5, 0.1, 0.05, 0.2];
const AT_1000: Terms = [1000, 1000, 0.5, 0.05, 0, 0.3];

/** Name, right, terms, figures, and how exact the printed ones are, relative. */
const VECTORS: readonly (readonly [string, OptionRight, Terms, Figures, number])[] = [
  ["Haug's delta, call", "C", [105, 100, 0.5, 0.1, 0.1, 0.36], { delta: 0.5946 }, 1e-4],
  ["Haug's delta, put", "P", [105, 100, 0.5, 0.1, 0.1, 0.36], { delta: -0.3566 }, 1e-4],
  ["Haug's gamma and vega", "C", [55, 60, 0.75, 0.1, 0, 0.3], { gamma: 0.02782116, vega: 18.9358 }, 2e-6],
  ["Haug's theta", "P", [430, 405, 1 / 12, 0.07, 0.05, 0.2], { theta: -31.1924 }, 2e-6],
  ["Haug's rho", "C", [72, 75, 1, 0.09, 0, 0.19], { rho: 38.7325 }, 2e-6],
  ["Haug's vanna", "P", [90, 80, 0.25, 0.05, 0, 0.2], { vanna: -1.00083001361 }, 1e-9],
  ["Haug's charm", "P", [105, 90, 0.25, 0.14, 0.14, 0.24], { charm: 0.369989452524 }, 1e-9],
  [
    "Hull, call",
    "C",
    HULL,
    {
      price: 2.40046108697,
      delta: 0.521601633972,
      gamma: 0.0655453772525,
      vega: 12.1052427542,
      theta: -4.30538996455,
      rho: 8.9065740988,
    },
    1e-9,
  ],
  ["Hull, put", "P", HULL, { theta: -1.8530056722 }, 1e-9],
  [
    "py_vollib at the money",
    "C",
    AT_1000,
    {
      price: 96.34876628,
      delta: 0.588589114,
      gamma: 0.001834072,
      vega: 275.110741,
      theta: -107.1452397,
      rho: 246.1201737,
    },
    3e-7,
  ],
  [
    "with a yield, call",
    "C",
    WITH_YIELD,
    {
      delta: 0.71112831239226,
      gamma: 0.022839574296269996,
      vega: 22.83957429627,
      theta: -0.019618241284967603 * 365,
      rho: 30.74192385860237,
      vanna: -0.757055311254,
      charm: 0.0727696063892,
      vomma: 32.6643984209,
      speed: -0.00121384679718,
      zomma: -0.0815334730605,
      color: 0.022375928598,
    },
    1e-9,
  ],
  [
    "with a yield, put",
    "P",
    WITH_YIELD,
    {
      delta: -0.2641815996360726,
      theta: -0.008220624921638506 * 365,
      rho: -14.44147380518154,
      charm: 0.0240041107877,
    },
    1e-9,
  ],
];

const inputs: fc.Arbitrary<BlackScholesInput> = fc
  .record({
    spot: fc.double({ min: 10, max: 30_000, noNaN: true }),
    moneyness: fc.double({ min: -0.4, max: 0.4, noNaN: true }),
    years: fc.double({ min: 0.01, max: 3, noNaN: true }),
    rate: fc.double({ min: -0.02, max: 0.15, noNaN: true }),
    dividendYield: fc.double({ min: 0, max: 0.1, noNaN: true }),
    volatility: fc.double({ min: 0.05, max: 1, noNaN: true }),
  })
  .map(({ moneyness, ...rest }) => ({ ...rest, strike: rest.spot * Math.exp(moneyness) }));
const rights = fc.constantFrom<OptionRight>("C", "P");
const RUNS = { seed: 42, numRuns: 1_000 };

/** df/dx by central differences, extrapolated once. */
function slope(f: (x: number) => number, x: number, step: number): number {
  const central = (h: number) => (f(x + h) - f(x - h)) / (2 * h);
  return (4 * central(step / 2) - central(step)) / 3;
}

describe("blackScholesGreeks", () => {
  it.each(VECTORS)("agrees with %s", (_, right, terms, expected, tolerance) => {
    const greeks: Figures = blackScholesGreeks(right, input(terms));
    for (const [name, value] of Object.entries(expected)) {
      expect(Math.abs((greeks[name as keyof Figures] ?? Number.NaN) / value - 1), name).toBeLessThan(tolerance);
    }
  });

  it.each([
    [390, 0.019527348],
    [60, 0.049785253],
    [10, 0.1219485],
    [1, 0.38563503],
  ])("climbs the ladder of gamma with %s minutes left", (minutes, expected) => {
    const { gamma } = blackScholesGreeks("C", input([5000, 5000, minutes / 525_600, 0, 0, 0.15]));
    expect(Math.abs(gamma / expected - 1)).toBeLessThan(3e-8);
    const daily = blackScholesGreeks("C", input([5000, 5000, 1 / 262, 0, 0, 0.15])).gamma;
    expect(Math.abs(daily / 0.0086098342 - 1)).toBeLessThan(1e-8);
  });

  it("prices as blackScholesPrice does", () => {
    fc.assert(
      fc.property(inputs, rights, (terms, right) => {
        expect(blackScholesGreeks(right, terms).price).toBe(blackScholesPrice(right, terms));
      }),
      RUNS,
    );
  });

  it("is what differentiation gives", () => {
    fc.assert(
      fc.property(inputs, rights, (terms, right) => {
        const at = (change: Partial<BlackScholesInput>) => blackScholesGreeks(right, { ...terms, ...change });
        const { spot, years, rate, volatility } = terms;
        const greeks = at({});
        const deviation = volatility * Math.sqrt(years);
        const bySpot = (name: "price" | "delta" | "gamma") =>
          slope((x) => at({ spot: x })[name], spot, 0.02 * spot * deviation);
        const byVolatility = (name: "price" | "delta" | "vega" | "gamma") =>
          slope((x) => at({ volatility: x })[name], volatility, 0.01 * volatility);
        const byTime = (name: "price" | "delta" | "gamma") =>
          -slope((x) => at({ years: x })[name], years, 0.01 * years);
        // What a figure can be at most, up to a small factor, is what its error is held against.
        const root = Math.sqrt(years);
        const pairs: readonly (readonly [string, number, number, number])[] = [
          ["delta", greeks.delta, bySpot("price"), 1],
          ["gamma", greeks.gamma, bySpot("delta"), 1 / (spot * deviation)],
          ["vega", greeks.vega, byVolatility("price"), spot * root],
          ["theta", greeks.theta, byTime("price"), spot * (volatility / root + 0.2)],
          ["rho", greeks.rho, slope((x) => at({ rate: x }).price, rate, 1e-3), spot * years],
          ["vanna", greeks.vanna, byVolatility("delta"), 1 / volatility],
          ["charm", greeks.charm, byTime("delta"), 1 / years],
          ["vomma", greeks.vomma, byVolatility("vega"), (spot * root) / volatility],
          ["speed", greeks.speed, bySpot("gamma"), (spot * deviation) ** -2],
          ["zomma", greeks.zomma, byVolatility("gamma"), 1 / (spot * deviation * volatility)],
          ["color", greeks.color, byTime("gamma"), 1 / (spot * deviation * years)],
        ];
        for (const [name, given, expected, scale] of pairs) {
          expect(Math.abs(given - expected) / scale, name).toBeLessThan(1e-5);
        }
      }),
      RUNS,
    );
  });

  it("keeps the identities between calls and puts, and Black and Scholes' equation", () => {
    fc.assert(
      fc.property(inputs, (terms) => {
        const { spot, years, rate, dividendYield, volatility } = terms;
        const call = blackScholesGreeks("C", terms);
        const put = blackScholesGreeks("P", terms);
        const discount = Math.exp(-dividendYield * years);
        expect(Math.abs(call.delta - put.delta - discount)).toBeLessThan(1e-14);
        for (const name of ["gamma", "vega", "vanna", "vomma", "speed", "zomma", "color"] as const) {
          expect(put[name]).toBe(call[name]);
        }
        expect(Math.abs(call.charm - put.charm - dividendYield * discount)).toBeLessThan(
          1e-13 * (1 + Math.abs(put.charm)),
        );
        for (const { price, delta, gamma, theta } of [call, put]) {
          const left = theta + (rate - dividendYield) * spot * delta + 0.5 * volatility ** 2 * spot ** 2 * gamma;
          expect(Math.abs(left - rate * price)).toBeLessThan(1e-13 * spot * (1 + volatility / Math.sqrt(years)));
        }
      }),
      RUNS,
    );
  });

  it("says where no time or volatility is left, and gives the intrinsic value's figures", () => {
    const base = { spot: 110, strike: 100, years: 0.5, rate: 0.04, dividendYield: 0.01, volatility: 0.2 };
    const none = { gamma: 0, vega: 0, vanna: 0, charm: 0, vomma: 0, speed: 0, zomma: 0, color: 0, degenerate: true };
    const discount = Math.exp(-0.005);
    for (const volatility of [0, -0.1]) {
      const terms = { ...base, volatility };
      expect(blackScholesGreeks("C", terms)).toMatchObject({ ...none, delta: discount });
      expect(blackScholesGreeks("P", terms)).toMatchObject({ ...none, delta: 0, price: 0, rho: 0 });
      const itm = blackScholesGreeks("C", terms);
      expect(itm.price).toBe(blackScholesPrice("C", terms));
      expect(itm.theta).toBeCloseTo(0.01 * 110 * discount - 0.04 * 100 * Math.exp(-0.02), 12);
      expect(itm.rho).toBeCloseTo(0.5 * 100 * Math.exp(-0.02), 12);
    }
    for (const years of [0, -1]) {
      expect(blackScholesGreeks("C", { ...base, years })).toMatchObject({
        ...none,
        price: 10,
        delta: 1,
        theta: 0,
        rho: 0,
      });
      expect(blackScholesGreeks("P", { ...base, spot: 100, years })).toMatchObject({ ...none, price: 0, delta: -0.5 });
      expect(blackScholesGreeks("C", { ...base, spot: 100, years })).toMatchObject({ delta: 0.5 });
    }
    expect(blackScholesGreeks("C", base).degenerate).toBe(false);
  });

  it("stays finite however little time and volatility are left, and however far out", () => {
    const extreme = fc.constantFrom(0, 1e-300, 1e-160, 1e-80, 1e-30, 1e-9, 1e-3, 1, 100);
    const price = fc.constantFrom(1e-6, 0.01, 1, 99.999_999, 100, 5_000, 1e9);
    fc.assert(
      fc.property(price, price, extreme, extreme, rights, (spot, strike, time, volatility, right) => {
        const years = time;
        const greeks = blackScholesGreeks(right, { spot, strike, years, rate: 0.05, dividendYield: 0.01, volatility });
        for (const [name, value] of Object.entries(greeks)) {
          if (name !== "degenerate") expect(Number.isFinite(value), `${name} ${String(value)}`).toBe(true);
        }
      }),
      { seed: 42, numRuns: 3_000 },
    );
  });

  it("refuses what has no price", () => {
    expect(() => blackScholesGreeks("C", input([0, 1, 1, 0, 0, 0.2]))).toThrow(RangeError);
  });
});
