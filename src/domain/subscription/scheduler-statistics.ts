import { type Candidate, type SlotKind, UNMEASURED } from "./candidate.ts";

/** How much of what is going on the subscriptions see, judged by the estimates of the last update. */
export interface Coverage {
  /** Rate of the subscribed instruments over the rate of all, in 0..1; `undefined` while all known rates are 0. */
  readonly share: number | undefined;
  /** Age of the estimate behind `share`, in ms: the mean over all instruments, weighed by their rates. */
  readonly meanAgeMs: number | undefined;
  /** Age of the oldest estimate of any instrument, in ms; `undefined` where nothing has been measured. */
  readonly oldestAgeMs: number | undefined;
  /** Instruments without an estimate, which `share` cannot know of. */
  readonly unmeasured: number;
}

/** How an allocation differs from the one before. In totals: summed over all rounds. */
export interface Turnover {
  /** Instruments newly subscribed. */
  readonly added: number;
  /** Instruments no longer subscribed, for whatever reason. */
  readonly removed: number;
  /**
   * Those of `removed` that lost a reserved or retained slot while they are still listed. The turn of an explored
   * instrument that ends is none, nor is an instrument that is listed no more.
   */
  readonly evictions: number;
}

/** What a scheduler publishes. */
export interface SchedulerStatistics {
  /** Updates so far. */
  readonly rounds: number;
  /** Instruments that the last update listed. */
  readonly listed: number;
  /** Instruments subscribed, by the kind of their slot. */
  readonly slots: Readonly<Record<SlotKind, number>>;
  readonly coverage: Coverage;
  /** Of the last allocation against the one that stood when the last update came. */
  readonly round: Turnover;
  readonly total: Turnover;
}

/** The sums over all estimates of one update. */
export interface RateTotals {
  perSec: number;
  /** Sum of rate times age. */
  agedPerSec: number;
  oldestAgeMs: number | undefined;
  unmeasured: number;
}

/** A slot that was given out. */
export interface Grant {
  readonly candidate: Candidate;
  readonly kind: SlotKind;
  /** The round in which it was given out as a slot of this kind. */
  readonly sinceRound: number;
}

export const NO_TURNOVER: Turnover = Object.freeze({ added: 0, removed: 0, evictions: 0 });

/** The sum of two turnovers. */
export function sumOf(one: Turnover, other: Turnover): Turnover {
  return {
    added: one.added + other.added,
    removed: one.removed + other.removed,
    evictions: one.evictions + other.evictions,
  };
}

/** @param isListed whether a candidate is still there to be subscribed. */
export function turnoverOf(
  before: readonly Grant[],
  after: readonly Grant[],
  isListed: (candidate: Candidate) => boolean,
): Turnover {
  if (before === after) return NO_TURNOVER;
  const kept = new Set(after.map(({ candidate }) => candidate));
  let removed = 0;
  let evictions = 0;
  for (const { candidate, kind } of before) {
    if (kept.has(candidate)) continue;
    removed++;
    if (kind !== "exploration" && isListed(candidate)) evictions++;
  }
  return { added: after.length - (before.length - removed), removed, evictions };
}

/** How many slots of each kind were given out. */
export function slotsOf(grants: readonly Grant[]): Readonly<Record<SlotKind, number>> {
  const slots = { reserved: 0, exploration: 0, retention: 0 };
  for (const { kind } of grants) slots[kind]++;
  return slots;
}

/** What the granted slots cover of `totals`. */
export function coverageOf(
  grants: readonly Grant[],
  totals: RateTotals,
  isListed: (candidate: Candidate) => boolean,
): Coverage {
  let perSec = 0;
  for (const { candidate } of grants) {
    if (candidate.rate !== UNMEASURED && isListed(candidate)) perSec += candidate.rate;
  }
  const known = totals.perSec > 0;
  return {
    // Two orders of summing may differ in the last digit.
    share: known ? Math.min(1, perSec / totals.perSec) : undefined,
    meanAgeMs: known ? totals.agedPerSec / totals.perSec : undefined,
    oldestAgeMs: totals.oldestAgeMs,
    unmeasured: totals.unmeasured,
  };
}
