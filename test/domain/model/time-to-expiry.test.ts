import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { settlementMs } from "../../../src/domain/market/settlement.ts";
import { TradingCalendar } from "../../../src/domain/market/trading-calendar.ts";
import { easternTimeMs } from "../../../src/domain/market/trading-day.ts";
import { timeToExpiry, timeToSettlement } from "../../../src/domain/model/time-to-expiry.ts";

const at = (date: string, hour: number, minute = 0) => easternTimeMs(date, hour * 60 + minute);

describe("timeToExpiry", () => {
  // The worked example of the VIX white paper, 09:46 in Chicago.
  it("counts as the VIX does", () => {
    const near = timeToExpiry(at("2014-01-06", 10, 46), at("2014-01-31", 9, 30));
    expect(near.minutes).toBe(854 + 510 + 34_560);
    expect(near.years).toBeCloseTo(0.068348554, 10);
    const next = timeToExpiry(at("2014-01-06", 10, 46), at("2014-02-07", 16));
    expect(next.minutes).toBe(854 + 900 + 44_640);
    expect(next.years).toBeCloseTo(0.0882686454, 10);
  });

  it("gives every calendar day 1,440 minutes, also when the clocks change", () => {
    // 2026-03-08 has 23 hours in New York, 2026-11-01 has 25.
    expect(timeToExpiry(at("2026-03-06", 16), at("2026-03-09", 16)).minutes).toBe(3 * 1_440);
    expect(timeToExpiry(at("2026-10-30", 16), at("2026-11-02", 16)).minutes).toBe(3 * 1_440);
    expect(timeToExpiry(at("2026-03-08", 1, 59), at("2026-03-08", 3)).minutes).toBe(61);
  });

  it("is 0 and settled from the instant of settlement on, not before", () => {
    const settlesAtMs = at("2026-01-07", 16);
    expect(timeToExpiry(settlesAtMs - 1, settlesAtMs)).toEqual({
      minutes: 1 / 60_000,
      years: 1 / 60_000 / 525_600,
      settled: false,
    });
    const settled = { minutes: 0, years: 0, settled: true };
    expect(timeToExpiry(settlesAtMs, settlesAtMs)).toEqual(settled);
    expect(timeToExpiry(settlesAtMs + 1, settlesAtMs)).toEqual(settled);
  });

  it("never rises as time passes but in the night when an hour comes twice, and is never negative", () => {
    const instant = fc.integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2027, 0, 1) });
    fc.assert(
      fc.property(instant, fc.integer({ min: 0, max: 40 * 86_400_000 }), fc.nat(86_400_000), (start, span, step) => {
        const earlier = timeToExpiry(start, start + span);
        const later = timeToExpiry(start + step, start + span);
        expect(earlier.minutes).toBeGreaterThanOrEqual(0);
        expect(later.minutes).toBeGreaterThanOrEqual(0);
        expect(later.minutes - earlier.minutes).toBeLessThanOrEqual(60);
      }),
      { seed: 42, numRuns: 1_000 },
    );
  });

  it("refuses an instant that is none", () => {
    expect(() => timeToExpiry(Number.NaN, 0)).toThrow(
      new RangeError("Cannot tell a time to expiry: 'atMs' must be finite, current value is NaN"),
    );
    expect(() => timeToExpiry(0, Infinity)).toThrow(RangeError);
  });
});

describe("timeToSettlement", () => {
  it("tells AM and PM settled contracts of one date apart", () => {
    const noon = at("2026-01-15", 12);
    for (const [root, minutes] of [
      ["SPX", 1_290],
      ["NDX", 1_290],
      ["SPXW", 1_680],
      ["NDXP", 1_680],
    ] as const) {
      expect(timeToSettlement(root, "2026-01-16", noon).minutes, root).toBe(minutes);
    }
    expect(timeToSettlement("SPX", "2026-01-16", at("2026-01-16", 12)).settled).toBe(true);
    expect(timeToSettlement("SPXW", "2026-01-16", at("2026-01-16", 12)).minutes).toBe(240);
  });

  it("ends at 13:00 on half days, and on the trading day before where nothing trades", () => {
    expect(timeToSettlement("SPXW", "2025-11-28", at("2025-11-28", 12)).minutes).toBe(60);
    // Good Friday of 2026.
    expect(timeToSettlement("SPXW", "2026-04-03", at("2026-04-02", 15)).minutes).toBe(60);
    expect(timeToSettlement("SPXW", "2026-04-03", at("2026-04-03", 10)).settled).toBe(true);
  });

  it("follows a calendar that was given", () => {
    const calendar = new TradingCalendar([{ date: "2026-01-07", status: "closed" }]);
    const atMs = at("2026-01-06", 15);
    expect(timeToSettlement("SPXW", "2026-01-07", atMs, calendar).minutes).toBe(60);
    expect(timeToSettlement("SPXW", "2026-01-07", atMs)).toEqual(
      timeToExpiry(atMs, settlementMs("SPXW", "2026-01-07")),
    );
  });

  it("puts the gamma ladder of the last day where it belongs", () => {
    const years = (minutes: number) => timeToExpiry(0, minutes * 60_000).years;
    expect(1 / 262 / years(60)).toBeCloseTo(5.782 ** 2, 1);
    expect(1 / 262 / years(390)).toBeCloseTo(2.268 ** 2, 2);
  });
});
