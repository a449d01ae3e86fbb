import type { ConnectionGauges } from "../../../src/domain/context/source-status.ts";

/** A connection that streams. */
export const CONNECTION_GAUGES: ConnectionGauges = {
  state: "streaming",
  connection_epoch: 7,
  subs_active: 2,
  queue_events: 0,
  queue_bytes: 0,
  queue_ms: 0,
  lag_ms: null,
  staleness_p50_ms: null,
  staleness_p99_ms: null,
  last_close_code: null,
  last_status: "success",
  last_ts: null,
  missing: null,
};
