import type {
  ContractTerms,
  DayGroup,
  GreeksGroup,
  QuoteGroup,
  SubstrateRecord,
  SubstrateValues,
  TradeGroup,
} from "../../domain/epoch/substrate.ts";
import { FieldError } from "../../domain/stream/raw-fields.ts";
import { secondsText } from "../../domain/stream/receipt-seconds.ts";
import { valueError } from "./reply-errors.ts";

/** A record as it stands under its key. Every write gives it a greater revision. */
export interface StoredRecord {
  readonly rev: number;
  readonly record: SubstrateRecord;
}

/**
 * The JSON of a record. It begins with its revision, so that scripts can compare that without reading the rest. Times
 * are there twice: for readers, and exact in decimal strings of nanoseconds. A group without values has no fields.
 */
export function encodeRecord({ rev, record }: StoredRecord): string {
  const { terms, quote, trade, greeks, day } = record;
  let json = `{"rev":${rev},${termsFields(terms)}`;
  if (quote !== undefined) json += quoteFields(quote);
  if (trade !== undefined) json += tradeFields(trade);
  if (greeks !== undefined) json += greeksFields(greeks);
  if (day !== undefined) json += `,"oi":${number(day.openInterest)},"oi_day":${JSON.stringify(day.openInterestDay)}`;
  return `${json}}`;
}

/**
 * The record of a contract.
 *
 * @param action completes "Cannot ...".
 * @throws {StorageError} naming the key and what is wrong with the value.
 */
export function decodeRecord(action: string, key: string, contract: string, json: string): StoredRecord {
  try {
    const fields = parseFields(json);
    const rev = finite(fields, "rev");
    if (!json.startsWith(`{"rev":${rev},`)) throw new FieldError("rev", "the first field", json.slice(0, 30));
    const terms = decodeTerms(fields);
    if (terms.contract !== contract) throw new FieldError("id", contract, terms.contract);
    return { rev, record: { terms, ...decodeValues(fields) } };
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    throw valueError(
      action,
      key,
      `a contract record, in which '${error.field}' must be ${error.required}`,
      error.shown,
    );
  }
}

function termsFields({ contract, underlying, root, expiration, strike, right, ...rest }: ContractTerms): string {
  return (
    `"id":${JSON.stringify(contract)},"underlying":${JSON.stringify(underlying)},"root":${JSON.stringify(root)}` +
    `,"expiration":${JSON.stringify(expiration)},"strike":${number(strike)},"type":"${right}"` +
    `,"multiplier":${number(rest.multiplier)},"style":${JSON.stringify(rest.style)}`
  );
}

function quoteFields({ quoteTsNs, bid, ask, bidSize, askSize }: QuoteGroup): string {
  // Halved before they are added: two of the largest doubles have a middle.
  const mid = bid === null || ask === null ? null : bid / 2 + ask / 2;
  return (
    `,"bid":${number(bid)},"ask":${number(ask)},"mid":${number(mid)},"bid_size":${number(bidSize)}` +
    `,"ask_size":${number(askSize)},"quote_t":${quoteTsNs / NS_PER_MS},"quote_ns":"${quoteTsNs}"`
  );
}

function tradeFields({ tradeTsNs, sequence, last, size, volume }: TradeGroup): string {
  return (
    `,"last":${number(last)},"size":${number(size)},"trade_t":${tradeTsNs / NS_PER_MS},"trade_ns":"${tradeTsNs}"` +
    `,"q":${number(sequence)},"volume":${number(volume)}`
  );
}

function greeksFields({ greeksTsNs, delta, gamma, theta, vega, iv, source }: GreeksGroup): string {
  return (
    `,"delta":${number(delta)},"gamma":${number(gamma)},"theta":${number(theta)},"vega":${number(vega)}` +
    `,"iv":${number(iv)},"greeks_ts":${secondsText(Number(greeksTsNs / NS_PER_MS))},"greeks_ns":"${greeksTsNs}"` +
    `,"greeks_source":"${source}"`
  );
}

const NS_PER_MS = 1_000_000n;

/** Digit for digit; JSON knows a negative zero, though `JSON.stringify` does not. */
function number(value: number | null): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

type Fields = Readonly<Partial<Record<string, unknown>>>;

function parseFields(json: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new FieldError("it", "JSON", json);
  }
  if (typeof value !== "object" || value === null) throw new FieldError("it", "a JSON object", value);
  return value as Fields;
}

function decodeTerms(fields: Fields): ContractTerms {
  return {
    contract: text(fields, "id"),
    underlying: text(fields, "underlying"),
    root: text(fields, "root"),
    expiration: text(fields, "expiration"),
    strike: finite(fields, "strike"),
    right: oneOf(fields, "type", ["C", "P"]),
    multiplier: finite(fields, "multiplier"),
    style: oneOf(fields, "style", ["american", "european", "bermudan", null]),
  };
}

function decodeValues(fields: Fields): SubstrateValues {
  return {
    ...(fields["quote_ns"] !== undefined && {
      quote: {
        quoteTsNs: nanoseconds(fields, "quote_ns"),
        bid: finiteOrNull(fields, "bid"),
        ask: finiteOrNull(fields, "ask"),
        bidSize: finiteOrNull(fields, "bid_size"),
        askSize: finiteOrNull(fields, "ask_size"),
      },
    }),
    ...(fields["trade_ns"] !== undefined && {
      trade: {
        tradeTsNs: nanoseconds(fields, "trade_ns"),
        sequence: finiteOrNull(fields, "q"),
        last: finite(fields, "last"),
        size: finite(fields, "size"),
        volume: finite(fields, "volume"),
      },
    }),
    ...(fields["greeks_ns"] !== undefined && {
      greeks: {
        greeksTsNs: nanoseconds(fields, "greeks_ns"),
        delta: finiteOrNull(fields, "delta"),
        gamma: finiteOrNull(fields, "gamma"),
        theta: finiteOrNull(fields, "theta"),
        vega: finiteOrNull(fields, "vega"),
        iv: finiteOrNull(fields, "iv"),
        source: oneOf(fields, "greeks_source", ["provider", "model"]),
      },
    }),
    ...(fields["oi_day"] !== undefined && { day: decodeDay(fields) }),
  };
}

function decodeDay(fields: Fields): DayGroup {
  return { openInterestDay: text(fields, "oi_day"), openInterest: finiteOrNull(fields, "oi") };
}

function text(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== "string") throw new FieldError(name, "a string", value);
  return value;
}

function finite(fields: Fields, name: string): number {
  const value = fields[name];
  if (typeof value !== "number" || !Number.isFinite(value)) throw new FieldError(name, "a finite number", value);
  return value;
}

function finiteOrNull(fields: Fields, name: string): number | null {
  return fields[name] === null ? null : finite(fields, name);
}

function nanoseconds(fields: Fields, name: string): bigint {
  const value = fields[name];
  if (typeof value !== "string" || !/^-?\d{1,30}$/.test(value)) {
    throw new FieldError(name, "nanoseconds as decimal digits", value);
  }
  return BigInt(value);
}

function oneOf<Choice extends string | null>(fields: Fields, name: string, choices: readonly Choice[]): Choice {
  const choice = choices.find((candidate) => candidate === fields[name]);
  if (choice === undefined) throw new FieldError(name, `one of ${choices.join(", ")}`, fields[name]);
  return choice;
}
