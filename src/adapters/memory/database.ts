import type { Heartbeat } from "../../domain/context/heartbeat.ts";
import type { ModelAnalytics } from "../../domain/context/model.ts";
import type { FlowSnapshot, GridSnapshot } from "../../domain/flow/snapshot.ts";
import type { Clock } from "../../ports/clock.ts";
import { BusChannels } from "./bus-channels.ts";
import { ChainTable } from "./chain-table.ts";
import { EpochTable } from "./epoch-table.ts";
import { ExpiringMap } from "./expiring-map.ts";
import { HydrationTable } from "./hydration-table.ts";
import { RawLogTable } from "./raw-log-table.ts";
import { SourceStatusTable } from "./source-status-table.ts";
import { SpotTable } from "./spot-table.ts";

const SNAPSHOT_LIFE_MS = 30_000;
const MODEL_LIFE_MS = 60_000;

/** The state of a database. */
export interface MemoryTables {
  readonly clock: Clock;
  readonly rawLog: RawLogTable;
  readonly hydration: HydrationTable;
  readonly epochs: EpochTable;
  readonly flows: ExpiringMap<FlowSnapshot>;
  readonly grids: ExpiringMap<GridSnapshot>;
  readonly spot: SpotTable;
  readonly chain: ChainTable;
  /** JSON texts, by channel. */
  readonly models: ExpiringMap<string>;
  /** The last ticket that was given, and that of each model stored last, by its channel. */
  readonly modelTickets: { last: number; readonly stored: Map<string, number> };
  readonly modelAnalytics: Map<string, ModelAnalytics>;
  /** By worker. */
  readonly heartbeats: Map<string, { readonly heartbeat: Heartbeat; readonly untilMs: number }>;
  readonly sourceStatus: SourceStatusTable;
  readonly wantedTopics: Set<string>;
  readonly bus: BusChannels;
}

/** The state of a database, for the clients of this folder: those who use the package have no way to it. */
export let tablesOf: (database: MemoryDatabase) => MemoryTables;

/**
 * What a Redis server is to Redis clients: the state that the clients of this folder share. It outlives them; closing
 * one changes nothing for the others. Leases and lifetimes run by its clock.
 *
 * @example
 * ```ts
 * const database = new MemoryDatabase({ clock: new ManualClock() });
 * const log = new MemoryRawLog(database);
 * const store = new MemoryHydrationStore(database);
 * ```
 */
export class MemoryDatabase {
  static {
    tablesOf = (database) => database.#tables;
  }

  /** What leases and lifetimes run by. */
  readonly clock: Clock;
  readonly #tables: MemoryTables;

  /**
   * @param options.maxTradesPerStream prints kept per underlying and expiration, the newest; default 100,000.
   * @param options.maxSpotFetches spot fetches kept, the newest; default 100,000.
   * @throws {RangeError} unless both are positive integers.
   */
  constructor(options: {
    readonly clock: Clock;
    readonly maxTradesPerStream?: number;
    readonly maxSpotFetches?: number;
  }) {
    const { clock, maxTradesPerStream = 100_000, maxSpotFetches = 100_000 } = options;
    for (const [name, max] of Object.entries({ maxTradesPerStream, maxSpotFetches })) {
      if (!Number.isSafeInteger(max) || max < 1) {
        throw new RangeError(`Cannot create a database: '${name}' must be a positive integer, current value is ${max}`);
      }
    }
    this.clock = clock;
    const bus = new BusChannels();
    this.#tables = {
      clock,
      rawLog: new RawLogTable(clock),
      hydration: new HydrationTable(clock, maxTradesPerStream),
      epochs: new EpochTable(clock),
      flows: new ExpiringMap(clock, SNAPSHOT_LIFE_MS),
      grids: new ExpiringMap(clock, SNAPSHOT_LIFE_MS),
      spot: new SpotTable(clock, bus, maxSpotFetches),
      chain: new ChainTable(clock, bus),
      models: new ExpiringMap(clock, MODEL_LIFE_MS),
      modelTickets: { last: 0, stored: new Map() },
      modelAnalytics: new Map(),
      heartbeats: new Map(),
      sourceStatus: new SourceStatusTable(clock),
      wantedTopics: new Set(),
      bus,
    };
  }

  /** Breaks and restores the connections of all subscribers: what was on its way to them is lost, they hear `resync`. */
  dropBusConnections(): void {
    this.#tables.bus.dropConnections();
  }
}
