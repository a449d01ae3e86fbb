import { type ExchangeHoliday, exchangeHolidays, isWeekendDate } from "./holidays.ts";
import { dateMs, dateText, easternTimeMs, tradingDayOf } from "./trading-day.ts";

const DAY_MS = 86_400_000;
const NS_PER_MS = 1_000_000n;
const CLOSE_MINUTES = 16 * 60;
const EARLY_CLOSE_MINUTES = 13 * 60;

/**
 * On which days US exchanges trade, and how long. Knows weekends and `exchangeHolidays`; what a provider tells of single
 * dates comes first, so that a closing that nobody foresaw can be given.
 *
 * A date is `YYYY-MM-DD`, valid from 2007 on as `exchangeHolidays` is; every method throws a `RangeError` for a text that
 * is none.
 *
 * @example
 * ```ts
 * const calendar = new TradingCalendar([{ date: "2026-03-11", status: "closed" }]);
 * calendar.isTradingDay("2026-03-11"); // false
 * calendar.previousTradingDay("2026-01-02"); // "2025-12-31"
 * ```
 */
export class TradingCalendar {
  readonly #given: ReadonlyMap<string, ExchangeHoliday>;
  readonly #byRule = new Map<string, ReadonlyMap<string, ExchangeHoliday>>();

  /** @param given of one date the last one counts. @throws {RangeError} for a date that is none. */
  constructor(given: Iterable<ExchangeHoliday> = []) {
    const holidays = new Map<string, ExchangeHoliday>();
    for (const holiday of given) {
      dateMs(holiday.date);
      holidays.set(holiday.date, holiday);
    }
    this.#given = holidays;
  }

  /** Whether exchanges open on a date, be it for half a day. */
  isTradingDay(date: string): boolean {
    return !isWeekendDate(date) && this.#holiday(date)?.status !== "closed";
  }

  /** Whether a date is a trading day that ends early. */
  isEarlyClose(date: string): boolean {
    return this.isTradingDay(date) && this.#holiday(date)?.status === "early-close";
  }

  /**
   * When stocks stop trading in the regular session of a date, ms since the Unix epoch: 16:00 Eastern, on early closes
   * 13:00, or what was given. On a day without trade it is 16:00 too.
   */
  closeMs(date: string): number {
    if (!this.isEarlyClose(date)) return easternTimeMs(date, CLOSE_MINUTES);
    return this.#holiday(date)?.closeAtMs ?? easternTimeMs(date, EARLY_CLOSE_MINUTES);
  }

  /** The first trading day after a date. */
  nextTradingDay(date: string): string {
    return this.#walk(date, DAY_MS);
  }

  /** The last trading day before a date. */
  previousTradingDay(date: string): string {
    return this.#walk(date, -DAY_MS);
  }

  /**
   * The trading day that an instant belongs to: the one of `tradingDayOf`, and on weekends and holidays the next. So
   * Friday 18:00 to Monday 18:00 Eastern belongs to Monday.
   *
   * @param atMs ms since the Unix epoch.
   */
  tradingDayAt(atMs: number): string {
    const date = tradingDayOf(BigInt(Math.floor(atMs)) * NS_PER_MS);
    return this.isTradingDay(date) ? date : this.nextTradingDay(date);
  }

  #walk(date: string, stepMs: number): string {
    let ms = dateMs(date) + stepMs;
    while (!this.isTradingDay(dateText(ms))) ms += stepMs;
    return dateText(ms);
  }

  #holiday(date: string): ExchangeHoliday | undefined {
    const given = this.#given.get(date);
    if (given !== undefined) return given;
    const year = date.slice(0, 4);
    let holidays = this.#byRule.get(year);
    if (holidays === undefined) {
      holidays = new Map(exchangeHolidays(Number(year)).map((holiday) => [holiday.date, holiday]));
      this.#byRule.set(year, holidays);
    }
    return holidays.get(date);
  }
}

/** Weekends, holidays and early closes by rule alone. */
export const EXCHANGE_CALENDAR: TradingCalendar = new TradingCalendar();
