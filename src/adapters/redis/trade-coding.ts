import { TRADE_FLAGS, type TradeRecord, type TradeSide, type TradeStreamId } from "../../domain/hydration/effects.ts";
import { parseOptionTicker } from "../../domain/instrument/option-symbol.ts";
import type { OptionTrade } from "../../domain/market/rows.ts";
import { FieldError, readWord } from "../../domain/stream/raw-fields.ts";
import { msOfSecondsText, secondsText } from "../../domain/stream/receipt-seconds.ts";
import { eventMsText, readDecimal, readEventMs, readInteger, readNs } from "./field-text.ts";
import type { JsonWriter } from "./json-writer.ts";
import { fieldsOf, type StreamEntry } from "./raw-entry-coding.ts";
import { valueError } from "./reply-errors.ts";

const SIDES = ["B", "S", "U"] as const;

/**
 * What the prints of a step have in common, each told once: reading JSON costs the server more than anything else. The
 * *tail* of a print is all of it but contract, price, size and sequence; prints of one frame mostly share it.
 */
export class TradeTails {
  /** As JSON, each a list of field, value, …. */
  readonly all: string[] = [];
  readonly #places = new Map<string, number>();
  #last: TradeRecord | undefined;
  #lastPlace = 0;

  /** The place of a print's tail, from 1. */
  placeOf(record: TradeRecord): number {
    if (this.#last !== undefined && hasTailOf(this.#last, record)) return this.#lastPlace;
    const tail = tailJson(record);
    let place = this.#places.get(tail);
    if (place === undefined) {
      place = this.all.push(tail);
      this.#places.set(tail, place);
    }
    this.#last = record;
    this.#lastPlace = place;
    return place;
  }
}

/** Whether the tails are the same; may say no where they are. */
function hasTailOf(a: TradeRecord, b: TradeRecord): boolean {
  return (
    a.trade.tradeTsNs === b.trade.tradeTsNs &&
    a.trade.receivedAtMs === b.trade.receivedAtMs &&
    a.trade.exchange === b.trade.exchange &&
    isSameList(a.trade.conditions, b.trade.conditions) &&
    a.flags === b.flags &&
    a.side === b.side &&
    a.cancelsTsNs === b.cancelsTsNs
  );
}

function isSameList(a: readonly number[] | undefined, b: readonly number[] | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined || a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}

function tailJson({ trade, flags, side, cancelsTsNs }: TradeRecord): string {
  const { tradeTsNs, exchange, conditions, receivedAtMs } = trade;
  let tail = `["t","${eventMsText(tradeTsNs)}"`;
  if (exchange !== undefined) tail += `,"x","${exchange}"`;
  if (conditions !== undefined) tail += `,"c","[${conditions.join()}]"`;
  tail += `,"side",${sideJson(side)},"flags","${flags.join(" ")}"`;
  if (receivedAtMs !== undefined) tail += `,"ts","${secondsText(receivedAtMs)}"`;
  if (cancelsTsNs !== undefined) tail += `,"cancels_ns","${cancelsTsNs}"`;
  return `${tail}]`;
}

function sideJson({ side, method, confidence, quoteAgeMs }: TradeSide): string {
  return JSON.stringify(`${side}/${method}/${confidence ?? ""}/${quoteAgeMs ?? ""}`);
}

/** Five values as `COMMIT_STEP` takes them: sym, p, s, q or "", and the place of the print's tail. */
export function writeTrade(json: JsonWriter, { contract, price, size, sequence }: OptionTrade, tail: number): void {
  json.text(contract);
  json.comma();
  json.numberText(price);
  json.comma();
  json.numberText(size);
  json.comma();
  if (sequence === undefined) json.text("");
  else json.numberText(sequence);
  json.comma();
  json.whole(tail);
}

/**
 * The print that a trade stream holds.
 *
 * @throws {StorageError} naming key and id, where it is none of ours.
 */
export function readTrade(action: string, key: string, stream: TradeStreamId, [id, flat]: StreamEntry): TradeRecord {
  const fields = fieldsOf(flat);
  try {
    const terms = parseOptionTicker(fields["sym"] ?? "");
    if (terms === undefined) throw new FieldError("sym", "an option ticker", fields["sym"]);
    const receivedAtMs = fields["ts"] === undefined ? undefined : msOfSecondsText(fields["ts"]);
    if (fields["ts"] !== undefined && receivedAtMs === undefined) {
      throw new FieldError("ts", "Unix seconds", fields["ts"]);
    }
    return {
      trade: {
        type: "optionTrade",
        contract: terms.ticker,
        root: terms.root,
        underlying: stream.underlying,
        expiration: stream.expiration,
        right: terms.right,
        strike: terms.strike,
        tradeTsNs: readEventMs("t", fields["t"]),
        price: readDecimal("p", fields["p"]),
        size: readDecimal("s", fields["s"]),
        conditions: fields["c"] === undefined ? undefined : readConditions(fields["c"]),
        exchange: fields["x"] === undefined ? undefined : readInteger("x", fields["x"]),
        sequence: fields["q"] === undefined ? undefined : readInteger("q", fields["q"]),
        receivedAtMs,
      },
      flags: (fields["flags"] ?? "")
        .split(" ")
        .flatMap((flag) => (flag === "" ? [] : readWord("flags", TRADE_FLAGS, flag))),
      side: readSide(fields["side"]),
      cancelsTsNs: fields["cancels_ns"] === undefined ? undefined : readNs("cancels_ns", fields["cancels_ns"]),
    };
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    throw valueError(action, key, `prints, and in ${id} '${error.field}' must be ${error.required}`, error.shown);
  }
}

function readConditions(text: string): readonly number[] {
  if (!/^\[(\d+(,\d+)*)?\]$/.test(text)) throw new FieldError("c", "a JSON array of whole numbers", text);
  return text === "[]" ? [] : text.slice(1, -1).split(",").map(Number);
}

function readSide(text: string | undefined): TradeSide {
  const [side, method, confidence, quoteAgeMs, ...rest] = (text ?? "").split("/");
  if (method === undefined || quoteAgeMs === undefined || rest.length > 0) {
    throw new FieldError("side", "{B,S,U}/{method}/{confidence}/{quote age ms}", text);
  }
  return {
    side: readWord("side", SIDES, side),
    method,
    confidence: confidence === "" ? null : readDecimal("side", confidence),
    quoteAgeMs: quoteAgeMs === "" ? null : readDecimal("side", quoteAgeMs),
  };
}
