import type { OptionContractCache } from "../instrument/option-contract-cache.ts";
import type { OptionContract } from "../instrument/option-symbol.ts";
import { isIndexSymbol, isOptionSymbol, isStockSymbol } from "./events.ts";
import type { FrameBuffer } from "./frame-buffer.ts";
import { asciiText, QUOTE } from "./json-bytes.ts";

/** A symbol as the one string that all its rows share. */
export interface KnownSymbol {
  readonly text: string;
  readonly kind: "option" | "stock" | "index";
  /** What an option ticker names. */
  readonly contract: OptionContract | undefined;
}

// 2^15 slots. Of 10,000 active instruments about one in four shares its slot, and may cost a string each time.
const SLOT_BITS = 15;
// A symbol with its quote. One of 32 characters does not fit: it is not known here.
const WORDS = 8;
const QUOTE_WORD = 0x2222_2222;

/**
 * Recognises symbols by their bytes, so that the thousandth event of a contract makes no string. Direct mapped: a
 * symbol has one slot and pushes out what was there, which bounds the table without any bookkeeping.
 */
export class SymbolTable {
  readonly #contracts: OptionContractCache;
  readonly #symbols: (KnownSymbol | undefined)[] = new Array(1 << SLOT_BITS).fill(undefined);
  /** The bytes of each slot's symbol, four to a word, filled up with quotes: no symbol has one. */
  readonly #words = new Int32Array(WORDS << SLOT_BITS);
  readonly #wanted = new Int32Array(WORDS);
  /** The position behind the symbol that was read last. */
  end = 0;

  /** @param contracts says which option tickers are valid, and what they name. */
  constructor(contracts: OptionContractCache) {
    this.#contracts = contracts;
  }

  /** The symbol that a string names; `undefined` where it is none, or no string. */
  read(buffer: FrameBuffer, start: number): KnownSymbol | undefined {
    const { bytes, view } = buffer;
    if (bytes[start] !== QUOTE) return undefined;
    const wanted = this.#wanted;
    let at = start + 1;
    let hash = 0;
    let used = 0;
    let length = 0;
    do {
      let word = view.getInt32(at);
      length = bytesBeforeQuote(word);
      if (length < 4) word = (word & ~(-1 >>> (8 * length))) | (QUOTE_WORD >>> (8 * length));
      wanted[used++] = word;
      hash = mix(hash, word);
      at += length;
    } while (length === 4 && used < WORDS);
    if (length === 4) return undefined;
    this.end = at + 1;
    const slot = hash >>> (32 - SLOT_BITS);
    return this.#holds(slot, used) ? this.#symbols[slot] : this.#learn(slot, used, asciiText(bytes, start + 1, at));
  }

  #holds(slot: number, used: number): boolean {
    const words = this.#words;
    const wanted = this.#wanted;
    const first = slot * WORDS;
    for (let index = 0; index < used; index++) if (words[first + index] !== wanted[index]) return false;
    return true;
  }

  #learn(slot: number, used: number, text: string): KnownSymbol | undefined {
    const symbol = this.#recognise(text);
    if (symbol === undefined) return undefined;
    this.#symbols[slot] = symbol;
    this.#words.set(this.#wanted.subarray(0, used), slot * WORDS);
    return symbol;
  }

  #recognise(text: string): KnownSymbol | undefined {
    if (isOptionSymbol(text)) {
      const contract = this.#contracts.get(text);
      return contract === undefined ? undefined : { text: contract.ticker, kind: "option", contract };
    }
    if (isStockSymbol(text)) return { text, kind: "stock", contract: undefined };
    return isIndexSymbol(text) ? { text, kind: "index", contract: undefined } : undefined;
  }
}

/** How many of the four bytes of a word stand before its first quote; 4 where it has none. */
function bytesBeforeQuote(word: number): number {
  const other = word ^ QUOTE_WORD;
  // Bit 7 of each byte: clear where the byte is a quote. No byte carries into another.
  const bits = ((other & 0x7f7f_7f7f) + 0x7f7f_7f7f) | other;
  return Math.clz32(~bits & 0x8080_8080) >>> 3;
}

/** A round of a multiplicative hash: the product gathers differences in its high bits, the rotation brings them down. */
function mix(hash: number, word: number): number {
  return Math.imul(((hash << 15) | (hash >>> 17)) ^ word, 0x9e37_79b1);
}
