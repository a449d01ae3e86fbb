import type { CaptureRecord, CaptureSource } from "../../src/ports/capture.ts";

/** A capture of these records, handed out in batches of `batch`. */
export function captureOf(records: readonly CaptureRecord[], batch = 3): CaptureSource {
  return {
    async *records(signal) {
      for (let from = 0; from < records.length && !signal.aborted; from += batch) {
        yield records.slice(from, from + batch);
      }
    },
  };
}

/** A frame as a bare recorder kept it. */
export function recorded(receivedAtMs: number | undefined, events: readonly Record<string, unknown>[]): CaptureRecord {
  return { kind: "frame", receivedAtMs, payload: JSON.stringify(events) };
}
