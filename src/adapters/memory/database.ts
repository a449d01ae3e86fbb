import type { FlowSnapshot, GridSnapshot } from "../../domain/flow/snapshot.ts";
import type { Clock } from "../../ports/clock.ts";
import { BusChannels } from "./bus-channels.ts";
import { EpochTable } from "./epoch-table.ts";
import { ExpiringMap } from "./expiring-map.ts";
import { HydrationTable } from "./hydration-table.ts";
import { RawLogTable } from "./raw-log-table.ts";

const SNAPSHOT_LIFE_MS = 30_000;

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
  readonly clock: Clock;
  /** For the clients of this folder. */
  readonly rawLog: RawLogTable;
  /** For the clients of this folder. */
  readonly hydration: HydrationTable;
  /** For the clients of this folder. */
  readonly epochs: EpochTable;
  /** For the clients of this folder. */
  readonly flows: ExpiringMap<FlowSnapshot>;
  /** For the clients of this folder. */
  readonly grids: ExpiringMap<GridSnapshot>;
  /** For the clients of this folder. */
  readonly bus: BusChannels = new BusChannels();
  #token = 0;

  /**
   * @param options.maxTradesPerStream prints kept per underlying and expiration, the newest; default 100,000.
   * @throws {RangeError} unless `maxTradesPerStream` is a positive integer.
   */
  constructor(options: { readonly clock: Clock; readonly maxTradesPerStream?: number }) {
    const { clock, maxTradesPerStream = 100_000 } = options;
    if (!Number.isSafeInteger(maxTradesPerStream) || maxTradesPerStream < 1) {
      throw new RangeError(
        `Cannot create a database: 'maxTradesPerStream' must be a positive integer, current value is ${maxTradesPerStream}`,
      );
    }
    this.clock = clock;
    this.rawLog = new RawLogTable(clock);
    this.hydration = new HydrationTable(clock, maxTradesPerStream);
    this.epochs = new EpochTable(clock);
    this.flows = new ExpiringMap(clock, SNAPSHOT_LIFE_MS);
    this.grids = new ExpiringMap(clock, SNAPSHOT_LIFE_MS);
  }

  /** A number that no lease of this database had before. */
  nextToken(): number {
    this.#token += 1;
    return this.#token;
  }

  /** Breaks and restores the connections of all subscribers: what was on its way to them is lost, they hear `resync`. */
  dropBusConnections(): void {
    this.bus.dropConnections();
  }
}
