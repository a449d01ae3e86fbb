import type { SpotFetch, SpotValue } from "../../domain/context/spot.ts";
import { SAMPLE_TIME_MS, SAMPLE_TIME_NS } from "../samples.ts";

export function sampleSpotValue(overrides: Partial<SpotValue> = {}): SpotValue {
  return {
    symbol: "SPX",
    value: 6_870.1 + 0.2,
    volume: 1_234_567,
    ts: SAMPLE_TIME_MS / 1_000,
    as_of_ns: `${SAMPLE_TIME_NS}`,
    timeframe: "REAL-TIME",
    source: "rest",
    change: -12.3,
    change_pct: -0.1787,
    ...overrides,
  };
}

/** A fetch of these values. */
export function sampleSpotFetch(values: readonly SpotValue[], overrides: Partial<SpotFetch> = {}): SpotFetch {
  return {
    receivedAtMs: SAMPLE_TIME_MS + 0.25,
    latencyMs: 41.5,
    payload: '{"results":[ {"value":6870.30,"name":"é€😀"} ]}\n',
    values,
    errors: 0,
    ...overrides,
  };
}
