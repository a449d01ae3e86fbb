import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EXCHANGE_CALENDAR } from "../../../src/domain/market/trading-calendar.ts";
import { easternOffsetMs, TradingDayClock, tradingDayOf } from "../../../src/domain/market/trading-day.ts";

const NS_PER_MS = 1_000_000n;
const HOUR_MS = 3_600_000;
const NEW_YORK = new Intl.DateTimeFormat("en-US", {
  timeZone: "America/New_York",
  hourCycle: "h23",
  year: "numeric",
  month: "numeric",
  day: "numeric",
  hour: "numeric",
  minute: "numeric",
  second: "numeric",
});

/** The wall clock in New York as if it were UTC, from the platform's time zone database. */
function wallClockMs(utcMs: number): number {
  const parts = new Map(NEW_YORK.formatToParts(utcMs).map((part) => [part.type, Number(part.value)]));
  const at = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? Number.NaN;
  const seconds = Date.UTC(at("year"), at("month") - 1, at("day"), at("hour"), at("minute"), at("second"));
  return seconds + (((utcMs % 1_000) + 1_000) % 1_000);
}

function expectedDay(utcMs: number): string {
  return new Date(wallClockMs(utcMs) + 6 * HOUR_MS).toISOString().slice(0, 10);
}

const dayAt = (iso: string) => tradingDayOf(BigInt(Date.parse(iso)) * NS_PER_MS);
const instant = fc.integer({ min: Date.UTC(2007, 0, 1), max: Date.UTC(2061, 0, 1) - 1 });

describe("easternOffsetMs", () => {
  it("agrees with the time zone database at random instants", () => {
    fc.assert(
      fc.property(instant, (utcMs) => {
        expect(easternOffsetMs(utcMs)).toBe(wallClockMs(utcMs) - utcMs);
      }),
      { seed: 42, numRuns: 2_000 },
    );
  });

  it("agrees with the time zone database one ms around both changes of every year", () => {
    let changes = 0;
    for (let year = 2007; year <= 2060; year++) {
      for (const [month, firstDay, hour] of [
        [2, 8, 7],
        [10, 1, 6],
      ] as const) {
        for (let day = firstDay; day < firstDay + 7; day++) {
          const changeMs = Date.UTC(year, month, day, hour);
          const offsets = [-1, 0, 1].map((deltaMs) => {
            const offsetMs = easternOffsetMs(changeMs + deltaMs);
            expect(offsetMs).toBe(wallClockMs(changeMs + deltaMs) - (changeMs + deltaMs));
            return offsetMs;
          });
          if (offsets[0] !== offsets[1]) changes += 1;
        }
      }
    }
    expect(changes).toBe(2 * 54);
  });

  it("changes at 02:00 on the Sundays of 2025", () => {
    const spring = Date.parse("2025-03-09T07:00:00Z");
    expect([spring - 1, spring, spring + 1].map(easternOffsetMs)).toEqual([-5, -4, -4].map((hours) => hours * HOUR_MS));
    const autumn = Date.parse("2025-11-02T06:00:00Z");
    expect([autumn - 1, autumn, autumn + 1].map(easternOffsetMs)).toEqual([-4, -5, -5].map((hours) => hours * HOUR_MS));
  });
});

describe("tradingDayOf", () => {
  it.each([
    ["2025-12-23T14:30:00.000Z", "2025-12-23", "at the open"],
    ["2025-12-23T22:59:59.999Z", "2025-12-23", "one ms before 18:00"],
    ["2025-12-23T23:00:00.000Z", "2025-12-24", "at 18:00"],
    ["2025-12-24T01:15:00.000Z", "2025-12-24", "when the overnight session opens"],
    ["2025-12-24T05:00:00.000Z", "2025-12-24", "at midnight"],
    ["2025-07-01T21:59:59.999Z", "2025-07-01", "one ms before 18:00 in summer"],
    ["2025-07-01T22:00:00.000Z", "2025-07-02", "at 18:00 in summer"],
    ["2025-03-08T22:59:59.999Z", "2025-03-08", "one ms before 18:00 on the eve of daylight time"],
    ["2025-03-08T23:00:00.000Z", "2025-03-09", "at 18:00 on the eve of daylight time"],
    ["2025-03-09T21:59:59.999Z", "2025-03-09", "one ms before 18:00 on the first day of daylight time"],
    ["2025-03-09T22:00:00.000Z", "2025-03-10", "at 18:00 on the first day of daylight time"],
    ["2025-11-01T22:00:00.000Z", "2025-11-02", "at 18:00 on the eve of standard time"],
    ["2025-11-02T22:59:59.999Z", "2025-11-02", "one ms before 18:00 on the first day of standard time"],
    ["2025-11-02T23:00:00.000Z", "2025-11-03", "at 18:00 on the first day of standard time"],
    ["2024-02-29T23:00:00.000Z", "2024-03-01", "at the end of a leap February"],
    ["2025-12-31T23:00:00.000Z", "2026-01-01", "at the end of a year"],
  ])("puts %s into %s, %s", (iso, day) => {
    expect(dayAt(iso)).toBe(day);
  });

  it("tells nanoseconds before 18:00 from 18:00", () => {
    const six = BigInt(Date.parse("2025-12-23T23:00:00Z")) * NS_PER_MS;
    expect([six - 1n, six, six + 1n].map(tradingDayOf)).toEqual(["2025-12-23", "2025-12-24", "2025-12-24"]);
  });

  it("agrees with the time zone database at random instants", () => {
    fc.assert(
      fc.property(instant, (utcMs) => {
        expect(tradingDayOf(BigInt(utcMs) * NS_PER_MS)).toBe(expectedDay(utcMs));
      }),
      { seed: 43, numRuns: 2_000 },
    );
  });

  it("refuses what no calendar of four-digit years has", () => {
    expect(tradingDayOf(0n)).toBe("1970-01-01");
    expect(() => tradingDayOf(-1n)).toThrow(RangeError);
    const end = BigInt(Date.UTC(9999, 11, 31)) * NS_PER_MS;
    expect(tradingDayOf(end - 1n)).toBe("9999-12-31");
    expect(() => tradingDayOf(end)).toThrow(RangeError);
    expect(() => tradingDayOf(10n ** 30n)).toThrow(RangeError);
  });
});

describe("TradingDayClock", () => {
  it.each([
    ["2026-01-16T22:59:59.999Z", "2026-01-16", "until 18:00 on Friday"],
    ["2026-01-16T23:00:00.000Z", "2026-01-20", "from then on"],
    ["2026-01-19T01:15:00.000Z", "2026-01-20", "on Sunday night"],
    ["2026-01-19T16:00:00.000Z", "2026-01-20", "on a holiday"],
    ["2026-01-20T22:59:59.999Z", "2026-01-20", "until 18:00 on Tuesday"],
    ["2026-01-20T23:00:00.000Z", "2026-01-21", "from then on"],
  ])("with a calendar puts %s into %s, %s", (iso, day) => {
    const tsNs = BigInt(Date.parse(iso)) * NS_PER_MS;
    const clock = new TradingDayClock(EXCHANGE_CALENDAR);
    expect(clock.dayOf(tsNs)).toBe(day);
    expect(EXCHANGE_CALENDAR.tradingDayAt(Date.parse(iso))).toBe(day);
    const { startTsNs, endTsNs } = clock.boundsOf(tsNs);
    expect([startTsNs - 1n, startTsNs, endTsNs - 1n, endTsNs].map((atNs) => clock.dayOf(atNs) === day)).toEqual([
      ...[false, true, true, false],
    ]);
  });

  it("tells the same day and the session around it, whatever it was asked before", () => {
    const aDay = 24 * HOUR_MS;
    // Instants of few days, so that one session often follows itself and its neighbours.
    const near = fc.array(fc.integer({ min: 0, max: 3 * aDay }), { minLength: 1, maxLength: 20 });
    const startMs = fc
      .constantFrom("2025-03-07", "2025-10-31", "2025-12-30", "2025-06-10")
      .map((day) => Date.parse(day));
    fc.assert(
      fc.property(startMs, near, (fromMs, offsetsMs) => {
        const clock = new TradingDayClock();
        for (const offsetMs of offsetsMs) {
          const tsNs = BigInt(fromMs + offsetMs) * NS_PER_MS;
          expect(clock.dayOf(tsNs)).toBe(expectedDay(fromMs + offsetMs));
          const { startTsNs, endTsNs } = clock.boundsOf(tsNs);
          expect(startTsNs <= tsNs && tsNs < endTsNs).toBe(true);
          const day = clock.dayOf(tsNs);
          expect([tradingDayOf(startTsNs), tradingDayOf(endTsNs - 1n)]).toEqual([day, day]);
          expect(tradingDayOf(startTsNs - 1n) < day && tradingDayOf(endTsNs) > day).toBe(true);
        }
      }),
      { seed: 42, numRuns: 200 },
    );
  });

  it.each([
    ["2025-12-23T15:00:00Z", "2025-12-22T23:00:00Z", "2025-12-23T23:00:00Z"],
    ["2025-03-09T15:00:00Z", "2025-03-08T23:00:00Z", "2025-03-09T22:00:00Z"],
    ["2025-11-02T15:00:00Z", "2025-11-01T22:00:00Z", "2025-11-02T23:00:00Z"],
  ])("bounds the session of %s", (at, start, end) => {
    const ns = (iso: string) => BigInt(Date.parse(iso)) * NS_PER_MS;
    const clock = new TradingDayClock();
    expect(clock.boundsOf(ns(at))).toMatchObject({ startTsNs: ns(start), endTsNs: ns(end) });
    expect(clock.dayOf(ns(end) - 1n)).toBe(at.slice(0, 10));
    expect(clock.dayOf(ns(end))).not.toBe(at.slice(0, 10));
    expect(clock.dayOf(ns(start))).toBe(at.slice(0, 10));
    expect(clock.dayOf(ns(start) - 1n)).not.toBe(at.slice(0, 10));
  });

  it("refuses what tradingDayOf refuses and goes on", () => {
    const clock = new TradingDayClock();
    expect(() => clock.dayOf(-1n)).toThrow(RangeError);
    expect(clock.dayOf(1_766_530_800_000_000_000n)).toBe("2025-12-24");
    expect(() => clock.dayOf(10n ** 30n)).toThrow(RangeError);
    expect(clock.dayOf(1_766_530_799_999_999_999n)).toBe("2025-12-23");
  });
});
