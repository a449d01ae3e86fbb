import type { RawDraft } from "../../domain/stream/raw-entry.ts";
import { rawFields, writeSeconds } from "../../domain/stream/raw-fields.ts";
import type { CaptureRecord } from "../../ports/capture.ts";

/** What a capture can hold: records of another capture, or entries of a raw log. */
export type CaptureInput = CaptureRecord | RawDraft;

/**
 * The line of a record, newline included: one object, with the fields of the raw stream that the record has.
 *
 * @throws {RangeError} for a receipt time that `openCapture` would refuse.
 */
export function encodeRecord(input: CaptureInput): string {
  if (input.kind === "entry") return encodeDraft(input.draft);
  if ("position" in input) return encodeDraft(input);
  return lineOf({ ts: writeSeconds(input.receivedAtMs), payload: input.payload });
}

function encodeDraft(draft: RawDraft): string {
  return lineOf({ ts: writeSeconds(draft.receivedAtMs), ...rawFields(draft) });
}

function lineOf(fields: object): string {
  return `${JSON.stringify(fields)}\n`;
}
