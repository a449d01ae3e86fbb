import type { QuoteSource } from "./quote-source.ts";

/** Who was the aggressor of a print, as far as sums take it: `B` bought, `S` sold, `U` where nothing can be said. */
export interface PrintSide {
  readonly side: "B" | "S" | "U";
  /** Share of prints that the rule gets right, as published; `null` where there is no rule. */
  readonly confidence: number | null;
}

/** Which side crossed the spread, by what rule, how sure, by a quote of what age. `U` where nothing can be said. */
export interface TradeSide extends PrintSide {
  readonly method: string;
  readonly quoteAgeMs: number | null;
  /** Where the quote came from; `null` where there was none, or none was looked for. */
  readonly quoteSource: QuoteSource | null;
}

/** A print that no rule was applied to. */
export const UNCLASSIFIED: TradeSide = Object.freeze({
  side: "U",
  method: "none",
  confidence: null,
  quoteAgeMs: null,
  quoteSource: null,
});
