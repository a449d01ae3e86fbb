import { z } from "zod";
import { countField, notNegativeField } from "../fields.ts";
import { timeField } from "./fields.ts";

/** Names a kind of model: `heatmap`, `gex`, or any lower-case word with digits and underscores. */
export type ModelName = string;

/** What a model's name has to look like. */
export const modelNameSchema: z.ZodType<ModelName> = z
  .string({ error: "a string" })
  .regex(/^[a-z][a-z0-9_]*$/, { error: "lower-case letters, digits and underscores that start with a letter" });

/** How a model of one symbol was built so far: absolute values of its one builder. */
export interface ModelAnalytics {
  readonly builds: number;
  /** Builds from everything. */
  readonly full: number;
  /** Builds from what had changed. */
  readonly incremental: number;
  /** When the last build ended, Unix seconds; `null` before there is one. */
  readonly last_ts: number | null;
  /** How long it took. */
  readonly last_ms: number | null;
  /** Builds left out because their input was too old. */
  readonly skipped_stale: number;
  readonly errors: number;
}

/** What the analytics of a model have to look like, written or read back. */
export const modelAnalyticsSchema: z.ZodType<ModelAnalytics> = z.object(
  {
    builds: countField,
    full: countField,
    incremental: countField,
    last_ts: timeField.nullable(),
    last_ms: notNegativeField.nullable(),
    skipped_stale: countField,
    errors: countField,
  },
  { error: "an object" },
);

/** A model as it is read back: a JSON object of a shape that its builder knows. */
export type ModelMessage = Readonly<Record<string, unknown>>;

/**
 * The compact JSON text of a model. `JSON.stringify` writes what it cannot hold as `null`, `{}` or not at all; here that
 * is refused. A property that is `undefined` counts as absent.
 *
 * @throws {TypeError} names the first value that is not JSON: a number that is not finite, a bigint, a map, a function.
 * Says so of a message that cannot be read to its end, as one that contains itself.
 */
export function encodeModel(message: object): string {
  if (Array.isArray(message) || !isPlain(message)) throw refusal("", message);
  try {
    assertJson(message, "");
    return JSON.stringify(message);
  } catch (error) {
    if (error instanceof TypeError) throw error;
    throw new TypeError("Cannot store a model: all of it must be readable, it is not or contains itself", {
      cause: error,
    });
  }
}

function assertJson(value: unknown, path: string): void {
  if (value === null || typeof value === "string" || typeof value === "boolean") return;
  if (typeof value === "number" && Number.isFinite(value)) return;
  if (Array.isArray(value)) {
    // By index: a hole has to be seen.
    for (let index = 0; index < value.length; index++) assertJson(value[index], `${path}[${index}]`);
    return;
  }
  if (typeof value !== "object" || !isPlain(value)) throw refusal(path, value);
  for (const [name, field] of Object.entries(value)) {
    if (field !== undefined) assertJson(field, path === "" ? name : `${path}.${name}`);
  }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function refusal(path: string, value: unknown): TypeError {
  const where = path === "" ? "it must be a JSON object" : `'${path}' must be a JSON value`;
  const shown = typeof value === "object" ? Object.prototype.toString.call(value) : String(value);
  return new TypeError(`Cannot store a model: ${where}, current value is ${shown}`);
}
