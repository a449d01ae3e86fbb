import { easternOffsetMs } from "../../domain/market/trading-day.ts";

/**
 * As much of the US options calendar as a market needs: Eastern time, trading days, which expirations are listed.
 */

const MS_PER_MINUTE = 60_000;
const MS_PER_DAY = 86_400_000;
const FRIDAY = 5;

/** Days on which the options exchanges do not open, November 2025 to December 2027. Beyond, only weekends are known. */
const CLOSED_DAYS: ReadonlySet<string> = new Set([
  ...["2025-11-27", "2025-12-25"],
  ...["2026-01-01", "2026-01-19", "2026-02-16", "2026-04-03", "2026-05-25", "2026-06-19", "2026-07-03", "2026-09-07"],
  ...["2026-11-26", "2026-12-25"],
  ...["2027-01-01", "2027-01-18", "2027-02-15", "2027-03-26", "2027-05-31", "2027-06-18", "2027-07-05", "2027-09-06"],
  ...["2027-11-25", "2027-12-24"],
]);

/** Days that close at 13:00 Eastern. */
const HALF_DAYS: ReadonlySet<string> = new Set(["2025-11-28", "2025-12-24", "2026-11-27", "2026-12-24", "2027-11-26"]);

/** `AM` settles on the opening prices of the expiration day, `PM` on its close. */
export type SettlementStyle = "AM" | "PM";

/** A date on which options expire. */
interface ListedExpiration {
  /** `YYYY-MM-DD`. */
  readonly date: string;
  /** On the third Friday of its month, or on the trading day before where that Friday is closed. */
  readonly isMonthly: boolean;
}

/** `YYYY-MM-DD` of an instant, in UTC. */
function isoDate(utcMs: number): string {
  return new Date(utcMs).toISOString().slice(0, 10);
}

/** Midnight UTC of the `count`-th given weekday of a month, in ms. */
function nthWeekday(year: number, month: number, weekday: number, count: number): number {
  const firstMs = Date.UTC(year, month, 1);
  const offset = (weekday - new Date(firstMs).getUTCDay() + 7) % 7;
  return firstMs + (offset + 7 * (count - 1)) * MS_PER_DAY;
}

/**
 * The instant of a wall-clock time in New York, in ms since the Unix epoch.
 *
 * @example
 * ```ts
 * newYorkTimeMs("2025-12-22", 16, 0); // 1766437200000, which is 21:00 UTC
 * ```
 */
export function newYorkTimeMs(date: string, hour: number, minute: number): number {
  const naiveMs = Date.parse(`${date}T00:00:00Z`) + (hour * 60 + minute) * MS_PER_MINUTE;
  // Trading hours are far from 2 a.m., where the offset changes: one step finds it.
  return naiveMs - easternOffsetMs(naiveMs + 5 * 60 * MS_PER_MINUTE);
}

/** The New York date of an instant, `YYYY-MM-DD`. */
export function easternDate(utcMs: number): string {
  return isoDate(utcMs + easternOffsetMs(utcMs));
}

/** Whether the options exchanges open on a date. */
export function isTradingDay(date: string): boolean {
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
  return weekday !== 0 && weekday !== 6 && !CLOSED_DAYS.has(date);
}

/** When the regular session of a trading day ends: 16:00 Eastern, 13:00 on half days. In ms. */
export function sessionCloseMs(date: string): number {
  return newYorkTimeMs(date, HALF_DAYS.has(date) ? 13 : 16, 0);
}

/** Days that are closed, or close early, from a date on; what is known of them. In order. */
export function unusualDays(from: string): readonly { readonly date: string; readonly isHalf: boolean }[] {
  return [...CLOSED_DAYS, ...HALF_DAYS]
    .filter((date) => date >= from)
    .sort()
    .map((date) => ({ date, isHalf: HALF_DAYS.has(date) }));
}

/** When contracts of an expiration date end: 09:30 Eastern if AM-settled, else 16:00, or 13:00 on half days. In ms. */
export function settlementTimeMs(date: string, settlement: SettlementStyle): number {
  if (settlement === "AM") return newYorkTimeMs(date, 9, 30);
  return sessionCloseMs(date);
}

/** How many expirations of each sort are listed; one date may count for several. */
export interface ExpirationCounts {
  /** The next trading days, the current one included. */
  readonly days: number;
  readonly fridays: number;
  readonly monthlies: number;
}

const USUAL_COUNTS: ExpirationCounts = { days: 5, fridays: 4, monthlies: 3 };

/**
 * The expirations listed at an instant, in order of date: the next five trading days (the current one included), the next
 * four Fridays, the next three monthly ones, or as many as `counts` says. A Friday that is closed gives way to the trading
 * day before.
 */
export function listedExpirations(atMs: number, counts: ExpirationCounts = USUAL_COUNTS): readonly ListedExpiration[] {
  const todayMs = Date.parse(`${easternDate(atMs)}T00:00:00Z`);
  const today = isoDate(todayMs);
  const listed = new Set<string>();

  for (let dayMs = todayMs, found = 0; found < counts.days; dayMs += MS_PER_DAY) {
    if (!isTradingDay(isoDate(dayMs))) continue;
    listed.add(isoDate(dayMs));
    found += 1;
  }
  for (let dayMs = todayMs, found = 0; found < counts.fridays; dayMs += MS_PER_DAY) {
    if (new Date(dayMs).getUTCDay() !== FRIDAY) continue;
    const expiration = tradingDayAtOrBefore(dayMs);
    if (expiration < today) continue;
    listed.add(expiration);
    found += 1;
  }
  const monthlies = new Set<string>();
  for (let month = new Date(todayMs).getUTCMonth(), found = 0; found < counts.monthlies; month++) {
    const expiration = tradingDayAtOrBefore(nthWeekday(new Date(todayMs).getUTCFullYear(), month, FRIDAY, 3));
    if (expiration < today) continue;
    monthlies.add(expiration);
    listed.add(expiration);
    found += 1;
  }
  return [...listed].sort().map((date) => ({ date, isMonthly: monthlies.has(date) }));
}

function tradingDayAtOrBefore(dayMs: number): string {
  let candidateMs = dayMs;
  while (!isTradingDay(isoDate(candidateMs))) candidateMs -= MS_PER_DAY;
  return isoDate(candidateMs);
}
