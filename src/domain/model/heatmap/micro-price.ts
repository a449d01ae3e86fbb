/**
 * The middle of a quote weighted by the sizes of the other side; the plain middle where both sizes are 0.
 *
 * @returns points; `null` unless 0 <= bid <= ask and the sizes are finite and not below 0.
 * @example
 * ```ts
 * microPrice({ bid: 100, bidSize: 1, ask: 101, askSize: 3 }); // 100.25
 * ```
 */
export function microPrice(quote: {
  readonly bid: number;
  readonly bidSize: number;
  readonly ask: number;
  readonly askSize: number;
}): number | null {
  const { bid, bidSize, ask, askSize } = quote;
  if (!(bid >= 0 && ask >= bid && ask < Infinity)) return null;
  if (!(bidSize >= 0 && askSize >= 0 && bidSize < Infinity && askSize < Infinity)) return null;
  const size = bidSize + askSize;
  const askShare = size === 0 ? 0.5 : size === Infinity ? bidSize / 2 / (bidSize / 2 + askSize / 2) : bidSize / size;
  return bid + (ask - bid) * askShare;
}
