import { type FileHandle, open } from "node:fs/promises";
import { StorageError } from "../domain/errors.ts";
import type { QuarantineRecord } from "../domain/hydration/effects.ts";
import { errorMessage } from "./error-message.ts";
import { quarantineFields } from "./quarantine-fields.ts";

/** Refused events and frames as JSON lines, with the fields of the quarantine stream. */
export class QuarantineFile {
  readonly #path: string;
  readonly #file: FileHandle;

  private constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  /** Starts an empty file; what it held before is gone. @throws {StrikewireError} where it cannot be made. */
  static async create(path: string): Promise<QuarantineFile> {
    try {
      return new QuarantineFile(path, await open(path, "w"));
    } catch (cause) {
      throw writeError(path, cause);
    }
  }

  /** @throws {StrikewireError} where the file cannot be written. */
  async append(records: readonly QuarantineRecord[]): Promise<void> {
    if (records.length === 0) return;
    try {
      await this.#file.appendFile(records.map((record) => `${JSON.stringify(quarantineFields(record))}\n`).join(""));
    } catch (cause) {
      throw writeError(this.#path, cause);
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

function writeError(path: string, cause: unknown): StorageError {
  return new StorageError(
    `Cannot write the quarantine: its folder must exist and be writable, current value is "${path}" (${errorMessage(cause)})`,
    { cause },
  );
}
