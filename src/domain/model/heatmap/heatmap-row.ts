import type { OptionRight } from "../../market/rows.ts";
import { type CentrePlaces, type CentreRange, placesWithin } from "./centre-range.ts";
import { pointsOf, pointsOfHalves } from "./price-units.ts";
import { type SeriesTiles, SIDES } from "./series-tiles.ts";
import { PRICED, reasonOf, type TileReason, type TileStrategy } from "./tile.ts";
import { strikePoints } from "./widths.ts";

/** Tiles of one strategy, right and width of a series, one a strike in the order of its strikes: a row of the picture. */
export interface HeatmapRow {
  readonly right: OptionRight;
  readonly strategy: TileStrategy;
  /** Points; `null` for singles. */
  readonly widthPts: number | null;
  /** `null` where there is no price. So the others. */
  readonly midPts: readonly (number | null)[];
  readonly naturalPts: readonly (number | null)[];
  readonly oppositePts: readonly (number | null)[];
  /** Why there is no price; `null` where there is one. */
  readonly reasons: readonly (TileReason | null)[];
  /** The sum of 1 `locked`, 2 `zero_bid`, 4 `bound_violation`, 8 `arbitrage`; 0 without a price. */
  readonly flags: readonly number[];
}

/**
 * All rows of settled tiles: calls, then puts, of each singles, then verticals and butterflies by ascending width.
 *
 * @param centres which of the strikes.
 */
export function heatmapRows(tiles: SeriesTiles, centres: CentreRange): readonly HeatmapRow[] {
  const { widths } = tiles;
  const places = placesWithin(tiles.layout, centres);
  return SIDES.flatMap((side) => {
    const right = side === 0 ? "C" : "P";
    const named = (strategy: TileStrategy, lane: number, width: number | null): HeatmapRow => ({
      right,
      strategy,
      widthPts: width === null ? null : strikePoints(width),
      ...columnsAt(tiles, tiles.at(side, lane, 0), places),
    });
    return [
      named("single", 0, null),
      ...widths.map((width, index) => named("vertical", 1 + index, width)),
      ...widths.map((width, index) => named("butterfly", 1 + widths.length + index, width)),
    ];
  });
}

type Columns = Pick<HeatmapRow, "midPts" | "naturalPts" | "oppositePts" | "reasons" | "flags">;

function columnsAt(tiles: SeriesTiles, lane: number, { first, end }: CentrePlaces): Columns {
  const midPts: (number | null)[] = [];
  const naturalPts: (number | null)[] = [];
  const oppositePts: (number | null)[] = [];
  const reasons: (TileReason | null)[] = [];
  const flags: number[] = [];
  for (let at = lane + first; at < lane + end; at++) {
    const state = tiles.columns.states[at] ?? PRICED;
    const isPriced = state === PRICED;
    midPts.push(isPriced ? pointsOfHalves(tiles.columns.mid2[at] ?? 0) : null);
    naturalPts.push(isPriced ? pointsOf(tiles.columns.natural[at] ?? 0) : null);
    oppositePts.push(isPriced ? pointsOf(tiles.columns.opposite[at] ?? 0) : null);
    reasons.push(reasonOf(state));
    flags.push(tiles.columns.flags[at] ?? 0);
  }
  return { midPts, naturalPts, oppositePts, reasons, flags };
}
