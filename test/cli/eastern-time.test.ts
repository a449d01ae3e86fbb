import { describe, expect, it } from "vitest";
import { easternTime, easternTimeOf } from "../../src/cli/eastern-time.ts";

describe("easternTime", () => {
  it("is five hours behind UTC in winter and four in summer", () => {
    expect(easternTime(Date.UTC(2025, 11, 22, 21, 0, 0, 7))).toEqual({ date: "2025-12-22", time: "16:00:00.007" });
    expect(easternTime(Date.UTC(2025, 6, 1, 20, 0, 0, 120))).toEqual({ date: "2025-07-01", time: "16:00:00.120" });
  });

  it("starts the day at 00, not at 24", () => {
    expect(easternTime(Date.UTC(2025, 11, 23, 5))).toEqual({ date: "2025-12-23", time: "00:00:00.000" });
    expect(easternTime(Date.UTC(2025, 11, 23, 5) - 1)).toEqual({ date: "2025-12-22", time: "23:59:59.999" });
  });

  it("drops what is finer than a millisecond of an event time", () => {
    expect(easternTimeOf(1_766_437_200_123_999_999n).time).toBe("16:00:00.123");
  });
});
