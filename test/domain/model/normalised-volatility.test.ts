import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  normalisedBlack,
  normalisedMaximum,
  normalisedRemainder,
  normalisedVega,
} from "../../../src/domain/model/normalised-black.ts";
import { normalisedVolatility } from "../../../src/domain/model/normalised-volatility.ts";

const EPSILON = 2 ** -52;

/** x, s, price over sqrt(F K): from 50-digit arithmetic. The first two are published test data of Jaeckel's own code. */
const VECTORS: readonly (readonly [number, number, number])[] = [
  [-Math.log(100 / 95), 0.3 * Math.sqrt(0.5), 0.061296663817558904],
  [-0.1, 0.23232323888, 0.0509710222785],
  [0, 0.2, 0.0796556745541],
  [-0.0005, 0.001, 0.00019779654479229873],
  [-0.3, 0.02, 4.851809670676259e-54],
  [-1, 0.05, 6.847932680690649e-92],
  [-4, 0.3, 1.6299620534317306e-42],
  [-1, 6, 0.6038625191727404],
  [-1e-10, 0.25, 0.09947644961022578],
  [-0.02, 0.0007, 1.8599492151991455e-184],
  [-0.1, 8, 0.9511660864826755],
];

const tolerance = (x: number, s: number) => (String(s).length > 10 || x === 0 ? 1e-12 : 16 * EPSILON);

describe("normalisedBlack", () => {
  it.each(VECTORS)("at x = %s, s = %s is %s", (x, s, expected) => {
    // Rounding h alone moves a price in the tail by h^2 roundings.
    const roundings = 1 + (x / s) ** 2 / 16;
    expect(Math.abs(normalisedBlack(x, s) / expected - 1)).toBeLessThan(tolerance(x, s) * roundings);
  });

  it("is the call of the published pair through parity", () => {
    const x = Math.log(100 / 95);
    const put = normalisedBlack(-x, 0.3 * Math.sqrt(0.5));
    expect(Math.abs(put + Math.exp(x / 2) - Math.exp(-x / 2) - 0.11259558142181655)).toBeLessThan(1e-15);
  });

  const arguments_ = fc.tuple(
    fc.double({ min: -3, max: 0, noNaN: true }),
    fc.double({ min: 1e-3, max: 4, noNaN: true }),
  );

  it("and what is left make up the maximum, without a step where its forms meet", () => {
    fc.assert(
      fc.property(arguments_, ([x, s]) => {
        const sum = normalisedBlack(x, s) + normalisedRemainder(x, s);
        expect(Math.abs(sum - normalisedMaximum(x))).toBeLessThan(8 * EPSILON);
      }),
      { seed: 42, numRuns: 5_000 },
    );
    for (const [x, s] of [
      [-1, 0.3],
      [-0.3, 0.4],
      [-0.5, 1],
    ] as const) {
      const step = normalisedBlack(x, s * (1 + 1e-12)) - normalisedBlack(x, s * (1 - 1e-12));
      expect(Math.abs(step - 2e-12 * s * normalisedVega(x, s)) / normalisedBlack(x, s)).toBeLessThan(60 * EPSILON);
      const across = normalisedBlack(x * (1 + 1e-12), s) / normalisedBlack(x * (1 - 1e-12), s) - 1;
      expect(Math.abs(across)).toBeLessThan(1e-10);
    }
  });
});

describe("normalisedVolatility", () => {
  it.each(VECTORS)("finds s at x = %s from the price of s = %s", (x, s, price) => {
    const allowed = tolerance(x, s) * (1 + price / (normalisedVega(x, s) * s));
    expect(Math.abs(normalisedVolatility(x, price) / s - 1)).toBeLessThan(allowed);
  });

  it("comes back from every price to what its rounding leaves of s", () => {
    const x = fc.oneof(
      fc.double({ min: -1, max: 0, noNaN: true }),
      fc.double({ min: -8, max: 1, noNaN: true }).map((exponent) => -(10 ** exponent)),
    );
    const s = fc.oneof(
      fc.double({ min: 1e-3, max: 2, noNaN: true }),
      fc.double({ min: -6, max: 0.9, noNaN: true }).map((exponent) => 10 ** exponent),
    );
    let inverted = 0;
    fc.assert(
      fc.property(x, s, (x_, s_) => {
        const price = normalisedBlack(x_, s_);
        if (price < 1e-290 || price >= normalisedMaximum(x_)) return;
        inverted += 1;
        const allowed = 12 * EPSILON * (1 + price / (normalisedVega(x_, s_) * s_));
        expect(Math.abs(normalisedVolatility(x_, price) / s_ - 1)).toBeLessThan(allowed);
      }),
      { seed: 42, numRuns: 20_000 },
    );
    expect(inverted).toBeGreaterThan(10_000);
  });

  it("finds something finite above 0 for the smallest and the largest prices, and rises with the price", () => {
    const x = fc.constantFrom(0, -1e-300, -1e-30, -1e-8, -0.01, -0.5, -3, -30);
    const exponent = fc.double({ min: -307, max: 0, noNaN: true });
    fc.assert(
      fc.property(x, exponent, (x_, power) => {
        const price = normalisedMaximum(x_) * Math.min(10 ** power, 1 - EPSILON);
        const s = normalisedVolatility(x_, price);
        expect(s > 0 && s < Infinity).toBe(true);
        expect(normalisedVolatility(x_, price / 2)).toBeLessThan(s);
      }),
      { seed: 42, numRuns: 3_000 },
    );
  });
});
