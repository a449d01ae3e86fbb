import { describe, expect, it } from "vitest";
import { coalesceGaps, type Gap, mergeGaps } from "../../../src/domain/stream/gap.ts";

function gap(fromAtMs: number | undefined, toAtMs: number | undefined, other: Partial<Gap> = {}): Gap {
  return {
    connection: "options/0",
    fromAtMs,
    toAtMs,
    cause: "disconnect",
    scope: "all",
    instruments: undefined,
    ...other,
  };
}

describe("gaps", () => {
  it("of a kind merge when they touch or overlap", () => {
    expect(mergeGaps(gap(10, 20), gap(20, 30))).toEqual(gap(10, 30));
    expect(mergeGaps(gap(10, 20), gap(12, 15))).toEqual(gap(10, 20));
    expect(mergeGaps(gap(10, 20), gap(5, 10))).toEqual(gap(5, 20));
  });

  it("stay two when a millisecond lies between them", () => {
    expect(mergeGaps(gap(10, 20), gap(21, 30))).toBeUndefined();
    expect(mergeGaps(gap(10, 20), gap(1, 9))).toBeUndefined();
  });

  it("stay two when connection, cause, scope or instruments differ", () => {
    expect(mergeGaps(gap(1, 2), gap(1, 2, { connection: "options/1" }))).toBeUndefined();
    expect(mergeGaps(gap(1, 2), gap(1, 2, { cause: "shed" }))).toBeUndefined();
    expect(mergeGaps(gap(1, 2), gap(1, 2, { scope: "quotes" }))).toBeUndefined();
    expect(mergeGaps(gap(1, 2, { instruments: ["A"] }), gap(1, 2, { instruments: ["B"] }))).toBeUndefined();
  });

  it("without times merge only when both bounds are unknown alike", () => {
    expect(mergeGaps(gap(undefined, undefined), gap(undefined, undefined))).toEqual(gap(undefined, undefined));
    expect(mergeGaps(gap(undefined, 5), gap(4, 5))).toBeUndefined();
    expect(mergeGaps(gap(1, undefined), gap(1, 5))).toBeUndefined();
  });

  it("of a list collapse around others that stand between", () => {
    const other = gap(11, 12, { cause: "quarantine" });
    expect(coalesceGaps([gap(1, 10), other, gap(10, 20), other])).toEqual([gap(1, 20), other]);
    expect(coalesceGaps([])).toEqual([]);
  });
});
