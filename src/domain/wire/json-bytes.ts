/*
 * The tokens of JSON in bytes that end with a 0. Each function takes the position of a token and answers the position
 * behind it, or `ASIDE` for what it does not know; it knows what a program writes without need: no escapes, no signs,
 * no exponents, nothing outside ASCII.
 */

/** What stands here may be JSON, but none that is known here. */
export const ASIDE: number = -1;

export const QUOTE: number = 0x22;
export const COMMA: number = 0x2c;
export const DOT: number = 0x2e;
export const ZERO: number = 0x30;
export const COLON: number = 0x3a;
export const OPEN_LIST: number = 0x5b;
export const CLOSE_LIST: number = 0x5d;
export const OPEN_OBJECT: number = 0x7b;
export const CLOSE_OBJECT: number = 0x7d;

const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const BACKSLASH = 0x5c;
const DELETE = 0x7f;

/** Four bytes as `DataView` reads them: in hexadecimal a word reads like its text. */
export const NULL_WORD: number = 0x6e75_6c6c;
const TRUE_WORD = 0x7472_7565;
const FALS_WORD = 0x6661_6c73;

/** Whole numbers of so many digits are below 2^53. */
export const EXACT_DIGITS: number = 15;

/** 10^0 to 10^15, all of them exact. */
export const POWERS_OF_TEN: Float64Array = Float64Array.from({ length: 16 }, (_, power) => Number(`1e${power}`));

/** The position of the next byte that is no white space. */
export function skipSpace(bytes: Uint8Array, at: number): number {
  let end = at;
  while (isSpace(bytes[end] ?? 0)) end++;
  return end;
}

/** Behind a string. */
export function skipText(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== QUOTE) return ASIDE;
  let end = at + 1;
  for (let byte = bytes[end] ?? 0; byte !== QUOTE; byte = bytes[++end] ?? 0) {
    if (byte < SPACE || byte === BACKSLASH || byte >= DELETE) return ASIDE;
  }
  return end + 1;
}

/** Behind a number of any length. */
export function skipNumber(bytes: Uint8Array, at: number): number {
  const end = skipDigits(bytes, at);
  if (end === at || (bytes[at] === ZERO && end > at + 1)) return ASIDE;
  if (bytes[end] !== DOT) return end;
  const fractionEnd = skipDigits(bytes, end + 1);
  return fractionEnd === end + 1 ? ASIDE : fractionEnd;
}

/** Behind a name, its colon and a value that `skipValue` knows. */
export function skipField(bytes: Uint8Array, view: DataView, at: number): number {
  const end = skipText(bytes, at);
  return end !== ASIDE && bytes[end] === COLON ? skipValue(bytes, view, end + 1) : ASIDE;
}

/** Behind a string, a number, `true`, `false`, `null` or a list of numbers. */
export function skipValue(bytes: Uint8Array, view: DataView, at: number): number {
  const word = view.getInt32(at);
  if (word === NULL_WORD || word === TRUE_WORD) return at + 4;
  if (word === FALS_WORD) return bytes[at + 4] === 0x65 ? at + 5 : ASIDE;
  if (bytes[at] === QUOTE) return skipText(bytes, at);
  return bytes[at] === OPEN_LIST ? skipNumbers(bytes, at) : skipNumber(bytes, at);
}

function skipNumbers(bytes: Uint8Array, at: number): number {
  let end = at + 1;
  if (bytes[end] === CLOSE_LIST) return end + 1;
  for (;;) {
    end = skipNumber(bytes, end);
    if (end !== ASIDE && bytes[end] === CLOSE_LIST) return end + 1;
    if (end === ASIDE || bytes[end] !== COMMA) return ASIDE;
    end++;
  }
}

function skipDigits(bytes: Uint8Array, at: number): number {
  let end = at;
  while (isDigit(bytes[end] ?? 0)) end++;
  return end;
}

export function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= 0x39;
}

function isSpace(byte: number): boolean {
  return byte <= SPACE && (byte === SPACE || byte === LINE_FEED || byte === CARRIAGE_RETURN || byte === TAB);
}

/** Whether all four bytes of a word are digits. */
export function isFourDigits(word: number): boolean {
  // Bit 7 of a byte is set by the sum where the byte is above "9", by the difference where it is below "0" or far above.
  // A byte that is no digit may disturb those before it, but nothing disturbs the last of them: no digit carries.
  return (((word + 0x4646_4646) | (word - 0x3030_3030)) & 0x8080_8080) === 0;
}

/** The number that four digits spell. */
export function fourDigits(word: number): number {
  const digits = word - 0x3030_3030;
  // First two numbers of two digits side by side, then one of four.
  const pairs = ((digits >>> 8) & 0x00ff_00ff) * 10 + (digits & 0x00ff_00ff);
  return (pairs >>> 16) * 100 + (pairs & 0xffff);
}

/** The text of a stretch of ASCII, as a string of its own. Four bytes at a time, since each call has its price. */
export function asciiText(bytes: Uint8Array, from: number, to: number): string {
  let text = "";
  let at = from;
  for (; at + 4 <= to; at += 4) {
    text += String.fromCharCode(bytes[at] ?? 0, bytes[at + 1] ?? 0, bytes[at + 2] ?? 0, bytes[at + 3] ?? 0);
  }
  for (; at < to; at++) text += String.fromCharCode(bytes[at] ?? 0);
  return text;
}
