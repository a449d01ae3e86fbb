import type { ConnectionGauges, SourceCounters, SourceGauges } from "../../domain/context/source-status.ts";
import { SAMPLE_TIME_MS, SAMPLE_TIME_NS } from "../samples.ts";

/** Every counter, each with another increment. */
export function sampleSourceCounts(overrides: SourceCounters = {}): SourceCounters {
  return {
    events: 45,
    trades: 11,
    quotes: 12,
    values: 2,
    statuses: 3,
    other: 4,
    invalid: 5,
    shed_events: 6,
    conflated: 7,
    connects: 8,
    reconnects: 9,
    evicted_connections: 10,
    subscribe_msgs: 13,
    evictions: 14,
    churn: 15,
    ...overrides,
  };
}

export function sampleSourceGauges(overrides: Partial<SourceGauges> = {}): SourceGauges {
  return {
    subs_wanted: 1_000,
    subs_active: 998,
    subs_seen: 640,
    coverage: 0.1 + 0.2,
    last_event_ts: SAMPLE_TIME_MS / 1_000,
    watermark_ns: `${SAMPLE_TIME_NS}`,
    ...overrides,
  };
}

export function sampleConnectionGauges(overrides: Partial<ConnectionGauges> = {}): ConnectionGauges {
  return {
    state: "streaming",
    connection_epoch: 17,
    subs_active: 998,
    queue_events: 1_200,
    queue_bytes: 65_536,
    queue_ms: 4.5,
    lag_ms: -0.75,
    staleness_p50_ms: 1.25,
    staleness_p99_ms: 9.5,
    last_close_code: 1_006,
    last_status: "auth_success é€😀",
    last_ts: SAMPLE_TIME_MS / 1_000 - 0.25,
    missing:
      '[{"connection":"options/0","from_ts":1766437199.75,"cause":"unsubscribed","scope":"instruments","instruments":["A"]}]',
    ...overrides,
  };
}
