import { createWriteStream } from "node:fs";
import type { Writable } from "node:stream";
import { finished, pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { CaptureError, ClosedError } from "../../domain/errors.ts";
import { type CaptureInput, encodeRecord } from "./record-encoder.ts";

/** Writes a capture that `openCapture` reads back, record by record the same. Receipt times keep their microseconds. */
export interface CaptureWriter {
  /**
   * Adds records, one whole line each, behind those of every earlier call. Resolves when the file has taken them, so that
   * whoever waits for it writes no faster than the disk; with gzip, when the compressor has.
   *
   * @throws {RangeError} for a receipt time that no capture can hold; nothing of the call is written then.
   * @throws {CaptureError} where the file cannot be written any more.
   * @throws {ClosedError} after `close()`.
   */
  write(records: readonly CaptureInput[]): Promise<void>;
  /** Resolves when everything written is in the file. Idempotent. @throws {CaptureError} where it cannot be. */
  close(): Promise<void>;
}

const MAX_TEXT_LENGTH = 1_048_576;

/**
 * Starts a capture, one envelope per line. A process that is killed leaves at most one torn line, at the end, which
 * `openCapture` tells from damage.
 *
 * @throws {CaptureError} where the file cannot be made; an existing one is never touched.
 * @example
 * ```ts
 * const writer = await createCaptureWriter("monday.jsonl.gz", { gzip: true });
 * await writer.write([{ kind: "frame", receivedAtMs: 1_766_437_799_500, payload: "[]" }]);
 * await writer.close();
 * ```
 */
export async function createCaptureWriter(
  path: string,
  options: { readonly gzip?: boolean } = {},
): Promise<CaptureWriter> {
  const file = createWriteStream(path, { flags: "wx" });
  try {
    await new Promise<void>((resolve, reject) => {
      file.once("open", () => resolve()).once("error", reject);
    });
  } catch (cause) {
    throw new CaptureError(
      `Cannot create a capture: the file must be new and its folder writable, current value is "${path}" (${String(cause)})`,
      undefined,
      { cause },
    );
  }
  if (options.gzip !== true) return new StreamCaptureWriter(file, finished(file));
  const gzip = createGzip();
  return new StreamCaptureWriter(gzip, pipeline(gzip, file));
}

class StreamCaptureWriter implements CaptureWriter {
  readonly #sink: Writable;
  /** Settles when the last byte is in the file, or will never be. */
  readonly #finished: Promise<void>;
  /** The last of the calls made so far. */
  #last: Promise<void> = Promise.resolve();
  #closed: Promise<void> | undefined;

  constructor(sink: Writable, done: Promise<void>) {
    this.#sink = sink;
    this.#finished = done.catch((cause: unknown) => {
      throw new CaptureError(
        `Cannot write a capture: the file must take every byte, current value is "${String(cause)}"`,
        undefined,
        { cause },
      );
    });
    // Told to whoever writes or closes next; nobody may be waiting now.
    this.#finished.catch(() => undefined);
  }

  async write(records: readonly CaptureInput[]): Promise<void> {
    if (this.#closed !== undefined) throw new ClosedError("write to a capture");
    const lines = records.map(encodeRecord);
    const written = this.#last.then(() => this.#writeLines(lines));
    this.#last = written.catch(() => undefined);
    await written;
  }

  async close(): Promise<void> {
    this.#closed ??= this.#last.then(async () => {
      this.#sink.end();
      await this.#finished;
    });
    await this.#closed;
  }

  async #writeLines(lines: readonly string[]): Promise<void> {
    let text = "";
    for (const line of lines) {
      text += line;
      if (text.length < MAX_TEXT_LENGTH) continue;
      await this.#writeText(text);
      text = "";
    }
    if (text !== "") await this.#writeText(text);
  }

  async #writeText(text: string): Promise<void> {
    // A write that fails is not always called back, the end of the stream always is.
    const written = new Promise<void>((resolve) => this.#sink.write(text, (error) => (error ? undefined : resolve())));
    await Promise.race([written, this.#finished]);
  }
}
