import { pino } from "pino";
import type { Logger } from "../ports/logger.ts";

/** Messages as JSON lines on standard error, so that standard output stays for results. */
export function stderrLogger(level: "debug" | "warn"): Logger {
  const log = pino({ name: "strikewire", level }, pino.destination({ fd: 2, sync: true }));
  return {
    debug: (message, fields) => log.debug(fields ?? {}, message),
    info: (message, fields) => log.info(fields ?? {}, message),
    warn: (message, fields) => log.warn(fields ?? {}, message),
    error: (message, error, fields) => log.error({ ...fields, err: error }, message),
  };
}
