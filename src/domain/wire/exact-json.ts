const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const PLUS = 0x2b;
const COMMA = 0x2c;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Whole numbers of so many digits are below 2^53. */
const EXACT_DIGITS = 15;
/** A quotient of two exact numbers is the double nearest to the decimal: 10^0 to 10^15 are exact. */
const POWERS_OF_TEN = Array.from({ length: EXACT_DIGITS + 1 }, (_, power) => Number(`1e${power}`));
/** Longer ones cost more than their length, and no field holds one. */
const MAX_INTEGER_LENGTH = 40;
const MAX_DEPTH = 512;

/** A value, and the source text of the elements of one of its lists. */
export interface SourcedJson {
  readonly value: unknown;
  /** One text per element, as it stands between the commas; `undefined` where the value has no such list. */
  readonly sources: readonly string[] | undefined;
}

/**
 * Reads JSON as `JSON.parse` does, save that whole numbers beyond 2^53 - 1 come as `bigint`, and so keep every digit. A
 * fraction of zeros counts as none; with an exponent, or in more than 40 characters, they stay doubles.
 *
 * @throws {SyntaxError} that of `JSON.parse`, for the same texts.
 * @throws {RangeError} for values nested more than 512 deep.
 * @example
 * ```ts
 * parseExactJson('{"last_updated":1605195918507251817,"size":12.0}');
 * // { last_updated: 1605195918507251817n, size: 12 }
 * ```
 */
export function parseExactJson(text: string): unknown {
  return read(text, undefined).value;
}

/**
 * The same, with the source text of each element of the list that the outermost object has under a name.
 *
 * @throws as `parseExactJson`.
 */
export function parseSourcedJson(text: string, list: string): SourcedJson {
  return read(text, list);
}

function read(text: string, list: string | undefined): SourcedJson {
  const reader = new ExactJsonReader(text, list);
  try {
    return { value: reader.document(), sources: reader.sources };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // Theirs says where and what in the words that everybody knows.
    JSON.parse(text);
    throw error;
  }
}

class ExactJsonReader {
  sources: string[] | undefined;
  readonly #text: string;
  readonly #list: string | undefined;
  #at = 0;
  #depth = 0;

  constructor(text: string, list: string | undefined) {
    this.#text = text;
    this.#list = list;
  }

  document(): unknown {
    const value = this.#value();
    if (this.#at !== this.#text.length) throw fault();
    return value;
  }

  /** One value, with the white space around it. */
  #value(): unknown {
    this.#skipSpace();
    const value = this.#bareValue();
    this.#skipSpace();
    return value;
  }

  #bareValue(): unknown {
    switch (this.#text.charCodeAt(this.#at)) {
      case QUOTE:
        return this.#string();
      case OPEN_OBJECT:
        return this.#object();
      case OPEN_LIST:
        return this.#array(undefined);
      case 0x74:
        return this.#word("true", true);
      case 0x66:
        return this.#word("false", false);
      case 0x6e:
        return this.#word("null", null);
      default:
        return this.#number();
    }
  }

  #object(): Record<string, unknown> {
    const object: Record<string, unknown> = {};
    this.#enter();
    if (!this.#takes(CLOSE_OBJECT)) {
      do {
        this.#skipSpace();
        if (this.#text.charCodeAt(this.#at) !== QUOTE) throw fault();
        const name = this.#string();
        this.#skipSpace();
        if (!this.#takes(COLON)) throw fault();
        const value = this.#depth === 1 && name === this.#list ? this.#sourcedValue() : this.#value();
        // Assigned, it would set the prototype.
        if (name === "__proto__") {
          Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
        } else object[name] = value;
      } while (this.#takes(COMMA));
      if (!this.#takes(CLOSE_OBJECT)) throw fault();
    }
    this.#depth -= 1;
    return object;
  }

  /** The value of the list that is asked for: of a name that comes twice the last value counts. */
  #sourcedValue(): unknown {
    this.#skipSpace();
    this.sources = this.#text.charCodeAt(this.#at) === OPEN_LIST ? [] : undefined;
    const value = this.sources === undefined ? this.#value() : this.#array(this.sources);
    this.#skipSpace();
    return value;
  }

  #array(sources: string[] | undefined): unknown[] {
    const array: unknown[] = [];
    this.#enter();
    if (!this.#takes(CLOSE_LIST)) {
      do {
        this.#skipSpace();
        const from = this.#at;
        array.push(this.#bareValue());
        sources?.push(this.#text.slice(from, this.#at));
        this.#skipSpace();
      } while (this.#takes(COMMA));
      if (!this.#takes(CLOSE_LIST)) throw fault();
    }
    this.#depth -= 1;
    return array;
  }

  /** Behind the bracket that opens a list or an object, at what is in it. */
  #enter(): void {
    this.#at += 1;
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) {
      throw new RangeError(`Cannot read JSON: its depth must be at most ${MAX_DEPTH}, current value is more`);
    }
    this.#skipSpace();
  }

  #string(): string {
    const text = this.#text;
    const from = this.#at + 1;
    let at = from;
    for (;;) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) break;
      if (code === BACKSLASH) return this.#escapedString(at);
      // At the end of the text it is not a number.
      if (!(code >= SPACE)) throw fault();
      at++;
    }
    this.#at = at + 1;
    return text.slice(from, at);
  }

  /** A string with a backslash at `from`. */
  #escapedString(from: number): string {
    const text = this.#text;
    let at = from;
    for (let code = text.charCodeAt(at); code !== QUOTE; code = text.charCodeAt(at)) {
      if (!(code >= SPACE)) throw fault();
      at += code === BACKSLASH ? 2 : 1;
    }
    const string: string = JSON.parse(text.slice(this.#at, at + 1));
    this.#at = at + 1;
    return string;
  }

  #number(): number | bigint {
    const text = this.#text;
    const from = this.#at;
    let at = from;
    const negative = text.charCodeAt(at) === MINUS;
    if (negative) at++;
    const wholeFrom = at;
    let mantissa = 0;
    let code = text.charCodeAt(at);
    if (code === ZERO) code = text.charCodeAt(++at);
    else {
      for (; isDigit(code); code = text.charCodeAt(++at)) mantissa = mantissa * 10 + code - ZERO;
      if (at === wholeFrom) throw fault();
    }
    const wholeEnd = at;
    let digits = wholeEnd - wholeFrom;
    let decimals = 0;
    let fraction = false;
    if (code === DOT) {
      const fractionFrom = at + 1;
      code = text.charCodeAt(++at);
      for (; isDigit(code); code = text.charCodeAt(++at)) {
        mantissa = mantissa * 10 + code - ZERO;
        fraction ||= code !== ZERO;
      }
      decimals = at - fractionFrom;
      if (decimals === 0) throw fault();
      digits += decimals;
    }
    const plain = code !== 0x65 && code !== 0x45;
    if (!plain) at = this.#exponentEnd(at + 1);
    this.#at = at;
    if (plain && digits <= EXACT_DIGITS) {
      const magnitude = decimals === 0 ? mantissa : mantissa / (POWERS_OF_TEN[decimals] ?? 1);
      return negative ? -magnitude : magnitude;
    }
    const value = Number(text.slice(from, at));
    const isExact = Math.abs(value) <= Number.MAX_SAFE_INTEGER || at - from > MAX_INTEGER_LENGTH;
    return !plain || fraction || isExact ? value : BigInt(text.slice(from, wholeEnd));
  }

  #exponentEnd(from: number): number {
    const text = this.#text;
    const sign = text.charCodeAt(from);
    const digitsFrom = sign === PLUS || sign === MINUS ? from + 1 : from;
    let at = digitsFrom;
    while (isDigit(text.charCodeAt(at))) at++;
    if (at === digitsFrom) throw fault();
    return at;
  }

  #word<T>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) throw fault();
    this.#at += word.length;
    return value;
  }

  #takes(code: number): boolean {
    if (this.#text.charCodeAt(this.#at) !== code) return false;
    this.#at += 1;
    return true;
  }

  #skipSpace(): void {
    const text = this.#text;
    let at = this.#at;
    for (let code = text.charCodeAt(at); code <= SPACE; code = text.charCodeAt(++at)) {
      if (code !== SPACE && code !== LINE_FEED && code !== CARRIAGE_RETURN && code !== TAB) break;
    }
    this.#at = at;
  }
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

/** Only told apart from others: what the caller gets is the error of `JSON.parse`. */
function fault(): SyntaxError {
  return new SyntaxError("Cannot read JSON: it must be valid, current value is not");
}
