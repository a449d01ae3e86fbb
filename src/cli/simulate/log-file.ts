import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import { StorageError } from "../../domain/errors.ts";
import type { LogEntry } from "../../simulator/server/server-log.ts";
import { errorMessage } from "../error-message.ts";

/** The server's log as JSON lines. */
export class LogFile {
  readonly #stream: WriteStream;
  /** Rejects when the file cannot be written any more; never resolves. */
  readonly failed: Promise<never>;

  private constructor(path: string, stream: WriteStream) {
    this.#stream = stream;
    this.failed = new Promise((_, reject) => stream.once("error", (cause) => reject(writeError(path, cause))));
    this.failed.catch(() => undefined);
  }

  /** Starts an empty file; what it held before is gone. @throws {StrikewireError} where it cannot be made. */
  static async create(path: string): Promise<LogFile> {
    const stream = createWriteStream(path);
    try {
      await once(stream, "open");
    } catch (cause) {
      throw writeError(path, cause);
    }
    return new LogFile(path, stream);
  }

  append(entry: LogEntry): void {
    this.#stream.write(`${JSON.stringify(entry)}\n`);
  }

  async close(): Promise<void> {
    if (this.#stream.errored) return;
    this.#stream.end();
    await finished(this.#stream);
  }
}

function writeError(path: string, cause: unknown): StorageError {
  return new StorageError(
    `Cannot write the log: its folder must exist and be writable, current value is "${path}" (${errorMessage(cause)})`,
    { cause },
  );
}
