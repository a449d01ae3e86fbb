import { durationText } from "../duration-text.ts";
import { plainTable } from "../plain-table.ts";
import type { ConnectionState, Figures } from "./inspection.ts";
import { agoText, countText } from "./quantity-text.ts";

/** Those of the received counts that are about connections, slots and topics, in the order in which they are shown. */
const SOURCE_FIGURES = [
  "connects",
  "reconnects",
  "evicted_connections",
  "shed_events",
  "conflated",
  "subscribe_msgs",
  "evictions",
  "churn",
  "subs_wanted",
  "subs_active",
  "subs_seen",
  "coverage",
];

/** The counts of what was received, and those of the sources that received it. */
export function splitFigures(figures: Figures | null): {
  readonly received: Figures | null;
  readonly sources: Figures | null;
} {
  if (figures === null) return { received: null, sources: null };
  const of = (names: readonly string[]): Figures | null => {
    const known = names.flatMap((name) => {
      const value = figures[name];
      return value === undefined ? [] : [[name, value] as const];
    });
    return known.length === 0 ? null : Object.fromEntries(known);
  };
  const others = Object.keys(figures).filter((name) => !SOURCE_FIGURES.includes(name));
  return { received: of(others), sources: of(SOURCE_FIGURES) };
}

/** A line per connection; empty where there is none. */
export function connectionsText(connections: readonly ConnectionState[]): string {
  if (connections.length === 0) return "";
  const columns = [
    "connection",
    "state",
    ">epoch",
    ">topics",
    ">waiting",
    ">lag",
    ">stale p50",
    ">p99",
    ">last frame",
    ">close",
    "status",
  ];
  const rows = connections.map((connection) => [
    connection.connection,
    connection.state ?? "-",
    // Without thousands: some are times.
    String(connection.connection_epoch ?? connection.stored_epoch ?? "-"),
    countText(connection.subs_active),
    countText(connection.queue_events),
    lengthText(connection.lag_ms),
    lengthText(connection.staleness_p50_ms),
    lengthText(connection.staleness_p99_ms),
    agoText(connection.last_age_ms ?? connection.stored_age_ms),
    String(connection.last_close_code ?? "-"),
    connection.last_status ?? "-",
  ]);
  return plainTable(columns, rows);
}

/** A length of time, below 0 where two clocks differ. */
function lengthText(ms: number | null): string {
  if (ms === null) return "-";
  return ms < 0 ? `-${durationText(-ms)}` : durationText(ms);
}
