import type { LogFields, Logger } from "../../src/ports/logger.ts";

/** What a source process tells in one line: a message it logged, or how it ended. */
export interface ChildLine {
  readonly level: "debug" | "info" | "warn" | "error" | "ended";
  readonly message: string;
  readonly fields: LogFields;
}

export function printLine(line: ChildLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** Prints what it is given. */
export function lineLogger(): Logger {
  const at =
    (level: "debug" | "info" | "warn") =>
    (message: string, fields: LogFields = {}): void =>
      printLine({ level, message, fields });
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: (message, error, fields = {}) =>
      printLine({ level: "error", message: `${message}: ${String(error)}`, fields }),
  };
}
