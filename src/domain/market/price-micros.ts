/**
 * A price in points as a whole number of millionths: exact for every price on a decimal tick, so that prices can be
 * compared and halved without the rounding of doubles (0.15 + 0.30 is not 0.45 there).
 */
export function priceMicros(price: number): number {
  return Math.round(price * 1e6);
}
