import { type SeriesParity, seriesParity } from "./parity.ts";
import { type SeriesTiles, SIDES } from "./series-tiles.ts";
import type { HeatmapSeriesId } from "./tile.ts";
import { type TileCounts, tileCounts } from "./tile-counts.ts";

/** When the quotes that have prices are from, of whatever age. `null` where there are none. */
export interface QuoteTimes {
  /** Event time, ms. */
  readonly oldestQuoteTMs: number | null;
  readonly newestQuoteTMs: number | null;
  /** Contracts whose quotes these are. */
  readonly quoted: number;
}

/** What is to be said of the tiles of one series. */
export interface SeriesHeatmap extends HeatmapSeriesId, QuoteTimes {
  /** Points, ascending: the centres of its tiles. */
  readonly strikes: readonly number[];
  /** The smallest step between them, points; `null` with less than two. */
  readonly smallestGapPts: number | null;
  /** What a point at settlement is worth now; `null` where that is not known: then no upper bound is looked at. */
  readonly discountFactor: number | null;
  readonly contracts: number;
  readonly counts: TileCounts;
  readonly parity: SeriesParity;
}

/** What is to be said of all tiles of an underlying, at one instant and spot. */
export interface HeatmapReport extends QuoteTimes {
  /** The instant that ages are told at, ms. */
  readonly asOfMs: number;
  readonly spot: number | null;
  /** Ascending. */
  readonly widthsPts: readonly number[];
  /** By expiration and root, ascending. */
  readonly series: readonly SeriesHeatmap[];
  readonly contracts: number;
  /** Contracts whose strike or expiration is none. They are in no series and not among `contracts`. */
  readonly unplaced: number;
  readonly counts: TileCounts;
}

/** The report of settled tiles. */
export function seriesHeatmap({ root, expiration }: HeatmapSeriesId, tiles: SeriesTiles): SeriesHeatmap {
  const { layout, bounds, size, columns } = tiles;
  return {
    root,
    expiration,
    strikes: layout.strikesPts,
    smallestGapPts: layout.smallestGapPts,
    discountFactor: bounds.discountFactor,
    contracts: size,
    ...timesOf(tiles),
    counts: tileCounts(columns.counts),
    parity: seriesParity(tiles),
  };
}

/** Times of several together. */
export function joinTimes(parts: readonly QuoteTimes[]): QuoteTimes {
  let oldest = Infinity;
  let newest = -Infinity;
  let quoted = 0;
  for (const part of parts) {
    oldest = Math.min(oldest, part.oldestQuoteTMs ?? Infinity);
    newest = Math.max(newest, part.newestQuoteTMs ?? -Infinity);
    quoted += part.quoted;
  }
  return times(oldest, newest, quoted);
}

function timesOf(tiles: SeriesTiles): QuoteTimes {
  let oldest = Infinity;
  let newest = -Infinity;
  let quoted = 0;
  for (const side of SIDES) {
    for (let place = 0; place < tiles.layout.strikes.length; place++) {
      const tMs = tiles.quotedTMs(side, place);
      if (tMs === null) continue;
      quoted += 1;
      if (tMs < oldest) oldest = tMs;
      if (tMs > newest) newest = tMs;
    }
  }
  return times(oldest, newest, quoted);
}

function times(oldest: number, newest: number, quoted: number): QuoteTimes {
  return quoted === 0
    ? { oldestQuoteTMs: null, newestQuoteTMs: null, quoted }
    : { oldestQuoteTMs: oldest, newestQuoteTMs: newest, quoted };
}
