type Ignored = (...what: readonly unknown[]) => void;

/** Says nothing: a logger for whoever gives none. */
export const SILENT_LOGGER: Readonly<Record<"debug" | "info" | "warn" | "error", Ignored>> = Object.freeze({
  debug() {},
  info() {},
  warn() {},
  error() {},
});

/** Counts nothing: a telemetry for whoever gives none. */
export const SILENT_TELEMETRY: Readonly<Record<"count" | "gauge", Ignored>> = Object.freeze({ count() {}, gauge() {} });
