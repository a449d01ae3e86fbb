import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isTrailedBy, trailMember, trailPoint } from "../../../src/domain/context/trail.ts";

describe("the member of a point", () => {
  it("has time and value, so that equal values of different times are two", () => {
    expect(trailMember({ ts: 1_766_437_799.445, value: 6_870.25 })).toBe("1766437799.445:6870.25");
    expect(trailMember({ ts: 1, value: -5e-324 })).toBe("1:-5e-324");
  });

  it("gives the point back, bit for bit", () => {
    // No text of a number keeps the sign of a zero.
    const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value));
    fc.assert(
      fc.property(number, number, (ts, value) => {
        expect(trailPoint(trailMember({ ts, value }))).toEqual({ ts, value });
      }),
      { seed: 42, numRuns: 300 },
    );
  });

  it("is told from other texts", () => {
    for (const text of ["", ":", "1", "1:", ":1", "1:2:3", "a:1", "1:a", "1:Infinity"]) {
      expect(trailPoint(text), text).toBeUndefined();
    }
  });
});

it("points are in the order of time, then of the members' texts", () => {
  const point = { ts: 2, value: 10 };
  expect(isTrailedBy({ ts: 1, value: 99 }, point)).toBe(true);
  expect(isTrailedBy({ ts: 3, value: 0 }, point)).toBe(false);
  expect(isTrailedBy(point, { ts: 2, value: 9 })).toBe(true);
  expect(isTrailedBy({ ts: 2, value: 9 }, point)).toBe(false);
  expect(isTrailedBy(point, point)).toBe(false);
});
