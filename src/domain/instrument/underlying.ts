// Index options whose weekly or PM-settled series trade under a root of their own. Nothing else can be told from the
// letters: the digit of an adjusted root (AAPL1) says that the deliverable differs, not what it is.
const INDEX_OF_ROOT: ReadonlyMap<string, string> = new Map([
  ["SPXW", "SPX"],
  ["NDXP", "NDX"],
  ["VIXW", "VIX"],
  ["RUTW", "RUT"],
]);

/**
 * What options of a root are on, without `I:`, as far as the root alone tells. The contract list or the chain that was
 * asked for knows better: this is the fallback where neither is at hand. Any root outside the table of index series,
 * an adjusted one included, is its own underlying.
 *
 * @example
 * ```ts
 * underlyingOfRoot("SPXW"); // "SPX"
 * underlyingOfRoot("AAPL1"); // "AAPL1"
 * ```
 */
export function underlyingOfRoot(root: string): string {
  return INDEX_OF_ROOT.get(root) ?? root;
}
