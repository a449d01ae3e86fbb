import { z } from "zod";
import { timeField } from "../../context/fields.ts";
import { countField, dateField, finiteField, notNegativeField, textField } from "../../fields.ts";
import { MISSING_REASONS, type MissingReason } from "../exposure/index.ts";
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

const amount = finiteField.nullable();
const amounts = z.array(amount);

const sides: z.ZodType<SidesData> = z.object({ calls: amount, puts: amount, net: amount, absolute: amount });

const exposures = {
  gex_usd_per_pct: sides.describe("change of the dealers' delta in dollars, per rise of the underlying by 1 %"),
  vex_usd_per_vol_point: sides.describe("the same per rise of volatility by one point"),
  chex_usd_per_day: sides.describe("the same per calendar day"),
  delta_to_close_usd: sides.describe("the same from now to settlement, were the underlying to stay"),
} satisfies Record<keyof ExposureData, z.ZodType>;

const columns: z.ZodType<SidesColumns> = z.object({ calls: amounts, puts: amounts, net: amounts, absolute: amounts });

const byStrike: z.ZodType<StrikesData> = z.object({
  strikes_pts: z.array(finiteField),
  gex_usd_per_pct: columns,
  vex_usd_per_vol_point: columns,
  chex_usd_per_day: columns,
  delta_to_close_usd: columns,
});

const series: z.ZodType<SeriesData> = z.object({
  root: textField,
  expiration: dateField,
  is_zero_dte: z.boolean(),
  settles_ts: timeField.nullable(),
  t_years: notNegativeField.nullable(),
  ...exposures,
});

const cellColumns: z.ZodType<CellColumns> = z.object({ calls: amounts, puts: amounts });

const cells: z.ZodType<CellsData> = z.object({
  root: textField,
  expiration: dateField,
  strikes_pts: z.array(finiteField),
  gex_usd_per_pct: cellColumns,
  vex_usd_per_vol_point: cellColumns,
  chex_usd_per_day: cellColumns,
  delta_to_close_usd: cellColumns,
});

const wall: z.ZodType<WallData> = z.object({ strike_pts: finiteField, gex_usd_per_pct: finiteField });

const flip: z.ZodType<FlipData> = z.object({ level_pts: finiteField, slope: z.enum(["rising", "falling"]) });
const flipStatus = z.enum(["resolved", "no_crossing", "flat", "insufficient"]);

const reasons = Object.fromEntries(MISSING_REASONS.map((reason) => [reason, countField])) as Record<
  MissingReason,
  z.ZodType<number>
>;
const countedFields = { used: countField, missing: z.object(reasons) };
const counted: z.ZodType<CountedData> = z.object(countedFields);

const repriced: z.ZodType<RepricedData> = z.object({
  ts: timeField,
  spot_pts: finiteField,
  status: flipStatus,
  flip: flip.nullable(),
  flips: z.array(flip),
  from_pts: finiteField,
  to_pts: finiteField,
  grid_step_pts: notNegativeField.nullable(),
  profile: z.object({ levels_pts: z.array(finiteField), gex_usd_per_pct: z.array(finiteField) }).nullable(),
  ...countedFields,
});

const basis: z.ZodType<BasisData> = z.object({
  basis: z.enum(["open_interest", "volume", "flow"]),
  sign_model: z.enum(["naive", "short_calls_long_puts", "customers_long", "flow"]),
  totals: z.object({ ...exposures, gex_usd_per_point: sides, chex_usd_per_hour: sides }),
  zero_dte_share: z.number().min(0).max(1).nullable(),
  walls: z.object({
    call_wall_gross: wall.nullable(),
    call_wall_net: wall.nullable(),
    put_wall_gross: wall.nullable(),
    put_wall_net: wall.nullable(),
    absolute_strike: wall.nullable(),
  }),
  flip_cumulative: z.object({ level_pts: finiteField.nullable(), status: flipStatus }),
  repriced,
  by_strike: byStrike,
  by_series: z.array(series),
  cells: z.array(cells),
  counts: z.object({
    contracts: countField,
    gamma_sources: z.object({ provider: countField, model: countField }),
    gex_usd_per_pct: counted,
    vex_usd_per_vol_point: counted,
    chex_usd_per_day: counted,
    delta_to_close_usd: counted,
  }),
});

/** What the data of a gex model have to look like. */
export const gexDataSchema: z.ZodType<GexData> = z.object({
  trading_day: dateField,
  terms_ts: timeField,
  rate: finiteField,
  dividend_yield: finiteField,
  greeks_max_age_ms: notNegativeField,
  greeks: z.object({
    provider: countField,
    model_quote: countField,
    model_provider_iv: countField,
    none: countField,
  }),
  open_interest: basis,
  volume: basis,
  flow: basis.nullable(),
  flow_reason: z.literal("no_flow").nullable(),
  flow_accuracy: z
    .number()
    .min(0)
    .max(1)
    .nullable()
    .describe("how often the sides behind the flow are right, as published"),
  flow_ts: timeField.nullable().describe("event time up to which prints are in the flow"),
});
