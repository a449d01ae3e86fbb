/** Prices of the call and the put of one strike, both in points. */
export interface StrikePair {
  readonly strike: number;
  readonly call: number;
  readonly put: number;
}

/**
 * The forward of the underlying that put-call parity gives, as Cboe's VIX takes it: at the strike where call and put
 * differ least, `strike + e^{rT} (call - put)`; of two such strikes the lower one.
 *
 * @param pairs in any order; a pair with a figure that is not finite is passed over.
 * @param rate continuously compounded, a fraction per year.
 * @returns points, or `null` without a usable pair, or where the result is not a price.
 * @example
 * ```ts
 * parityForward([{ strike: 1965, call: 21.05, put: 23.15 }], 0.000305, 0.0683486); // about 1962.89996
 * ```
 */
export function parityForward(pairs: Iterable<StrikePair>, rate: number, years: number): number | null {
  let best: StrikePair | undefined;
  let least = Infinity;
  for (const pair of pairs) {
    const difference = Math.abs(pair.call - pair.put);
    if (!(difference < Infinity && pair.strike > 0 && pair.strike < Infinity)) continue;
    if (difference < least || (difference === least && best !== undefined && pair.strike < best.strike)) {
      best = pair;
      least = difference;
    }
  }
  if (best === undefined) return null;
  const forward = best.strike + Math.exp(rate * years) * (best.call - best.put);
  return forward > 0 && forward < Infinity ? forward : null;
}
