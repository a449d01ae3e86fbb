/**
 * How bid and ask stand to one another: `normal` bid < ask, `locked` equal, `crossed` bid > ask, `oneSided` a single
 * live side, `empty` none. A side is live when its price is present and above 0.
 */
export type NbboState = "normal" | "locked" | "crossed" | "oneSided" | "empty";

/**
 * Classifies a quote.
 *
 * @example
 * ```ts
 * nbboState(9.71, 9.81); // "normal"
 * nbboState(0, 0.05); // "oneSided": nobody bids
 * ```
 */
export function nbboState(bid: number | undefined, ask: number | undefined): NbboState {
  const hasBid = bid !== undefined && bid > 0;
  const hasAsk = ask !== undefined && ask > 0;
  if (hasBid && hasAsk) return bid < ask ? "normal" : bid === ask ? "locked" : "crossed";
  return hasBid || hasAsk ? "oneSided" : "empty";
}
