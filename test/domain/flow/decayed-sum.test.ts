import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DecayedSum } from "../../../src/domain/flow/decayed-sum.ts";

const SECOND = 1_000;
const HALF_LIFE_MS = 60 * SECOND;

type Term = readonly [seconds: number, x: number];

function sumOf(terms: readonly Term[], halfLifeMs = HALF_LIFE_MS): DecayedSum {
  const sum = new DecayedSum(halfLifeMs);
  for (const [seconds, x] of terms) sum.add(seconds * SECOND, x);
  return sum;
}

const UNITS: readonly Term[] = [
  [0, 1],
  [30, 1],
  [60, 1],
];

const term = fc.record({ tMs: fc.integer({ min: 0, max: 600_000 }), x: fc.integer({ min: -1_000, max: 1_000 }) });
const terms = fc.array(term, { minLength: 1, maxLength: 100 });

/** Equal up to rounding: 1e-12 of what the terms weigh without their signs. */
function expectEqual(actual: number, expected: number, given: readonly { tMs: number; x: number }[], atMs: number) {
  let weighed = 0;
  for (const { tMs, x } of given) weighed += Math.abs(x) * 2 ** (-(atMs - tMs) / HALF_LIFE_MS);
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-12 * weighed);
}

describe("DecayedSum", () => {
  it("halves over a half-life", () => {
    expect(sumOf(UNITS).valueAt(60 * SECOND)).toBeCloseTo(2.207_106_781_19, 11);
    expect(sumOf(UNITS).valueAt(120 * SECOND)).toBeCloseTo(1.103_553_390_59, 11);
    expect(sumOf([[0, 8]]).valueAt(180 * SECOND)).toBe(1);
  });

  it("weighs terms of different sizes by their age", () => {
    const sizes = sumOf([
      [10, 10],
      [45, 5],
      [60, 1],
    ]);
    expect(sizes.valueAt(60 * SECOND)).toBeCloseTo(10.816_792_317_8, 10);
  });

  it("tells a rate per second and corrects that of a young stream", () => {
    const units = sumOf(UNITS);
    expect(units.ratePerSec(60 * SECOND)).toBeCloseTo(0.025_497_497_376_2, 13);
    const corrected = units.correctedRateAt(60 * SECOND, 0);
    expect((corrected.perSec ?? Number.NaN) * 60).toBeCloseTo(3.059_699_685_15, 11);
  });

  it("recovers the rate of a steady stream at once with the correction, and without it only later", () => {
    const steady = new DecayedSum(HALF_LIFE_MS);
    for (let tMs = 50; tMs <= 600 * SECOND; tMs += 100) {
      steady.add(tMs, 1);
      const { perSec } = steady.correctedRateAt(tMs + 50, 0);
      if (tMs > SECOND) expect(perSec).toBeCloseTo(10, 4);
      if (tMs < HALF_LIFE_MS) expect(steady.ratePerSec(tMs + 50)).toBeLessThan(5.01);
    }
    expect(steady.ratePerSec(600 * SECOND)).toBeCloseTo(10, 1);
  });

  it("is warming until two half-lives have passed, and knows no rate before any time has", () => {
    const units = sumOf(UNITS);
    expect(units.correctedRateAt(2 * HALF_LIFE_MS - 1, 0).warming).toBe(true);
    expect(units.correctedRateAt(2 * HALF_LIFE_MS, 0).warming).toBe(false);
    expect(units.correctedRateAt(60 * SECOND, 60 * SECOND)).toEqual({ perSec: undefined, warming: true });
    expect(units.correctedRateAt(60 * SECOND, 61 * SECOND)).toEqual({ perSec: undefined, warming: true });
    expect(units.correctedRateAt(60 * SECOND, 60 * SECOND - 1).perSec).toBeGreaterThan(0);
  });

  it("gives the decayed mean as a quotient of two", () => {
    const values: readonly Term[] = [
      [0, 1],
      [30, 4],
      [60, 2],
    ];
    const means = [1, 2, 3].map((count) => {
      const upTo = values.slice(0, count);
      const atMs = (upTo.at(-1)?.[0] ?? 0) * SECOND;
      return sumOf(upTo).valueAt(atMs) / sumOf(UNITS.slice(0, count)).valueAt(atMs);
    });
    expect(means[0]).toBe(1);
    expect(means[1]).toBeCloseTo(2.757_359_312_88, 11);
    expect(means[2]).toBeCloseTo(2.414_213_562_37, 11);
  });

  it("counts a late term with what is left of it", () => {
    const late = sumOf([
      [60, 1],
      [0, 1],
      [30, 1],
    ]);
    expect(late.valueAt(60 * SECOND)).toBeCloseTo(2.207_106_781_19, 11);
    expect(late.state().tMs).toBe(60 * SECOND);
  });

  it("reads without changing, and before its newest term as of that term", () => {
    const units = sumOf(UNITS);
    const before = units.state();
    units.valueAt(600 * SECOND);
    units.ratePerSec(600 * SECOND);
    units.correctedRateAt(600 * SECOND, 0);
    expect(units.state()).toEqual(before);
    expect(units.valueAt(0)).toBe(units.valueAt(60 * SECOND));
  });

  it("does not depend on the order of its terms", () => {
    fc.assert(
      fc.property(
        terms.chain((given) => fc.tuple(fc.constant(given), fc.shuffledSubarray(given, { minLength: given.length }))),
        fc.integer({ min: 600_000, max: 900_000 }),
        ([given, shuffled], atMs) => {
          const sum = new DecayedSum(HALF_LIFE_MS);
          for (const { tMs, x } of shuffled) sum.add(tMs, x);
          let expected = 0;
          for (const { tMs, x } of given) expected += x * 2 ** (-(atMs - tMs) / HALF_LIFE_MS);
          expectEqual(sum.valueAt(atMs), expected, given, atMs);
        },
      ),
      { seed: 42, numRuns: 300 },
    );
  });

  it("does not depend on how its terms are spread over shards", () => {
    fc.assert(
      fc.property(terms, fc.integer({ min: 1, max: 5 }), (given, shardCount) => {
        const whole = new DecayedSum(HALF_LIFE_MS);
        const shards = Array.from({ length: shardCount }, () => new DecayedSum(HALF_LIFE_MS));
        for (const [index, { tMs, x }] of given.entries()) {
          whole.add(tMs, x);
          shards[(index * 7) % shardCount]?.add(tMs, x);
        }
        const merged = new DecayedSum(HALF_LIFE_MS);
        for (const shard of shards) merged.merge(shard);
        expectEqual(merged.valueAt(600_000), whole.valueAt(600_000), given, 600_000);
        expect(merged.state().tMs).toBe(whole.state().tMs);
      }),
      { seed: 42, numRuns: 300 },
    );
  });

  it("leaves of a cancelled term nothing but rounding, whenever the cancel comes", () => {
    fc.assert(
      fc.property(terms, fc.nat(99), (given, pick) => {
        const index = pick % given.length;
        const sum = new DecayedSum(HALF_LIFE_MS);
        for (const { tMs, x } of given) sum.add(tMs, x);
        const cancelled = given[index];
        if (cancelled !== undefined) sum.add(cancelled.tMs, -cancelled.x);
        let expected = 0;
        for (const [at, { tMs, x }] of given.entries()) {
          if (at !== index) expected += x * 2 ** (-(600_000 - tMs) / HALF_LIFE_MS);
        }
        expectEqual(sum.valueAt(600_000), expected, [...given, ...given], 600_000);
      }),
      { seed: 42, numRuns: 300 },
    );
  });

  it("goes on from its state through JSON with exactly the same numbers", () => {
    const finite = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 });
    const odd = fc.record({ tMs: fc.double({ min: 0, max: 2e12, noNaN: true }), x: finite });
    fc.assert(
      fc.property(fc.array(odd, { maxLength: 20 }), fc.array(odd, { maxLength: 20 }), (first, second) => {
        const straight = new DecayedSum(HALF_LIFE_MS);
        for (const { tMs, x } of first) straight.add(tMs, x);
        const state = straight.state();
        expect(JSON.parse(JSON.stringify(state))).toStrictEqual(state);
        const restored = DecayedSum.fromState(HALF_LIFE_MS, JSON.parse(JSON.stringify(state)));
        for (const { tMs, x } of second) {
          straight.add(tMs, x);
          restored.add(tMs, x);
        }
        expect(restored.state()).toStrictEqual(straight.state());
      }),
      { seed: 42, numRuns: 300 },
    );
    expect(new DecayedSum(HALF_LIFE_MS).state()).toStrictEqual({ sum: 0, tMs: 0 });
  });

  it("has no negative zero in its state", () => {
    const faded = sumOf([[0, -1]]);
    faded.add(1e12, -0);
    expect(Object.is(faded.state().sum, 0)).toBe(true);
  });

  it("fades to 0 and starts again from there", () => {
    const faded = sumOf([[0, 1_000]]);
    expect(faded.valueAt(1_100 * HALF_LIFE_MS)).toBe(0);
    faded.add(1_100 * HALF_LIFE_MS, 3);
    expect(faded.state()).toEqual({ sum: 3, tMs: 1_100 * HALF_LIFE_MS });
    faded.add(0, 1_000);
    expect(faded.state().sum).toBe(3);
    // Any epoch of today is far more than a thousand half-lives from 1970.
    expect(sumOf([[1_766_530_800, 2]]).valueAt(1_766_530_860 * SECOND)).toBe(1);
  });

  it("refuses what is not finite and stays as it was", () => {
    const units = sumOf(UNITS);
    const before = units.state();
    for (const broken of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      expect(() => units.add(90 * SECOND, broken)).toThrow(RangeError);
      expect(() => units.add(broken, 1)).toThrow(RangeError);
      expect(() => DecayedSum.fromState(HALF_LIFE_MS, { sum: broken, tMs: 0 })).toThrow(RangeError);
      expect(() => new DecayedSum(broken)).toThrow(RangeError);
    }
    expect(() => units.add(-1, 1)).toThrow(RangeError);
    expect(() => units.valueAt(Number.NaN)).toThrow(RangeError);
    expect(units.state()).toEqual(before);
    expect(() => new DecayedSum(0)).toThrow(RangeError);
    expect(() => new DecayedSum(-1)).toThrow(RangeError);
  });

  it("refuses to merge a sum of another half-life", () => {
    expect(() => sumOf(UNITS).merge(sumOf(UNITS, 30 * SECOND))).toThrow(
      "Cannot merge decayed sums: 'halfLifeMs' must be 60000, current value is 30000",
    );
  });
});
