import { settlementMs } from "../market/settlement.ts";
import type { TradingCalendar } from "../market/trading-calendar.ts";
import { easternOffsetMs } from "../market/trading-day.ts";

/** Minutes of a year of 365 days: what turns minutes to settlement into years. */
export const MINUTES_PER_YEAR = 525_600;

const MINUTE_MS = 60_000;

/** How long a contract still has. */
export interface TimeToExpiry {
  /** Calendar minutes, with fractions; 0 once it has settled. */
  readonly minutes: number;
  /** `minutes` / 525,600. */
  readonly years: number;
  /** From the instant of settlement on. */
  readonly settled: boolean;
}

/**
 * Time to settlement as Cboe's VIX counts it: the minutes that the clock in New York shows between the two, over those of
 * 365 days. Every calendar day has 1,440 minutes, so the hour that is skipped or comes twice when the clocks change does
 * not count, and the time jumps at no other instant. Nights, weekends and holidays count in full.
 *
 * @param atMs ms since the Unix epoch.
 * @param settlesAtMs ms since the Unix epoch.
 * @throws {RangeError} unless both are finite.
 * @example
 * ```ts
 * timeToExpiry(Date.UTC(2026, 0, 7, 20), Date.UTC(2026, 0, 7, 21)); // { minutes: 60, years: 60 / 525600, settled: false }
 * ```
 */
export function timeToExpiry(atMs: number, settlesAtMs: number): TimeToExpiry {
  requireInstant("atMs", atMs);
  requireInstant("settlesAtMs", settlesAtMs);
  if (atMs >= settlesAtMs) return { minutes: 0, years: 0, settled: true };
  // In the hour that comes twice the clock may show a later time than the one at settlement.
  const minutes = Math.max(0, (wallMs(settlesAtMs) - wallMs(atMs)) / MINUTE_MS);
  return { minutes, years: minutes / MINUTES_PER_YEAR, settled: false };
}

/**
 * `timeToExpiry` to the settlement of a series: 09:30 Eastern for roots that settle to opening prices, else the close.
 *
 * @param expiration `YYYY-MM-DD`.
 * @param calendar default `EXCHANGE_CALENDAR`.
 * @throws {RangeError} as `timeToExpiry`, and as `settlementMs` for a text that is no date.
 * @example
 * ```ts
 * const noon = Date.UTC(2026, 0, 15, 17);
 * timeToSettlement("SPX", "2026-01-16", noon).minutes; // 1290
 * timeToSettlement("SPXW", "2026-01-16", noon).minutes; // 1680
 * ```
 */
export function timeToSettlement(
  root: string,
  expiration: string,
  atMs: number,
  calendar?: TradingCalendar,
): TimeToExpiry {
  return timeToExpiry(atMs, settlementMs(root, expiration, calendar));
}

function wallMs(utcMs: number): number {
  return utcMs + easternOffsetMs(utcMs);
}

function requireInstant(name: string, value: number): void {
  if (Number.isFinite(value)) return;
  throw new RangeError(`Cannot tell a time to expiry: '${name}' must be finite, current value is ${value}`);
}
