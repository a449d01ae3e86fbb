import { type ExpirationSeries, seriesKey } from "../epoch/expirations.ts";
import type { SubstrateRecord } from "../epoch/substrate.ts";
import { settlementMs } from "../market/settlement.ts";
import type { TradingCalendar } from "../market/trading-calendar.ts";
import { timeToExpiry } from "./time-to-expiry.ts";

/** The expirations of an underlying, each with the instant at which it settles. */
export class SeriesTimes {
  readonly #series = new Map<string, ExpirationSeries & { readonly settlesMs: number }>();
  /** Of the instant asked for last. */
  readonly #years = new Map<string, number>();
  #atMs = Number.NaN;

  /** @param records whose contracts they are. One whose expiration is no date settles at no instant, and is left out. */
  constructor(records: Iterable<SubstrateRecord>, calendar: TradingCalendar) {
    const seen = new Set<string>();
    for (const { terms } of records) {
      const key = seriesKey(terms);
      if (seen.has(key)) continue;
      seen.add(key);
      const settlesMs = settlementOf(terms, calendar);
      if (settlesMs === null) continue;
      const { root, expiration } = terms;
      this.#series.set(key, { root, expiration, settlesMs });
    }
  }

  [Symbol.iterator](): Iterator<ExpirationSeries & { readonly settlesMs: number }> {
    return this.#series.values();
  }

  /** When a series settles, ms since the Unix epoch; `null` where that is not known. */
  settlesMs(series: ExpirationSeries): number | null {
    return this.#series.get(seriesKey(series))?.settlesMs ?? null;
  }

  /** How long it has from an instant on, years of 365 days; 0 once it has settled, `null` where that is not known. */
  years(series: ExpirationSeries, atMs: number): number | null {
    if (atMs !== this.#atMs) this.#years.clear();
    this.#atMs = atMs;
    const key = seriesKey(series);
    const known = this.#years.get(key);
    const settlesMs = this.settlesMs(series);
    if (known !== undefined || settlesMs === null) return known ?? null;
    const { years } = timeToExpiry(atMs, settlesMs);
    this.#years.set(key, years);
    return years;
  }
}

function settlementOf({ root, expiration }: ExpirationSeries, calendar: TradingCalendar): number | null {
  try {
    return settlementMs(root, expiration, calendar);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
