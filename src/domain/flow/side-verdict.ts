import type { NbboState } from "../market/nbbo-state.ts";
import type { TradeSide } from "./print-side.ts";
import { SIDE_RULES, type SideRule } from "./published-accuracy.ts";
import { RULE_STEPS, type RuleStep } from "./side-rules.ts";

/** What stood against a print: how bid and ask stand to one another, or that the quote is `stale`, or that there is `none`. */
export type QuoteCondition = NbboState | "stale" | "none";

/**
 * Why no rule was applied to a print: a `duplicate` of one that has its side, a leg of a package (`multi_leg`), a `cancel`
 * of an unknown print, a `late_report` whose time tells nothing, a `compression` trade, no usable `price`; a quote that is
 * not there (`no_quote`) or cannot be used (`stale`, `crossed`, `one_sided`, `empty`), with no tick either.
 */
export const UNSIGNED_REASONS = [
  "duplicate",
  "multi_leg",
  "cancel",
  "late_report",
  "compression",
  "price",
  "no_quote",
  "stale",
  "crossed",
  "one_sided",
  "empty",
] as const;

/** Why a print has no side: no rule was applied, or the named one says nothing. */
export type UnsignedReason = (typeof UNSIGNED_REASONS)[number] | SideRule;

/**
 * Which rule gave the side, and by which step: `lr:quote`, `stack:trade_size`, `quote` where both are one; `none:` and a
 * reason where there is no side. Where no quote was usable, a rule that falls back on the tick test is called `tick`. A
 * `cancel` has the side of the print that it takes back.
 */
export type SideMethod = SideRule | "cancel" | `${SideRule}:${RuleStep}` | `none:${UnsignedReason}`;

/** The side of a print, with the quote that it was held against. */
export interface SideVerdict extends TradeSide {
  readonly method: SideMethod;
  /**
   * How the quote stood that prevailed at the print. Where a slightly older one took its place, age and source are that
   * one's.
   */
  readonly quoteCondition: QuoteCondition;
}

/** Names of methods, made once: `METHODS.lr.quote` is `lr:quote`. */
export const METHODS: Readonly<Record<SideRule, Readonly<Record<RuleStep, SideMethod>>>> = tableOf(SIDE_RULES, (rule) =>
  tableOf(RULE_STEPS, (step): SideMethod => `${rule}:${step}`),
);

/** `none:` and the reason. */
export const UNSIGNED: Readonly<Record<UnsignedReason, SideMethod>> = tableOf(
  [...UNSIGNED_REASONS, ...SIDE_RULES],
  (reason): SideMethod => `none:${reason}`,
);

/** The verdict for a print that has no side, where no quote was looked at. */
export const UNSIGNED_ALONE: Readonly<Record<UnsignedReason, SideVerdict>> = tableOf(
  [...UNSIGNED_REASONS, ...SIDE_RULES],
  (reason): SideVerdict =>
    Object.freeze({
      side: "U",
      method: UNSIGNED[reason],
      confidence: null,
      quoteAgeMs: null,
      quoteSource: null,
      quoteCondition: "none",
    }),
);

function tableOf<Name extends string, Value>(
  names: readonly Name[],
  make: (name: Name) => Value,
): Readonly<Record<Name, Value>> {
  return Object.freeze(Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Name, Value>);
}
