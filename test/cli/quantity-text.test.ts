import { describe, expect, it } from "vitest";
import { durationText } from "../../src/cli/duration-text.ts";
import { agoText, bytesText, countText, leftText } from "../../src/cli/inspect/quantity-text.ts";

describe("durationText", () => {
  it.each([
    [-5, "0 ms"],
    [0, "0 ms"],
    [999, "999 ms"],
    [1_000, "1.0 s"],
    [12_345, "12.3 s"],
    [59_999, "59.9 s"],
    [60_000, "1 min"],
    [61_999, "1 min 1 s"],
    [3_599_999, "59 min 59 s"],
    [3_600_000, "1 h"],
    [86_399_999, "23 h 59 min"],
    [86_400_000, "1 d"],
    [180_000_000, "2 d 2 h"],
  ])("says of %d ms %j", (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });
});

describe("times and counts for people", () => {
  it("say what is not known, and what is over", () => {
    expect([agoText(null), agoText(2_000), leftText(null), leftText(1), leftText(0), leftText(-2_000)]).toEqual([
      "-",
      "2.0 s ago",
      "-",
      "1 ms more",
      "over for 0 ms",
      "over for 2.0 s",
    ]);
    expect([countText(null), countText(0), countText(1_234)]).toEqual(["-", "0", "1,234"]);
  });

  it("have sizes in units of a thousand", () => {
    expect([0, 999, 1_000, 1_949_999, 2e9].map(bytesText)).toEqual(["0 B", "999 B", "1.0 kB", "1.9 MB", "2.0 GB"]);
  });
});
