import { dateMs, dateText } from "./trading-day.ts";

/** A day on which the exchanges do not keep their usual hours. A `MarketHoliday` of a reference provider is one. */
export interface ExchangeHoliday {
  /** `YYYY-MM-DD`. */
  readonly date: string;
  readonly status: "closed" | "early-close";
  /** When stocks stop trading on an early close, ms since the Unix epoch; 13:00 Eastern where absent or `null`. */
  readonly closeAtMs?: number | null | undefined;
}

const DAY_MS = 86_400_000;
const SUNDAY = 0;
const MONDAY = 1;
const THURSDAY = 4;
const SATURDAY = 6;

/** Closings that no rule foretells: the mourning of presidents, and a hurricane. */
const SPECIAL_CLOSES: readonly string[] = ["2007-01-02", "2012-10-29", "2012-10-30", "2018-12-05", "2025-01-09"];

/**
 * The holidays and early closes of the New York Stock Exchange in a year, which all US options exchanges keep, ascending.
 *
 * They follow the exchange's Rule 7.2 and the calendars that it publishes: New Year's Day, Martin Luther King, Jr. Day,
 * Washington's Birthday, Good Friday, Memorial Day, Juneteenth (from 2022 on), Independence Day, Labor Day,
 * Thanksgiving Day and Christmas Day. One that falls on a Sunday is kept on Monday, one on a Saturday on Friday, except
 * New Year's Day, since that Friday ends a year of accounts. At 13:00 trade ends on the day after Thanksgiving, on
 * December 24 and on July 3, where these are no holidays themselves and no weekend.
 * Closings out of the ordinary are a list, up to that of 2025-01-09; later ones have to be given from outside.
 *
 * @param year some of the rules are younger than 2007, so that for an earlier year the answer can be wrong.
 * @throws {RangeError} for a year that is no integer from 1900 to 9999.
 * @example
 * ```ts
 * exchangeHolidays(2026)[0]; // { date: "2026-01-01", status: "closed" }
 * ```
 */
export function exchangeHolidays(year: number): readonly ExchangeHoliday[] {
  if (!Number.isInteger(year) || year < 1900 || year > 9999) {
    throw new RangeError(`Cannot tell holidays: 'year' must be an integer from 1900 to 9999, current value is ${year}`);
  }
  const thanksgivingMs = nthWeekdayMs(year, 11, THURSDAY, 4);
  const closed = new Set([
    ...keptOn(year, 1, 1).filter((date) => date.startsWith(`${year}-`)),
    dateText(nthWeekdayMs(year, 1, MONDAY, 3)),
    dateText(nthWeekdayMs(year, 2, MONDAY, 3)),
    dateText(easterMs(year) - 2 * DAY_MS),
    dateText(lastWeekdayMs(year, 5, MONDAY)),
    ...(year >= 2022 ? keptOn(year, 6, 19) : []),
    ...keptOn(year, 7, 4),
    dateText(nthWeekdayMs(year, 9, MONDAY, 1)),
    dateText(thanksgivingMs),
    ...keptOn(year, 12, 25),
    ...SPECIAL_CLOSES.filter((date) => date.startsWith(`${year}-`)),
  ]);
  const early = [Date.UTC(year, 6, 3), thanksgivingMs + DAY_MS, Date.UTC(year, 11, 24)];
  const days: ExchangeHoliday[] = [...closed].map((date) => ({ date, status: "closed" }));
  for (const date of early.filter((ms) => !isWeekend(ms)).map(dateText)) {
    if (!closed.has(date)) days.push({ date, status: "early-close" });
  }
  return days.sort((one, other) => (one.date < other.date ? -1 : 1));
}

/** Whether a date, `YYYY-MM-DD`, is a Saturday or a Sunday. @throws {RangeError} for a text that is no date. */
export function isWeekendDate(date: string): boolean {
  return isWeekend(dateMs(date));
}

/** The weekday on which a holiday of a fixed date is kept; none where New Year's Day is a Saturday. */
function keptOn(year: number, month: number, day: number): readonly string[] {
  const ms = Date.UTC(year, month - 1, day);
  const weekday = weekdayOf(ms);
  if (weekday === SUNDAY) return [dateText(ms + DAY_MS)];
  // Of New Year's Day that is a day of the year before: the caller leaves it out.
  return [dateText(weekday === SATURDAY ? ms - DAY_MS : ms)];
}

function nthWeekdayMs(year: number, month: number, weekday: number, nth: number): number {
  const firstMs = Date.UTC(year, month - 1, 1);
  return firstMs + (((weekday - weekdayOf(firstMs) + 7) % 7) + 7 * (nth - 1)) * DAY_MS;
}

function lastWeekdayMs(year: number, month: number, weekday: number): number {
  const lastMs = Date.UTC(year, month, 0);
  return lastMs - ((weekdayOf(lastMs) - weekday + 7) % 7) * DAY_MS;
}

/** Easter Sunday of the Gregorian calendar, by the rule that Nature printed in 1876 (Meeus, Jones and Butcher). */
function easterMs(year: number): number {
  const golden = year % 19;
  const century = Math.floor(year / 100);
  const yearOfCentury = year % 100;
  const moonCorrection = Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3);
  const epact = (19 * golden + century - Math.floor(century / 4) - moonCorrection + 15) % 30;
  const toSunday = (32 + 2 * (century % 4) + 2 * Math.floor(yearOfCentury / 4) - epact - (yearOfCentury % 4)) % 7;
  const late = Math.floor((golden + 11 * epact + 22 * toSunday) / 451);
  const fromMarch = epact + toSunday - 7 * late + 114;
  return Date.UTC(year, Math.floor(fromMarch / 31) - 1, (fromMarch % 31) + 1);
}

function weekdayOf(ms: number): number {
  return new Date(ms).getUTCDay();
}

function isWeekend(ms: number): boolean {
  const weekday = weekdayOf(ms);
  return weekday === SUNDAY || weekday === SATURDAY;
}
