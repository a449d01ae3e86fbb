import { SYSTEM_CLOCK } from "../../../src/adapters/system/index.ts";
import { EXCHANGE_CALENDAR } from "../../../src/domain/market/trading-calendar.ts";
import { dateText, easternTimeMs } from "../../../src/domain/market/trading-day.ts";
import type { Clock } from "../../../src/ports/clock.ts";

const DAY_MS = 86_400_000;
const TEN = 10 * 60;

/**
 * A clock that runs as the machine's does and began at 10:00 in New York of a trading day to come, so that the market is
 * open whenever a test runs. Not of one gone by: a Redis lets keys end by its own clock.
 */
export function sessionClock(): Clock {
  const machineMs = SYSTEM_CLOCK.now();
  const aheadMs = nextMorningMs(machineMs) - machineMs;
  return { ...SYSTEM_CLOCK, now: () => SYSTEM_CLOCK.now() + aheadMs };
}

function nextMorningMs(nowMs: number): number {
  for (let dayMs = nowMs; ; dayMs += DAY_MS) {
    const date = dateText(dayMs);
    const morningMs = easternTimeMs(date, TEN);
    const isWhole = EXCHANGE_CALENDAR.isTradingDay(date) && !EXCHANGE_CALENDAR.isEarlyClose(date);
    if (isWhole && morningMs > nowMs) return morningMs;
  }
}
