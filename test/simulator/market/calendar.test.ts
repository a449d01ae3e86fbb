import { describe, expect, it } from "vitest";
import {
  easternDate,
  isTradingDay,
  listedExpirations,
  newYorkTimeMs,
  settlementTimeMs,
} from "../../../src/simulator/market/calendar.ts";

const HOUR = 3_600_000;

/** An independent opinion: the runtime's own time zone data. */
function newYorkClock(utcMs: number): string {
  return new Intl.DateTimeFormat("sv-SE", {
    timeZone: "America/New_York",
    dateStyle: "short",
    timeStyle: "medium",
  }).format(utcMs);
}

describe("Eastern time", () => {
  it("agrees with the time zone database on every day of three years", () => {
    for (let at = Date.UTC(2025, 0, 1, 3); at < Date.UTC(2028, 0, 1); at += 24 * HOUR) {
      expect(easternDate(at)).toBe(newYorkClock(at).slice(0, 10));
    }
    for (const date of ["2025-12-22", "2026-03-08", "2026-03-09", "2026-07-01", "2026-11-01", "2026-11-02"]) {
      expect(newYorkClock(newYorkTimeMs(date, 9, 30))).toBe(`${date} 09:30:00`);
      expect(newYorkClock(newYorkTimeMs(date, 16, 0))).toBe(`${date} 16:00:00`);
    }
  });
});

describe("listed expirations", () => {
  it("ends AM-settled series at the open and PM-settled ones at the close, earlier on half days", () => {
    expect(newYorkClock(settlementTimeMs("2025-12-19", "AM"))).toBe("2025-12-19 09:30:00");
    expect(newYorkClock(settlementTimeMs("2025-12-19", "PM"))).toBe("2025-12-19 16:00:00");
    expect(newYorkClock(settlementTimeMs("2025-12-24", "PM"))).toBe("2025-12-24 13:00:00");
  });

  it("knows weekends and holidays", () => {
    const days = ["2025-12-19", "2025-12-20", "2025-12-21", "2025-12-25", "2025-12-26", "2026-01-01", "2026-06-19"];
    expect(days.filter(isTradingDay)).toEqual(["2025-12-19", "2025-12-26"]);
  });

  it("lists five days, four Fridays and three monthly dates, jumping over Christmas", () => {
    expect(listedExpirations(newYorkTimeMs("2025-12-22", 10, 0))).toEqual([
      { date: "2025-12-22", isMonthly: false },
      { date: "2025-12-23", isMonthly: false },
      { date: "2025-12-24", isMonthly: false },
      { date: "2025-12-26", isMonthly: false },
      { date: "2025-12-29", isMonthly: false },
      { date: "2026-01-02", isMonthly: false },
      { date: "2026-01-09", isMonthly: false },
      { date: "2026-01-16", isMonthly: true },
      { date: "2026-02-20", isMonthly: true },
      { date: "2026-03-20", isMonthly: true },
    ]);
  });

  it("moves a monthly expiration off a closed Friday", () => {
    const monthly = listedExpirations(newYorkTimeMs("2026-06-15", 10, 0)).filter(({ isMonthly }) => isMonthly);
    expect(monthly[0]?.date).toBe("2026-06-18");
  });

  it("keeps today's monthly expiration and drops it the day after", () => {
    const first = (date: string) =>
      listedExpirations(newYorkTimeMs(date, 12, 0)).find(({ isMonthly }) => isMonthly)?.date;
    expect([first("2025-12-18"), first("2025-12-19"), first("2025-12-20")]).toEqual([
      "2025-12-19",
      "2025-12-19",
      "2026-01-16",
    ]);
  });
});
