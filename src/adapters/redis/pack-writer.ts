const DOT = 0x2e;
const ZERO = 0x30;

/** How values begin in MessagePack: a text of up to 31 bytes, of 16 and of 32 bits of length, whole numbers. */
const SHORT_TEXT = 0xa0;
const TEXT_16 = 0xda;
const TEXT_32 = 0xdb;
const WHOLE_16 = 0xcd;
const WHOLE_32 = 0xce;
const SHORT_TEXT_MAX = 31;
const SHORT_WHOLE_MAX = 0x7f;
const UINT16_MAX = 0xffff;

/** Prices have four decimals at most. */
const DECIMALS = 4;
const SCALE = 10 ** DECIMALS;
const INT32_MAX = 2_147_483_647;

/**
 * Writes values one behind the other in MessagePack, which a script of Redis takes apart in two thirds of the time that JSON
 * takes it, and without a table in between. As bytes, since what is put together as one text is copied again and again on
 * its way to the socket: when its pieces are joined, flattened, measured and encoded.
 */
export class PackWriter {
  #bytes: Buffer;
  #length = 0;

  /** @param capacity bytes to begin with. */
  constructor(capacity: number) {
    this.#bytes = Buffer.allocUnsafe(capacity);
  }

  /** What was written. Nothing may be written any more. */
  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** A text. Fast for short ones of ASCII. */
  text(text: string): void {
    if (text.length > SHORT_TEXT_MAX || !this.#shortText(text)) this.#longText(text);
  }

  /** A number as the text that `String` makes of it. Fast for prices, sizes and sequences. */
  numberText(value: number): void {
    const whole = value | 0;
    if (whole === value && whole >= 0) {
      this.#decimalText(whole, 0);
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
    this.#decimalText(scaled, decimals);
  }

  /** A number. @param value a whole one from 0 to 2^32 - 1. */
  whole(value: number): void {
    this.#provide(5);
    if (value <= SHORT_WHOLE_MAX) {
      this.#bytes[this.#length++] = value;
    } else if (value <= UINT16_MAX) {
      this.#bytes[this.#length++] = WHOLE_16;
      this.#length = this.#bytes.writeUInt16BE(value, this.#length);
    } else {
      this.#bytes[this.#length++] = WHOLE_32;
      this.#length = this.#bytes.writeUInt32BE(value, this.#length);
    }
  }

  /** @returns whether it is a short one in UTF-8 as well. */
  #shortText(text: string): boolean {
    this.#provide(1 + 3 * SHORT_TEXT_MAX);
    const written = this.#bytes.write(text, this.#length + 1, "utf8");
    if (written > SHORT_TEXT_MAX) return false;
    this.#bytes[this.#length] = SHORT_TEXT | written;
    this.#length += 1 + written;
    return true;
  }

  #longText(text: string): void {
    const length = Buffer.byteLength(text);
    this.#provide(5 + length);
    if (length <= UINT16_MAX) {
      this.#bytes[this.#length++] = TEXT_16;
      this.#length = this.#bytes.writeUInt16BE(length, this.#length);
    } else {
      this.#bytes[this.#length++] = TEXT_32;
      this.#length = this.#bytes.writeUInt32BE(length, this.#length);
    }
    this.#length += this.#bytes.write(text, this.#length, "utf8");
  }

  #decimalText(value: number, decimals: number): void {
    this.#provide(12);
    const bytes = this.#bytes;
    const count = Math.max(digitsOf(value), decimals + 1);
    const length = count + (decimals === 0 ? 0 : 1);
    bytes[this.#length++] = SHORT_TEXT | length;
    const end = this.#length + length;
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
