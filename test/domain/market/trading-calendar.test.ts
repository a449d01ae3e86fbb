import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EXCHANGE_CALENDAR, TradingCalendar } from "../../../src/domain/market/trading-calendar.ts";
import { dateText, easternTimeMs, tradingDayOf } from "../../../src/domain/market/trading-day.ts";

const calendar = EXCHANGE_CALENDAR;
const date = fc.integer({ min: Date.UTC(2008, 0, 1), max: Date.UTC(2060, 0, 1) }).map(dateText);

describe("TradingCalendar", () => {
  it.each([
    ["2026-01-07", true, "a Wednesday"],
    ["2026-01-10", false, "a Saturday"],
    ["2026-01-11", false, "a Sunday"],
    ["2025-01-09", false, "the mourning of a president"],
    ["2026-07-03", false, "Independence Day, kept on Friday"],
    ["2025-07-03", true, "the half day before Independence Day"],
    ["2021-12-31", true, "the Friday before a New Year's Day on Saturday"],
    ["2021-06-18", true, "the Friday before Juneteenth when it was no holiday yet"],
  ])("takes %s for a trading day: %s, %s", (day, isOpen) => {
    expect(calendar.isTradingDay(day)).toBe(isOpen);
  });

  it("goes over weekends and holidays", () => {
    expect(calendar.nextTradingDay("2025-12-24")).toBe("2025-12-26");
    expect(calendar.previousTradingDay("2025-12-26")).toBe("2025-12-24");
    expect(calendar.nextTradingDay("2026-01-16")).toBe("2026-01-20");
    expect(calendar.previousTradingDay("2026-01-01")).toBe("2025-12-31");
  });

  it("goes forth and back to the same day", () => {
    fc.assert(
      fc.property(date, (day) => {
        const next = calendar.nextTradingDay(day);
        expect(next > day && calendar.isTradingDay(next)).toBe(true);
        const back = calendar.previousTradingDay(next);
        expect(calendar.isTradingDay(day) ? back === day : back < day).toBe(true);
      }),
      { seed: 42, numRuns: 1_000 },
    );
  });

  it("knows when stocks close", () => {
    expect(calendar.closeMs("2026-01-07")).toBe(Date.UTC(2026, 0, 7, 21));
    expect(calendar.closeMs("2026-07-07")).toBe(Date.UTC(2026, 6, 7, 20));
    expect(calendar.closeMs("2025-11-28")).toBe(Date.UTC(2025, 10, 28, 18));
    expect(calendar.isEarlyClose("2025-11-28")).toBe(true);
    expect(calendar.isEarlyClose("2025-11-26")).toBe(false);
  });

  it("believes what is given of single dates before its own rules", () => {
    const told = new TradingCalendar([
      { date: "2026-03-11", status: "closed" },
      { date: "2026-03-12", status: "early-close", closeAtMs: easternTimeMs("2026-03-12", 14 * 60) },
      { date: "2026-11-26", status: "early-close", closeAtMs: null },
    ]);
    expect(told.isTradingDay("2026-03-11")).toBe(false);
    expect(told.nextTradingDay("2026-03-10")).toBe("2026-03-12");
    expect(told.closeMs("2026-03-12")).toBe(Date.UTC(2026, 2, 12, 18));
    expect(told.closeMs("2026-11-26")).toBe(Date.UTC(2026, 10, 26, 18));
    expect(told.isTradingDay("2026-12-25")).toBe(false);
    expect(() => new TradingCalendar([{ date: "soon", status: "closed" }])).toThrow(RangeError);
  });

  it.each([
    ["2026-01-16T22:59:59.999Z", "2026-01-16", "before 18:00 on a Friday"],
    ["2026-01-16T23:00:00.000Z", "2026-01-20", "from 18:00 on before a long weekend"],
    ["2026-01-19T15:00:00.000Z", "2026-01-20", "on the holiday"],
    ["2026-01-11T20:00:00.000Z", "2026-01-12", "on a Sunday"],
  ])("puts %s into %s, %s", (iso, day) => {
    expect(calendar.tradingDayAt(Date.parse(iso))).toBe(day);
  });

  it("answers at the beginning of a clock too, from which tests count", () => {
    expect(calendar.tradingDayAt(0)).toBe("1970-01-02");
    expect(calendar.previousTradingDay("1970-01-02")).toBe("1969-12-31");
  });

  it("agrees with tradingDayOf wherever that is a trading day", () => {
    const instant = fc.integer({ min: Date.UTC(2008, 0, 1), max: Date.UTC(2060, 0, 1) });
    fc.assert(
      fc.property(instant, (atMs) => {
        const plain = tradingDayOf(BigInt(atMs) * 1_000_000n);
        const told = calendar.tradingDayAt(atMs);
        expect(calendar.isTradingDay(told) && told >= plain).toBe(true);
        if (calendar.isTradingDay(plain)) expect(told).toBe(plain);
      }),
      { seed: 43, numRuns: 1_000 },
    );
  });
});

describe("easternTimeMs", () => {
  it.each([
    ["2025-03-07", 570, "2025-03-07T14:30:00.000Z"],
    ["2025-03-10", 570, "2025-03-10T13:30:00.000Z"],
    ["2025-10-31", 960, "2025-10-31T20:00:00.000Z"],
    ["2025-11-03", 960, "2025-11-03T21:00:00.000Z"],
    ["2025-03-10", -225, "2025-03-10T00:15:00.000Z"],
    ["2025-11-02", 30, "2025-11-02T04:30:00.000Z"],
    ["2025-11-02", 90, "2025-11-02T06:30:00.000Z"],
    ["2025-03-09", 150, "2025-03-09T06:30:00.000Z"],
  ])("on %s at minute %d is %s", (day, minutes, iso) => {
    expect(new Date(easternTimeMs(day, minutes)).toISOString()).toBe(iso);
  });
});
