import type { LogFields, Logger } from "../../ports/logger.ts";

/** One message, as it was logged. `error` is `undefined` where none was given. */
export interface LogEntry {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
  readonly error: unknown;
  readonly fields: LogFields;
}

/** Keeps every message, for tests: nothing is ever let go. */
export class MemoryLogger implements Logger {
  readonly #entries: LogEntry[] = [];

  /** Oldest first. */
  get entries(): readonly LogEntry[] {
    return [...this.#entries];
  }

  debug(message: string, fields: LogFields = {}): void {
    this.#entries.push({ level: "debug", message, error: undefined, fields });
  }

  info(message: string, fields: LogFields = {}): void {
    this.#entries.push({ level: "info", message, error: undefined, fields });
  }

  warn(message: string, fields: LogFields = {}): void {
    this.#entries.push({ level: "warn", message, error: undefined, fields });
  }

  error(message: string, error?: unknown, fields: LogFields = {}): void {
    this.#entries.push({ level: "error", message, error, fields });
  }
}
