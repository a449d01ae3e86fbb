/**
 * Recorded feeds in files: read as the records of a `CaptureSource`, in bounded memory, and written. For Node, Deno and
 * Bun.
 *
 * @module
 */
export type { CaptureProgress } from "./byte-source.ts";
export { type CaptureFile, type OpenCaptureOptions, openCapture, type TornTail } from "./capture-source.ts";
export { type CaptureWriter, createCaptureWriter } from "./capture-writer.ts";
export type { LocatedRecord } from "./record-decoder.ts";
export type { CaptureInput } from "./record-encoder.ts";
