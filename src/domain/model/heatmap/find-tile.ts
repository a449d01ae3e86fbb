import { type CentreRange, placesWithin } from "./centre-range.ts";
import { pointsOf, pointsOfHalves } from "./price-units.ts";
import { type SeriesTiles, SIDES, type Side } from "./series-tiles.ts";
import {
  flagsOf,
  type HeatmapSeriesId,
  type HeatmapTile,
  PRICED,
  reasonOf,
  type TileId,
  type TilePrices,
  type TileReason,
} from "./tile.ts";
import { strikePoints, strikeThousandths } from "./widths.ts";

/** A tile that no series has. */
export function noTile(id: TileId, reason: TileReason = "not_listed"): HeatmapTile {
  const { root, expiration, strategy, right, centre, widthPts } = id;
  const none = { prices: null, reason, oldestQuoteTMs: null, newestQuoteTMs: null };
  return { root, expiration, strategy, right, centre, widthPts, ...none };
}

/** One of settled tiles. A width or a strike that there is none of is not listed. */
export function findTile(tiles: SeriesTiles, id: TileId): HeatmapTile {
  const { strategy, right } = id;
  const side = right === "C" ? 0 : 1;
  const place = tiles.layout.placeOf.get(strikeThousandths(id.centre) ?? 0);
  if (place === undefined) return noTile(id);
  if (strategy === "single") return tileAt(tiles, { ...id, widthPts: null }, side, 0, place, -1);
  const index = id.widthPts === null ? -1 : tiles.widths.indexOf(strikeThousandths(id.widthPts) ?? 0);
  if (index < 0) return noTile(id);
  return tileAt(tiles, id, side, 1 + index + (strategy === "vertical" ? 0 : tiles.widths.length), place, index);
}

/**
 * The butterfly that costs least of its width, of those that cost anything and whose price nothing is to be said
 * against; of several the narrower one, then calls, then the lower one. `null` where there is none.
 */
export function cheapestButterfly(
  tiles: SeriesTiles,
  { root, expiration }: HeatmapSeriesId,
  centres: CentreRange,
): HeatmapTile | null {
  const { widths, layout } = tiles;
  const { states, flags, mid2 } = tiles.columns;
  const { first, end } = placesWithin(layout, centres);
  let least = Infinity;
  let found: { readonly side: Side; readonly width: number; readonly place: number } | null = null;
  for (const [width, thousandths] of widths.entries()) {
    for (const side of SIDES) {
      const from = tiles.at(side, 1 + widths.length + width, 0);
      for (let place = first; place < end; place++) {
        const at = from + place;
        const mid = mid2[at] ?? 0;
        if (states[at] !== PRICED || flags[at] !== 0 || mid <= 0 || mid / thousandths >= least) continue;
        least = mid / thousandths;
        found = { side, width, place };
      }
    }
  }
  if (found === null) return null;
  const { side, width, place } = found;
  const id: TileId = {
    root,
    expiration,
    strategy: "butterfly",
    right: side === 0 ? "C" : "P",
    centre: strikePoints(layout.strikes[place] ?? 0),
    widthPts: strikePoints(widths[width] ?? 0),
  };
  return tileAt(tiles, id, side, 1 + widths.length + width, place, width);
}

function tileAt(tiles: SeriesTiles, id: TileId, side: Side, lane: number, place: number, width: number): HeatmapTile {
  const at = tiles.at(side, lane, place);
  const reason = reasonOf(tiles.columns.states[at] ?? PRICED);
  if (reason !== null) return noTile(id, reason);
  const prices: TilePrices = {
    midPts: pointsOfHalves(tiles.columns.mid2[at] ?? 0),
    naturalPts: pointsOf(tiles.columns.natural[at] ?? 0),
    oppositePts: pointsOf(tiles.columns.opposite[at] ?? 0),
    flags: flagsOf(tiles.columns.flags[at] ?? 0),
  };
  const times = legPlaces(tiles, id, side, place, width).map((leg) => tiles.quotedTMs(side, leg) ?? Number.NaN);
  return { ...noTile(id), prices, reason, oldestQuoteTMs: Math.min(...times), newestQuoteTMs: Math.max(...times) };
}

/** The legs of a tile all of whose strikes are listed. */
function legPlaces(tiles: SeriesTiles, id: TileId, side: Side, place: number, width: number): readonly number[] {
  if (id.strategy === "single") return [place];
  const { above, below, strikes } = tiles.layout;
  const upper = above[width * strikes.length + place] ?? -1;
  const lower = below[width * strikes.length + place] ?? -1;
  if (id.strategy === "butterfly") return [lower, place, upper];
  return [place, side === 0 ? upper : lower];
}
