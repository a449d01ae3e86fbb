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
