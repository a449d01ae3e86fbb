import type { UnderlyingKind } from "../market/session.ts";

/**
 * How the side of prints is told: `quote` and `tick` alone, `lr` Lee-Ready, `emo` Ellis-Michaely-O'Hara, `clnv`
 * Chakrabarty and others, `trade_size` and `depth` alone, `stack` all of them in the order of `stackedRule`.
 */
export const SIDE_RULES = ["quote", "tick", "lr", "emo", "clnv", "trade_size", "depth", "stack"] as const;

export type SideRule = (typeof SIDE_RULES)[number];

/** Cboe, all option trades of 2015 to 2017, in the reproduction at github.com/KarelZe/thesis (882b1b1). */
const ALL_OPTIONS: Readonly<Record<SideRule, number | null>> = Object.freeze({
  quote: 0.608,
  tick: 0.5108,
  lr: 0.6041,
  emo: 0.5164,
  clnv: 0.549,
  trade_size: null,
  depth: null,
  stack: 0.7185,
});

/** The same for index options, where it tells them apart: test sets; quote rules in a stack, and everything. */
const INDEX_OPTIONS: Readonly<Record<SideRule, number | null>> = Object.freeze({
  ...ALL_OPTIONS,
  quote: 0.533,
  lr: 0.533,
  stack: 0.665,
});

/**
 * The share of prints that a rule gets right, as published for Cboe; never fitted on our own simulator. Buyer and seller
 * are told there by who was the customer, so that these are figures of initiators, not of last arrivals. The stack's is
 * that of the published one, which also knows the quotes of the print's own venue and the trades that follow.
 *
 * @returns a fraction, or `null` where nothing is published for the rule alone.
 * @example
 * ```ts
 * publishedAccuracy("stack", "index"); // 0.665
 * ```
 */
export function publishedAccuracy(rule: SideRule, kind: UnderlyingKind): number | null {
  return (kind === "index" ? INDEX_OPTIONS : ALL_OPTIONS)[rule];
}
