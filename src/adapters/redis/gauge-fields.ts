import type { z } from "zod";
import { FieldError } from "../../domain/stream/raw-fields.ts";
import { readDecimal } from "./field-text.ts";
import { valueError } from "./reply-errors.ts";

/** How each gauge of a message is written: as a number, or as the text it is. */
export type GaugeKinds<Gauges> = Readonly<Record<keyof Gauges & string, "number" | "text">>;

/** The gauges that are known, as names and values in turn, and the names of those that are not. */
export function gaugeFields<Gauges extends object>(
  kinds: GaugeKinds<Gauges>,
  gauges: Gauges,
): { readonly known: readonly string[]; readonly unknown: readonly string[] } {
  const known: string[] = [];
  const unknown: string[] = [];
  for (const name of namesOf(kinds)) {
    const value: unknown = gauges[name];
    if (value === null) unknown.push(name);
    else known.push(name, String(value));
  }
  return { known, unknown };
}

/**
 * The gauges that fields hold; `null` where none of them is there.
 *
 * @throws {StorageError} naming the key, where they are no such gauges.
 */
export function readGauges<Gauges extends object>(
  action: string,
  key: string,
  kinds: GaugeKinds<Gauges>,
  schema: z.ZodType<Gauges>,
  fields: Readonly<Partial<Record<string, string>>>,
): Gauges | null {
  const names = namesOf(kinds);
  if (names.every((name) => fields[name] === undefined)) return null;
  const read = names.map((name) => [name, readField(action, key, kinds[name], name, fields[name])] as const);
  const parsed = schema.safeParse(Object.fromEntries(read));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const name = String(issue?.path[0]);
  throw valueError(action, key, `${issue?.message} as '${name}'`, fields[name] ?? "");
}

function readField(action: string, key: string, kind: "number" | "text", name: string, text: string | undefined) {
  if (text === undefined) return null;
  if (kind === "text") return text;
  try {
    return readDecimal(name, text);
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    throw valueError(action, key, `${error.required} as '${name}'`, text);
  }
}

function namesOf<Gauges>(kinds: GaugeKinds<Gauges>): readonly (keyof Gauges & string)[] {
  return Object.keys(kinds) as (keyof Gauges & string)[];
}
