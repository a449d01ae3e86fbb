/*
 * A quote as numbers side by side, by their place behind the first; NaN is absent.
 */

/** Points. */
export const BID = 0;
export const ASK = 1;
/** Contracts. */
export const BID_SIZE = 2;
export const ASK_SIZE = 3;
/** The exchanges of bid and ask in one number: see `bidExchange`. */
export const EXCHANGES = 4;
export const SEQUENCE = 5;
/** Event time: whole ms, and the ns behind them. */
export const T_MS = 6;
export const REST_NS = 7;

/** Numbers that a quote takes. */
export const QUOTE_FIELDS = 8;

/** No exchange has such an id: two of them fit in one number. */
const NO_EXCHANGE = 0xf_ffff;
const EXCHANGE_STEP = 0x10_0000;

/** What is written down of a quote, its time apart. */
export interface QuoteValues {
  /** Points. */
  readonly bid: number | null | undefined;
  readonly ask: number | null | undefined;
  /** Contracts. */
  readonly bidSize: number | null | undefined;
  readonly askSize: number | null | undefined;
  readonly bidExchange?: number | undefined;
  readonly askExchange?: number | undefined;
  readonly sequence?: number | undefined;
}

/** Writes a quote down. @param at the place of its first number. */
export function writeQuote(numbers: Float64Array, at: number, quote: QuoteValues, tMs: number, restNs: number): void {
  numbers[at + BID] = quote.bid ?? Number.NaN;
  numbers[at + ASK] = quote.ask ?? Number.NaN;
  numbers[at + BID_SIZE] = quote.bidSize ?? Number.NaN;
  numbers[at + ASK_SIZE] = quote.askSize ?? Number.NaN;
  numbers[at + EXCHANGES] = exchangesOf(quote.bidExchange ?? Number.NaN, quote.askExchange ?? Number.NaN);
  numbers[at + SEQUENCE] = quote.sequence ?? Number.NaN;
  numbers[at + T_MS] = tMs;
  numbers[at + REST_NS] = restNs;
}

/** Both exchanges in one number; NaN is none. Of ids that are no whole number from 0 to 2^20 - 2 nothing is kept. */
export function exchangesOf(bidExchange: number, askExchange: number): number {
  return kept(bidExchange) * EXCHANGE_STEP + kept(askExchange);
}

/** `undefined` where it is absent. */
export function bidExchange(numbers: Float64Array, at: number): number | undefined {
  return exchangeOf(Math.floor((numbers[at + EXCHANGES] ?? 0) / EXCHANGE_STEP));
}

/** `undefined` where it is absent. */
export function askExchange(numbers: Float64Array, at: number): number | undefined {
  const both = numbers[at + EXCHANGES] ?? 0;
  return exchangeOf(both - Math.floor(both / EXCHANGE_STEP) * EXCHANGE_STEP);
}

function kept(exchange: number): number {
  return exchange >= 0 && exchange < NO_EXCHANGE && Number.isInteger(exchange) ? exchange : NO_EXCHANGE;
}

function exchangeOf(id: number): number | undefined {
  return id === NO_EXCHANGE ? undefined : id;
}
