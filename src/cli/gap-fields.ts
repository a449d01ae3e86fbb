import type { Gap } from "../domain/stream/gap.ts";

/** A gap as JSON documents have it. */
export interface GapFields extends Pick<Gap, "connection" | "cause" | "scope"> {
  /** Last receipt before, first after; `null` where the source has no receipt times. */
  readonly from_ms: number | null;
  readonly to_ms: number | null;
  readonly instruments: readonly string[] | null;
}

export function gapFields({ connection, fromAtMs, toAtMs, cause, scope, instruments }: Gap): GapFields {
  return {
    connection,
    from_ms: fromAtMs ?? null,
    to_ms: toAtMs ?? null,
    cause,
    scope,
    instruments: instruments ?? null,
  };
}
