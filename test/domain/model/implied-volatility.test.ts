import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { OptionRight } from "../../../src/domain/market/rows.ts";
import { blackScholesPrice } from "../../../src/domain/model/black-scholes.ts";
import { blackScholesGreeks } from "../../../src/domain/model/black-scholes-greeks.ts";
import { type ImpliedVolatilityInput, impliedVolatility } from "../../../src/domain/model/implied-volatility.ts";

const BLACK = { right: "C", spot: 100, strike: 100, years: 0.5, rate: 0, dividendYield: 0 } as const;
const EPSILON = 2 ** -52;

function sigmaOf(input: ImpliedVolatilityInput): number {
  const result = impliedVolatility(input);
  return result.ok ? result.sigma : Number.NaN;
}

const reasonOf = (input: ImpliedVolatilityInput) => {
  const result = impliedVolatility(input);
  return result.ok ? result.sigma : result.reason;
};

describe("impliedVolatility", () => {
  it("inverts the published prices", () => {
    expect(Math.abs(sigmaOf({ ...BLACK, price: 5.637197779701664 }) - 0.2)).toBeLessThan(1e-15);
    expect(Math.abs(sigmaOf({ ...BLACK, right: "P", price: 5.637197779701664 }) - 0.2)).toBeLessThan(1e-15);
    expect(Math.abs(sigmaOf({ ...BLACK, price: 6.54635543387 }) - 0.232323232)).toBeLessThan(1e-12);
    const discounted = { ...BLACK, rate: 0.02, dividendYield: 0.02, price: 5.5811067246048118 };
    expect(Math.abs(sigmaOf(discounted) - 0.2)).toBeLessThan(1e-15);
    expect(Math.abs(blackScholesPrice("C", { ...discounted, volatility: 0.2 }) - 5.5811067246048118)).toBeLessThan(
      1e-14,
    );
  });

  it("says why a price has no volatility", () => {
    const put = { ...BLACK, right: "P", strike: 90 } as const;
    const call = { ...BLACK, strike: 90 };
    const cases: readonly (readonly [ImpliedVolatilityInput, string])[] = [
      [{ ...BLACK, price: null }, "no_price"],
      [{ ...BLACK, price: Number.NaN }, "no_price"],
      [{ ...BLACK, price: Infinity }, "no_price"],
      [{ ...BLACK, price: -1 }, "below_intrinsic"],
      [{ ...call, price: 9.99 }, "below_intrinsic"],
      [{ ...call, price: 10 }, "at_intrinsic"],
      [{ ...put, price: 0 }, "at_intrinsic"],
      [{ ...call, price: 100 }, "above_maximum"],
      [{ ...put, price: 90 }, "above_maximum"],
      [{ ...BLACK, price: 1, years: 0 }, "no_time"],
      [{ ...BLACK, price: 1, years: -1 }, "no_time"],
      [{ ...BLACK, price: 1, strike: 0 }, "no_terms"],
      [{ ...BLACK, price: 1, spot: -5 }, "no_terms"],
      [{ ...BLACK, price: 1, spot: Infinity }, "no_terms"],
      [{ ...BLACK, price: 1, rate: Number.NaN }, "no_terms"],
      [{ ...BLACK, price: 1, years: Number.NaN }, "no_terms"],
      [{ ...BLACK, price: 1, dividendYield: Infinity }, "no_terms"],
    ];
    for (const [input, reason] of cases) expect(reasonOf(input), JSON.stringify(input)).toBe(reason);
  });

  it("gives what a deep option's own price holds, of both rights", () => {
    const far = { spot: 5000, strike: 7500, years: 30 / 365, rate: 0.05, dividendYield: 0.013 };
    for (const right of ["C", "P"] as const) {
      const terms = right === "C" ? far : { ...far, strike: 3_300 };
      const price = blackScholesPrice(right, { ...terms, volatility: 0.16 });
      expect(price).toBeLessThan(1e-15);
      expect(Math.abs(sigmaOf({ ...terms, right, price }) / 0.16 - 1)).toBeLessThan(1e-13);
    }
    // From 50-digit arithmetic.
    expect(Math.abs(sigmaOf({ ...far, right: "C", price: 2.70852964229128e-17 }) / 0.16 - 1)).toBeLessThan(3e-15);
  });

  it("comes back from theoretical prices as far as their rounding lets it", () => {
    const market = fc.record({
      right: fc.constantFrom<OptionRight>("C", "P"),
      spot: fc.double({ min: 1, max: 30_000, noNaN: true }),
      moneyness: fc.double({ min: -1, max: 1, noNaN: true }),
      years: fc.double({ min: 1 / 525_600, max: 3, noNaN: true }),
      rate: fc.double({ min: -0.02, max: 0.15, noNaN: true }),
      dividendYield: fc.double({ min: 0, max: 0.1, noNaN: true }),
      volatility: fc.double({ min: 0.01, max: 3, noNaN: true }),
    });
    let found = 0;
    fc.assert(
      fc.property(market, ({ moneyness, right, volatility, ...rest }) => {
        const terms = { ...rest, strike: rest.spot * Math.exp(moneyness) };
        const { price, vega } = blackScholesGreeks(right, { ...terms, volatility });
        const result = impliedVolatility({ ...terms, right, price });
        // Cancellation against intrinsic value and forward rounds what is in the money at their size.
        const { spot, strike, years, rate, dividendYield } = terms;
        const forward = spot * Math.exp((rate - dividendYield) * years);
        const inTheMoney = right === "C" ? forward > strike : forward < strike;
        const rounding = 16 * EPSILON * (inTheMoney || price > spot / 4 ? spot + strike : price);
        // The forward's own rounding moves ln(F/K), which counts where little volatility is left.
        const ofForward = (16 * EPSILON * spot) / (spot * Math.sqrt(years));
        const allowed = rounding / vega + 64 * EPSILON * volatility + ofForward;
        if (!(allowed < 1e-3 * volatility) || price < 1e-280) return;
        found += 1;
        expect(result.ok && Math.abs(result.sigma - volatility)).toBeLessThan(allowed);
      }),
      { seed: 42, numRuns: 10_000 },
    );
    expect(found).toBeGreaterThan(5_000);
  });

  it("never throws and never gives what is no volatility", () => {
    const any = fc.oneof(
      fc.double(),
      fc.double({ min: 0, max: 10_000, noNaN: true }),
      fc.constantFrom(0, 1e-320, 1e300),
    );
    fc.assert(
      fc.property(any, any, any, any, any, any, (price, spot, strike, years, rate, dividendYield) => {
        const result = impliedVolatility({ right: "P", price, spot, strike, years, rate, dividendYield });
        if (result.ok) expect(result.sigma > 0 && result.sigma < Infinity).toBe(true);
        else expect(result.reason).toBeTypeOf("string");
      }),
      { seed: 42, numRuns: 5_000 },
    );
  });
});
