import { eventMs } from "../../domain/market/event-ms.ts";
import { FieldError } from "../../domain/stream/raw-fields.ts";

/** Numbers and times as the fields of our keys have them, and back, digit for digit. */

const NS_PER_MS = 1_000_000n;
const NUMBER = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/;
const INTEGER = /^\d{1,16}$/;
const NS = /^\d{1,19}$/;
const EVENT_MS = /^(\d{1,13})(?:\.(\d{1,6}))?$/;

/** Event time as the provider's own ms, with decimals where it is not a whole one. */
export function eventMsText(tsNs: bigint): string {
  const ms = eventMs(tsNs);
  const rest = Number(BigInt.asIntN(64, tsNs) % NS_PER_MS);
  return rest === 0 ? String(ms) : `${ms}.${String(rest).padStart(6, "0").replace(/0+$/, "")}`;
}

/** @throws {FieldError} for text that `eventMsText` does not write. */
export function readEventMs(field: string, text: string | undefined): bigint {
  const match = EVENT_MS.exec(text ?? "");
  if (match === null) throw new FieldError(field, "milliseconds", text);
  return BigInt(match[1] ?? 0) * NS_PER_MS + BigInt((match[2] ?? "").padEnd(6, "0"));
}

/** @throws {FieldError} for text that is no nanoseconds. */
export function readNs(field: string, text: string | undefined): bigint {
  if (text === undefined || !NS.test(text)) throw new FieldError(field, "nanoseconds", text);
  return BigInt(text);
}

/** @throws {FieldError} for text that is no finite number. */
export function readDecimal(field: string, text: string | undefined): number {
  const value = text !== undefined && NUMBER.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(value)) throw new FieldError(field, "a number", text);
  return value;
}

/** @throws {FieldError} for text that is no safe integer of at least 0. */
export function readInteger(field: string, text: string | undefined): number {
  const value = text !== undefined && INTEGER.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw new FieldError(field, "a whole number", text);
  return value;
}
