import { smallestGap, strikePoints } from "./widths.ts";

/** Which strikes of a series are how far apart. */
export interface SeriesLayout {
  /** Thousandths, ascending. */
  readonly strikes: readonly number[];
  /** The same in points, and the smallest step between them; `null` with less than two. */
  readonly strikesPts: readonly number[];
  readonly smallestGapPts: number | null;
  readonly placeOf: ReadonlyMap<number, number>;
  /** Place of the strike one width above, by width and place; -1 where it is not listed. So below. */
  readonly above: Int32Array;
  readonly below: Int32Array;
}

/** Lays out strikes. */
export function layOut(strikes: Iterable<number>, widths: readonly number[]): SeriesLayout {
  const ascending = [...new Set(strikes)].sort((a, b) => a - b);
  const count = ascending.length;
  const placeOf = new Map<number, number>();
  for (const [place, strike] of ascending.entries()) placeOf.set(strike, place);
  const above = new Int32Array(widths.length * count).fill(-1);
  const below = new Int32Array(widths.length * count).fill(-1);
  for (const [index, width] of widths.entries()) {
    for (const [place, strike] of ascending.entries()) {
      const other = placeOf.get(strike + width);
      if (other === undefined) continue;
      above[index * count + place] = other;
      below[index * count + other] = place;
    }
  }
  const gap = smallestGap(ascending);
  const smallestGapPts = gap === null ? null : strikePoints(gap);
  return { strikes: ascending, strikesPts: ascending.map(strikePoints), smallestGapPts, placeOf, above, below };
}
