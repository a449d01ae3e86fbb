import { pino } from "pino";
import type { LogFields, Logger } from "../ports/logger.ts";
import { printable } from "./printable.ts";

/** What pino writes of a message, as it is set up here. */
interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly fields?: LogFields;
  readonly err?: { readonly message: string } | string;
}

/**
 * Messages to people on standard error, one line each, so that standard output stays for results:
 * `strikewire: warn: Lost the lease to another hydrator (partition 0)`.
 */
export function stderrLogger(level: "debug" | "warn"): Logger {
  const formatters = { level: (label: string) => ({ level: label }) };
  const write = (json: string): void => {
    process.stderr.write(lineOf(JSON.parse(json) as LogLine));
  };
  const log = pino({ level, base: null, timestamp: false, formatters }, { write });
  return {
    debug: (message, fields) => log.debug({ fields }, message),
    info: (message, fields) => log.info({ fields }, message),
    warn: (message, fields) => log.warn({ fields }, message),
    error: (message, error, fields) => log.error({ fields, err: error }, message),
  };
}

function lineOf({ level, msg, fields = {}, err }: LogLine): string {
  const details = Object.entries(fields).map(([name, value]) => `${name} ${value}`);
  const where = details.length === 0 ? "" : ` (${details.join(", ")})`;
  const why = err === undefined ? "" : `: ${typeof err === "string" ? err : err.message}`;
  return `${printable(`strikewire: ${level}: ${msg}${where}${why}`)}\n`;
}
