import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exchangeHolidays, isWeekendDate } from "../../../src/domain/market/holidays.ts";
import { dateMs, dateText } from "../../../src/domain/market/trading-day.ts";

/** As the exchange published them, year by year; `*` marks an early close. */
const PUBLISHED: Readonly<Record<number, string>> = {
  2007: "01-01 01-02 01-15 02-19 04-06 05-28 07-03* 07-04 09-03 11-22 11-23* 12-24* 12-25",
  2010: "01-01 01-18 02-15 04-02 05-31 07-05 09-06 11-25 11-26* 12-24",
  2011: "01-17 02-21 04-22 05-30 07-04 09-05 11-24 11-25* 12-26",
  2012: "01-02 01-16 02-20 04-06 05-28 07-03* 07-04 09-03 10-29 10-30 11-22 11-23* 12-24* 12-25",
  2018: "01-01 01-15 02-19 03-30 05-28 07-03* 07-04 09-03 11-22 11-23* 12-05 12-24* 12-25",
  2021: "01-01 01-18 02-15 04-02 05-31 07-05 09-06 11-25 11-26* 12-24",
  2022: "01-17 02-21 04-15 05-30 06-20 07-04 09-05 11-24 11-25* 12-26",
  2023: "01-02 01-16 02-20 04-07 05-29 06-19 07-03* 07-04 09-04 11-23 11-24* 12-25",
  2024: "01-01 01-15 02-19 03-29 05-27 06-19 07-03* 07-04 09-02 11-28 11-29* 12-24* 12-25",
  2025: "01-01 01-09 01-20 02-17 04-18 05-26 06-19 07-03* 07-04 09-01 11-27 11-28* 12-24* 12-25",
  2026: "01-01 01-19 02-16 04-03 05-25 06-19 07-03 09-07 11-26 11-27* 12-24* 12-25",
  2027: "01-01 01-18 02-15 03-26 05-31 06-18 07-05 09-06 11-25 11-26* 12-24",
  2028: "01-17 02-21 04-14 05-29 06-19 07-03* 07-04 09-04 11-23 11-24* 12-25",
};

describe("exchangeHolidays", () => {
  it.each(Object.entries(PUBLISHED))("are those of %s, day by day", (year, published) => {
    const told = exchangeHolidays(Number(year)).map(
      ({ date, status }) => `${date.slice(5)}${status === "early-close" ? "*" : ""}`,
    );
    expect(told).toEqual(published.split(" "));
  });

  it("never lie on a weekend, come once and in order, and are nine to eleven full days but for special ones", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2022, max: 2400 }), (year) => {
        const days = exchangeHolidays(year);
        const dates = days.map(({ date }) => date);
        expect(dates.filter(isWeekendDate)).toEqual([]);
        expect(dates).toEqual([...new Set(dates)].sort());
        expect(dates.every((date) => date.startsWith(`${year}-`))).toBe(true);
        const closed = days.filter(({ status }) => status === "closed").length;
        expect(closed).toBeGreaterThanOrEqual(9);
        expect(closed).toBeLessThanOrEqual(11);
        const early = days.length - closed;
        expect(early).toBeGreaterThanOrEqual(1);
        expect(early).toBeLessThanOrEqual(3);
      }),
      { seed: 42 },
    );
  });

  it("keep Good Friday between March 20 and April 23, two days before a Sunday", () => {
    for (let year = 2007; year <= 2300; year++) {
      const fridays = exchangeHolidays(year).filter(
        ({ date }) => date >= `${year}-03-19` && date <= `${year}-04-24` && new Date(dateMs(date)).getUTCDay() === 5,
      );
      expect(fridays.map(({ status }) => status)).toEqual(["closed"]);
    }
  });

  it.each([1899, 10_000, 2025.5, Number.NaN])("refuse the year %s", (year) => {
    expect(() => exchangeHolidays(year)).toThrow(RangeError);
  });
});

describe("dateMs", () => {
  it.each(["2025-02-29", "2025-2-01", "2025-13-01", "20250101", "", "2025-01-01T00:00:00Z"])("refuses %j", (text) => {
    expect(() => dateMs(text)).toThrow(RangeError);
  });

  it("reads what dateText writes", () => {
    expect(dateText(dateMs("2024-02-29"))).toBe("2024-02-29");
  });
});
