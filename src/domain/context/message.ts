import type { z } from "zod";
import { StorageError } from "../errors.ts";
import { cutText, describeValue } from "../wire/describe-value.ts";

/**
 * The message with the fields that its schema names and no others.
 *
 * @param action completes "Cannot ...": `store a spot fetch`.
 * @throws {TypeError} names the first field that is not what the schema asks for.
 */
export function checkedMessage<T>(action: string, schema: z.ZodType<T>, message: T): T {
  const { success, data, error } = schema.safeParse(message);
  if (success) return data;
  throw new TypeError(`Cannot ${action}: ${faultIn(error, message)}`);
}

/**
 * Reads back the JSON text of a message.
 *
 * @param action completes "Cannot ...": `read the spot value of SPX`.
 * @throws {StorageError} where the text is no such message: it is not ours, or of another version.
 */
export function parseMessage<T>(action: string, schema: z.ZodType<T>, text: string): T {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch (cause) {
    throw new StorageError(`Cannot ${action}: it must be JSON, current value is ${cutText(text)}`, { cause });
  }
  const { success, data, error } = schema.safeParse(message);
  if (success) return data;
  throw new StorageError(`Cannot ${action}: ${faultIn(error, message)}`, { cause: error });
}

/** Which field is the first that is not what its schema asks for, what that is, and the value. */
export function faultIn(error: z.ZodError, message: unknown): string {
  const [issue] = error.issues;
  const path = issue?.path ?? [];
  const value = path.reduce<unknown>((field, name) => fieldOf(field, name), message);
  const where = path.length === 0 ? "it" : `'${path.map(String).join(".")}'`;
  return `${where} must be ${issue?.message ?? "valid"}, current value is ${describeValue(value)}`;
}

function fieldOf(value: unknown, name: PropertyKey): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
