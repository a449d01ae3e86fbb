import { easternDate, isTradingDay, newYorkTimeMs } from "../market/calendar.ts";
import type { MarketContract } from "../market/contract-universe.ts";
import { fractionOf } from "./text-hash.ts";

const DAY_MS = 86_400_000;

/** Within this hour of a trading day, Eastern time, every contract's new value appears, each at its own moment. */
const WINDOW_HOUR = 7;
const WINDOW_MS = 3_600_000;

/**
 * Open interest by trading day: fixed for a contract and day, and changed once in the morning. The exchanges publish before
 * the open what was open at the end of the day before.
 */
export class OpenInterest {
  readonly #startMs: number;

  /** @param startMs when the market starts; the contracts' own values are those of that moment. */
  constructor(startMs: number) {
    this.#startMs = startMs;
  }

  /** @param behind the value of the trading day before: what a flip in the morning shows. */
  at(contract: MarketContract, nowMs: number, behind: boolean): number {
    const day = shownDay(contract, nowMs);
    return this.#on(contract, behind ? tradingDayBefore(day) : day);
  }

  #on(contract: MarketContract, day: string): number {
    const { ticker, openInterest } = contract;
    if (day === shownDay(contract, this.#startMs)) return openInterest;
    const change = fractionOf(`${ticker} ${day}`);
    return Math.floor(openInterest * (0.85 + 0.3 * change)) + 1 + Math.floor(20 * change);
  }
}

/** The trading day whose value is shown at an instant. */
function shownDay({ ticker }: MarketContract, nowMs: number): string {
  const date = easternDate(nowMs);
  if (!isTradingDay(date)) return tradingDayBefore(date);
  const appearsMs = newYorkTimeMs(date, WINDOW_HOUR, 0) + WINDOW_MS * fractionOf(ticker);
  return nowMs >= appearsMs ? date : tradingDayBefore(date);
}

function tradingDayBefore(date: string): string {
  for (let dayMs = Date.parse(`${date}T00:00:00Z`) - DAY_MS; ; dayMs -= DAY_MS) {
    const candidate = new Date(dayMs).toISOString().slice(0, 10);
    if (isTradingDay(candidate)) return candidate;
  }
}
