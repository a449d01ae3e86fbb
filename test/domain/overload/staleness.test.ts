import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Staleness } from "../../../src/domain/overload/staleness.ts";

describe("Staleness", () => {
  it("knows nothing at first", () => {
    expect(new Staleness().quantilesMs(0.5)).toBeUndefined();
  });

  it("answers in the order asked for", () => {
    const staleness = new Staleness();
    for (const ms of [4, 1, 3, 2]) staleness.add(ms);
    expect(staleness.quantilesMs(1, 0.5, 0, 0.75, 0.76)).toEqual([4, 2, 1, 3, 4]);
  });

  it.each([1_023, 1_024, 1_025])("remembers the last 1,024 of %d", (count) => {
    const staleness = new Staleness();
    for (let sample = 1; sample <= count; sample++) staleness.add(sample);
    expect(staleness.quantilesMs(0, 1)).toEqual([Math.max(1, count - 1_023), count]);
  });

  it("is exceeded by no more than the rest of the samples, and is one of them", () => {
    const samples = fc.array(fc.nat({ max: 500 }), { minLength: 1, maxLength: 1_500 });
    fc.assert(
      fc.property(samples, fc.constantFrom(0, 0.25, 0.5, 0.75, 0.99, 1), (given, share) => {
        const staleness = new Staleness();
        for (const ms of given) staleness.add(ms);
        const kept = given.slice(-1_024);
        const [quantile = Number.NaN] = staleness.quantilesMs(share) ?? [];
        expect(kept).toContain(quantile);
        expect(kept.filter((ms) => ms <= quantile).length).toBeGreaterThanOrEqual(share * kept.length);
        expect(kept.filter((ms) => ms < quantile).length).toBeLessThanOrEqual(share * kept.length);
      }),
    );
  });
});
