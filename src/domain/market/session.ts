import { EXCHANGE_CALENDAR, type TradingCalendar } from "./trading-calendar.ts";
import { dateText, easternOffsetMs, easternTimeMs } from "./trading-day.ts";

/** What options are on: an index, or a stock or fund. They keep different hours. */
export type UnderlyingKind = "index" | "equity";

/**
 * `gth`: index options before the regular session, Cboe's global trading hours. `curb`: index options after it.
 * `extended`: stocks trade before or after their regular session, so that the underlying moves and its options do not.
 */
export type MarketPhase = "closed" | "gth" | "regular" | "curb" | "extended";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const OPEN = 9 * 60 + 30;
const GTH_OPEN_ON_THE_EVE = 20 * 60 + 15 - 24 * 60;
const GTH_CLOSE = 9 * 60 + 25;
const CURB_CLOSE = 17 * 60;
const EXTENDED_OPEN = 4 * 60;
/** Index options trade for so long after stocks have closed. */
const INDEX_AFTER_CLOSE = 15;
/** Stocks trade after hours for so long, also on early closes. */
const EXTENDED_AFTER_CLOSE = 4 * 60;

/**
 * What an underlying of options is: `I:SPX` and names in the table of indices are indices, everything else is a stock.
 *
 * @example
 * ```ts
 * underlyingKind("I:NDX"); // "index"
 * underlyingKind("AAPL"); // "equity"
 * ```
 */
export function underlyingKind(symbol: string): UnderlyingKind {
  if (symbol !== lastSymbol) {
    lastKind = symbol.startsWith("I:") || INDICES.has(symbol) ? "index" : "equity";
    lastSymbol = symbol;
  }
  return lastKind;
}

// The last answer: prints of one underlying come one after the other.
let lastSymbol = "";
let lastKind: UnderlyingKind = "equity";

const INDICES: ReadonlySet<string> = new Set(["SPX", "NDX", "VIX", "RUT", "XSP", "XND", "MRUT", "DJX", "OEX", "XEO"]);

/**
 * What US options on an underlying are doing at an instant, by the hours that the exchanges publish, in Eastern time.
 *
 * Index: `gth` from 20:15 on the eve of a trading day to 09:25, `regular` 09:30 to 16:15, `curb` to 17:00. These are
 * Cboe's hours of SPX, VIX and XSP since 2022-04-25; other indices have the regular session only and count as if they
 * had all. Equity: `regular` 09:30 to 16:00, `extended` 04:00 to 09:30 and 16:00 to 20:00. On early closes the regular
 * session ends at 13:00, that of index options at 13:15 without a curb session, and extended hours at 17:00. The
 * shortened overnight sessions that Cboe holds on some holidays count as closed.
 *
 * @param atMs ms since the Unix epoch.
 * @example
 * ```ts
 * marketPhase("index", Date.UTC(2026, 0, 7, 15)); // "regular": 10:00 in New York
 * ```
 */
export function marketPhase(
  kind: UnderlyingKind,
  atMs: number,
  calendar: TradingCalendar = EXCHANGE_CALENDAR,
): MarketPhase {
  const date = dateText(atMs + easternOffsetMs(atMs));
  if (calendar.isTradingDay(date)) {
    const phase = phaseOn(kind, date, atMs, calendar);
    if (phase !== "closed") return phase;
  }
  if (kind === "equity") return "closed";
  const next = dateText(Date.parse(date) + DAY_MS);
  return calendar.isTradingDay(next) && atMs >= easternTimeMs(next, GTH_OPEN_ON_THE_EVE) ? "gth" : "closed";
}

function phaseOn(kind: UnderlyingKind, date: string, atMs: number, calendar: TradingCalendar): MarketPhase {
  const at = (minutes: number) => easternTimeMs(date, minutes);
  const closeMs = calendar.closeMs(date);
  if (kind === "equity") {
    if (atMs < at(EXTENDED_OPEN) || atMs >= closeMs + EXTENDED_AFTER_CLOSE * MINUTE_MS) return "closed";
    return atMs >= at(OPEN) && atMs < closeMs ? "regular" : "extended";
  }
  if (atMs < at(GTH_CLOSE)) return "gth";
  if (atMs < at(OPEN)) return "closed";
  if (atMs < closeMs + INDEX_AFTER_CLOSE * MINUTE_MS) return "regular";
  return !calendar.isEarlyClose(date) && atMs < at(CURB_CLOSE) ? "curb" : "closed";
}
