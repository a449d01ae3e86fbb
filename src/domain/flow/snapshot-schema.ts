import { z } from "zod";
import type { FlowSnapshot, GridSnapshot } from "./snapshot.ts";

const NS = z.string().regex(/^\d{1,19}$/, "must be nanoseconds");

const SIGNED = z.number().nullable();
const SIDE = { prints: z.number().int(), contracts: z.number().int(), premium_usd: z.number() };
const BUCKET = z.object({ prints: z.number().int(), contracts: z.number().int() });
const TOTALS = {
  ...SIDE,
  bought: z.object(SIDE),
  sold: z.object(SIDE),
  unsigned: z.object(SIDE),
  signed_contracts: SIGNED,
  signed_premium_usd: SIGNED,
  expected_contracts: SIGNED,
  rated_contracts: z.number().int(),
  side_accuracy: z.number().min(0).max(1).nullable(),
  delta_flow_units: SIGNED,
  delta_missing_prints: z.number().int(),
  apart: z.object({ multi_leg: BUCKET, cross: BUCKET, compression: BUCKET, late_report: BUCKET }),
};

/** What a stored `FlowSnapshot` has to look like. */
export const FLOW_SNAPSHOT: z.ZodType<FlowSnapshot> = z.object({
  schema_version: z.number().int().positive(),
  underlying: z.string(),
  as_of_ns: NS,
  watermark_ns: NS.nullable(),
  windows: z.array(z.object({ seconds: z.number().positive(), ...TOTALS })),
  day: z.object(TOTALS),
  contracts_per_sec: z.number(),
  top_contracts: z.array(
    z.object({ contract: z.string(), contracts_per_sec: z.number(), day_contracts: z.number().int() }),
  ),
  trading_day: z.string(),
});

/** What a stored `GridSnapshot` has to look like. */
export const GRID_SNAPSHOT: z.ZodType<GridSnapshot> = z.object({
  schema_version: z.number().int().positive(),
  underlying: z.string(),
  expiration: z.string(),
  as_of_ns: NS,
  watermark_ns: NS.nullable(),
  trading_day: z.string(),
  day: z.object(TOTALS),
  contracts_per_sec: z.number(),
  cells: z.array(
    z.object({
      root: z.string(),
      strike: z.number(),
      right: z.enum(["C", "P"]),
      last: z.number().nullable(),
      last_size: z.number().nullable(),
      last_ns: NS.nullable(),
      volume: z.number().int(),
      prints: z.number().int(),
      premium_usd: z.number(),
      bought_volume: z.number().int(),
      sold_volume: z.number().int(),
      signed_volume: SIGNED,
      signed_premium_usd: SIGNED,
      expected_volume: SIGNED,
      delta_flow_units: SIGNED,
      delta_missing_prints: z.number().int(),
      multi_leg_volume: z.number().int(),
      cross_volume: z.number().int(),
      compression_volume: z.number().int(),
      late_report_volume: z.number().int(),
      contracts_per_sec: z.number(),
    }),
  ),
});
