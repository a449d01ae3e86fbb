const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const DOT = 0x2e;
const ZERO = 0x30;

/** Prices have four decimals at most. */
const DECIMALS = 4;
const SCALE = 10 ** DECIMALS;
const INT32_MAX = 2_147_483_647;

/**
 * Writes JSON as bytes. What is put together as one text is copied again and again on its way to the socket: when its
 * pieces are joined, flattened, measured and encoded.
 */
export class JsonWriter {
  #bytes: Buffer;
  #length = 0;

  /** @param capacity bytes to begin with. */
  constructor(capacity: number) {
    this.#bytes = Buffer.allocUnsafe(capacity);
  }

  /** Bytes written. */
  get length(): number {
    return this.#length;
  }

  /** What was written. Nothing may be written any more. */
  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** JSON as it stands. */
  raw(json: string): void {
    const most = 3 * json.length;
    this.#provide(most);
    this.#length += this.#bytes.write(json, this.#length, most, "utf8");
  }

  /** What another one wrote. */
  append(other: JsonWriter): void {
    this.#provide(other.length);
    this.#length += other.bytes().copy(this.#bytes, this.#length);
  }

  comma(): void {
    this.#provide(1);
    this.#bytes[this.#length++] = COMMA;
  }

  /** A text, quoted. Fast for short ones of ASCII. */
  text(text: string): void {
    const { length } = text;
    this.#provide(length + 2);
    const bytes = this.#bytes;
    let at = this.#length;
    bytes[at++] = QUOTE;
    for (let index = 0; index < length; index++) {
      const code = text.charCodeAt(index);
      if (code < 0x20 || code > 0x7e || code === QUOTE || code === BACKSLASH) {
        this.raw(JSON.stringify(text));
        return;
      }
      bytes[at++] = code;
    }
    bytes[at++] = QUOTE;
    this.#length = at;
  }

  /** A number as the text that `String` makes of it, quoted. Fast for prices, sizes and sequences. */
  numberText(value: number): void {
    const whole = value | 0;
    if (whole === value && whole >= 0) {
      this.#quoted(whole, 0);
      return;
    }
    // A double has one decimal text of up to 15 digits at most: where there is one, `String` gives it.
    let scaled = Math.round(value * SCALE);
    if (!(scaled > 0 && scaled <= INT32_MAX) || scaled / SCALE !== value) {
      this.text(String(value));
      return;
    }
    let decimals = DECIMALS;
    for (; scaled % 10 === 0; scaled /= 10) decimals--;
    this.#quoted(scaled, decimals);
  }

  /** A number without quotes. @param value a whole one from 0 to 2^31 - 1. */
  whole(value: number): void {
    this.#provide(10);
    this.#digits(value, 0);
  }

  #quoted(value: number, decimals: number): void {
    this.#provide(14);
    this.#bytes[this.#length++] = QUOTE;
    this.#digits(value, decimals);
    this.#bytes[this.#length++] = QUOTE;
  }

  #digits(value: number, decimals: number): void {
    const bytes = this.#bytes;
    const count = Math.max(digitsOf(value), decimals + 1);
    const end = this.#length + count + (decimals === 0 ? 0 : 1);
    let rest = value | 0;
    let at = end;
    for (let place = 0; place < count; place++) {
      if (place === decimals && place > 0) bytes[--at] = DOT;
      const next = (rest / 10) | 0;
      bytes[--at] = ZERO + rest - next * 10;
      rest = next;
    }
    this.#length = end;
  }

  #provide(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, 2 * this.#bytes.length));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}

function digitsOf(value: number): number {
  let count = 1;
  for (let bound = 10; value >= bound; bound *= 10) count++;
  return count;
}
