import { z } from "zod";
import { countField, finiteField, notNegativeField, textField } from "../fields.ts";
import { nanosecondsField, timeField } from "./fields.ts";
import { readMissing } from "./missing-data.ts";

/**
 * What sources count, over all of them and for good. `frames` and `bytes` are not among them: the raw log counts those
 * with its entries, exactly.
 *
 * `events` of accepted frames, of which `trades quotes values statuses other` by kind and `invalid` refused;
 * `shed_events` given up on purpose before they reached the log, `conflated` quotes that a later one replaced in a host's
 * tap; `connects` sockets opened, `reconnects` those after the first of a run, `evicted_connections` taken by another client
 * of the account; `subscribe_msgs` requests sent; `evictions` instruments that lost a slot to another, `churn` slots that
 * changed hands.
 */
export const SOURCE_COUNTERS = [
  "events",
  "trades",
  "quotes",
  "values",
  "statuses",
  "other",
  "invalid",
  "shed_events",
  "conflated",
  "connects",
  "reconnects",
  "evicted_connections",
  "subscribe_msgs",
  "evictions",
  "churn",
] as const;

export type SourceCounter = (typeof SOURCE_COUNTERS)[number];

/** Increments or totals; an absent counter is 0. */
export type SourceCounters = Readonly<Partial<Record<SourceCounter, number>>>;

/** How it stands with a source as a whole. Names are those of the public keys. */
export interface SourceGauges {
  /** Topics wanted, confirmed by the provider, and seen to bring data, over all connections. */
  readonly subs_wanted: number;
  readonly subs_active: number;
  readonly subs_seen: number;
  /** Share of the estimated rate of all candidates for a quote slot that is subscribed, in 0..1; `null` where unknown. */
  readonly coverage: number | null;
  /** Event time of the latest row, Unix seconds; `null` before the first. */
  readonly last_event_ts: number | null;
  /** The lowest watermark of the connections, ns; `null` while one of them has none. */
  readonly watermark_ns: string | null;
}

/** How it stands with one connection. Names are those of the public keys; what is not known is `null`. */
export interface ConnectionGauges {
  readonly state: string;
  readonly connection_epoch: number;
  /** Topics confirmed. */
  readonly subs_active: number;
  /** What was received and waits to be processed, and for how long its oldest part has, ms. */
  readonly queue_events: number;
  readonly queue_bytes: number;
  readonly queue_ms: number;
  /** Receipt minus event time, ms. */
  readonly lag_ms: number | null;
  /** From receipt to processing, ms, over the last events. */
  readonly staleness_p50_ms: number | null;
  readonly staleness_p99_ms: number | null;
  readonly last_close_code: number | null;
  /** The last status word of the provider. */
  readonly last_status: string | null;
  /** Receipt of the last frame, Unix seconds. */
  readonly last_ts: number | null;
  /** What is missing since when, for a source that is killed cannot tell it; see `missingText`. */
  readonly missing: string | null;
}

const missingField = textField.refine((text) => readMissing(text) !== undefined, { error: "a JSON list of gaps" });

export const sourceGaugesSchema: z.ZodType<SourceGauges> = z.object(
  {
    subs_wanted: countField,
    subs_active: countField,
    subs_seen: countField,
    coverage: notNegativeField.nullable(),
    last_event_ts: timeField.nullable(),
    watermark_ns: nanosecondsField.nullable(),
  },
  { error: "an object" },
);

export const connectionGaugesSchema: z.ZodType<ConnectionGauges> = z.object(
  {
    state: textField,
    connection_epoch: countField,
    subs_active: countField,
    queue_events: countField,
    queue_bytes: countField,
    queue_ms: notNegativeField,
    lag_ms: finiteField.nullable(),
    staleness_p50_ms: notNegativeField.nullable(),
    staleness_p99_ms: notNegativeField.nullable(),
    last_close_code: countField.nullable(),
    last_status: textField.nullable(),
    last_ts: timeField.nullable(),
    missing: missingField.nullable(),
  },
  { error: "an object" },
);
