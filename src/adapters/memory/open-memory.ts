import { SILENT_LOGGER } from "../../domain/silent.ts";
import type { AllPorts } from "../../ports/all-ports.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { RawLogRetention } from "../../ports/raw-log.ts";
import { MemoryChainStore } from "./chain-store.ts";
import { MemoryDatabase } from "./database.ts";
import { MemoryEpochStore } from "./epoch-store.ts";
import { MemoryFlowSnapshotStore } from "./flow-snapshot-store.ts";
import { MemoryHeartbeatStore } from "./heartbeat-store.ts";
import { MemoryHydrationStore } from "./hydration-store.ts";
import { MemoryMessageBus } from "./message-bus.ts";
import { MemoryModelStore } from "./model-store.ts";
import { MemoryRawLog } from "./raw-log.ts";
import { MemorySourceStatusStore } from "./source-status-store.ts";
import { MemorySpotStore } from "./spot-store.ts";
import { MemorySubscriptionStore } from "./subscription-store.ts";
import { MemorySubstrateStore } from "./substrate-store.ts";
import { MemoryTelemetry } from "./telemetry.ts";

export interface OpenMemoryOptions {
  /** Time for leases, lifetimes and waiting. Ignored where a database is given: it has its own. */
  readonly clock: Clock;
  /** Shares the state of another set of clients. @default a new database */
  readonly database?: MemoryDatabase | undefined;
  /** @default 100,000 entries behind the readers, 1 GiB ahead of them */
  readonly retention?: RawLogRetention | undefined;
  /** @default silent */
  readonly logger?: Logger | undefined;
}

/** One client per port over one database. */
export interface MemoryPorts extends AllPorts {
  readonly database: MemoryDatabase;
  readonly telemetry: MemoryTelemetry;
}

/**
 * Everything that workers need, in memory.
 *
 * @example
 * ```ts
 * const memory = openMemory({ clock: SYSTEM_CLOCK });
 * const hydrator = new WsHydrator(memory, { owner: "me" });
 * ```
 */
export function openMemory(options: OpenMemoryOptions): MemoryPorts {
  const database = options.database ?? new MemoryDatabase({ clock: options.clock });
  return {
    database,
    log: new MemoryRawLog(database, options.retention),
    store: new MemoryHydrationStore(database),
    substrate: new MemorySubstrateStore(database),
    epochs: new MemoryEpochStore(database),
    snapshots: new MemoryFlowSnapshotStore(database),
    spot: new MemorySpotStore(database),
    chain: new MemoryChainStore(database),
    models: new MemoryModelStore(database),
    heartbeats: new MemoryHeartbeatStore(database),
    sourceStatus: new MemorySourceStatusStore(database),
    subscriptions: new MemorySubscriptionStore(database),
    bus: new MemoryMessageBus(database),
    clock: database.clock,
    logger: options.logger ?? SILENT_LOGGER,
    telemetry: new MemoryTelemetry(),
  };
}
