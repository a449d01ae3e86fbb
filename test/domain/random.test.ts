import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normalCdf } from "../../src/domain/model/normal-distribution.ts";
import { type Random, seededRandom } from "../../src/domain/random.ts";

const MASK = 0xffff_ffffn;
const rotateLeft = (value: bigint, by: bigint): bigint => ((value << by) | (value >> (32n - by))) & MASK;

/** xoshiro128** and SplitMix32 as published, in integers of any size: nothing in common with the code under test. */
function* reference(seed: bigint): Generator<bigint> {
  let mixed = seed & MASK;
  const s: bigint[] = [];
  for (let index = 0; index < 4; index++) {
    mixed = (mixed + 0x9e37_79b9n) & MASK;
    let z = mixed;
    z = ((z ^ (z >> 16n)) * 0x21f0_aaadn) & MASK;
    z = ((z ^ (z >> 15n)) * 0x735a_2d97n) & MASK;
    s.push(z ^ (z >> 15n));
  }
  let [s0 = 0n, s1 = 0n, s2 = 0n, s3 = 0n] = s;
  for (;;) {
    yield (rotateLeft((s1 * 5n) & MASK, 7n) * 9n) & MASK;
    const t = (s1 << 9n) & MASK;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= t;
    s3 = rotateLeft(s3, 11n);
  }
}

const draw = (count: number, next: () => number): number[] => Array.from({ length: count }, next);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const take = (random: Random): number[] => draw(8, () => random.next());

describe("seededRandom", () => {
  it("gives the numbers of xoshiro128** seeded through SplitMix32", () => {
    for (const seed of [0, 1, 42, 0xffff_ffff]) {
      const random = seededRandom(seed);
      const bits = reference(BigInt(seed));
      for (let index = 0; index < 100; index++) {
        const high = Number((bits.next().value as bigint) >> 5n);
        const low = Number((bits.next().value as bigint) >> 6n);
        expect(random.next()).toBe((high * 2 ** 26 + low) / 2 ** 53);
      }
    }
  });

  it("repeats itself for the same seed and differs for another, in the low and in the high half", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (seed) => {
        expect(take(seededRandom(seed))).toEqual(take(seededRandom(seed)));
      }),
      { seed: 42, numRuns: 100 },
    );
    const firsts = [0, 1, 2 ** 32, 2 ** 33, -1, Number.MAX_SAFE_INTEGER].map((seed) => seededRandom(seed).next());
    expect(new Set(firsts).size).toBe(firsts.length);
  });

  it("refuses a seed that is not a safe integer", () => {
    for (const seed of [0.5, Number.NaN, Infinity, 2 ** 53]) {
      expect(() => seededRandom(seed)).toThrow(
        new RangeError(`Cannot seed a generator: 'seed' must be a safe integer, current value is ${seed}`),
      );
    }
  });

  it("draws uniform numbers in [0, 1)", () => {
    const random = seededRandom(7);
    const cells = new Array<number>(100).fill(0);
    const values = draw(100_000, () => random.next());
    expect(values.filter((value) => !(value >= 0 && value < 1))).toEqual([]);
    for (const value of values) {
      const cell = Math.floor(value * 100);
      cells[cell] = (cells[cell] ?? 0) + 1;
    }
    // 99 degrees of freedom: above 160 once in about 10,000.
    expect(cells.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)).toBeLessThan(160);
  });

  it("draws every integer below the bound equally often and none beside them", () => {
    const random = seededRandom(8);
    const counts = new Map<number, number>();
    for (const value of draw(60_000, () => random.int(6))) counts.set(value, (counts.get(value) ?? 0) + 1);
    expect([...counts.keys()].sort()).toEqual([0, 1, 2, 3, 4, 5]);
    for (const count of counts.values()) expect(Math.abs(count - 10_000)).toBeLessThan(400);
    expect(random.int(1)).toBe(0);
    expect(random.int(2 ** 32)).toBeLessThan(2 ** 32);
  });

  it("refuses a bound outside 1..2^32 or with a fraction", () => {
    for (const bound of [0, -1, 1.5, 2 ** 32 + 1, Number.NaN]) {
      expect(() => seededRandom(1).int(bound)).toThrow(
        new RangeError(`Cannot draw an integer: 'bound' must be an integer in 1..2^32, current value is ${bound}`),
      );
    }
  });

  it("draws exponential numbers of mean and deviation 1", () => {
    const random = seededRandom(9);
    const values = draw(100_000, () => random.exponential());
    expect(Math.min(...values.slice(0, 10_000))).toBeGreaterThanOrEqual(0);
    expect(mean(values)).toBeCloseTo(1, 1.8);
    expect(mean(values.map((value) => (value - 1) ** 2))).toBeCloseTo(1, 1.2);
  });

  it("draws normal numbers that follow the normal distribution function", () => {
    const random = seededRandom(10);
    const values = draw(50_000, () => random.normal()).sort((left, right) => left - right);
    const distance = Math.max(
      ...values.map((value, rank) => Math.abs(normalCdf(value) - (rank + 0.5) / values.length)),
    );
    // Kolmogorov: 1.95 / sqrt(n) is exceeded once in 1,000.
    expect(distance).toBeLessThan(1.95 / Math.sqrt(values.length));
  });

  it("forks by name: whatever was drawn before, without moving the generator forked from", () => {
    const fresh = seededRandom(11);
    const used = seededRandom(11);
    draw(1_000, () => used.next());
    expect(take(used.fork("spots"))).toEqual(take(fresh.fork("spots")));

    const untouched = seededRandom(11);
    expect(take(fresh)).toEqual(take(untouched));
  });

  it("gives forks of other names and other seeds other numbers", () => {
    const names = ["spots", "spotz", "frames", "orders of SPX", "orders of SPY"];
    const firsts = [1, 2].flatMap((seed) => names.map((name) => seededRandom(seed).fork(name).next()));
    expect(new Set(firsts).size).toBe(firsts.length);
  });

  it("gives forks that are not correlated with one another", () => {
    const left = seededRandom(12).fork("left");
    const right = seededRandom(12).fork("right");
    const products = draw(20_000, () => (left.next() - 0.5) * (right.next() - 0.5) * 12);
    expect(Math.abs(mean(products))).toBeLessThan(4 / Math.sqrt(products.length));
  });

  it("forks by the whole chain of names: where one ends counts, and so does an empty one", () => {
    const root = seededRandom(42);
    expect(take(root.fork("a").fork("bc"))).not.toEqual(take(root.fork("ab").fork("c")));
    expect(take(root.fork(""))).not.toEqual(take(seededRandom(42)));
  });
});
