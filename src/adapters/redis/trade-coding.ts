import { TRADE_FLAGS, type TradeRecord, type TradeSide, type TradeStreamId } from "../../domain/hydration/effects.ts";
import { parseOptionTicker } from "../../domain/instrument/option-symbol.ts";
import { FieldError, readWord } from "../../domain/stream/raw-fields.ts";
import { msOfSecondsText, secondsText } from "../../domain/stream/receipt-seconds.ts";
import { eventMsText, readDecimal, readEventMs, readInteger, readNs } from "./field-text.ts";
import { fieldsOf, type StreamEntry } from "./raw-entry-coding.ts";
import { valueError } from "./reply-errors.ts";

const SIDES = ["B", "S", "U"] as const;

/**
 * Prints of one stream as `COMMIT_STEP` takes them, as JSON texts without what stands around them. What prints of one
 * frame have in common, their *tail*, is told once: reading JSON costs the server more than anything else.
 */
export class TradeCoder {
  /** Six values of each print: sym, p, s, t, q or "", and the place of its tail, from 1. */
  readonly trades: string[] = [];
  /** Each a list of field, value, …, of what follows q. */
  readonly tails: string[] = [];
  readonly #places = new Map<string, number>();
  // Prints of one frame mostly share their millisecond.
  #tsNs = -1n;
  #t = "";

  push({ trade, flags, side, cancelsTsNs }: TradeRecord): void {
    const { contract, price, size, tradeTsNs, exchange, sequence, conditions, receivedAtMs } = trade;
    let tail = exchange === undefined ? "" : `"x","${exchange}",`;
    if (conditions !== undefined) tail += `"c","[${conditions.join()}]",`;
    tail += `"side",${sideJson(side)},"flags","${flags.join(" ")}"`;
    if (receivedAtMs !== undefined) tail += `,"ts","${secondsText(receivedAtMs)}"`;
    if (cancelsTsNs !== undefined) tail += `,"cancels_ns","${cancelsTsNs}"`;
    let place = this.#places.get(tail);
    if (place === undefined) {
      place = this.tails.push(`[${tail}]`);
      this.#places.set(tail, place);
    }
    if (tradeTsNs !== this.#tsNs) {
      this.#tsNs = tradeTsNs;
      this.#t = eventMsText(tradeTsNs);
    }
    this.trades.push(`"${contract}","${price}","${size}","${this.#t}","${sequence ?? ""}",${place}`);
  }
}

function sideJson({ side, method, confidence, quoteAgeMs }: TradeSide): string {
  return JSON.stringify(`${side}/${method}/${confidence ?? ""}/${quoteAgeMs ?? ""}`);
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
