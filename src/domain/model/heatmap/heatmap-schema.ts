import { z } from "zod";
import { timeField } from "../../context/fields.ts";
import { countField, dateField, finiteField, notNegativeField, textField } from "../../fields.ts";
import { rateFields } from "../rate-fields.ts";
import type {
  CheapestButterfly,
  HeatmapData,
  ParityFigures,
  SeriesTilesData,
  TileColumn,
  TileSide,
} from "./heatmap-data.ts";
import { TILE_FLAGS, TILE_REASONS, type TileFlag, type TileReason } from "./tile.ts";
import type { CountedTiles } from "./tile-counts.ts";

const STRATEGY_TEXTS = {
  single: "long the centre",
  vertical: "long the centre, short the strike one width out of the money, above for calls and below for puts",
  butterfly: "long both strikes one width from the centre, short the centre twice",
};

const REASON_TEXTS = {
  skewed: "its legs were quoted further apart than `quote_max_skew_ms`",
  stale: "a leg was quoted longer ago than `quote_max_age_ms`",
  one_sided: "a leg has no ask, or one that is no wing has no bid",
  crossed: "a leg's bid is above its ask",
  bad_quote: "a leg's price or time is no such thing",
  missing_leg: "a leg's contract is not listed or not quoted",
  not_listed: "a leg's strike is not listed at all",
} satisfies Record<TileReason, string>;

const FLAG_TEXTS = {
  locked: "a leg's bid is its ask",
  zero_bid: "a wing has no bid and counts as half its ask: being cheap says nothing",
  bound_violation: "the middle is outside of what the package can be worth, which wide quotes do often",
  arbitrage: "so is what it trades at: one can be had, or a leg is behind",
} satisfies Record<TileFlag, string>;

const MID_TEXT = "by the middles of the legs";
const NATURAL_TEXT = "what it costs to buy it, paying the asks and hitting the bids";
const OPPOSITE_TEXT = "what selling it brings; below 0 where one would pay";
const OLDEST_TEXT = "when the first of its prices was quoted";
const NEWEST_TEXT = "when the last of them was";
const CHEAPEST_TEXT =
  "the butterfly without a flag, within one expected move of spot, that costs least of its width; null where there is none, and once it has settled";

const pricePts = z.array(finiteField.nullable());

const column: z.ZodType<TileColumn> = z.object({
  width_pts: finiteField.nullable().describe("of the packages; null of a single"),
  mid_pts: pricePts.describe(MID_TEXT),
  natural_pts: pricePts.describe(NATURAL_TEXT),
  opposite_pts: pricePts.describe(OPPOSITE_TEXT),
  reasons: z
    .array(z.enum(TILE_REASONS).nullable())
    .describe("why there is no price, the last that applies; null where there is one"),
  flags: z
    .array(z.int().min(0).max(15))
    .describe(
      `what to know of a price, a sum of bits; 0 without a price. ${TILE_FLAGS.map((flag, bit) => `${1 << bit} ${flag}: ${FLAG_TEXTS[flag]}`).join("; ")}`,
    ),
});

const quoteT = z.number().nullable();

const side: z.ZodType<TileSide> = z.object({
  quote_t: z.array(quoteT).describe("when the contract of each centre was quoted; null where it is not"),
  single: column.describe(STRATEGY_TEXTS.single),
  vertical: z.array(column).describe(`by width: ${STRATEGY_TEXTS.vertical}`),
  butterfly: z.array(column).describe(`by width: ${STRATEGY_TEXTS.butterfly}`),
});

const missing = Object.fromEntries(
  TILE_REASONS.map((reason) => [reason, countField.describe(REASON_TEXTS[reason])]),
) as Record<TileReason, z.ZodType<number>>;
const counted: z.ZodType<CountedTiles> = z.object({
  priced: countField.describe("how many tiles have a price"),
  missing: z.object(missing).describe("how many have none, by the last reason that applies"),
});
const counts = z.object({
  single: counted.describe("singles"),
  vertical: counted.describe("verticals"),
  butterfly: counted.describe("butterflies"),
});
const COUNTS_TEXT = "how many tiles are priced, and how many are not; of all centres, those too that are not shown";

const parity: z.ZodType<ParityFigures> = z.object({
  pairs: countField.describe("centres at which both have prices"),
  mean_pts: notNegativeField.describe("by how much they miss it in the mean, without sign"),
  worst_pts: notNegativeField.describe("by how much they miss it at most, without sign"),
  beyond_spread: countField.describe("pairs that miss it by more than the half spreads of both packages together"),
});
const someParity = parity.nullable();

const cheapest: z.ZodType<CheapestButterfly> = z.object({
  root: textField.describe("of its contracts"),
  expiration: dateField.describe("of its contracts"),
  right: z.enum(["C", "P"]).describe("calls or puts"),
  centre_pts: finiteField.describe("the strike that is sold twice"),
  width_pts: finiteField.describe("how far both strikes that are bought are from it"),
  mid_pts: finiteField.describe(MID_TEXT),
  natural_pts: finiteField.describe(NATURAL_TEXT),
  opposite_pts: finiteField.describe(OPPOSITE_TEXT),
  oldest_quote_t: finiteField.describe(OLDEST_TEXT),
  newest_quote_t: finiteField.describe(NEWEST_TEXT),
});
const someCheapest = cheapest.nullable();

const series: z.ZodType<SeriesTilesData> = z.object({
  root: textField.describe("of its contracts"),
  expiration: dateField.describe("of its contracts"),
  settles_ts: timeField.nullable().describe("when it settles"),
  t_years: notNegativeField
    .nullable()
    .describe("to settlement, from the whole minute before on; 0 once it has settled"),
  discount_factor: notNegativeField.nullable().describe("what a point at settlement is worth now"),
  expected_move_pts: notNegativeField
    .nullable()
    .describe(
      "one standard deviation to settlement, as the straddle nearest to spot tells it; null where none has a price",
    ),
  contracts: countField.describe("how many contracts are in it"),
  quoted: countField.describe("how many of them have prices, of whatever age"),
  oldest_quote_t: quoteT.describe(OLDEST_TEXT),
  newest_quote_t: quoteT.describe(NEWEST_TEXT),
  smallest_gap_pts: notNegativeField.nullable().describe("the smallest one between two strikes"),
  counts: counts.describe(COUNTS_TEXT),
  parity: z
    .object({
      put_call: someParity.describe(
        "how far middles miss that a call less the put of its strike is the underlying less the strike, both discounted",
      ),
      by_width: z
        .array(
          z.object({
            width_pts: finiteField.describe("of both packages"),
            butterfly: someParity.describe(
              "how far they miss that call and put butterflies of the same strikes are worth the same",
            ),
            box: someParity.describe(
              "how far they miss that call and put verticals of the same strikes are worth the width, discounted, together",
            ),
          }),
        )
        .describe("the same of packages, by width"),
    })
    .describe("a measure of the quotes: how far they miss what has to hold; null where there is no pair"),
  cheapest_butterfly: someCheapest.describe(CHEAPEST_TEXT),
  centres_pts: z.array(finiteField).describe("the strikes shown, ascending; columns have one value for each"),
  calls: side.describe("the tiles of calls"),
  puts: side.describe("the tiles of puts"),
});

/** What the data of a heatmap have to look like. */
export const heatmapDataSchema: z.ZodType<HeatmapData> = z.object({
  widths_pts: z.array(finiteField).describe("the widths of verticals and butterflies, ascending"),
  expected_moves: notNegativeField.describe(
    "centres within so many expected moves of spot are shown, and within the largest width at least",
  ),
  most_centres: countField.describe("at most so many of a series, the nearest"),
  quote_max_age_ms: notNegativeField.nullable().describe("no tile has a leg quoted longer ago; null for any age"),
  quote_max_skew_ms: notNegativeField.nullable().describe("no tile has legs quoted further apart; null for any"),
  ...rateFields,
  contracts: countField.describe("how many contracts are in series"),
  unplaced: countField.describe("how many contracts are in none, their strike or expiration being no such thing"),
  counts: counts.describe(COUNTS_TEXT),
  cheapest_butterfly: someCheapest.describe(CHEAPEST_TEXT),
  series: z
    .array(series)
    .describe("by `root` and `expiration`, ascending; AM and PM settled series of one date are two"),
});
