import { describe, expect, it } from "vitest";
import { blackScholesPrice } from "../../../src/domain/model/black-scholes.ts";
import { parityForward } from "../../../src/domain/model/parity-forward.ts";
import { outOfTheMoneyRight, quoteVolatility } from "../../../src/domain/model/quote-volatility.ts";

const TERMS = { right: "C", spot: 5000, strike: 5050, years: 7 / 365, rate: 0.05, dividendYield: 0.013 } as const;
const quote = (bid: number | null, ask: number | null, terms: Partial<typeof TERMS> | { strike: number } = {}) =>
  quoteVolatility({ ...TERMS, ...terms, tick: 0.05, bid, ask });

describe("quoteVolatility", () => {
  it("gives the volatilities of bid, middle and ask", () => {
    const price = (volatility: number) => blackScholesPrice("C", { ...TERMS, volatility });
    const { bid, mid, ask } = quote(price(0.14), price(0.16));
    expect(bid.ok && bid.sigma).toBeCloseTo(0.14, 12);
    expect(ask.ok && ask.sigma).toBeCloseTo(0.16, 12);
    expect(mid.ok && mid.sigma).toBeCloseTo(0.15, 3);
  });

  it("takes a locked quote for one price", () => {
    const { bid, mid, ask } = quote(20, 20);
    expect(mid).toEqual(bid);
    expect(mid).toEqual(ask);
    expect(mid.ok).toBe(true);
  });

  it.each([
    ["one_sided", null, 20, {}],
    ["one_sided", 20, null, {}],
    ["crossed", 21, 20, {}],
    ["zero_bid", 0, 20, {}],
    ["no_price", -1, 20, {}],
    ["no_price", Number.NaN, 20, {}],
    ["half_tick", 0.01, 0.03, {}],
    ["wing", 0.05, 0.3, { strike: 5600 }],
    ["out_of_range", 4800, 4801, {}],
    ["below_intrinsic", 400, 401, { strike: 4500 }],
    ["above_maximum", 6000, 6001, {}],
  ] as const)("leaves out the middle as %s of %s to %s", (reason, bid, ask, terms) => {
    expect(quote(bid, ask, terms).mid).toEqual({ ok: false, reason });
  });

  it("still tells of the side that is there", () => {
    const { bid, ask } = quote(null, 20);
    expect(bid).toEqual({ ok: false, reason: "no_price" });
    expect(ask.ok).toBe(true);
  });

  it("refuses a tick that is none", () => {
    expect(() => quoteVolatility({ ...TERMS, tick: 0, bid: 1, ask: 2 })).toThrow(
      new RangeError("Cannot tell a quote's volatility: 'tick' must be finite and above 0, current value is 0"),
    );
  });
});

describe("outOfTheMoneyRight", () => {
  it("is the call from the forward on", () => {
    expect([4_990, 5_000, 5_010].map((strike) => outOfTheMoneyRight(5_000, strike))).toEqual(["P", "C", "C"]);
  });
});

describe("parityForward", () => {
  it("is the forward of the VIX' worked example", () => {
    const near = [
      { strike: 1960, call: 24.25, put: 21.3 },
      { strike: 1965, call: 21.05, put: 23.15 },
    ];
    expect(Math.abs((parityForward(near, 0.000305, 0.0683486) ?? 0) - 1962.8999562222655)).toBeLessThan(1e-9);
    const next = [{ strike: 1960, call: 27.3, put: 24.9 }];
    expect(Math.abs((parityForward(next, 0.000286, 0.0882686) ?? 0) - 1962.4000605883318)).toBeLessThan(1e-9);
  });

  it("takes the lower of two strikes alike, in any order, and passes over what is no price", () => {
    const pairs = [
      { strike: 110, call: 1, put: 2 },
      { strike: 100, call: 2, put: 1 },
      { strike: 105, call: Number.NaN, put: 1 },
    ];
    expect(parityForward(pairs, 0, 1)).toBe(101);
    expect(parityForward([...pairs].reverse(), 0, 1)).toBe(101);
    expect(parityForward([], 0, 1)).toBeNull();
    expect(parityForward([{ strike: 100, call: 0, put: 200 }], 0, 1)).toBeNull();
    expect(parityForward([{ strike: 100, call: 1, put: 1 }], Number.NaN, 1)).toBeNull();
  });
});
