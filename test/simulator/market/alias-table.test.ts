import { describe, expect, it } from "vitest";
import { seededRandom } from "../../../src/domain/random.ts";
import { AliasTable } from "../../../src/simulator/market/alias-table.ts";
import { drawShare } from "../../../src/simulator/market/share.ts";

const WEIGHTS = [5, 0, 1, 0.5, 20, 3, 0, 0.01];
const TOTAL = WEIGHTS.reduce((sum, weight) => sum + weight, 0);
const DRAWS = 200_000;

function expectShares(counts: readonly number[]): void {
  for (const [index, weight] of WEIGHTS.entries()) {
    const expected = (DRAWS * weight) / TOTAL;
    expect(Math.abs((counts[index] ?? 0) - expected)).toBeLessThanOrEqual(4 * Math.sqrt(expected));
  }
}

describe("AliasTable", () => {
  it("draws every index by its share and never one of weight 0", () => {
    const table = new AliasTable(WEIGHTS);
    const random = seededRandom(1);
    const counts = WEIGHTS.map(() => 0);
    for (let left = DRAWS; left > 0; left--) {
      const index = table.draw(random);
      counts[index] = (counts[index] ?? 0) + 1;
    }
    expectShares(counts);
  });

  it("draws the only index of a single weight", () => {
    expect(new AliasTable([0.3]).draw(seededRandom(1))).toBe(0);
  });

  it("refuses weights that make no distribution", () => {
    expect(() => new AliasTable([1, -1])).toThrow(
      new RangeError("Cannot build an alias table: weights must be finite and >= 0, current value is -1"),
    );
    expect(() => new AliasTable([Number.NaN])).toThrow(RangeError);
    expect(() => new AliasTable([0, 0])).toThrow(
      new RangeError("Cannot build an alias table: the sum of weights must be above 0, current value is 0"),
    );
  });
});

describe("drawShare", () => {
  it("draws every alternative by its share", () => {
    const random = seededRandom(2);
    const counts = WEIGHTS.map(() => 0);
    const [first, ...rest] = WEIGHTS.map((weight, index) => ({ index, share: weight / TOTAL }));
    if (first === undefined) throw new Error("weights must not be empty");
    for (let left = DRAWS; left > 0; left--) {
      const { index } = drawShare([first, ...rest], random);
      counts[index] = (counts[index] ?? 0) + 1;
    }
    expectShares(counts);
  });
});
