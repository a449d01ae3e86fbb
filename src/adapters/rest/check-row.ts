import type { z } from "zod";
import { describeValue } from "../../domain/wire/describe-value.ts";
import { isObject } from "./read-body.ts";

/** A row that was read, or why it cannot be, and by which field of it, where one is to blame. */
export type CheckedRow<T> = { readonly row: T } | { readonly reason: string; readonly field?: string | undefined };

/** Holds a row against its schema. The reason names the first field that is not what it has to be. */
export function checkRow<T>(schema: z.ZodType<T>, row: unknown): CheckedRow<T> {
  const { success, data, error } = schema.safeParse(row);
  if (success) return { row: data };
  const [issue] = error.issues;
  const path = issue?.path ?? [];
  const value = path.reduce<unknown>(
    (field, name) => (typeof field === "object" && field !== null ? Reflect.get(field, name) : undefined),
    row,
  );
  const where = path.length === 0 ? "the row" : `'${path.map(String).join(".")}'`;
  const reason = `${where} must be ${issue?.message ?? "valid"}, current value is ${describeValue(value)}`;
  return { reason, field: path.length === 0 ? undefined : String(path[0]) };
}

/** The `ticker` that a row claims, for reports; empty where it has none. */
export function claimedTicker(row: unknown): string {
  const ticker = isObject(row) ? row["ticker"] : undefined;
  return typeof ticker === "string" ? describeTicker(ticker) : "";
}

/** No ticker is as long as what a broken row may hold. */
export function describeTicker(ticker: string): string {
  return ticker.length <= 64 ? ticker : `${ticker.slice(0, 64)}...`;
}
