import {
  type ConnectionGauges,
  connectionGaugesSchema,
  type SourceGauges,
  sourceGaugesSchema,
} from "../../domain/context/source-status.ts";
import { type GaugeKinds, readGauges } from "./gauge-fields.ts";

export const SOURCE_GAUGES: GaugeKinds<SourceGauges> = {
  subs_wanted: "number",
  subs_active: "number",
  subs_seen: "number",
  coverage: "number",
  last_event_ts: "number",
  watermark_ns: "text",
};

export const CONNECTION_GAUGES: GaugeKinds<ConnectionGauges> = {
  state: "text",
  connection_epoch: "number",
  subs_active: "number",
  queue_events: "number",
  queue_bytes: "number",
  queue_ms: "number",
  lag_ms: "number",
  staleness_p50_ms: "number",
  staleness_p99_ms: "number",
  last_close_code: "number",
  last_status: "text",
  last_ts: "number",
  missing: "text",
};

type Fields = Readonly<Partial<Record<string, string>>>;

/** @throws {StorageError} naming the key, where the fields are no gauges of a source. */
export function readSourceGauges(action: string, key: string, fields: Fields): SourceGauges | null {
  return readGauges(action, key, SOURCE_GAUGES, sourceGaugesSchema, fields);
}

/** @throws {StorageError} naming the key, where the fields are no gauges of a connection. */
export function readConnectionGauges(action: string, key: string, fields: Fields): ConnectionGauges | null {
  return readGauges(action, key, CONNECTION_GAUGES, connectionGaugesSchema, fields);
}
