const NS_PER_MS = 1_000_000n;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const END_MS = Date.UTC(9999, 11, 31);
const DATE = /^\d{4}-\d\d-\d\d$/;
/** Dates read before: a feed has some dozens of expirations, and asks for each of them many times a second. */
const DATES = new Map<string, number>();
const MAX_DATES = 10_000;

const STANDARD_OFFSET_MS = -5 * HOUR_MS;
const DAYLIGHT_OFFSET_MS = -4 * HOUR_MS;

/** From here on, Eastern time, an event belongs to the session of the next calendar day. */
const SESSION_STARTS_MS = 18 * HOUR_MS;

const MARCH = 2;
const NOVEMBER = 10;

/**
 * US Eastern wall clock minus UTC, in ms: -4 h in daylight time, -5 h in standard time. Daylight time runs from the
 * second Sunday of March, 02:00 standard time, to the first Sunday of November, 02:00 daylight time. That is the rule
 * since 2007; for an earlier time the answer can be an hour off.
 *
 * @param utcMs ms since the Unix epoch.
 * @example
 * ```ts
 * easternOffsetMs(Date.UTC(2025, 6, 1)); // -14400000
 * ```
 */
export function easternOffsetMs(utcMs: number): number {
  const year = new Date(utcMs).getUTCFullYear();
  const daylightFromMs = firstSundayMs(year, MARCH) + 7 * DAY_MS + 2 * HOUR_MS - STANDARD_OFFSET_MS;
  const daylightToMs = firstSundayMs(year, NOVEMBER) + 2 * HOUR_MS - DAYLIGHT_OFFSET_MS;
  return utcMs >= daylightFromMs && utcMs < daylightToMs ? DAYLIGHT_OFFSET_MS : STANDARD_OFFSET_MS;
}

/** 00:00 of the first Sunday of a month, as if its clock were UTC. */
function firstSundayMs(year: number, month: number): number {
  const firstMs = Date.UTC(year, month, 1);
  const weekday = new Date(firstMs).getUTCDay();
  return firstMs + ((7 - weekday) % 7) * DAY_MS;
}

/**
 * The date, `YYYY-MM-DD`, of the session that an event belongs to: the Eastern calendar date, where from 18:00 on it is
 * already the next one. Index options trade overnight from 20:15 for the session that closes on the next day, and
 * nothing trades between 17:00 and 18:00. Weekends and holidays are not known here: an event on one gets its date;
 * `TradingCalendar.tradingDayAt` knows them.
 *
 * Valid from 2007 on, as `easternOffsetMs` is.
 *
 * @param tsNs event time.
 * @throws {RangeError} before 1970-01-01 and after 9999-12-30, both UTC.
 * @example
 * ```ts
 * tradingDayOf(1_766_530_800_000_000_000n); // "2025-12-24": 18:00 in New York on the 23rd
 * ```
 */
export function tradingDayOf(tsNs: bigint): string {
  return sessionAt(tsNs).day;
}

/** When a session starts and ends, event time. */
export interface SessionBounds {
  readonly startTsNs: bigint;
  /** Exclusive: the start of the next session. */
  readonly endTsNs: bigint;
}

/** Which days have trade, `YYYY-MM-DD`; a `TradingCalendar` knows. */
export interface TradingDays {
  isTradingDay(date: string): boolean;
  nextTradingDay(date: string): string;
  previousTradingDay(date: string): string;
}

/**
 * `tradingDayOf` for a stream: remembers the session of the last event, so that the next one in it costs two
 * comparisons.
 */
export class TradingDayClock {
  readonly #days: TradingDays | undefined;
  #session: Session = { day: "", startTsNs: 0n, endTsNs: 0n };

  /**
   * @param days with it, weekends and holidays belong to the session behind them: index options trade in the nights around
   * a holiday for the day after it. Without, each is a day of its own.
   */
  constructor(days?: TradingDays) {
    this.#days = days;
  }

  /** The trading day of an event, as `tradingDayOf` tells it. @throws {RangeError} as there. */
  dayOf(tsNs: bigint): string {
    return this.#at(tsNs).day;
  }

  /** The session that an event belongs to: 18:00 Eastern to 18:00 Eastern, over days without trade. @throws {RangeError} as `tradingDayOf`. */
  boundsOf(tsNs: bigint): SessionBounds {
    return this.#at(tsNs);
  }

  #at(tsNs: bigint): Session {
    if (tsNs < this.#session.startTsNs || tsNs >= this.#session.endTsNs) {
      const session = sessionAt(tsNs);
      this.#session = this.#days === undefined ? session : wholeSession(session.day, this.#days);
    }
    return this.#session;
  }
}

interface Session extends SessionBounds {
  readonly day: string;
}

function sessionAt(tsNs: bigint): Session {
  const utcMs = Number(tsNs / NS_PER_MS);
  if (tsNs < 0n || utcMs >= END_MS) {
    throw new RangeError(
      `Cannot tell a trading day: 'tsNs' must lie from 1970-01-01 to 9999-12-30, current value is ${tsNs}`,
    );
  }
  // Shifted so that a session starts at a multiple of whole days.
  const shiftedMs = utcMs + easternOffsetMs(utcMs) + DAY_MS - SESSION_STARTS_MS;
  const dayMs = Math.floor(shiftedMs / DAY_MS) * DAY_MS;
  return {
    day: dateText(dayMs),
    startTsNs: sessionStartTsNs(dayMs - DAY_MS),
    endTsNs: sessionStartTsNs(dayMs),
  };
}

/** The session that takes in a date, from the last one before it on. */
function wholeSession(date: string, days: TradingDays): Session {
  const day = days.isTradingDay(date) ? date : days.nextTradingDay(date);
  const startTsNs = sessionStartTsNs(dateMs(days.previousTradingDay(day)));
  return { day, startTsNs, endTsNs: sessionStartTsNs(dateMs(day)) };
}

/** When the session starts on an Eastern date. */
function sessionStartTsNs(dateMs: number): bigint {
  return BigInt(utcOfWallMs(dateMs + SESSION_STARTS_MS)) * NS_PER_MS;
}

/**
 * The instant, ms since the Unix epoch, at which the clock in New York shows a time on a date. Of an hour that comes
 * twice, in the night when standard time begins, it is the second; of one that is left out, an hour before.
 *
 * @param date `YYYY-MM-DD`.
 * @param minutes of the day: 570 is 09:30. Negative ones lie on the day before.
 * @throws {RangeError} for a text that is no date.
 * @example
 * ```ts
 * easternTimeMs("2025-12-23", 16 * 60) === Date.UTC(2025, 11, 23, 21);
 * ```
 */
export function easternTimeMs(date: string, minutes: number): number {
  return utcOfWallMs(dateMs(date) + minutes * MINUTE_MS);
}

/** 00:00 of a date `YYYY-MM-DD` as if its clock were UTC. @throws {RangeError} for a text that is no date. */
export function dateMs(date: string): number {
  const ms = knownDateMs(date);
  if (ms !== undefined) return ms;
  throw new RangeError(`Cannot read a date: it must be a date YYYY-MM-DD, current value is ${String(date)}`);
}

/** Whether a text is a date `YYYY-MM-DD` that the calendar has. */
export function isDate(text: string): boolean {
  return knownDateMs(text) !== undefined;
}

function knownDateMs(date: string): number | undefined {
  const known = DATES.get(date);
  if (known !== undefined) return known;
  const ms = DATE.test(date) ? Date.parse(date) : Number.NaN;
  // Some runtimes read the 30th of February as the 2nd of March.
  if (!Number.isFinite(ms) || dateText(ms) !== date) return undefined;
  if (DATES.size >= MAX_DATES) DATES.clear();
  DATES.set(date, ms);
  return ms;
}

/** The date `YYYY-MM-DD` of an instant whose clock is UTC. */
export function dateText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** The clocks change at night: standard time finds the offset of any time of the day. */
function utcOfWallMs(wallMs: number): number {
  return wallMs - easternOffsetMs(wallMs - STANDARD_OFFSET_MS);
}
