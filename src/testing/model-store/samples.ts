import type { ModelAnalytics } from "../../domain/context/model.ts";
import { SAMPLE_TIME_MS, SAMPLE_TIME_NS } from "../samples.ts";

/** A message of no particular model, with everything that JSON has. */
export function sampleModel(overrides: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return {
    schema_version: 1,
    symbol: "SPX",
    as_of_ns: `${SAMPLE_TIME_NS}`,
    net_gex_usd_per_pct: -1.7976931348623157e308,
    flip: null,
    empty: [],
    none: {},
    cells: [
      { strike: 6_870.5, gex: 0.1 + 0.2, ok: true },
      { strike: 6_875, gex: null, ok: false },
    ],
    text: 'é€😀"\\\u0000',
    tiny: 5e-324,
    ...overrides,
  };
}

export function sampleModelAnalytics(overrides: Partial<ModelAnalytics> = {}): ModelAnalytics {
  return {
    builds: 1_205,
    full: 5,
    incremental: 1_200,
    last_ts: SAMPLE_TIME_MS / 1_000,
    last_ms: 1.25,
    skipped_stale: 7,
    errors: 3,
    ...overrides,
  };
}
