import type { OptionContractCache } from "../instrument/option-contract-cache.ts";
import { isDecimalText } from "./events.ts";
import type { FrameContext, ParsedFrame } from "./frame.ts";
import { FrameBuffer } from "./frame-buffer.ts";
import { FrameEvents } from "./frame-events.ts";
import * as json from "./json-bytes.ts";
import * as field from "./scanned-event.ts";
import { SymbolTable } from "./symbol-table.ts";

const { ASIDE, QUOTE, COMMA, COLON, DOT, ZERO } = json;

// How a field begins: four bytes, read as a big-endian word so that they can be compared at once.
const NAME_EV = 0x2265_7622; // "ev"
const NAME_SYM = 0x2273_796d; // "sym
const NAME_INDEX = 0x2254_223a; // "T":
const NAME_TIME = 0x2274_223a; // "t":
const NAME_PRICE = 0x2270_223a; // "p":
const NAME_SIZE = 0x2273_223a; // "s":
const NAME_DECIMAL_SIZE = 0x2264_7322; // "ds"
const NAME_CONDITIONS = 0x2263_223a; // "c":
const NAME_EXCHANGE = 0x2278_223a; // "x":
const NAME_SEQUENCE = 0x2271_223a; // "q":
const NAME_TRADE_ID = 0x2269_223a; // "i":
const NAME_TAPE = 0x227a_223a; // "z":
const NAME_TRF = 0x2274_7266; // "trf
const NAME_BID = 0x2262_7022; // "bp"
const NAME_ASK = 0x2261_7022; // "ap"
const NAME_BID_SIZE = 0x2262_7322; // "bs"
const NAME_ASK_SIZE = 0x2261_7322; // "as"
const NAME_BID_EXCHANGE = 0x2262_7822; // "bx"
const NAME_ASK_EXCHANGE = 0x2261_7822; // "ax"
const NAME_VALUE = 0x2276_616c; // "val

const NAME_STATUS = 0x2273_7461; // "sta
const NAME_MESSAGE = 0x226d_6573; // "mes

const WORD_TUS = 0x7475_7322; // tus"
const WORD_SAGE = 0x7361_6765; // sage
const LETTER_I = 0x69;
const LETTER_T = 0x74;
// Longer texts, quotes included, are put together more slowly than `JSON.parse` does it.
const MAX_TEXT = 256;

// What a scanned frame never has.
const NO_REJECTED: readonly never[] = Object.freeze([]);
const NO_IGNORED: ReadonlyMap<string, number> = new Map();

const scanners = new WeakMap<OptionContractCache, FrameScanner>();

/**
 * Reads a frame of trades, quotes, index values and statuses in one pass over its bytes, with no tree of JSON objects in
 * between.
 *
 * It knows what the provider writes: fields in any order, further fields with simple values, plain numbers, strings
 * without escapes, no white space except behind the frame. It answers only where it is sure that `parseReference` gives
 * the same answer, and steps aside from the whole frame otherwise: at an event of another type, an invalid value, a
 * field that comes twice, a sign, an exponent, a 16th digit.
 *
 * @returns `undefined` where it steps aside.
 */
export function scanFrame(payload: string | Uint8Array, context: FrameContext): ParsedFrame | undefined {
  let scanner = scanners.get(context.contracts);
  if (scanner === undefined) {
    scanner = new FrameScanner(context.contracts);
    scanners.set(context.contracts, scanner);
  }
  return scanner.scan(payload, context);
}

/**
 * What stays from frame to frame. A method that reads takes a position and answers the one behind what it read, or
 * `ASIDE`: positions live in local variables, since a property written in one step of the loop over the fields and read
 * in the next would be what the processor waits for.
 */
class FrameScanner {
  readonly #buffer = new FrameBuffer();
  readonly #symbols: SymbolTable;
  readonly #scanned = new field.ScannedEvent();
  #text = "";
  #busy = false;

  constructor(contracts: OptionContractCache) {
    this.#symbols = new SymbolTable(contracts);
  }

  scan(payload: string | Uint8Array, context: FrameContext): ParsedFrame | undefined {
    // A resolver of underlyings that parses payloads would get here while the frame that asked it is being read.
    if (this.#busy) return undefined;
    this.#busy = true;
    try {
      const events = new FrameEvents();
      context.numbers?.clear();
      if (!this.#buffer.load(payload) || !this.#frame(context, events)) return undefined;
      return events.parsed(context, NO_IGNORED, NO_REJECTED);
    } finally {
      this.#busy = false;
    }
  }

  /** An array of events, or one event. */
  #frame(context: FrameContext, events: FrameEvents): boolean {
    const { bytes, length } = this.#buffer;
    let at = 0;
    if (bytes[0] !== json.OPEN_LIST) {
      at = this.#event(0, context, events);
    } else {
      do {
        at = this.#event(at + 1, context, events);
        if (at === ASIDE) return false;
      } while (bytes[at] === COMMA);
      if (bytes[at] !== json.CLOSE_LIST) return false;
      at++;
    }
    return at !== ASIDE && json.skipSpace(bytes, at) === length;
  }

  /** One event, from brace to brace. */
  #event(from: number, context: FrameContext, events: FrameEvents): number {
    const { bytes, view } = this.#buffer;
    const scanned = this.#scanned;
    if (bytes[from] !== json.OPEN_OBJECT) return ASIDE;
    let at = from;
    let type = 0;
    // Sets of fields: all that came, those that are null, those whose value no trade may have.
    let seen = 0;
    let nulls = 0;
    let odd = 0;
    do {
      at++;
      let place = 0;
      switch (view.getInt32(at)) {
        case NAME_EV:
          at += 5;
          if ((seen & field.TYPE) !== 0 || bytes[at - 1] !== COLON || bytes[at] !== QUOTE) return ASIDE;
          seen |= field.TYPE;
          type = bytes[at + 1] ?? 0;
          if (field.isRowType(type) && bytes[at + 2] === QUOTE) {
            at += 3;
          } else {
            if (view.getInt32(at) !== NAME_STATUS || view.getInt32(at + 4) !== WORD_TUS) return ASIDE;
            at += 8;
          }
          continue;
        case NAME_SYM:
          if ((seen & field.SYMBOL) !== 0 || bytes[at + 4] !== QUOTE || bytes[at + 5] !== COLON) return ASIDE;
          seen |= field.SYMBOL;
          scanned.symbol = this.#symbols.read(this.#buffer, at + 6);
          if (scanned.symbol === undefined) return ASIDE;
          at = this.#symbols.end;
          continue;
        case NAME_INDEX:
          if ((seen & field.INDEX) !== 0) return ASIDE;
          seen |= field.INDEX;
          scanned.index = this.#symbols.read(this.#buffer, at + 4);
          if (scanned.index === undefined) return ASIDE;
          at = this.#symbols.end;
          continue;
        case NAME_CONDITIONS:
          at += 4;
          if ((seen & field.CONDITIONS) !== 0) return ASIDE;
          seen |= field.CONDITIONS;
          if (bytes[at] === json.OPEN_LIST) {
            at = this.#conditionList(at);
          } else {
            odd |= field.CONDITIONS;
            at = json.skipValue(bytes, view, at);
          }
          if (at === ASIDE) return ASIDE;
          continue;
        case NAME_TRADE_ID:
          at += 4;
          if ((seen & field.TRADE_ID) !== 0) return ASIDE;
          seen |= field.TRADE_ID;
          if (bytes[at] === QUOTE) {
            at = this.#textAt(at);
            scanned.tradeId = this.#text;
          } else {
            odd |= field.TRADE_ID;
            at = json.skipValue(bytes, view, at);
          }
          if (at === ASIDE) return ASIDE;
          continue;
        case NAME_DECIMAL_SIZE:
          if ((seen & field.DECIMAL_SIZE) !== 0 || bytes[at + 4] !== COLON) return ASIDE;
          seen |= field.DECIMAL_SIZE;
          at = this.#textAt(at + 5);
          if (at === ASIDE || !isDecimalText(this.#text)) return ASIDE;
          scanned.decimalSize = this.#text;
          continue;
        case NAME_STATUS:
          if ((seen & field.STATUS) !== 0 || view.getInt32(at + 4) !== WORD_TUS || bytes[at + 8] !== COLON)
            return ASIDE;
          seen |= field.STATUS;
          at = this.#textAt(at + 9);
          if (at === ASIDE) return ASIDE;
          scanned.status = this.#text;
          continue;
        case NAME_MESSAGE:
          if ((seen & field.MESSAGE) !== 0 || view.getInt32(at + 4) !== WORD_SAGE) return ASIDE;
          if (bytes[at + 8] !== QUOTE || bytes[at + 9] !== COLON) return ASIDE;
          seen |= field.MESSAGE;
          at = this.#textAt(at + 10);
          if (at === ASIDE) return ASIDE;
          scanned.message = this.#text;
          continue;
        case NAME_TIME:
          place = field.TIME;
          at += 4;
          break;
        case NAME_PRICE:
          place = field.PRICE;
          at += 4;
          break;
        case NAME_SIZE:
          place = field.SIZE;
          at += 4;
          break;
        case NAME_EXCHANGE:
          place = field.EXCHANGE;
          at += 4;
          break;
        case NAME_SEQUENCE:
          place = field.SEQUENCE;
          at += 4;
          break;
        case NAME_BID:
          place = field.BID;
          at += 5;
          break;
        case NAME_ASK:
          place = field.ASK;
          at += 5;
          break;
        case NAME_BID_SIZE:
          place = field.BID_SIZE;
          at += 5;
          break;
        case NAME_ASK_SIZE:
          place = field.ASK_SIZE;
          at += 5;
          break;
        case NAME_BID_EXCHANGE:
          place = field.BID_EXCHANGE;
          at += 5;
          break;
        case NAME_ASK_EXCHANGE:
          place = field.ASK_EXCHANGE;
          at += 5;
          break;
        case NAME_TAPE:
          place = field.TAPE;
          at += 4;
          break;
        case NAME_TRF:
          if ((bytes[at + 4] !== LETTER_I && bytes[at + 4] !== LETTER_T) || bytes[at + 5] !== QUOTE) return ASIDE;
          place = bytes[at + 4] === LETTER_I ? field.TRF_ID : field.TRF_TIME;
          at += 7;
          break;
        case NAME_VALUE:
          if (bytes[at + 4] !== QUOTE) return ASIDE;
          place = field.VALUE;
          at += 6;
          break;
        default:
          at = json.skipField(bytes, view, at);
          if (at === ASIDE) return ASIDE;
          continue;
      }

      const bit = 1 << place;
      if ((seen & bit) !== 0 || bytes[at - 1] !== COLON) return ASIDE;
      seen |= bit;
      const start = at;
      let value = 0;
      for (let word = view.getInt32(at); json.isFourDigits(word); word = view.getInt32(at)) {
        value = value * 10_000 + json.fourDigits(word);
        at += 4;
      }
      for (let byte = bytes[at] ?? 0; json.isDigit(byte); byte = bytes[++at] ?? 0) value = value * 10 + byte - ZERO;
      const digits = at - start;
      if (digits === 0) {
        if (view.getInt32(at) !== json.NULL_WORD) return ASIDE;
        nulls |= bit;
        at += 4;
        continue;
      }
      if (digits > json.EXACT_DIGITS || (digits > 1 && bytes[start] === ZERO)) return ASIDE;
      if (bytes[at] === DOT) {
        const point = at++;
        for (let byte = bytes[at] ?? 0; json.isDigit(byte); byte = bytes[++at] ?? 0) value = value * 10 + byte - ZERO;
        const scale = at - point - 1;
        if (scale === 0 || digits + scale > json.EXACT_DIGITS) return ASIDE;
        // Both numbers are exact, so the one rounding of the division yields the double nearest to the decimal.
        value /= json.POWERS_OF_TEN[scale] ?? 1;
        if ((field.DECIMALS & bit) === 0 && !Number.isInteger(value)) return ASIDE;
      }
      scanned.numbers[place] = value;
    } while (bytes[at] === COMMA);
    if (bytes[at] !== json.CLOSE_OBJECT) return ASIDE;
    return field.addEvent(scanned, type, seen & ~nulls, odd, context, events) ? at + 1 : ASIDE;
  }

  /** A list of whole numbers. */
  #conditionList(from: number): number {
    const { bytes } = this.#buffer;
    if (bytes[from + 1] === json.CLOSE_LIST) {
      this.#scanned.conditions = [];
      return from + 2;
    }
    let list: number[] | undefined;
    let at = from;
    do {
      const start = ++at;
      let value = 0;
      for (let byte = bytes[at] ?? 0; json.isDigit(byte); byte = bytes[++at] ?? 0) value = value * 10 + byte - ZERO;
      const digits = at - start;
      if (digits === 0 || digits > json.EXACT_DIGITS || (digits > 1 && bytes[start] === ZERO)) return ASIDE;
      // A list that is made with its first element has no room to spare; one that is made empty gets room for 17.
      if (list === undefined) list = [value];
      else list.push(value);
    } while (bytes[at] === COMMA);
    this.#scanned.conditions = list;
    return bytes[at] === json.CLOSE_LIST ? at + 1 : ASIDE;
  }

  /** A string of moderate length; leaves it in `#text`. */
  #textAt(at: number): number {
    const { bytes } = this.#buffer;
    const end = json.skipText(bytes, at);
    if (end === ASIDE || end - at > MAX_TEXT) return ASIDE;
    this.#text = json.asciiText(bytes, at + 1, end - 1);
    return end;
  }
}
