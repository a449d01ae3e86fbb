import type { SideRule } from "./published-accuracy.ts";

/** How sides are told. All times in whole ms. */
export interface SideOptions {
  readonly rule: SideRule;
  /** By how many ms a quote must be older than a print to count; 1 leaves out those of the same ms. */
  readonly minQuoteAgeMs: number;
  /** Above this age a streamed quote is stale. It stands until another one replaces it. */
  readonly maxStreamAgeMs: number;
  /** Above this age a quote of the substrate is stale. Nobody tells when it was replaced. */
  readonly maxSubstrateAgeMs: number;
  /** A quote with two sides, not crossed, takes the place of a crossed or one-sided one while it is younger than this. */
  readonly standInMs: number;
}

export const DEFAULT_SIDE_OPTIONS: SideOptions = Object.freeze({
  rule: "stack",
  minQuoteAgeMs: 1,
  maxStreamAgeMs: 60_000,
  maxSubstrateAgeMs: 5_000,
  standInMs: 1_000,
});

/**
 * The default options with others in their place.
 *
 * @throws {RangeError} for a time that is not a whole number of ms from 0.
 * @example
 * ```ts
 * sideOptions({ rule: "lr" }).maxSubstrateAgeMs; // 5000
 * ```
 */
export function sideOptions(given: Partial<SideOptions> = {}): SideOptions {
  const options = { ...DEFAULT_SIDE_OPTIONS, ...given };
  for (const name of ["minQuoteAgeMs", "maxStreamAgeMs", "maxSubstrateAgeMs", "standInMs"] as const) {
    const value = options[name];
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new RangeError(
        `Cannot tell sides: '${name}' must be a whole number of ms from 0, current value is ${value}`,
      );
    }
  }
  return options;
}
