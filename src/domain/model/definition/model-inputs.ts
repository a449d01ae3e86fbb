import type { SubstrateRecord } from "../../epoch/substrate.ts";
import { eventMs } from "../../market/event-ms.ts";

/** What a model can be computed from: the underlying's value, or a field group of the contracts' records. */
export type ModelInputName = "spot" | "quotes" | "trades" | "greeks" | "open_interest";

/** All inputs. */
export const MODEL_INPUTS: readonly ModelInputName[] = ["spot", "quotes", "trades", "greeks", "open_interest"];

/** When the values of one field group are from, ms since the Unix epoch; `null` where no contract has any. */
export interface GroupTimes {
  readonly oldestMs: number | null;
  readonly newestMs: number | null;
  /** How many contracts have one. */
  readonly contracts: number;
}

/** The same of open interest, which belongs to trading days, `YYYY-MM-DD`. */
export interface GroupDays {
  readonly oldestDay: string | null;
  readonly newestDay: string | null;
  readonly contracts: number;
}

/** When all that the contracts of an epoch know is from. */
export interface RecordTimes {
  /** How many contracts there are. */
  readonly contracts: number;
  readonly quotes: GroupTimes;
  readonly trades: GroupTimes;
  readonly greeks: GroupTimes;
  readonly openInterest: GroupDays;
}

/** Looks through the records of an epoch. Values that are missing count as none: a quote without a price is no quote. */
export function recordTimes(records: Iterable<SubstrateRecord>): RecordTimes {
  const quotes = new TimeSpan();
  const trades = new TimeSpan();
  const greeks = new TimeSpan();
  let oldestDay: string | null = null;
  let newestDay: string | null = null;
  let withInterest = 0;
  let contracts = 0;
  for (const { quote, trade, greeks: group, day } of records) {
    contracts += 1;
    if (quote !== undefined && (quote.bid !== null || quote.ask !== null)) quotes.add(quote.quoteTsNs);
    if (trade !== undefined) trades.add(trade.tradeTsNs);
    if (group !== undefined && (group.gamma !== null || group.iv !== null)) greeks.add(group.greeksTsNs);
    if (day === undefined || day.openInterest === null) continue;
    withInterest += 1;
    if (oldestDay === null || day.openInterestDay < oldestDay) oldestDay = day.openInterestDay;
    if (newestDay === null || day.openInterestDay > newestDay) newestDay = day.openInterestDay;
  }
  return {
    contracts,
    quotes: quotes.times(),
    trades: trades.times(),
    greeks: greeks.times(),
    openInterest: { oldestDay, newestDay, contracts: withInterest },
  };
}

class TimeSpan {
  #oldest: number = Number.POSITIVE_INFINITY;
  #newest: number = Number.NEGATIVE_INFINITY;
  #count = 0;

  add(tsNs: bigint): void {
    const ms = eventMs(tsNs);
    this.#count += 1;
    if (ms < this.#oldest) this.#oldest = ms;
    if (ms > this.#newest) this.#newest = ms;
  }

  times(): GroupTimes {
    const isEmpty = this.#count === 0;
    return {
      oldestMs: isEmpty ? null : this.#oldest,
      newestMs: isEmpty ? null : this.#newest,
      contracts: this.#count,
    };
  }
}
