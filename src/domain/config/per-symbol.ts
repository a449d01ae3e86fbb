/** A number that may differ by underlying. */
export interface PerSymbol {
  /** For every underlying that has none of its own. */
  readonly default: number;
  /** By underlying without `I:`: `SPX`, `AAPL`. */
  readonly bySymbol: Readonly<Record<string, number>>;
}

/**
 * The number for an underlying.
 *
 * @param symbol with or without `I:`.
 * @example
 * ```ts
 * valueFor({ default: 3, bySymbol: { NDX: 2.5 } }, "I:NDX"); // 2.5
 * ```
 */
export function valueFor(setting: PerSymbol, symbol: string): number {
  const name = symbol.replace(/^I:/, "");
  return Object.hasOwn(setting.bySymbol, name) ? (setting.bySymbol[name] ?? setting.default) : setting.default;
}
