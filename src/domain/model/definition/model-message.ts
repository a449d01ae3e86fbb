import { z } from "zod";
import { symbolField, timeField } from "../../context/fields.ts";
import type { ModelName } from "../../context/model.ts";
import type { EpochId } from "../../epoch/substrate.ts";
import { countField, dateField, finiteField } from "../../fields.ts";
import type { InputFault, ModelReason, ModelStatus } from "./freshness.ts";
import type { ModelDefinition } from "./model-definition.ts";
import { type GroupTimes, MODEL_INPUTS, type RecordTimes } from "./model-inputs.ts";

/** When the values of one kind are from, event time in Unix seconds; `null` where there are none. */
export interface AsOfSpan {
  readonly oldest_ts: number | null;
  readonly newest_ts: number | null;
  /** How many contracts have one. */
  readonly contracts: number;
}

/** When what a model was computed from is from. */
export interface ModelAsOf {
  readonly spot_ts: number | null;
  readonly quotes: AsOfSpan;
  readonly trades: AsOfSpan;
  readonly greeks: AsOfSpan;
  /** Open interest is that of the close before its trading day. */
  readonly open_interest: {
    readonly oldest_day: string | null;
    readonly newest_day: string | null;
    readonly contracts: number;
  };
}

/** A model as it is published, whatever its kind. Names have their units; missing is `null`, never 0. */
export interface ModelEnvelope<Data> {
  readonly model: ModelName;
  /** Of the schema of `data`. */
  readonly version: number;
  readonly symbol: string;
  /** `null` where none is active. */
  readonly epoch: EpochId | null;
  /** The instant that it is told for, Unix seconds. */
  readonly ts: number;
  /** `live`; `stale`, of old inputs; or `none`, and then there are no data. */
  readonly status: ModelStatus;
  /** Why it is not live; empty where it is. */
  readonly reasons: readonly ModelReason[];
  readonly spot_pts: number | null;
  readonly as_of: ModelAsOf;
  /** In the epoch. */
  readonly contracts: number;
  readonly data: Data | null;
}

const FAULTS: readonly InputFault[] = ["missing", "stale", "too_old"];

/** All reasons. */
export const MODEL_REASONS: readonly ModelReason[] = [
  "no_epoch",
  "failed",
  ...MODEL_INPUTS.flatMap((input) => FAULTS.map((fault): ModelReason => `${input}_${fault}`)),
];

const span: z.ZodType<AsOfSpan> = z.object({
  oldest_ts: timeField.nullable().describe("event time of the oldest value"),
  newest_ts: timeField.nullable().describe("event time of the newest one"),
  contracts: countField.describe("how many contracts have one"),
});

const asOf: z.ZodType<ModelAsOf> = z.object({
  spot_ts: timeField.nullable().describe("when the underlying stood at `spot_pts`"),
  quotes: span.describe("when the quotes are from"),
  trades: span.describe("when the last sales are from"),
  greeks: span.describe("when the greeks are from"),
  open_interest: z
    .object({
      oldest_day: dateField.nullable().describe("the first of them"),
      newest_day: dateField.nullable().describe("the last of them"),
      contracts: countField.describe("how many contracts have one"),
    })
    .describe("the trading days that open interest is for: each is counted at the close of the day before"),
});

const REASONS_TEXT =
  'why it is not live, empty where it is: "no_epoch" none is active; "failed" the computation did, or its data did not ' +
  'pass the schema; of "spot", "quotes", "trades", "greeks" or "open_interest" one of "…_missing" there is none, ' +
  '"…_stale" it is old, "…_too_old" it is past the age up to which there are models';

/** What messages of a model have to look like. Fields that are added later do not make one another version. */
export function modelMessageSchema<Data extends object>(
  definition: Pick<ModelDefinition<Data>, "name" | "version" | "schema">,
): z.ZodType<ModelEnvelope<Data>> {
  return z.object({
    model: z.literal(definition.name).describe("the name of the model"),
    version: z.literal(definition.version).describe("the version of what is in `data`"),
    symbol: symbolField.describe('the underlying, without "I:"'),
    epoch: z.string().min(1).nullable().describe("which set of contracts; null where none is active"),
    ts: timeField.describe("the instant that the message is told for"),
    status: z
      .enum(["live", "stale", "none"])
      .describe('"live"; "stale", with old inputs; "none", and then `data` is null'),
    reasons: z.array(z.enum(MODEL_REASONS)).describe(REASONS_TEXT),
    spot_pts: finiteField.nullable().describe("what the underlying stood at"),
    as_of: asOf.describe("when what the model was computed from is from"),
    contracts: countField.describe("how many are in the epoch"),
    data: definition.schema.nullable().describe("the model; null where there is none"),
  });
}

/** A JSON Schema (draft 2020-12) of a model's messages. */
export interface ModelJsonSchema {
  readonly $schema: "https://json-schema.org/draft/2020-12/schema";
  /** The name of the model. */
  readonly title: string;
  readonly description: string;
  readonly [keyword: string]: unknown;
}

/**
 * What `modelMessageSchema` asks for, as JSON Schema, for readers in other languages. Fields that it does not name are
 * allowed: later versions of the package may add some.
 */
export function modelJsonSchema(definition: Pick<ModelDefinition, "name" | "version" | "schema">): ModelJsonSchema {
  const { name, version } = definition;
  const { $schema: _, ...keywords } = z.toJSONSchema(modelMessageSchema(definition), {
    target: "draft-2020-12",
    io: "input",
    reused: "ref",
  });
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: name,
    description: `Messages of the ${name} model, version ${version}: massive:${name}:model:{SYMBOL}`,
    ...keywords,
  };
}

/** Times as messages have them. */
export function asOfOf(spotMs: number | null, records: RecordTimes): ModelAsOf {
  const { oldestDay, newestDay, contracts } = records.openInterest;
  return {
    spot_ts: secondsOf(spotMs),
    quotes: spanOf(records.quotes),
    trades: spanOf(records.trades),
    greeks: spanOf(records.greeks),
    open_interest: { oldest_day: oldestDay, newest_day: newestDay, contracts },
  };
}

function spanOf({ oldestMs, newestMs, contracts }: GroupTimes): AsOfSpan {
  return { oldest_ts: secondsOf(oldestMs), newest_ts: secondsOf(newestMs), contracts };
}

const MOST_MS = 8.64e15;

/** Unix seconds; what no date can be is no time. */
export function secondsOf(ms: number | null): number | null {
  return ms === null || !(ms > 0 && ms <= MOST_MS) ? null : ms / 1_000;
}
