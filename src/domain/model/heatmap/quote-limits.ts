/** How old quotes may be, ms; `null` for any age. */
export interface QuoteLimits {
  /** The oldest leg of a package, against the instant of the report. */
  readonly maxAgeMs: number | null;
  /** The oldest leg against the newest. */
  readonly maxSkewMs: number | null;
}

/** Five seconds, one second. */
export const DEFAULT_QUOTE_LIMITS: QuoteLimits = { maxAgeMs: 5_000, maxSkewMs: 1_000 };
