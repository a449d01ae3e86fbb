import { z } from "zod";
import { COUNT_EXPECTED, countField, finiteField, textField } from "../fields.ts";

/*
 * The wire format: what an event must look like to become a row. Every message completes "must be ...". Only fields
 * that a row or a status needs are named; others are not looked at. `null` counts as absent on every optional field.
 * Which schema an event is held against follows from its `ev`, and for trades and quotes from the `O:` of its `sym`.
 */

/**
 * The end of the year 2099 in milliseconds: the last of the years that option tickers can name. A time in microseconds or
 * nanoseconds lies far beyond it.
 */
export const MAX_TIME_MS = 4_102_444_799_999;

/** Sums of prices have to stay numbers, whatever comes: nothing listed is a thousandth as dear. */
export const MAX_PRICE = 1e9;

/** What an option ticker looks like; whether its date exists is decided where it is read. */
export const OPTION_TICKER_EXPECTED = "an option ticker such as O:SPXW251223P06870000";

const STOCK_SYMBOL = /^[\x21-\x2b\x2d-\x39\x3b-\x7e]{1,32}$/;
const INDEX_SYMBOL = /^I:[\x21-\x2b\x2d-\x39\x3b-\x7e]{1,30}$/;
const DECIMAL = /^\d+(\.\d+)?$/;

const PRICE_EXPECTED = "a number from 0 to 10^9";
const TIME_EXPECTED = `an integer of milliseconds in 1..${MAX_TIME_MS}`;
const DECIMAL_EXPECTED = "a decimal number as a string";
const CONDITIONS_EXPECTED = "an array of non-negative integers";
const STOCK_SYMBOL_EXPECTED =
  "a stock symbol of 1 to 32 printable ASCII characters without whitespace, comma or colon, or an option ticker";
const INDEX_SYMBOL_EXPECTED = "I: and 1 to 30 printable ASCII characters without whitespace, comma or colon";

/** Whether a `sym` claims to be an option: it is held against the option schemas then. */
export function isOptionSymbol(symbol: unknown): symbol is string {
  return typeof symbol === "string" && symbol.startsWith("O:");
}

/** Printable ASCII without whitespace, comma (separates subscriptions) or colon (separates prefix and name). */
export function isStockSymbol(symbol: string): boolean {
  return STOCK_SYMBOL.test(symbol);
}

/** `I:` and a name of the same characters as a stock symbol. */
export function isIndexSymbol(symbol: string): boolean {
  return INDEX_SYMBOL.test(symbol);
}

/** Points or dollars, as the provider writes them. */
export const priceField: z.ZodType<number> = z
  .number({ error: PRICE_EXPECTED })
  .min(0, { error: PRICE_EXPECTED })
  .max(MAX_PRICE, { error: PRICE_EXPECTED });

const timeMs = z
  .int({ error: TIME_EXPECTED })
  .min(1, { error: TIME_EXPECTED })
  .max(MAX_TIME_MS, { error: TIME_EXPECTED });
const optionTicker = z.string({ error: OPTION_TICKER_EXPECTED });
const stockSymbol = z.string({ error: STOCK_SYMBOL_EXPECTED }).regex(STOCK_SYMBOL, { error: STOCK_SYMBOL_EXPECTED });
const indexSymbol = z.string({ error: INDEX_SYMBOL_EXPECTED }).regex(INDEX_SYMBOL, { error: INDEX_SYMBOL_EXPECTED });

// Stops at the first fault: z.array would collect one for each of the millions of elements that a list may have.
const conditions = z.unknown().check((context) => {
  const list = context.value;
  if (!Array.isArray(list)) {
    context.issues.push({ code: "custom", message: CONDITIONS_EXPECTED, input: list });
    return;
  }
  const index = list.findIndex((id) => !Number.isSafeInteger(id) || id < 0);
  if (index >= 0) context.issues.push({ code: "custom", path: [index], message: COUNT_EXPECTED, input: list[index] });
}) as z.ZodType<readonly number[]>;

/** Digits, and possibly a point and more digits. */
export function isDecimalText(text: string): boolean {
  return DECIMAL.test(text);
}

/** A print of an option. */
export interface OptionTradeEvent {
  readonly sym: string;
  readonly t: number;
  /** Per unit of the underlying. */
  readonly p: number;
  /** Contracts. */
  readonly s: number;
  readonly c?: readonly number[] | null | undefined;
  readonly x?: number | null | undefined;
  readonly q?: number | null | undefined;
}

export const optionTradeEvent: z.ZodType<OptionTradeEvent> = z.object({
  sym: optionTicker,
  t: timeMs,
  p: priceField,
  s: countField,
  c: conditions.nullish(),
  x: countField.nullish(),
  q: countField.nullish(),
});

/** A print of a stock. */
export interface EquityTradeEvent {
  readonly sym: string;
  readonly t: number;
  readonly p: number;
  /** Whole shares. */
  readonly s: number;
  /** Shares with their fraction. */
  readonly ds?: string | null | undefined;
  readonly c?: readonly number[] | null | undefined;
  readonly x?: number | null | undefined;
  readonly q?: number | null | undefined;
  readonly i?: string | null | undefined;
  readonly z?: number | null | undefined;
  /** Off exchange only, like `trft`. */
  readonly trfi?: number | null | undefined;
  readonly trft?: number | null | undefined;
}

export const equityTradeEvent: z.ZodType<EquityTradeEvent> = z.object({
  sym: stockSymbol,
  t: timeMs,
  p: priceField,
  s: countField,
  ds: z.string({ error: DECIMAL_EXPECTED }).regex(DECIMAL, { error: DECIMAL_EXPECTED }).nullish(),
  c: conditions.nullish(),
  x: countField.nullish(),
  q: countField.nullish(),
  i: textField.nullish(),
  z: countField.nullish(),
  trfi: countField.nullish(),
  trft: timeMs.nullish(),
});

/**
 * The best bid and offer of an option or a stock; a side may be absent or 0. A stock quote has further fields under
 * names of the trade, one integer in `c` and a list in `i`: no row takes them.
 */
export interface QuoteEvent {
  readonly sym: string;
  readonly t: number;
  readonly bp?: number | null | undefined;
  readonly ap?: number | null | undefined;
  readonly bs?: number | null | undefined;
  readonly as?: number | null | undefined;
  readonly bx?: number | null | undefined;
  readonly ax?: number | null | undefined;
  readonly q?: number | null | undefined;
}

const quoteFields = {
  t: timeMs,
  bp: priceField.nullish(),
  ap: priceField.nullish(),
  bs: countField.nullish(),
  as: countField.nullish(),
  bx: countField.nullish(),
  ax: countField.nullish(),
  q: countField.nullish(),
};

export const optionQuoteEvent: z.ZodType<QuoteEvent> = z.object({ sym: optionTicker, ...quoteFields });

export const equityQuoteEvent: z.ZodType<QuoteEvent> = z.object({ sym: stockSymbol, ...quoteFields });

/** A value of an index. */
export interface IndexValueEvent {
  /** The symbol. */
  readonly T: string;
  readonly t: number;
  readonly val: number;
}

export const indexValueEvent: z.ZodType<IndexValueEvent> = z.object({ T: indexSymbol, t: timeMs, val: finiteField });

/** What the provider says about the connection. */
export interface ProviderStatusEvent {
  readonly status: string;
  readonly message?: string | null | undefined;
}

export const statusEvent: z.ZodType<ProviderStatusEvent> = z.object({
  status: textField,
  message: textField.nullish(),
});
