import type { OptionContract } from "../instrument/option-symbol.ts";
import * as quote from "../market/quote-numbers.ts";
import type { EquityTrade, OptionTrade } from "../market/rows.ts";
import { equityTradeRow, indexValueRow, nbboRow, optionTradeRow } from "./event-rows.ts";
import { MAX_PRICE, MAX_TIME_MS } from "./events.ts";
import type { FrameContext } from "./frame.ts";
import type { FrameEvents } from "./frame-events.ts";
import type { RowNumbers } from "./row-numbers.ts";
import type { KnownSymbol } from "./symbol-table.ts";

const TYPE_QUOTE = 0x51;
const TYPE_TRADE = 0x54;
const TYPE_INDEX_VALUE = 0x56;
/** Unlike the other types no letter, but the first of one. */
export const TYPE_STATUS: number = 0x73;

// Numeric fields by their place in an array. `1 << place` says in a set of fields that the event has it.
export const TIME: number = 0;
export const PRICE: number = 1;
export const SIZE: number = 2;
export const EXCHANGE: number = 3;
export const SEQUENCE: number = 4;
export const TAPE: number = 5;
export const TRF_ID: number = 6;
export const TRF_TIME: number = 7;
export const BID: number = 8;
export const ASK: number = 9;
export const BID_SIZE: number = 10;
export const ASK_SIZE: number = 11;
export const BID_EXCHANGE: number = 12;
export const ASK_EXCHANGE: number = 13;
export const VALUE: number = 14;
const NUMERIC_FIELDS = 15;
export const DECIMALS: number = (1 << PRICE) | (1 << BID) | (1 << ASK) | (1 << VALUE);

// The other fields have a bit only.
export const TYPE: number = 1 << 15;
export const SYMBOL: number = 1 << 16;
export const INDEX: number = 1 << 17;
export const CONDITIONS: number = 1 << 18;
export const TRADE_ID: number = 1 << 19;
export const DECIMAL_SIZE: number = 1 << 20;
export const STATUS: number = 1 << 21;
export const MESSAGE: number = 1 << 22;

const TRADE_NEEDS = SYMBOL | (1 << TIME) | (1 << PRICE) | (1 << SIZE);
const QUOTE_NEEDS = SYMBOL | (1 << TIME);
const INDEX_VALUE_NEEDS = INDEX | (1 << TIME) | (1 << VALUE);

/** Whether events of the type that this letter stands for become rows. */
export function isRowType(type: number): boolean {
  return type === TYPE_TRADE || type === TYPE_QUOTE || type === TYPE_INDEX_VALUE;
}

/**
 * The values that the scanner found in an event. Reused for the next one without being emptied: which fields an event
 * has is in a set of their bits, kept apart.
 */
export class ScannedEvent {
  readonly numbers: Float64Array = new Float64Array(NUMERIC_FIELDS);
  /** From `sym`. */
  symbol: KnownSymbol | undefined;
  /** From `T`. */
  index: KnownSymbol | undefined;
  conditions: readonly number[] | undefined;
  tradeId: string | undefined;
  decimalSize: string | undefined;
  status: string | undefined;
  message: string | undefined;
}

/**
 * Adds an event to those of its frame.
 *
 * @param type the letter in `ev`, or `TYPE_STATUS`.
 * @param has the fields that the event has, `null` not counted.
 * @param odd the fields whose value no trade may have.
 * @returns `false` where the event is not plainly valid.
 */
export function addEvent(
  event: ScannedEvent,
  type: number,
  has: number,
  odd: number,
  context: FrameContext,
  events: FrameEvents,
): boolean {
  if (type === TYPE_STATUS) return addStatus(event, has, events);
  const timeMs = event.numbers[TIME] ?? 0;
  if (timeMs === 0 || !(timeMs <= context.latestMs)) return false;
  if (type === TYPE_INDEX_VALUE) return addIndexValue(event, has, context, events);
  const { symbol } = event;
  if ((has & QUOTE_NEEDS) !== QUOTE_NEEDS || symbol === undefined || symbol.kind === "index") return false;
  if (type === TYPE_QUOTE) {
    if (!isPrice(event, has, BID) || !isPrice(event, has, ASK)) return false;
    addQuote(event, symbol, timeMs, has, context, events);
  } else if (type !== TYPE_TRADE || odd !== 0 || (has & TRADE_NEEDS) !== TRADE_NEEDS) return false;
  else if (!isPrice(event, has, PRICE)) return false;
  else if (symbol.contract !== undefined) {
    events.addRow(optionTrade(event, symbol.contract, has, context), timeMs);
    context.numbers?.addTrade(symbol.hint, timeMs);
  } else if (isTrfTime(event, has)) events.addRow(equityTrade(event, symbol.text, has, context), timeMs);
  else return false;
  return true;
}

function optionTrade(event: ScannedEvent, contract: OptionContract, has: number, context: FrameContext): OptionTrade {
  const { numbers } = event;
  return optionTradeRow(
    contract,
    numbers[TIME] ?? 0,
    numbers[PRICE] ?? 0,
    numbers[SIZE] ?? 0,
    (has & CONDITIONS) === 0 ? undefined : event.conditions,
    numberOf(numbers, has, EXCHANGE),
    numberOf(numbers, has, SEQUENCE),
    context.receivedAtMs,
  );
}

function equityTrade(event: ScannedEvent, symbol: string, has: number, context: FrameContext): EquityTrade {
  const { numbers } = event;
  return equityTradeRow(
    symbol,
    numbers[TIME] ?? 0,
    numbers[PRICE] ?? 0,
    numbers[SIZE] ?? 0,
    (has & DECIMAL_SIZE) === 0 ? undefined : event.decimalSize,
    (has & CONDITIONS) === 0 ? undefined : event.conditions,
    numberOf(numbers, has, EXCHANGE),
    numberOf(numbers, has, SEQUENCE),
    (has & TRADE_ID) === 0 ? undefined : event.tradeId,
    numberOf(numbers, has, TAPE),
    numberOf(numbers, has, TRF_ID),
    numberOf(numbers, has, TRF_TIME),
    context.receivedAtMs,
  );
}

function addQuote(
  { numbers }: ScannedEvent,
  { text, hint }: KnownSymbol,
  timeMs: number,
  has: number,
  { receivedAtMs, numbers: into }: FrameContext,
  events: FrameEvents,
): void {
  const bid = numberOf(numbers, has, BID);
  const ask = numberOf(numbers, has, ASK);
  const bidSize = numberOf(numbers, has, BID_SIZE);
  const askSize = numberOf(numbers, has, ASK_SIZE);
  const bidExchange = numberOf(numbers, has, BID_EXCHANGE);
  const askExchange = numberOf(numbers, has, ASK_EXCHANGE);
  const sequence = numberOf(numbers, has, SEQUENCE);
  events.addRow(
    nbboRow(text, timeMs, bid, ask, bidSize, askSize, bidExchange, askExchange, sequence, receivedAtMs),
    timeMs,
  );
  if (into !== undefined) writeQuote(into, hint, numbers, has);
}

function writeQuote(into: RowNumbers, hint: number, numbers: Float64Array, has: number): void {
  const at = into.openQuote(hint);
  const { quotes } = into;
  quotes[at + quote.BID] = numberOrNaN(numbers, has, BID);
  quotes[at + quote.ASK] = numberOrNaN(numbers, has, ASK);
  quotes[at + quote.BID_SIZE] = numberOrNaN(numbers, has, BID_SIZE);
  quotes[at + quote.ASK_SIZE] = numberOrNaN(numbers, has, ASK_SIZE);
  const bidExchange = numberOrNaN(numbers, has, BID_EXCHANGE);
  quotes[at + quote.EXCHANGES] = quote.exchangesOf(bidExchange, numberOrNaN(numbers, has, ASK_EXCHANGE));
  quotes[at + quote.SEQUENCE] = numberOrNaN(numbers, has, SEQUENCE);
  quotes[at + quote.T_MS] = numbers[TIME] ?? Number.NaN;
  quotes[at + quote.REST_NS] = 0;
}

function addIndexValue(event: ScannedEvent, has: number, context: FrameContext, events: FrameEvents): boolean {
  const { index, numbers } = event;
  if ((has & INDEX_VALUE_NEEDS) !== INDEX_VALUE_NEEDS || index?.kind !== "index") return false;
  const timeMs = numbers[TIME] ?? 0;
  events.addRow(indexValueRow(index.text, timeMs, numbers[VALUE] ?? 0, context.receivedAtMs), timeMs);
  return true;
}

function addStatus(event: ScannedEvent, has: number, events: FrameEvents): boolean {
  if ((has & STATUS) === 0 || event.status === undefined) return false;
  events.addStatus(event.status, (has & MESSAGE) === 0 ? undefined : event.message);
  return true;
}

function isPrice(event: ScannedEvent, has: number, place: number): boolean {
  return (has & (1 << place)) === 0 || (event.numbers[place] ?? 0) <= MAX_PRICE;
}

function isTrfTime(event: ScannedEvent, has: number): boolean {
  const trfMs = numberOf(event.numbers, has, TRF_TIME);
  return trfMs === undefined || (trfMs >= 1 && trfMs <= MAX_TIME_MS);
}

function numberOrNaN(numbers: Float64Array, has: number, place: number): number {
  return (has & (1 << place)) === 0 ? Number.NaN : (numbers[place] ?? Number.NaN);
}

function numberOf(numbers: Float64Array, has: number, place: number): number | undefined {
  return (has & (1 << place)) === 0 ? undefined : numbers[place];
}
