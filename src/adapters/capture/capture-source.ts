import { CaptureError, isStrikewireError } from "../../domain/errors.ts";
import type { CaptureSource } from "../../ports/capture.ts";
import { type CaptureProgress, fileBytes, streamBytes } from "./byte-source.ts";
import { decompressed } from "./gunzip.ts";
import { LineReader } from "./line-reader.ts";
import { type LocatedRecord, RecordDecoder } from "./record-decoder.ts";
import { untilAborted } from "./until-aborted.ts";

/** The beginning of a line at the end of a capture: its recorder was stopped in the middle of a write. */
export interface TornTail {
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

export interface OpenCaptureOptions {
  /** A longer line is an error. @default 33554432 */
  readonly maxLineBytes?: number;
  /**
   * Hears of a torn last line, which is then left out. Where nobody listens it is an error: nothing of a recording is
   * passed over in silence.
   */
  readonly onTornTail?: (tail: TornTail) => void;
  /** Hears of every chunk read. Must not throw. */
  readonly onProgress?: (progress: CaptureProgress) => void;
}

/** A capture that knows where its records stand. */
export interface CaptureFile extends CaptureSource {
  records(signal: AbortSignal): AsyncIterable<readonly LocatedRecord[]>;
}

const DEFAULT_MAX_LINE_BYTES = 33_554_432;

/**
 * Opens a recorded feed, plain or gzip, whatever its name says. One record per line, in one of two forms, told apart
 * line by line:
 *
 * - a frame, verbatim: the JSON array or object that the provider sent. A line that is no JSON is a frame too;
 * - an envelope, an entry of the raw stream: `{"ts":1700000000.123,"payload":"[...]","src":"options/0/1/7"}` with `ts` the
 *   receipt in Unix seconds (number or decimal text, may be absent), `payload` the frame as text, and, where the recorder
 *   knew them, `src` the place `{class}/{shard}/{epoch}/{seq}`, `kind` (`frame connected heartbeat gap closed`) and `info`
 *   (of a gap `connection from_ts to_ts cause scope instruments`, of `closed` its `cause`).
 *
 * Lines end with LF or CRLF; a byte order mark and empty lines are left out. Memory is bounded by the longest line,
 * whatever the size of the file. Batches are what one read gave.
 *
 * Nothing is opened before `records` is called. Each call reads a file from the start; a stream can be read once.
 *
 * Errors are `CaptureError`s: a file that cannot be opened, damaged or cut-off gzip (after everything that stood before
 * the cut), a line that is too long or no UTF-8, a broken envelope. What stood before the error has been given.
 *
 * @param source path of a file, or its bytes: a Node `Readable`, a web stream, chunks of a test.
 * @throws {RangeError} unless `maxLineBytes` is a positive integer.
 * @example
 * ```ts
 * const capture = openCapture("captures/synthetic.jsonl");
 * for await (const records of capture.records(new AbortController().signal)) {
 *   for (const record of records) console.log(record.line, record.kind);
 * }
 * ```
 */
export function openCapture(source: string | AsyncIterable<Uint8Array>, options: OpenCaptureOptions = {}): CaptureFile {
  const { maxLineBytes = DEFAULT_MAX_LINE_BYTES } = options;
  if (!Number.isSafeInteger(maxLineBytes) || maxLineBytes < 1) {
    throw new RangeError(
      `Cannot open a capture: 'maxLineBytes' must be a positive integer, current value is ${maxLineBytes}`,
    );
  }
  return { records: (signal) => readRecords(source, maxLineBytes, options, signal) };
}

async function* readRecords(
  source: string | AsyncIterable<Uint8Array>,
  maxLineBytes: number,
  options: OpenCaptureOptions,
  signal: AbortSignal,
): AsyncGenerator<readonly LocatedRecord[], void> {
  const { onProgress, onTornTail } = options;
  const bytes = typeof source === "string" ? fileBytes(source, onProgress) : streamBytes(source, onProgress);
  const lines = new LineReader(maxLineBytes);
  const decoder = new RecordDecoder();
  let records: LocatedRecord[] = [];
  const decode = (text: string, line: number): void => {
    records.push(decoder.decode(text, line));
  };
  const decodeLast = (text: string, line: number): void => {
    if (onTornTail !== undefined && decoder.isTorn(text)) onTornTail({ line, text });
    else decode(text, line);
  };
  try {
    for await (const chunk of untilAborted(decompressed(bytes), signal)) {
      lines.push(chunk, decode);
      if (records.length > 0) yield records;
      records = [];
    }
    if (!signal.aborted) lines.end(decodeLast);
  } catch (error) {
    // The records before the fault came whole: they are given before it is told.
    if (records.length > 0) yield records;
    throw isStrikewireError(error) ? error : streamError(error);
  }
  if (records.length > 0) yield records;
}

function streamError(cause: unknown): CaptureError {
  return new CaptureError(
    `Cannot read a capture: its stream must end without error, current value is "${String(cause)}"`,
    undefined,
    { cause },
  );
}
