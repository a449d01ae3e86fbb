/** What an answer is made of. A `bigint` is a whole number with all its digits: nanoseconds are beyond what a double holds. */
export type Json =
  | string
  | number
  | boolean
  | null
  | bigint
  | readonly Json[]
  | { readonly [name: string]: Json | undefined };

/** A JSON object; properties that are `undefined` are left out. */
export type JsonObject = { readonly [name: string]: Json | undefined };

/** JSON text, numbers of nanoseconds exact. */
export function encodeJson(value: Json): string {
  if (typeof value === "number") return Number.isFinite(value) ? `${value}` : "null";
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (isList(value)) return `[${value.map(encodeJson).join()}]`;
  let text = "";
  for (const name in value) {
    const field = value[name];
    // Names of fields are the provider's: nothing in them needs an escape.
    if (field !== undefined) text += `${text === "" ? "" : ","}"${name}":${encodeJson(field)}`;
  }
  return `{${text}}`;
}

function isList(value: readonly Json[] | JsonObject): value is readonly Json[] {
  return Array.isArray(value);
}
