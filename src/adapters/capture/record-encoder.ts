import { formatStreamPosition } from "../../domain/market/batch.ts";
import type { Gap } from "../../domain/stream/gap.ts";
import type { RawDraft } from "../../domain/stream/raw-entry.ts";
import type { CaptureRecord } from "../../ports/capture.ts";
import { MAX_RECEIPT_SECONDS, receiptSeconds } from "./receipt-seconds.ts";

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
  return lineOf({ ts: secondsOf(input.receivedAtMs), payload: input.payload });
}

function encodeDraft(draft: RawDraft): string {
  const ts = secondsOf(draft.receivedAtMs);
  const src = formatStreamPosition(draft.position);
  if (draft.kind === "frame") return lineOf({ ts, payload: draft.payload, src });
  return lineOf({ ts, payload: "[]", src, kind: draft.kind, info: infoOf(draft) });
}

function lineOf(fields: object): string {
  return `${JSON.stringify(fields)}\n`;
}

function infoOf(draft: Exclude<RawDraft, { readonly kind: "frame" }>): object | undefined {
  switch (draft.kind) {
    case "connected":
    case "heartbeat":
      return undefined;
    case "closed":
      return { cause: draft.cause };
    case "gap":
      return gapInfo(draft.gap);
  }
}

function gapInfo({ connection, fromAtMs, toAtMs, cause, scope, instruments }: Gap): object {
  return {
    connection,
    from_ts: secondsOf(fromAtMs),
    to_ts: secondsOf(toAtMs),
    cause,
    scope,
    instruments,
  };
}

function secondsOf(ms: number | undefined): number | undefined {
  if (ms === undefined) return undefined;
  const seconds = receiptSeconds(ms);
  if (seconds > 0 && seconds <= MAX_RECEIPT_SECONDS) return seconds;
  throw new RangeError(
    `Cannot write a capture: a receipt time must be above 0 and at most ${MAX_RECEIPT_SECONDS * 1e3} ms, current value is ${ms}`,
  );
}
