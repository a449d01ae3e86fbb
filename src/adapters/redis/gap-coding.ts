import type { QuarantineRecord } from "../../domain/hydration/effects.ts";
import { GAP_CAUSES, GAP_SCOPES, type Gap } from "../../domain/stream/gap.ts";
import { FieldError, readWord } from "../../domain/stream/raw-fields.ts";
import { msOfSecondsText, secondsText } from "../../domain/stream/receipt-seconds.ts";
import { fieldsOf, type StreamEntry } from "./raw-entry-coding.ts";
import { valueError } from "./reply-errors.ts";

/** A gap as its stream has it: field, value, …. What is not known has no field. */
export function gapFields({ connection, fromAtMs, toAtMs, cause, scope, instruments }: Gap): string[] {
  const fields = ["connection", connection.toWellFormed()];
  if (fromAtMs !== undefined) fields.push("from_ts", secondsText(fromAtMs));
  if (toAtMs !== undefined) fields.push("to_ts", secondsText(toAtMs));
  fields.push("cause", cause, "scope", scope);
  if (instruments !== undefined) fields.push("instruments", JSON.stringify(instruments));
  return fields;
}

/** @throws {StorageError} naming key and id, where the entry is no gap. */
export function readGap(key: string, [id, flat]: StreamEntry): Gap {
  const { connection, from_ts, to_ts, cause, scope, instruments } = fieldsOf(flat);
  return reading("read gaps", key, id, "gaps", () => {
    if (connection === undefined) throw new FieldError("connection", "there", connection);
    return {
      connection,
      fromAtMs: readTime("from_ts", from_ts),
      toAtMs: readTime("to_ts", to_ts),
      cause: readWord("cause", GAP_CAUSES, cause),
      scope: readWord("scope", GAP_SCOPES, scope),
      instruments: readTickers(instruments),
    };
  });
}

/** A refusal as its stream has it: field, value, …. */
export function quarantineFields({ receivedAtMs, reason, path, value, payload, src }: QuarantineRecord): string[] {
  const fields = receivedAtMs === undefined ? [] : ["ts", secondsText(receivedAtMs)];
  // Half of a surrogate pair has no place in UTF-8, nor in JSON as Redis reads it.
  fields.push("reason", reason.toWellFormed(), "path", path.toWellFormed(), "value", value.toWellFormed());
  fields.push("payload", payload.toWellFormed(), "src", src.toWellFormed());
  return fields;
}

/** @throws {StorageError} naming key and id, where the entry is no refusal. */
export function readQuarantine(key: string, [id, flat]: StreamEntry): QuarantineRecord {
  const { ts, reason, path, value, payload, src } = fieldsOf(flat);
  return reading("read the quarantine", key, id, "refusals", () => {
    if (
      reason === undefined ||
      path === undefined ||
      value === undefined ||
      payload === undefined ||
      src === undefined
    ) {
      throw new FieldError("reason", "there, and path, value, payload and src", reason);
    }
    return { receivedAtMs: readTime("ts", ts), reason, path, value, payload, src };
  });
}

function readTime(field: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = msOfSecondsText(text);
  if (ms === undefined) throw new FieldError(field, "Unix seconds", text);
  return ms;
}

function readTickers(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined;
  let tickers: unknown;
  try {
    tickers = JSON.parse(text);
  } catch {
    tickers = undefined;
  }
  if (Array.isArray(tickers) && tickers.every((ticker) => typeof ticker === "string")) return tickers;
  throw new FieldError("instruments", "a JSON array of tickers", text);
}

function reading<T>(action: string, key: string, id: string, what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    throw valueError(action, key, `${what}, and in ${id} '${error.field}' must be ${error.required}`, error.shown);
  }
}
