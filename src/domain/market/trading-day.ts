const NS_PER_MS = 1_000_000n;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const END_MS = Date.UTC(9999, 11, 31);

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
 * nothing trades between 17:00 and 18:00. Weekends and holidays are not known here: an event on one gets its date.
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

/**
 * `tradingDayOf` for a stream: remembers the session of the last event, so that the next one in it costs two
 * comparisons.
 */
export class TradingDayClock {
  #session: Session = { day: "", startTsNs: 0n, endTsNs: 0n };

  /** The trading day of an event, as `tradingDayOf` tells it. @throws {RangeError} as there. */
  dayOf(tsNs: bigint): string {
    return this.#at(tsNs).day;
  }

  /** The session that an event belongs to: 18:00 Eastern to 18:00 Eastern. @throws {RangeError} as `tradingDayOf`. */
  boundsOf(tsNs: bigint): SessionBounds {
    return this.#at(tsNs);
  }

  #at(tsNs: bigint): Session {
    if (tsNs < this.#session.startTsNs || tsNs >= this.#session.endTsNs) this.#session = sessionAt(tsNs);
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
    day: new Date(dayMs).toISOString().slice(0, 10),
    startTsNs: sessionStartTsNs(dayMs - DAY_MS),
    endTsNs: sessionStartTsNs(dayMs),
  };
}

/** When the session starts on an Eastern date. The clocks change at night: standard time finds the offset of 18:00. */
function sessionStartTsNs(dateMs: number): bigint {
  const wallMs = dateMs + SESSION_STARTS_MS;
  return BigInt(wallMs - easternOffsetMs(wallMs - STANDARD_OFFSET_MS)) * NS_PER_MS;
}
