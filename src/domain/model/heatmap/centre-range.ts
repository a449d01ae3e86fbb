import type { SeriesLayout } from "./series-layout.ts";

/** Centres to look among, both ends included. Far from spot every butterfly costs next to nothing. */
export interface CentreRange {
  /** Points. */
  readonly fromPts: number;
  readonly toPts: number;
}

/** Every centre. */
export const ALL_CENTRES: CentreRange = { fromPts: 0, toPts: Number.POSITIVE_INFINITY };

/** Places among the strikes of a series, from the first one on and before the end. */
export interface CentrePlaces {
  readonly first: number;
  readonly end: number;
}

/** Where the centres of a range are. */
export function placesWithin({ strikesPts }: SeriesLayout, { fromPts, toPts }: CentreRange): CentrePlaces {
  const first = strikesPts.findIndex((strike) => strike >= fromPts);
  if (first < 0) return { first: 0, end: 0 };
  return { first, end: Math.max(first, strikesPts.findLastIndex((strike) => strike <= toPts) + 1) };
}
