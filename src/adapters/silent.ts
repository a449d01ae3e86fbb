import type { Logger } from "../ports/logger.ts";
import type { Telemetry } from "../ports/telemetry.ts";

/** Says nothing. */
export const SILENT_LOGGER: Logger = Object.freeze({ debug() {}, info() {}, warn() {}, error() {} });

/** Counts nothing. */
export const SILENT_TELEMETRY: Telemetry = Object.freeze({ count() {}, gauge() {} });
