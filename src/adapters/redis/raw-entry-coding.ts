import type { RawDraft, RawEntry } from "../../domain/stream/raw-entry.ts";
import { FieldError, rawFields, readRawFields } from "../../domain/stream/raw-fields.ts";
import { msOfSecondsText, secondsText } from "../../domain/stream/receipt-seconds.ts";
import type { ConnectionTail } from "../../ports/raw-log.ts";
import { connectionTails } from "../connection-tails.ts";
import { valueError } from "./reply-errors.ts";

/** An entry of a stream as XRANGE answers. */
export type StreamEntry = readonly [id: string, fields: readonly string[]];

/** Entries as `APPEND_RAW` wants them: the control entries as JSON, then receipt time, payload and src of each. */
export function codeDrafts(drafts: readonly RawDraft[]): readonly [controls: string, ...entries: string[]] {
  const controls: (number | string)[] = [];
  const entries: string[] = [];
  for (const [index, draft] of drafts.entries()) {
    const { payload, src, kind, info } = rawFields(draft);
    if (kind !== undefined) controls.push(index + 1, kind, info === undefined ? "" : JSON.stringify(info));
    entries.push(draft.receivedAtMs === undefined ? "" : secondsText(draft.receivedAtMs), payload, src);
  }
  return [controls.length === 0 ? "" : JSON.stringify(controls), ...entries];
}

/** Where entries leave their connections, as `APPEND_RAW` wants it: name and tail of each in turn, as JSON. */
export function codeTails(drafts: readonly RawDraft[]): string {
  const tails = [...connectionTails(drafts)];
  return JSON.stringify(tails.flatMap(([name, tail]) => [name, tailText(tail)]));
}

/** `{epoch} {receipt in seconds}`, the latter empty where there is none. */
function tailText({ epoch, receivedAtMs }: ConnectionTail): string {
  return `${epoch} ${receivedAtMs === undefined ? "" : secondsText(receivedAtMs)}`;
}

const TAIL = /^(\d{1,15}) (\d[\d.]*)?$/;

/** @throws {StorageError} naming the key, where the text is no tail of a connection. */
export function readTail(action: string, key: string, text: string): ConnectionTail {
  const [, epoch, seconds] = TAIL.exec(text) ?? [];
  const receivedAtMs = seconds === undefined ? undefined : msOfSecondsText(seconds);
  if (epoch === undefined || (seconds !== undefined && receivedAtMs === undefined)) {
    throw valueError(action, key, "epochs and receipt times of connections", text);
  }
  return { epoch: Number(epoch), receivedAtMs };
}

/**
 * The entry that a raw stream holds.
 *
 * @throws {StorageError} naming key and id, where it is none of ours.
 */
export function readRawEntry(key: string, [id, fields]: StreamEntry): RawEntry {
  const { ts, payload, src, kind, info } = fieldsOf(fields);
  try {
    const receivedAtMs = ts === undefined ? undefined : msOfSecondsText(ts);
    if (ts !== undefined && receivedAtMs === undefined) throw new FieldError("ts", "Unix seconds", ts);
    return { cursor: id, draft: readRawFields({ payload, src, kind, info: parseInfo(info) }, receivedAtMs) };
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    throw valueError(
      "read the raw log",
      key,
      `entries of the raw log, and in ${id} '${error.field}' must be ${error.required}`,
      error.shown,
    );
  }
}

function parseInfo(info: string | undefined): unknown {
  if (info === undefined) return undefined;
  try {
    return JSON.parse(info) as unknown;
  } catch {
    throw new FieldError("info", "JSON", info);
  }
}

/** Fields of a stream entry, or of a hash, by name. */
export function fieldsOf(flat: readonly string[]): Readonly<Partial<Record<string, string>>> {
  const fields: Partial<Record<string, string>> = {};
  for (let index = 0; index + 1 < flat.length; index += 2) fields[flat[index] ?? ""] = flat[index + 1];
  return fields;
}
