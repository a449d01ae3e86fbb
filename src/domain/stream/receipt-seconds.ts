/** 2106-02-07T06:28:15Z. Up to there a double of seconds tells microseconds apart; what is larger was meant as ms. */
export const MAX_RECEIPT_SECONDS = 4_294_967_295;

/**
 * Unix seconds as captures have them, as milliseconds. Rounding to whole microseconds gives back exactly what
 * was written.
 *
 * @example
 * ```ts
 * receiptMs(1700000000.123); // 1700000000123
 * ```
 */
export function receiptMs(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e3;
}

/** Milliseconds as the Unix seconds of captures, kept to the microsecond. */
export function receiptSeconds(ms: number): number {
  return Math.round(ms * 1e3) / 1e6;
}

/**
 * Milliseconds as decimal text of seconds, digit for digit: what text can keep, and a double of seconds cannot.
 *
 * @example
 * ```ts
 * secondsText(1766437799500.125); // "1766437799.500125"
 * ```
 */
export function secondsText(ms: number): string {
  // Nearly all receipt times are whole milliseconds of this century.
  if (ms >= 1e12 && ms < 1e13 && Number.isInteger(ms)) {
    const digits = String(ms);
    if (ms % 1_000 === 0) return digits.slice(0, 10);
    return `${digits.slice(0, 10)}.${digits.slice(10, ms % 10 !== 0 ? 13 : ms % 100 !== 0 ? 12 : 11)}`;
  }
  return shiftPoint(String(ms), -3) ?? String(ms / 1e3);
}

/** The milliseconds that `secondsText` wrote; `undefined` for text that is no decimal number. */
export function msOfSecondsText(text: string): number | undefined {
  // Of three decimals at most rounding makes the exact ms, without taking the text apart.
  if (WHOLE_MS.test(text)) return Math.round(Number(text) * 1e3);
  const shifted = shiftPoint(text, 3);
  return shifted === undefined ? undefined : Number(shifted);
}

const WHOLE_MS = /^\d{1,11}(?:\.\d{1,3})?$/;
const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;

/** Moves the decimal point of a plain decimal number to the right, or, where `places` is negative, to the left. */
function shiftPoint(text: string, places: number): string | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const [, sign = "", whole = "", fraction = ""] = match;
  const left = whole.padStart(1 - places, "0");
  const right = fraction.padEnd(places, "0");
  const digits = left + right;
  const point = left.length + places;
  const decimals = digits.slice(point).replace(/0+$/, "");
  return `${sign}${digits.slice(0, point).replace(/^0+(?=\d)/, "")}${decimals === "" ? "" : `.${decimals}`}`;
}
