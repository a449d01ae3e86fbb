import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { WatermarkMerge } from "../../../src/domain/stream/watermark-merge.ts";

describe("WatermarkMerge", () => {
  it("follows the published sequence of three shards", () => {
    const merge = new WatermarkMerge(["A", "B", "C"]);
    const at = (value: bigint | undefined, status: "active" | "idle" = "active") => ({ watermarkTsNs: value, status });
    expect(merge.advance("A", 100n)).toEqual(at(undefined));
    merge.advance("B", 90n);
    expect(merge.advance("C", 95n)).toEqual(at(90n));
    expect(merge.declare("B", "idle")).toEqual(at(95n));
    merge.advance("A", 120n);
    expect(merge.advance("C", 110n)).toEqual(at(110n));
    expect(merge.advance("B", 105n)).toEqual(at(110n));
    merge.declare("A", "idle");
    expect(merge.declare("C", "idle")).toEqual(at(110n));
    expect(merge.advance("B", 130n)).toEqual(at(130n));
    expect(merge.advance("A", 120n)).toEqual(at(130n));
    merge.declare("A", "idle");
    expect(merge.declare("B", "idle")).toEqual(at(130n, "idle"));
    expect(merge.advance("A", 125n)).toEqual(at(130n));
    expect(merge.advance("A", 140n)).toEqual(at(140n));
  });

  it("is not held back by a shard that ended, and is idle when all have", () => {
    const merge = new WatermarkMerge(["A", "B"]);
    merge.advance("A", 10n);
    expect(merge.declare("B", "ended")).toEqual({ watermarkTsNs: 10n, status: "active" });
    expect(merge.declare("A", "ended")).toEqual({ watermarkTsNs: 10n, status: "idle" });
  });

  it("never decreases, is never ahead of an active shard at the time it moves", () => {
    const steps = fc.array(
      fc.record({ shard: fc.constantFrom("A", "B", "C"), at: fc.bigInt({ min: 0n, max: 50n }), idle: fc.boolean() }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(steps, (list) => {
        const merge = new WatermarkMerge(["A", "B", "C"]);
        const highest = new Map<string, bigint>();
        const active = new Set(["A", "B", "C"]);
        let before: bigint | undefined;
        for (const { shard, at, idle } of list) {
          if (idle) active.delete(shard);
          else {
            active.add(shard);
            const known = highest.get(shard);
            highest.set(shard, known === undefined || at > known ? at : known);
          }
          const { watermarkTsNs } = idle ? merge.declare(shard, "idle") : merge.advance(shard, at);
          if (before !== undefined) expect(watermarkTsNs !== undefined && watermarkTsNs >= before).toBe(true);
          if (watermarkTsNs !== before && watermarkTsNs !== undefined) {
            for (const name of active) expect((highest.get(name) ?? -1n) >= watermarkTsNs).toBe(true);
          }
          before = watermarkTsNs;
        }
      }),
      { seed: 42, numRuns: 300 },
    );
  });

  it("refuses an empty list and a shard that is not registered", () => {
    expect(() => new WatermarkMerge([])).toThrow(RangeError);
    expect(() => new WatermarkMerge(["A"]).advance("B", 1n)).toThrow(
      new TypeError('Cannot advance a shard: it must be one of A, current value is "B"'),
    );
  });
});
