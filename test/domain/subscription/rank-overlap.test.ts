import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jaccardDistance, rankBiasedOverlap } from "../../../src/domain/subscription/rank-overlap.ts";

const BEFORE = ["a", "b", "c", "d"];
const AFTER = ["b", "a", "c", "e"];

describe("how far two selections are from one another", () => {
  it("has the values of the reference", () => {
    expect(jaccardDistance(BEFORE, AFTER)).toBeCloseTo(0.4, 12);
    expect(rankBiasedOverlap(BEFORE, AFTER, 0.9)).toBeCloseTo(0.71775, 12);
  });

  it("is nothing for equal ones and everything for such with nothing in common", () => {
    expect([jaccardDistance(BEFORE, BEFORE), jaccardDistance(BEFORE, ["x"]), jaccardDistance([], [])]).toEqual([
      0, 1, 0,
    ]);
    expect(rankBiasedOverlap(BEFORE, BEFORE)).toBeCloseTo(1, 12);
    expect(rankBiasedOverlap(BEFORE, ["w", "x", "y", "z"])).toBe(0);
    expect(rankBiasedOverlap([], [])).toBe(1);
  });

  it("lies between 0 and 1, is symmetric, and counts the first places most", () => {
    const ranking = fc.shuffledSubarray([..."abcdefghij"], { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(ranking, ranking, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (one, other, persistence) => {
        const overlap = rankBiasedOverlap(one, other, persistence);
        expect(overlap).toBeGreaterThanOrEqual(0);
        expect(overlap).toBeLessThanOrEqual(1 + 1e-12);
        expect(rankBiasedOverlap(other, one, persistence)).toBeCloseTo(overlap, 12);
      }),
      { seed: 42, numRuns: 300 },
    );
    const [top, end] = [
      ["b", "a", "c", "d"],
      ["a", "b", "d", "c"],
    ];
    expect(rankBiasedOverlap(BEFORE, top)).toBeLessThan(rankBiasedOverlap(BEFORE, end));
  });

  it.each([
    [BEFORE, ["a"], 0.9, /both must have 4 places, current value is 1/],
    [BEFORE, BEFORE, 1, /'persistence' must be above 0 and below 1, current value is 1/],
    [BEFORE, ["a", "a", "b", "c"], 0.9, /each must name everything once, current value is a,a,b,c/],
  ])("refuses what is no two rankings", (one, other, persistence, message) => {
    expect(() => rankBiasedOverlap(one, other, persistence)).toThrow(message);
  });
});
