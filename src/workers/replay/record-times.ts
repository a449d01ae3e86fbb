import { eventTsNs } from "../../domain/market/rows.ts";
import { parsePayload } from "../../domain/wire/parse-payload.ts";
import type { CaptureRecord } from "../../ports/capture.ts";

const NS_PER_MS = 1_000_000n;

/** Part of a recording, in ms; open where absent. */
export interface Stretch {
  /** Included. */
  readonly fromAtMs?: number | undefined;
  /** Excluded. */
  readonly toAtMs?: number | undefined;
}

/** Whether an instant lies in a stretch. */
export function isWithin(atMs: number, { fromAtMs, toAtMs }: Stretch): boolean {
  return !(fromAtMs !== undefined && atMs < fromAtMs) && !(toAtMs !== undefined && atMs >= toAtMs);
}

/**
 * When the records of a capture happened, for pacing and for picking a stretch: by receipt time where the recorder kept
 * it, by the highest event time of the frame where it did not. A frame with neither (a status) shares the time of the one
 * before it.
 */
export class RecordTimes {
  #lastAtMs: number | undefined;

  /** Milliseconds since the Unix epoch; `undefined` before the first record that has a time. */
  of(record: CaptureRecord): number | undefined {
    const frame = record.kind === "frame" ? record : record.draft;
    const payload = "payload" in frame ? frame.payload : undefined;
    const atMs = frame.receivedAtMs ?? (payload === undefined ? undefined : latestEventAtMs(payload));
    this.#lastAtMs = atMs ?? this.#lastAtMs;
    return this.#lastAtMs;
  }
}

function latestEventAtMs(payload: string): number | undefined {
  const parsed = parsePayload(payload, { onInvalid: "quarantine" });
  if (!parsed.ok) return undefined;
  let latest: bigint | undefined;
  for (const { rows } of parsed.batches) {
    for (const row of rows) {
      const tsNs = eventTsNs(row);
      if (latest === undefined || tsNs > latest) latest = tsNs;
    }
  }
  return latest === undefined ? undefined : Number(latest / NS_PER_MS);
}
