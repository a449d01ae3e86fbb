import type { RawDraft } from "../domain/stream/raw-entry.ts";

/**
 * One thing that a capture recorded: a frame, with as much as the recorder knew about it. `draft` has the position too,
 * where the capture was written from a raw log.
 */
export type CaptureRecord =
  | { readonly kind: "frame"; readonly receivedAtMs: number | undefined; readonly payload: string }
  | { readonly kind: "entry"; readonly draft: RawDraft };

/** A recorded feed, read in order and in bounded memory. */
export interface CaptureSource {
  /**
   * The records in the order in which they were made. Ends early, without error, when `signal` aborts.
   *
   * @throws {CaptureError} naming the line, where the file cannot be read as a capture.
   */
  records(signal: AbortSignal): AsyncIterable<readonly CaptureRecord[]>;
}
