import type { GapFields } from "../gap-fields.ts";
import type { QuarantineFields } from "../quarantine-fields.ts";
import type { KeyProblem } from "../redis/key-reader.ts";

/**
 * How it stands with a system on a Redis. Names are those of the JSON document, with their units: `_ms` counts of
 * milliseconds, `_ns` decimal strings of nanoseconds, `age_ms` how long ago by the server's clock, `left_ms` how long from
 * now, negative where it is over. What is not there is `null` or an empty list.
 */
export interface Inspection {
  readonly schema_version: 1;
  /** The server's clock, ms since the Unix epoch. */
  readonly at_ms: number;
  readonly prefix: string;
  readonly server: ServerState;
  readonly raw: RawState | null;
  readonly producers: readonly ProducerState[];
  readonly connections: readonly ConnectionState[];
  /** How many topics a targeted source is to subscribe to. */
  readonly wanted_topics: number | null;
  readonly hydrators: readonly HydratorState[];
  readonly analytics: Figures | null;
  readonly hydrate_analytics: Figures | null;
  readonly gaps: GapState | null;
  readonly quarantine: QuarantineState | null;
  readonly trades: readonly TradeStreamState[];
  readonly spot: StreamState | null;
  readonly chains: readonly ChainState[];
  /** How many fetches of chains were of each health class. */
  readonly chain_health: Figures | null;
  readonly chain_analytics: Figures | null;
  readonly epochs: readonly EpochState[];
  readonly models: readonly ModelState[];
  readonly heartbeats: readonly HeartbeatState[];
  /** What somebody should look at, the worst first, each in one line. */
  readonly findings: readonly string[];
  /** What stands under our keys and is not ours. */
  readonly problems: readonly KeyProblem[];
}

export interface ServerState {
  /** Without credentials. */
  readonly address: string;
  readonly version: string;
  readonly uptime_s: number;
  readonly memory_used_bytes: number;
  /** 0 where there is no limit. */
  readonly maxmemory_bytes: number;
  readonly maxmemory_policy: string;
}

/** Fields of a hash as they are: numbers where they are numbers, but for `_ns`. */
export type Figures = Readonly<Record<string, number | string>>;

export interface StreamState {
  readonly key: string;
  readonly length: number;
  readonly first_id: string | null;
  readonly first_age_ms: number | null;
  readonly last_id: string | null;
  readonly last_age_ms: number | null;
}

export interface RawState extends StreamState {
  /** Of the entries that are there. */
  readonly payload_bytes: number | null;
  /** The last entry that retention removed. */
  readonly last_removed_id: string | null;
  readonly groups: readonly GroupState[];
}

export interface GroupState {
  readonly name: string;
  /** Entries that are not delivered yet; `null` where the server cannot tell. */
  readonly lag_entries: number | null;
  readonly last_delivered_id: string;
}

export interface ProducerState {
  readonly producer: string;
  /** The last sequence stored. */
  readonly seq: number | null;
  readonly used_age_ms: number | null;
}

/** What is known of a connection: its gauges, for a day after the last, and where the raw log last had it. */
export interface ConnectionState {
  /** `{class}/{shard}`. */
  readonly connection: string;
  /** `null` where no source told of it within the last day, as everything down to `last_age_ms`. */
  readonly state: string | null;
  readonly connection_epoch: number | null;
  readonly subs_active: number | null;
  readonly queue_events: number | null;
  readonly queue_bytes: number | null;
  readonly queue_ms: number | null;
  readonly lag_ms: number | null;
  readonly staleness_p50_ms: number | null;
  readonly staleness_p99_ms: number | null;
  readonly last_close_code: number | null;
  readonly last_status: string | null;
  /** What is missing at the moment: gaps that have no end yet. */
  readonly missing: readonly GapFields[];
  /** Since the last frame was received. */
  readonly last_age_ms: number | null;
  /** The highest epoch in the raw log, and how long ago the latest receipt in it was. */
  readonly stored_epoch: number | null;
  readonly stored_age_ms: number | null;
}

export interface HydratorState {
  readonly partition: string;
  readonly owner: string | null;
  readonly lease_left_ms: number | null;
  /** How often the lease was acquired. */
  readonly leases: number | null;
  readonly cursor: string | null;
  /** From where its next owner would read on: sums and accounts are as of there. */
  readonly state_cursor: string | null;
  /** Since the cursor moved. */
  readonly cursor_age_ms: number | null;
  /** Entries of the raw stream behind the cursor. */
  readonly lag_entries: number | null;
}

export interface GapState {
  readonly key: string;
  readonly length: number;
  /** Of the newest `counted` gaps. */
  readonly counted: number;
  readonly by_cause: Readonly<Record<string, number>>;
  /** Oldest first, at most 10. */
  readonly last: readonly GapFields[];
}

export interface QuarantineState {
  readonly key: string;
  readonly length: number;
  /** Oldest first, at most 5, with the first 200 characters of their payloads. */
  readonly last: readonly QuarantineFields[];
}

export interface TradeStreamState {
  readonly key: string;
  readonly underlying: string;
  readonly expiration: string;
  readonly length: number;
  readonly last_age_ms: number | null;
  readonly left_ms: number | null;
}

/** How the fetching of a symbol's chain goes: all but the health is of the last fetch that was answered. */
export interface ChainState {
  readonly symbol: string;
  /** Of the last fetch, answered or not. */
  readonly last_health: string | null;
  /** Since it was received. */
  readonly snapshot_age_ms: number | null;
  readonly latency_ms: number | null;
  readonly contracts: number | null;
  /** How many dates. */
  readonly expirations: number | null;
  /** Points. */
  readonly strike_min: number | null;
  readonly strike_max: number | null;
}

export interface EpochState {
  readonly symbol: string;
  readonly epoch: string;
  readonly age_ms: number | null;
  readonly valid_left_ms: number | null;
  /** As its meta data has it. */
  readonly contracts: number | null;
  /** Those that its index names now. */
  readonly contracts_stored: number;
  readonly dirty_contracts: number;
  /** Lent to a builder. */
  readonly lent_contracts: number;
  /** Whether it waits to be recomputed. */
  readonly dirty: boolean;
  readonly had_ws_updates: boolean | null;
  /** Since the feed last brought a value for it, of whatever age; `null` where it never did. */
  readonly streamed_age_ms: number | null;
  readonly dormant_count: number | null;
  readonly forced: boolean | null;
  /** Of the last fetch of its symbol's chain. */
  readonly last_health: string | null;
}

export interface ModelState {
  readonly model: string;
  readonly symbol: string;
  /** Until it expires; `null` where it is not there. */
  readonly left_ms: number | null;
  /** Since it was built last. */
  readonly built_age_ms: number | null;
  readonly builds: number | null;
  readonly skipped_stale: number | null;
  readonly errors: number | null;
}

export interface HeartbeatState {
  readonly worker: string;
  /** `silent` where its time ran out, `stopped` where it ended in order and its time has not run out yet. */
  readonly status: "ok" | "degraded" | "failed" | "silent" | "stopped";
  readonly reason: string | null;
  readonly host: string | null;
  readonly pid: number | null;
  readonly age_ms: number | null;
  readonly up_ms: number | null;
}
