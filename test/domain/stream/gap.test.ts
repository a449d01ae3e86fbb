import { describe, expect, it } from "vitest";
import { coversGap, endsOutage, type Gap, joinedGap } from "../../../src/domain/stream/gap.ts";

function gap(fromAtMs: number | undefined, toAtMs: number | undefined, other: Partial<Gap> = {}): Gap {
  const kind = { connection: "options/0", cause: "disconnect", scope: "all", instruments: undefined } as const;
  return { ...kind, fromAtMs, toAtMs, ...other };
}

describe("a gap", () => {
  it("covers an equal one and one within its bounds", () => {
    expect(coversGap(gap(10, 20), gap(10, 20))).toBe(true);
    expect(coversGap(gap(10, 20), gap(11, 20))).toBe(true);
    expect(coversGap(gap(10, 20), gap(10, 19))).toBe(true);
  });

  it("does not cover one that reaches a millisecond further", () => {
    expect(coversGap(gap(10, 20), gap(9, 20))).toBe(false);
    expect(coversGap(gap(10, 20), gap(10, 21))).toBe(false);
  });

  it("does not cover one of another connection, cause, scope or instrument", () => {
    expect(coversGap(gap(1, 2), gap(1, 2, { connection: "options/1" }))).toBe(false);
    expect(coversGap(gap(1, 2), gap(1, 2, { cause: "shed" }))).toBe(false);
    expect(coversGap(gap(1, 2), gap(1, 2, { scope: "quotes" }))).toBe(false);
    expect(coversGap(gap(1, 2, { instruments: ["A"] }), gap(1, 2, { instruments: ["B"] }))).toBe(false);
    expect(coversGap(gap(1, 2, { instruments: ["A"] }), gap(1, 2, { instruments: ["A"] }))).toBe(true);
  });

  it("with an unknown bound covers nothing and is covered by nothing", () => {
    expect(coversGap(gap(undefined, undefined), gap(undefined, undefined))).toBe(false);
    expect(coversGap(gap(undefined, 5), gap(4, 5))).toBe(false);
    expect(coversGap(gap(1, undefined), gap(1, 5))).toBe(false);
    expect(coversGap(gap(1, 9), gap(2, undefined))).toBe(false);
  });

  it("joins one of the same kind to what encloses both", () => {
    expect(joinedGap(gap(10, 20), gap(15, 30))).toEqual(gap(10, 30));
    expect(joinedGap(gap(10, 20), gap(1, 2))).toEqual(gap(1, 20));
    expect(joinedGap(gap(10, 20), gap(12, 13))).toEqual(gap(10, 20));
  });

  it("joins none of another kind, and none whose bounds are not known", () => {
    expect(joinedGap(gap(1, 2), gap(1, 2, { cause: "quarantine" }))).toBeUndefined();
    expect(joinedGap(gap(1, 2), gap(1, 2, { connection: "options/1" }))).toBeUndefined();
    expect(joinedGap(gap(1, undefined), gap(1, 2))).toBeUndefined();
    expect(joinedGap(gap(1, 2), gap(undefined, 2))).toBeUndefined();
  });
});

describe("endsOutage", () => {
  it.each([
    ["disconnect", "all", true],
    ["absence", "all", true],
    // Quotes that are chosen late: the link was there all the time.
    ["absence", "quotes", false],
    ["unsubscribed", "all", false],
    ["shed", "all", false],
  ] as const)("of a gap %s of %s: %s", (cause, scope, ends) => {
    expect(endsOutage({ cause, scope })).toBe(ends);
  });
});
