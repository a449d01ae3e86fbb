import { EXCHANGE_CALENDAR, type TradingCalendar } from "./trading-calendar.ts";
import { easternTimeMs } from "./trading-day.ts";

const OPEN_MINUTES = 9 * 60 + 30;

/** Index options that settle to opening prices. Those of NDX, RUT and SPX that settle at the close have other roots. */
const AM_ROOTS: ReadonlySet<string> = new Set(["SPX", "NDX", "RUT", "VIX", "VIXW", "DJX"]);

/** Whether options of a root settle to the opening prices of their expiration date; all others settle at its close. */
export function isAmSettled(root: string): boolean {
  return AM_ROOTS.has(root);
}

/**
 * When contracts of a root settle, after which they are worth what they are worth: 09:30 Eastern for those that settle to
 * opening prices, else the close of stocks, 16:00 or early. Where nothing trades on the date, it is the last trading day
 * before. AM contracts stop trading the afternoon before, yet move with their underlying until they settle.
 *
 * @param expiration `YYYY-MM-DD`.
 * @returns ms since the Unix epoch.
 * @throws {RangeError} for a text that is no date.
 * @example
 * ```ts
 * settlementMs("SPX", "2026-01-16") === Date.UTC(2026, 0, 16, 14, 30);
 * settlementMs("SPXW", "2026-01-16") === Date.UTC(2026, 0, 16, 21);
 * ```
 */
export function settlementMs(root: string, expiration: string, calendar: TradingCalendar = EXCHANGE_CALENDAR): number {
  const date = calendar.isTradingDay(expiration) ? expiration : calendar.previousTradingDay(expiration);
  return isAmSettled(root) ? easternTimeMs(date, OPEN_MINUTES) : calendar.closeMs(date);
}
