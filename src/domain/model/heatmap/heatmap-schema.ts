import { z } from "zod";
import { timeField } from "../../context/fields.ts";
import { countField, dateField, finiteField, notNegativeField, textField } from "../../fields.ts";
import type {
  CheapestButterfly,
  HeatmapData,
  ParityFigures,
  SeriesTilesData,
  TileColumn,
  TileSide,
} from "./heatmap-data.ts";
import { TILE_REASONS, type TileReason } from "./tile.ts";
import type { CountedTiles } from "./tile-counts.ts";

const pricePts = z.array(finiteField.nullable());

const column: z.ZodType<TileColumn> = z.object({
  width_pts: finiteField.nullable(),
  mid_pts: pricePts.describe("debits in points, null where there is no price"),
  natural_pts: pricePts.describe("paying the asks and hitting the bids"),
  opposite_pts: pricePts.describe("paid the asks and hit on the bids"),
  reasons: z.array(z.enum(TILE_REASONS).nullable()),
  flags: z
    .array(z.int().min(0).max(15))
    .describe("the sum of 1 locked, 2 zero_bid, 4 bound_violation, 8 arbitrage; 0 without a price"),
});

const quoteT = z.number().nullable();

const side: z.ZodType<TileSide> = z.object({
  quote_t: z.array(quoteT).describe("when the contract of each centre was quoted, ms"),
  single: column,
  vertical: z.array(column),
  butterfly: z.array(column),
});

const missing = Object.fromEntries(TILE_REASONS.map((reason) => [reason, countField])) as Record<
  TileReason,
  z.ZodType<number>
>;
const counted: z.ZodType<CountedTiles> = z.object({ priced: countField, missing: z.object(missing) });
const counts = z.object({ single: counted, vertical: counted, butterfly: counted });

const parity: z.ZodType<ParityFigures> = z.object({
  pairs: countField,
  mean_pts: notNegativeField,
  worst_pts: notNegativeField,
  beyond_spread: countField,
});

const cheapest: z.ZodType<CheapestButterfly> = z.object({
  root: textField,
  expiration: dateField,
  right: z.enum(["C", "P"]),
  centre_pts: finiteField,
  width_pts: finiteField,
  mid_pts: finiteField,
  natural_pts: finiteField,
  opposite_pts: finiteField,
  oldest_quote_t: finiteField,
  newest_quote_t: finiteField,
});

const series: z.ZodType<SeriesTilesData> = z.object({
  root: textField,
  expiration: dateField,
  settles_ts: timeField.nullable(),
  t_years: notNegativeField.nullable(),
  discount_factor: notNegativeField.nullable(),
  expected_move_pts: notNegativeField.nullable(),
  contracts: countField,
  quoted: countField,
  oldest_quote_t: quoteT,
  newest_quote_t: quoteT,
  smallest_gap_pts: notNegativeField.nullable(),
  counts,
  parity: z.object({
    put_call: parity.nullable(),
    by_width: z.array(z.object({ width_pts: finiteField, butterfly: parity.nullable(), box: parity.nullable() })),
  }),
  cheapest_butterfly: cheapest.nullable(),
  centres_pts: z.array(finiteField),
  calls: side,
  puts: side,
});

/** What the data of a heatmap have to look like. */
export const heatmapDataSchema: z.ZodType<HeatmapData> = z.object({
  widths_pts: z.array(finiteField),
  expected_moves: notNegativeField,
  most_centres: countField,
  quote_max_age_ms: notNegativeField.nullable(),
  quote_max_skew_ms: notNegativeField.nullable(),
  rate: finiteField,
  dividend_yield: finiteField,
  contracts: countField,
  unplaced: countField,
  counts,
  cheapest_butterfly: cheapest.nullable(),
  series: z.array(series),
});
