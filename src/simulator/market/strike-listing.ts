/** Strikes that an exchange adds through the day: calls and puts appear in the contract list and start to be quoted. */
export interface StrikeListing {
  /** Market time after its start, in ms. */
  readonly atMs: number;
  /** Without `I:`, `SPX`. */
  readonly underlying: string;
  /** `SPXW`; every root of the underlying where it is absent. */
  readonly root?: string;
  /** `YYYY-MM-DD`, one that is listed at the start; all of those where it is absent. */
  readonly expiration?: string;
  /** Points. Those listed already stay as they are. */
  readonly strikes: readonly number[];
}

/** @throws {RangeError} naming what is wrong. */
export function requireListings(listings: readonly StrikeListing[]): void {
  for (const { atMs, strikes } of listings) {
    requireBetween("listings.atMs", atMs, 1e12);
    for (const strike of strikes) requireBetween("listings.strikes", strike, 99_999);
  }
}

function requireBetween(name: string, value: number, most: number): void {
  if (value > 0 && value <= most) return;
  throw new RangeError(
    `Cannot make a market: '${name}' must be above 0 and at most ${most}, current value is ${value}`,
  );
}
