import type { z } from "zod";
import { valueError } from "./reply-errors.ts";

/**
 * The value that a key holds as JSON.
 *
 * @throws {StorageError} naming the key, where it is no such value.
 */
export function readJson<T>(action: string, key: string, what: string, schema: z.ZodType<T>, json: string): T {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw valueError(action, key, what, json);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? "" : `, and ${issue.path.join(".")}: ${issue.message}`;
  throw valueError(action, key, `${what}${where}`, json);
}
