import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { erfc, normalCdf, normalPdf } from "../../../src/domain/model/normal-distribution.ts";

/** x, erfc(x), normalCdf(-x): from 40-digit arithmetic, rounded to doubles. */
const VECTORS: readonly (readonly [number, number, number])[] = [
  [0.1, 0.887537083981715, 0.460172162722971],
  [0.46875, 0.507386526782062, 0.31962417151711764],
  [0.5, 0.4795001221869535, 0.3085375387259869],
  [1, 0.15729920705028513, 0.15865525393145705],
  [2, 0.004677734981047266, 0.02275013194817921],
  [4, 1.541725790028002e-8, 3.1671241833119924e-5],
  [4.1, 6.700027654084918e-9, 2.065750691254677e-5],
  [6, 2.1519736712498913e-17, 9.86587645037698e-10],
  [10, 2.088487583762545e-45, 7.619853024160525e-24],
  [26, 5.663192408856143e-296, 2.4760633155033892e-149],
];

const TOLERANCE = 1e-15;

describe("erfc", () => {
  it.each(VECTORS)("is right to 1e-15 at %s", (x, expected) => {
    expect(Math.abs(erfc(x) / expected - 1)).toBeLessThan(TOLERANCE);
    expect(Math.abs(erfc(-x) / (2 - expected) - 1)).toBeLessThan(TOLERANCE);
  });

  it("is 1 at 0, 0 and 2 at the ends, NaN for NaN", () => {
    expect([erfc(0), erfc(Infinity), erfc(-Infinity), erfc(31), erfc(-31)]).toEqual([1, 0, 2, 0, 2]);
    expect(erfc(Number.NaN)).toBeNaN();
  });

  it("has no step where its approximations meet", () => {
    for (const seam of [0.46875, 4]) {
      const slope = (-2 / Math.sqrt(Math.PI)) * Math.exp(-seam * seam);
      const step = erfc(seam + 1e-9) - erfc(seam - 1e-9) - slope * 2e-9;
      expect(Math.abs(step / erfc(seam))).toBeLessThan(2e-15);
    }
  });
});

describe("normalCdf", () => {
  it.each(VECTORS)("is right to 1e-15 at -%s, however far in the tail", (x, _, expected) => {
    expect(Math.abs(normalCdf(-x) / expected - 1)).toBeLessThan(TOLERANCE);
    expect(Math.abs(normalCdf(x) / (1 - expected) - 1)).toBeLessThan(TOLERANCE);
  });

  it("is one half at 0, 0 and 1 at the ends, NaN for NaN", () => {
    expect([normalCdf(0), normalCdf(-Infinity), normalCdf(Infinity), normalCdf(-50), normalCdf(50)]).toEqual([
      0.5, 0, 1, 0, 1,
    ]);
    expect(normalCdf(Number.NaN)).toBeNaN();
  });

  it("never falls, and mirrors around 0", () => {
    const point = fc.double({ min: -9, max: 9, noNaN: true });
    fc.assert(
      fc.property(point, point, (left, right) => {
        if (left <= right) expect(normalCdf(left)).toBeLessThanOrEqual(normalCdf(right));
        expect(Math.abs(normalCdf(left) + normalCdf(-left) - 1)).toBeLessThan(TOLERANCE);
      }),
      { seed: 42, numRuns: 1_000 },
    );
  });
});

describe("normalPdf", () => {
  /** From 40-digit arithmetic. */
  it.each([
    [0, 0.3989422804014327],
    [1, 0.24197072451914337],
    [5.25, 4.1284709886299984e-7],
    [30, 1.4736461348785476e-196],
  ])("is right to 1e-15 at %s and its mirror", (x, expected) => {
    expect(Math.abs(normalPdf(x) / expected - 1)).toBeLessThan(TOLERANCE);
    expect(normalPdf(-x)).toBe(normalPdf(x));
  });

  it("is 0 at the ends, NaN for NaN", () => {
    expect([normalPdf(Infinity), normalPdf(-Infinity), normalPdf(1e200)]).toEqual([0, 0, 0]);
    expect(normalPdf(Number.NaN)).toBeNaN();
  });
});
