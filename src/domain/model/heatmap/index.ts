/**
 * Tiles of the heatmap: singles, verticals and butterflies.
 *
 * @module
 */
export type { HeatmapSeriesTerms } from "./bounds.ts";
export type { CentreRange } from "./centre-range.ts";
export { HeatmapCells, type HeatmapCellsOptions, type HeatmapMoment } from "./heatmap-cells.ts";
export type {
  CheapestButterfly,
  HeatmapData,
  ParityFigures,
  SeriesTilesData,
  TileColumn,
  TileSide,
} from "./heatmap-data.ts";
export { type HeatmapModelOptions, heatmapModel } from "./heatmap-model.ts";
export type { HeatmapReport, QuoteTimes, SeriesHeatmap } from "./heatmap-report.ts";
export type { HeatmapRow } from "./heatmap-row.ts";
export { heatmapDataSchema } from "./heatmap-schema.ts";
export type { HeatmapContract } from "./leg.ts";
export { microPrice } from "./micro-price.ts";
export type { ParityError, SeriesParity, WidthParity } from "./parity.ts";
export { type TilePayoff, tilePayoff } from "./payoff.ts";
export { orderablePts } from "./price-units.ts";
export { DEFAULT_QUOTE_LIMITS, type QuoteLimits } from "./quote-limits.ts";
export {
  flagsOf,
  type HeatmapContractId,
  type HeatmapSeriesId,
  type HeatmapTile,
  TILE_FLAGS,
  TILE_REASONS,
  TILE_STRATEGIES,
  type TileFlag,
  type TileId,
  type TilePrices,
  type TileReason,
  type TileStrategy,
} from "./tile.ts";
export type { CountedTiles, TileCounts } from "./tile-counts.ts";
export { HEATMAP_WIDTHS, heatmapWidths } from "./widths.ts";
