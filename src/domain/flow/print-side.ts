/** Who was the aggressor of a print, as far as sums take it: `B` bought, `S` sold, `U` where nothing can be said. */
export interface PrintSide {
  readonly side: "B" | "S" | "U";
  /** Share of prints that the rule gets right, as published; `null` where there is no rule. */
  readonly confidence: number | null;
}
