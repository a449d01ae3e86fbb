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
  /** See `RowNumbers`. */
  readonly hint: number;
}

// The slots are doubled, up to 2^16, whenever more than half of them are taken. Then the words hold 2 MB.
const FIRST_BITS = 10;
const LAST_BITS = 16;
// A symbol stands in one of so many slots, beginning with the one that its hash names.
const REACH = 8;
// Room for a symbol and its quote. One of 32 characters is not known here.
const WORDS = 8;
const QUOTE_WORD = 0x2222_2222;
// As large as an `Int32Array` holds.
const MAX_HINT = 2 ** 31 - 1;

/**
 * Recognises symbols by their bytes, so that the thousandth event of a contract makes no string. Bounded: a symbol that
 * finds all its slots taken pushes out another, which then has to be learned again.
 */
export class SymbolTable {
  readonly #contracts: OptionContractCache;
  #bits = FIRST_BITS;
  #taken = 0;
  #symbols: KnownSymbol[] = new Array(1 << FIRST_BITS);
  /** For each slot the bytes of its symbol, four to a word, filled up with quotes; a first word of 0 where it is free. */
  #words = new Int32Array(WORDS << FIRST_BITS);
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
    const slot = this.#find(hash, used);
    return slot === undefined ? this.#learn(hash, used, asciiText(bytes, start + 1, at)) : this.#symbols[slot];
  }

  #find(hash: number, used: number): number | undefined {
    const words = this.#words;
    const wanted = this.#wanted;
    const last = (1 << this.#bits) - 1;
    let slot = hash >>> (32 - this.#bits);
    for (let probe = 0; probe < REACH; probe++) {
      const from = slot * WORDS;
      if (words[from] === 0) return undefined;
      let same = 0;
      while (same < used && words[from + same] === wanted[same]) same++;
      if (same === used) return slot;
      slot = (slot + 1) & last;
    }
    return undefined;
  }

  #learn(hash: number, used: number, text: string): KnownSymbol | undefined {
    const symbol = this.#recognise(text);
    if (symbol === undefined) return undefined;
    if (this.#taken >= 1 << (this.#bits - 1) && this.#bits < LAST_BITS) this.#grow();
    this.#put(hash, this.#wanted.subarray(0, used), symbol);
    return symbol;
  }

  #recognise(text: string): KnownSymbol | undefined {
    // A backslash begins an escape here, although a symbol may contain one.
    if (text.includes("\\")) return undefined;
    if (isOptionSymbol(text)) {
      const contract = this.#contracts.get(text);
      return contract === undefined ? undefined : known(contract.ticker, "option", contract);
    }
    if (isStockSymbol(text)) return known(text, "stock", undefined);
    return isIndexSymbol(text) ? known(text, "index", undefined) : undefined;
  }

  /** Into the first free slot in reach, or else over the first. */
  #put(hash: number, symbolWords: Int32Array, symbol: KnownSymbol): void {
    const words = this.#words;
    const last = (1 << this.#bits) - 1;
    const first = hash >>> (32 - this.#bits);
    let slot = first;
    let probe = 0;
    while (probe < REACH && words[slot * WORDS] !== 0) slot = (first + ++probe) & last;
    if (probe === REACH) slot = first;
    else this.#taken++;
    words.set(symbolWords, slot * WORDS);
    this.#symbols[slot] = symbol;
  }

  #grow(): void {
    const words = this.#words;
    const symbols = this.#symbols;
    this.#bits++;
    this.#taken = 0;
    this.#words = new Int32Array(WORDS << this.#bits);
    this.#symbols = new Array(1 << this.#bits);
    symbols.forEach((symbol, slot) => {
      const used = (symbol.text.length >>> 2) + 1;
      const symbolWords = words.subarray(slot * WORDS, slot * WORDS + used);
      this.#put(symbolWords.reduce(mix, 0), symbolWords, symbol);
    });
  }
}

/** Symbols learned so far by all tables: two of them give no number to two symbols. */
let learned = 0;

function known(text: string, kind: KnownSymbol["kind"], contract: OptionContract | undefined): KnownSymbol {
  // Those that are learned when all numbers were given have none.
  const hint = learned < MAX_HINT ? ++learned : 0;
  return { text, kind, contract, hint };
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
