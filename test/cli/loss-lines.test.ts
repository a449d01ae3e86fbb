import { describe, expect, it } from "vitest";
import { gapLine } from "../../src/cli/loss-lines.ts";

describe("gapLine", () => {
  it.each([
    [0, "0.000 s"],
    [3_420, "3.420 s"],
    [60_000, "1 min"],
    [29_330_642_042, "339 d 11 h"],
  ])("tells the length of a gap of %d ms as %j", (ms, text) => {
    const gap = { connection: "options/0", cause: "absence", scope: "all", instruments: null } as const;
    expect(gapLine({ ...gap, from_ms: 1_766_437_200_000, to_ms: 1_766_437_200_000 + ms })).toMatch(
      new RegExp(`^options/0 absence, all: 2025-12-22 16:00:00\\.000 ET to .* ET \\(${text}\\)$`),
    );
  });
});
