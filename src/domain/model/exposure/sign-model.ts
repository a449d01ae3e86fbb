import type { OptionRight } from "../../market/rows.ts";

/**
 * Whose side dealers are taken to be on. `naive`: long calls, short puts, what most public boards assume.
 * `short_calls_long_puts`: the reverse. `customers_long`: short both. `flow`: the sign is part of an estimated position.
 * All but the last are assumptions, not measurements.
 */
export type SignModel = "naive" | "short_calls_long_puts" | "customers_long" | "flow";

/** What stands for the size of the dealers' position: open interest of the day before, volume of today, or signed flow. */
export type ExposureBasis = "open_interest" | "volume" | "flow";

/** What exposures are of. Every message says it. */
export type ExposureConvention =
  | { readonly basis: "open_interest" | "volume"; readonly signModel: Exclude<SignModel, "flow"> }
  | { readonly basis: "flow"; readonly signModel: "flow" };

/** Open interest with dealers long calls and short puts. */
export const NAIVE_OPEN_INTEREST: ExposureConvention = { basis: "open_interest", signModel: "naive" };

const SIGNS: Readonly<Record<Exclude<SignModel, "flow">, Readonly<Record<OptionRight, 1 | -1>>>> = {
  naive: { C: 1, P: -1 },
  short_calls_long_puts: { C: -1, P: 1 },
  customers_long: { C: -1, P: -1 },
};

/** Sign of the dealers' position in contracts of a right: 1 long, -1 short. */
export function dealerSign(signModel: Exclude<SignModel, "flow">, right: OptionRight): 1 | -1 {
  return SIGNS[signModel][right];
}

/**
 * By how much a print is expected to move the dealers' position, in contracts: against the customer, by as much as the
 * rule that found the side is right more often than wrong.
 *
 * @param side 1 where the customer bought, -1 where sold, 0 unknown.
 * @param size contracts.
 * @param accuracy how often the rule is right, 0.5 to 1.
 * @throws {RangeError} for an accuracy outside.
 * @example
 * ```ts
 * dealerPositionChange(1, 10, 0.8); // -6, but for rounding
 * ```
 */
export function dealerPositionChange(side: 1 | 0 | -1, size: number, accuracy = 1): number {
  if (!(accuracy >= 0.5 && accuracy <= 1)) {
    throw new RangeError(`Cannot estimate a position: 'accuracy' must be from 0.5 to 1, current value is ${accuracy}`);
  }
  // Not -0, which a text would show.
  return side === 0 ? 0 : -side * size * (2 * accuracy - 1);
}
