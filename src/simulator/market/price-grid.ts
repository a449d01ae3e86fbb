import type { TickRule } from "./underlyings.ts";

/**
 * Prices inside the model are whole cents, so that "on tick" and "at the bid" are exact. A boundary lies on both grids:
 * `belowCents` is a multiple of either tick.
 */

/** The increment that applies at a price. */
export function tickAt(rule: TickRule, cents: number): number {
  return cents < rule.belowCents ? rule.tickBelowCents : rule.tickFromCents;
}

/** The highest price on the grid at or below `cents`, never below 0. */
export function floorToTick(rule: TickRule, cents: number): number {
  if (cents <= 0) return 0;
  const tick = tickAt(rule, cents);
  return Math.floor(cents / tick) * tick;
}

/** The lowest price on the grid at or above `cents`, never below one increment. */
export function ceilToTick(rule: TickRule, cents: number): number {
  const tick = tickAt(rule, cents);
  return Math.max(Math.ceil(cents / tick) * tick, rule.belowCents > 0 ? rule.tickBelowCents : rule.tickFromCents);
}

/** Whether a price can be quoted. */
export function isOnTick(rule: TickRule, cents: number): boolean {
  return cents % tickAt(rule, cents) === 0;
}

/** The next price up. */
export function tickAbove(rule: TickRule, cents: number): number {
  return cents + tickAt(rule, cents);
}

/** The next price down; 0 from the lowest price. */
export function tickBelow(rule: TickRule, cents: number): number {
  return Math.max(0, cents - tickAt(rule, cents - 1));
}
