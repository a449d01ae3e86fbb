import { parseOptionTicker } from "../instrument/option-symbol.ts";
import { EXCHANGE_CALENDAR, type TradingCalendar } from "../market/trading-calendar.ts";
import { easternTimeMs } from "../market/trading-day.ts";
import type { DayGroup, SubstrateRecord } from "./substrate.ts";

const WINDOW_FROM_MINUTES = 6 * 60 + 30;
const WINDOW_TO_MINUTES = 7 * 60;
/** Within the window a value is believed when it came so many times in a row. */
const BELIEVED_AFTER = 2;

/** Where in the publication of open interest an instant lies. */
export interface OpenInterestTime {
  /** The trading day, `YYYY-MM-DD`, whose open interest is current: that of the end of the day before it. */
  readonly day: string;
  /** The trading day before it. */
  readonly previousDay: string;
  /** Whether the values of this day are being published just now, so that old and new ones come side by side. */
  readonly isBeingPublished: boolean;
}

/**
 * The trading day to which open interest received at an instant belongs. Clearing publishes a day's values in the morning,
 * at about 06:30 Eastern: until then what comes is that of the trading day before, evenings and weekends included; from
 * 06:30 to 07:00 it may be either; from 07:00 on it is that of the day.
 *
 * @param atMs ms since the Unix epoch.
 * @example
 * ```ts
 * openInterestTimeOf(Date.UTC(2026, 0, 7, 11)).day; // "2026-01-06": it is 06:00 in New York
 * ```
 */
export function openInterestTimeOf(atMs: number, calendar: TradingCalendar = EXCHANGE_CALENDAR): OpenInterestTime {
  const today = calendar.tradingDayAt(atMs);
  const isPublished = atMs >= easternTimeMs(today, WINDOW_FROM_MINUTES);
  const day = isPublished ? today : calendar.previousTradingDay(today);
  const isBeingPublished = isPublished && atMs < easternTimeMs(today, WINDOW_TO_MINUTES);
  return { day, previousDay: calendar.previousTradingDay(day), isBeingPublished };
}

interface Pin {
  group: DayGroup | undefined;
  /** What came last and was not believed yet. */
  candidate: number | undefined;
  times: number;
}

/**
 * Pins the open interest of contracts to trading days: one value a day, the first that is believed. Values flip while a
 * day's are being published, and models must not follow them to and fro.
 *
 * Outside the publication the first value of a day is believed at once. During it, a value is believed when it came twice
 * in a row and is not the one that the contract had the day before, since that one may not be published yet; where the
 * day before is not known nothing is believed until 07:00 Eastern. Until then a contract keeps the group of the day before.
 * A value that is missing changes nothing. With a new day the contracts are forgotten that have expired.
 *
 * @example
 * ```ts
 * const pins = new OpenInterestPins();
 * pins.pin("O:SPXW260107C06850000", 120, Date.UTC(2026, 0, 7, 15)); // { openInterestDay: "2026-01-07", openInterest: 120 }
 * pins.pin("O:SPXW260107C06850000", 130, Date.UTC(2026, 0, 7, 16)); // still 120
 * ```
 */
export class OpenInterestPins {
  readonly #calendar: TradingCalendar;
  readonly #pins = new Map<string, Pin>();
  #time: OpenInterestTime = { day: "", previousDay: "", isBeingPublished: false };
  #timeAtMs = Number.NaN;

  constructor(calendar: TradingCalendar = EXCHANGE_CALENDAR) {
    this.#calendar = calendar;
  }

  /**
   * Takes note of a value and tells what the contract stands at.
   *
   * @param openInterest contracts; `null` where none came.
   * @param receivedAtMs ms since the Unix epoch.
   * @returns `undefined` where nothing is believed yet.
   */
  pin(contract: string, openInterest: number | null, receivedAtMs: number): DayGroup | undefined {
    const time = this.#timeOf(receivedAtMs);
    const pinned = this.#pins.get(contract);
    if (openInterest === null) return pinned?.group;
    const { day } = time;
    const pin = pinned ?? { group: undefined, candidate: undefined, times: 0 };
    if (pinned === undefined) this.#pins.set(contract, pin);
    if (pin.group !== undefined && pin.group.openInterestDay >= day) return pin.group;
    pin.times = pin.candidate === openInterest ? pin.times + 1 : 1;
    pin.candidate = openInterest;
    if (time.isBeingPublished && !isNewValue(pin, openInterest, time.previousDay)) return pin.group;
    pin.group = { openInterestDay: day, openInterest };
    pin.candidate = undefined;
    pin.times = 0;
    return pin.group;
  }

  /** A record as it was fetched, with the open interest that its contract stands at in place of what came. */
  pinned(record: SubstrateRecord, receivedAtMs: number): SubstrateRecord {
    const { day, ...rest } = record;
    const group = this.pin(record.terms.contract, day?.openInterest ?? null, receivedAtMs);
    return group === undefined ? rest : { ...rest, day: group };
  }

  /** Contracts that it knows of. */
  get size(): number {
    return this.#pins.size;
  }

  /** Takes over what is stored, so that a process that starts goes on where the one before ended. */
  restore(records: Iterable<SubstrateRecord>): void {
    for (const { terms, day } of records) {
      const known = this.#pins.get(terms.contract)?.group;
      if (day === undefined || (known !== undefined && known.openInterestDay >= day.openInterestDay)) continue;
      this.#pins.set(terms.contract, { group: day, candidate: undefined, times: 0 });
    }
  }

  /** Thousands of contracts come with one instant. */
  #timeOf(atMs: number): OpenInterestTime {
    if (atMs !== this.#timeAtMs) {
      const { day } = this.#time;
      this.#time = openInterestTimeOf(atMs, this.#calendar);
      this.#timeAtMs = atMs;
      if (this.#time.day > day) this.#forgetExpired();
    }
    return this.#time;
  }

  /** Contracts that expired before the day are not fetched any more. */
  #forgetExpired(): void {
    for (const contract of this.#pins.keys()) {
      const expiration = parseOptionTicker(contract)?.expiration;
      if (expiration === undefined || expiration < this.#time.day) this.#pins.delete(contract);
    }
  }
}

function isNewValue({ group, times }: Pin, openInterest: number, previousDay: string): boolean {
  if (group?.openInterestDay !== previousDay) return false;
  return times >= BELIEVED_AFTER && openInterest !== group.openInterest;
}
