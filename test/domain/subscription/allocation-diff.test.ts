import { describe, expect, it } from "vitest";
import { allocationDiff } from "../../../src/domain/subscription/allocation-diff.ts";

describe("allocationDiff", () => {
  it("tells what to subscribe and what to unsubscribe, in order", () => {
    const before = new Map([
      ["A", true],
      ["B", true],
      ["C", false],
      ["GONE", true],
      ["IDLE", false],
    ]);
    const after = new Map([
      ["NEW", true],
      ["C", true],
      ["A", true],
      ["B", false],
      ["D", false],
    ]);
    expect(allocationDiff(before, after)).toEqual({ subscribe: ["NEW", "C"], unsubscribe: ["B", "GONE"] });
    expect(allocationDiff(after, after)).toEqual({ subscribe: [], unsubscribe: [] });
    expect(allocationDiff(new Map(), after).subscribe).toEqual(["NEW", "C", "A"]);
  });
});
