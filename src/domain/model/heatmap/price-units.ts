/**
 * Prices are summed in whole billionths of a point, and their middles in halves of them: exact for every quote in cents or
 * finer ticks, so that the order of sums has no meaning and a middle is on its mark or not.
 */
export const UNITS_PER_POINT = 1e9;

/** A model value is rounded by at most half a unit, so a package of up to four by at most this many half units. */
export const ROUNDING_HALF_UNITS = 4;

// Four times its double, the most that a butterfly adds up, is still a whole number that a double holds.
const MOST_POINTS = 1e6;

/** A price in units, or `null` where it is no price from 0 to 1,000,000 points. */
export function priceUnits(points: number): number | null {
  // 0 more, so that -0 is 0.
  return points >= 0 && points <= MOST_POINTS ? Math.round(points * UNITS_PER_POINT) + 0 : null;
}

/** Points from units: the double nearest to the decimal number. */
export function pointsOf(units: number): number {
  return units / UNITS_PER_POINT;
}

/** Points from half units. */
export function pointsOfHalves(halfUnits: number): number {
  return halfUnits / (2 * UNITS_PER_POINT);
}

const COMPLEX_TICK_UNITS = 0.05 * UNITS_PER_POINT;

/**
 * A debit as it can be ordered, in steps of 0.05 points: up for what is bought, down for what is sold.
 *
 * @throws {RangeError} unless the debit is within 4,000,000 points.
 * @example
 * ```ts
 * orderablePts(1.81, "buy"); // 1.85
 * orderablePts(1.81, "sell"); // 1.8
 * ```
 */
export function orderablePts(debitPts: number, action: "buy" | "sell"): number {
  if (!(Math.abs(debitPts) <= 4 * MOST_POINTS)) {
    throw new RangeError(
      `Cannot round a debit: 'debitPts' must be from -4000000 to 4000000, current value is ${debitPts}`,
    );
  }
  const ticks = Math.round(debitPts * UNITS_PER_POINT) / COMPLEX_TICK_UNITS;
  return (action === "buy" ? Math.ceil(ticks) : Math.floor(ticks)) / 20 + 0;
}
