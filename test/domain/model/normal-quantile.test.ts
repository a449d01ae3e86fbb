import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normalCdf } from "../../../src/domain/model/normal-distribution.ts";
import { normalQuantile } from "../../../src/domain/model/normal-quantile.ts";

describe("normalQuantile", () => {
  /** From 40-digit arithmetic. */
  it.each([
    [1e-300, -37.0470962993612],
    [1e-30, -11.464024688443615],
    [1e-10, -6.361340902404057],
    [0.001, -3.0902323061678136],
    [0.07, -1.4757910281791706],
    [0.2, -0.8416212335729142],
    [0.975, 1.9599639845400538],
  ])("of %s is %s", (p, expected) => {
    expect(Math.abs(normalQuantile(p) / expected - 1)).toBeLessThan(1e-15);
  });

  it("has no value outside, and none that ends at 0 and 1", () => {
    expect([normalQuantile(0.5), normalQuantile(0), normalQuantile(1)]).toEqual([0, -Infinity, Infinity]);
    expect([normalQuantile(-0.1), normalQuantile(1.1), normalQuantile(Number.NaN)]).toEqual([NaN, NaN, NaN]);
  });

  it("undoes the distribution function", () => {
    fc.assert(
      fc.property(fc.double({ min: -30, max: 3, noNaN: true }), (x) => {
        expect(Math.abs(normalQuantile(normalCdf(x)) - x)).toBeLessThan(1e-13);
      }),
      { seed: 42, numRuns: 1_000 },
    );
  });
});
