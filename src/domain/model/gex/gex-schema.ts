import { z } from "zod";
import { timeField } from "../../context/fields.ts";
import { countField, dateField, finiteField, notNegativeField, textField } from "../../fields.ts";
import { MISSING_REASONS, type MissingReason } from "../exposure/index.ts";
import { rateFields } from "../rate-fields.ts";
import type {
  BasisData,
  CellColumns,
  CellsData,
  CountedData,
  ExposureData,
  FlipData,
  GexData,
  RepricedData,
  SeriesData,
  SidesColumns,
  SidesData,
  StrikesData,
  WallData,
} from "./gex-data.ts";

const EXPOSURE_TEXTS = {
  gex_usd_per_pct: "GEX: change of the dealers' delta in dollars as the underlying rises by 1 %",
  vex_usd_per_vol_point:
    "VEX: change of the dealers' delta in dollars as volatility rises by one point, such as from 15 to 16 %",
  chex_usd_per_day:
    "CHEX: change of the dealers' delta in dollars as one calendar day passes. On the last day that is more than all the delta that is left: see `delta_to_close_usd`",
  delta_to_close_usd:
    "change of the dealers' delta in dollars from now to settlement, were the underlying to stay where it is",
} satisfies Record<keyof ExposureData, string>;

const SIDE_TEXTS = {
  calls: "of calls: signed, as the sign model has it; null where no contract counts",
  puts: "of puts: likewise",
  net: "calls and puts together; of one alone where the other is null",
  absolute: "the contracts' amounts without their signs, added up",
} satisfies Record<keyof SidesData, string>;

const REASON_TEXTS = {
  bad_terms: "strike, multiplier, rates or time are no such thing",
  settled: "it has settled",
  no_quantity: "the basis is unknown: no open interest, no volume, or no position",
  bad_quantity: "it is no possible number",
  no_greek: "neither the greek nor a volatility to compute it from",
  bad_greek: "one was given, but is no possible number, and there is no other",
} satisfies Record<MissingReason, string>;

const ROOT_TEXT = "of its contracts: AM and PM settled series of one date are two";
const EXPIRATION_TEXT = "of its contracts";
const STRIKES_TEXT = "ascending; the columns beside it have one value for each";

const amount = finiteField.nullable();
const amounts = z.array(amount);

/** The same schema for each exposure. */
function ofEach<Schema extends z.ZodType>(schema: Schema): Record<keyof ExposureData, Schema> {
  return {
    gex_usd_per_pct: schema.describe(EXPOSURE_TEXTS.gex_usd_per_pct),
    vex_usd_per_vol_point: schema.describe(EXPOSURE_TEXTS.vex_usd_per_vol_point),
    chex_usd_per_day: schema.describe(EXPOSURE_TEXTS.chex_usd_per_day),
    delta_to_close_usd: schema.describe(EXPOSURE_TEXTS.delta_to_close_usd),
  };
}

/** The same schema for calls and puts. */
function ofRights<Schema extends z.ZodType>(schema: Schema): { readonly calls: Schema; readonly puts: Schema } {
  return { calls: schema.describe(SIDE_TEXTS.calls), puts: schema.describe(SIDE_TEXTS.puts) };
}

function ofSides<Schema extends z.ZodType>(schema: Schema): Record<keyof SidesData, Schema> {
  return {
    ...ofRights(schema),
    net: schema.describe(SIDE_TEXTS.net),
    absolute: schema.describe(SIDE_TEXTS.absolute),
  };
}

const sides: z.ZodType<SidesData> = z.object(ofSides(amount));
const columns: z.ZodType<SidesColumns> = z.object(ofSides(amounts));
const cellColumns: z.ZodType<CellColumns> = z.object(ofRights(amounts));

const byStrike: z.ZodType<StrikesData> = z.object({
  strikes_pts: z.array(finiteField).describe(STRIKES_TEXT),
  ...ofEach(columns),
});

const series: z.ZodType<SeriesData> = z.object({
  root: textField.describe(ROOT_TEXT),
  expiration: dateField.describe(EXPIRATION_TEXT),
  is_zero_dte: z.boolean().describe("it expires on the trading day"),
  settles_ts: timeField.nullable().describe("when it settles"),
  t_years: notNegativeField.nullable().describe("how long that is from `terms_ts`; exposures count a minute at least"),
  ...ofEach(sides),
});

const cells: z.ZodType<CellsData> = z.object({
  root: textField.describe(ROOT_TEXT),
  expiration: dateField.describe(EXPIRATION_TEXT),
  strikes_pts: z.array(finiteField).describe(STRIKES_TEXT),
  ...ofEach(cellColumns),
});

const wall: z.ZodType<WallData> = z.object({
  strike_pts: finiteField.describe("where it is"),
  gex_usd_per_pct: finiteField.describe("the GEX that makes it one, signed"),
});
const someWall = wall.nullable();

const flip: z.ZodType<FlipData> = z.object({
  level_pts: finiteField.describe("where it is"),
  slope: z
    .enum(["rising", "falling"])
    .describe('"rising" where net GEX is below 0 under it and above 0 over it, else "falling"'),
});
const flipStatus = z
  .enum(["resolved", "no_crossing", "flat", "insufficient"])
  .describe(
    '"resolved"; "no_crossing" it keeps its sign; "flat" what there is cancels; "insufficient" no contract counts',
  );

const reasons = Object.fromEntries(
  MISSING_REASONS.map((reason) => [reason, countField.describe(REASON_TEXTS[reason])]),
) as Record<MissingReason, z.ZodType<number>>;
const countedFields = {
  used: countField.describe("how many contracts count"),
  missing: z.object(reasons).describe("how many do not, by the first reason that applies"),
};
const counted: z.ZodType<CountedData> = z.object(countedFields);

const profile = z.object({
  levels_pts: z.array(finiteField).describe("spots, ascending"),
  gex_usd_per_pct: z.array(finiteField).describe("net GEX at each of them"),
});

const repriced: z.ZodType<RepricedData> = z.object({
  ts: timeField.describe(
    "when it was computed: the bases take turns, so that it may be a few seconds older than the message",
  ),
  spot_pts: finiteField.describe("what the underlying stood at then"),
  status: flipStatus,
  flip: flip.nullable().describe("the level nearest to spot at which net GEX is 0; null unless resolved"),
  flips: z.array(flip).describe("all levels at which it is 0, ascending"),
  from_pts: finiteField.describe("where the range begins that was searched"),
  to_pts: finiteField.describe("where it ends"),
  grid_step_pts: notNegativeField
    .nullable()
    .describe("flips closer together than this may be missed; null where there was no search"),
  profile: profile.nullable().describe("the curve; null where no contract can be re-priced"),
  ...countedFields,
});

const basis: z.ZodType<BasisData> = z.object({
  basis: z.enum(["open_interest", "volume", "flow"]).describe("what the contracts are weighed by"),
  sign_model: z
    .enum(["naive", "short_calls_long_puts", "customers_long", "flow"])
    .describe(
      'whose side dealers are taken to be on: "naive", "short_calls_long_puts", "customers_long" are assumptions, "flow" an estimate',
    ),
  totals: z
    .object({
      ...ofEach(sides),
      gex_usd_per_point: sides.describe("GEX as the underlying rises by one point"),
      chex_usd_per_hour: sides.describe("CHEX of one hour"),
    })
    .describe("each exposure over all contracts"),
  zero_dte_share: z
    .number()
    .min(0)
    .max(1)
    .nullable()
    .describe("of `absolute` GEX the share that expires on the trading day, 0 to 1; null where there is none"),
  walls: z
    .object({
      call_wall_gross: someWall.describe("the strike with the most GEX of calls, where it is above 0"),
      call_wall_net: someWall.describe("the strike with the most net GEX, where it is above 0"),
      put_wall_gross: someWall.describe("the strike with the least GEX of puts, where it is below 0"),
      put_wall_net: someWall.describe(
        "the strike with the least net GEX, where it is below 0. Being net, it may stand above spot, and above the call wall",
      ),
      absolute_strike: someWall.describe("the strike with the most absolute GEX"),
    })
    .describe(
      "strikes that stand out; each null where none does. Of strikes alike the nearest to spot, then the lower",
    ),
  flip_cumulative: z
    .object({
      level_pts: finiteField.nullable().describe("the level nearest to spot; null unless resolved"),
      status: flipStatus,
    })
    .describe("where net GEX, added up from the lowest strike, changes its sign. Another thing than `repriced.flip`"),
  repriced: repriced.describe(
    "net GEX at other spots, every contract priced anew there, volatilities and times frozen",
  ),
  by_strike: byStrike.describe("columns of each exposure over all expirations"),
  by_series: z.array(series).describe("each exposure of one root and expiration"),
  cells: z
    .array(cells)
    .describe(
      "columns of calls and puts of each exposure, of one root and expiration. They add up to the series, and the series to the totals",
    ),
  counts: z
    .object({
      contracts: countField.describe("how many contracts there were"),
      gamma_sources: z
        .object({ provider: countField.describe("the provider's own"), model: countField.describe("one computed") })
        .describe("how many contracts count with whose gamma"),
      gex_usd_per_pct: counted.describe("which contracts count in GEX"),
      vex_usd_per_vol_point: counted.describe("which contracts count in VEX"),
      chex_usd_per_day: counted.describe("which contracts count in CHEX"),
      delta_to_close_usd: counted.describe("which contracts count in delta to the close"),
    })
    .describe("how many contracts count, and why others do not"),
});

/** What the data of a gex model have to look like. */
export const gexDataSchema: z.ZodType<GexData> = z.object({
  trading_day: dateField.describe("what expires on it is 0DTE"),
  terms_ts: timeField.describe("the instant that times to settlement are of"),
  ...rateFields,
  greeks_max_age_ms: notNegativeField.describe(
    "greeks of the provider older than this are replaced by our own where that can be",
  ),
  greeks: z
    .object({
      provider: countField.describe("the provider's"),
      model_quote: countField.describe("computed from the volatility that the quotes imply"),
      model_provider_iv: countField.describe("computed from the provider's last volatility"),
      none: countField.describe("neither"),
    })
    .describe("how many contracts have delta and gamma from where"),
  open_interest: basis.describe("exposures by open interest of the close before"),
  volume: basis.describe("exposures by volume of the trading day"),
  flow: basis
    .nullable()
    .describe(
      "exposures by what dealers are estimated to hold by the sides of the day's prints; null where nobody tells it",
    ),
  flow_reason: z.literal("no_flow").nullable().describe('"no_flow" where `flow` is null, else null'),
  flow_accuracy: z
    .number()
    .min(0)
    .max(1)
    .nullable()
    .describe(
      "how often the sides behind `flow` are right, as published, 0.5 to 1: the mean over contracts. With p so often right, each counts with `2p - 1` of its contracts",
    ),
  flow_ts: timeField.nullable().describe("event time up to which prints are in `flow`"),
});
