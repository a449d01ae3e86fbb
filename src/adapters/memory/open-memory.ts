import type { ChainStore } from "../../ports/chain-store.ts";
import type { Clock } from "../../ports/clock.ts";
import type { EpochStore } from "../../ports/epoch-store.ts";
import type { FlowSnapshotStore } from "../../ports/flow-snapshot-store.ts";
import type { HeartbeatStore } from "../../ports/heartbeat-store.ts";
import type { HydrationStore } from "../../ports/hydration-store.ts";
import type { Logger } from "../../ports/logger.ts";
import type { MessageBus } from "../../ports/message-bus.ts";
import type { ModelStore } from "../../ports/model-store.ts";
import type { RawLog, RawLogRetention } from "../../ports/raw-log.ts";
import type { SpotStore } from "../../ports/spot-store.ts";
import type { SubstrateStore } from "../../ports/substrate-store.ts";
import { SILENT_LOGGER } from "../silent.ts";
import { MemoryChainStore } from "./chain-store.ts";
import { MemoryDatabase } from "./database.ts";
import { MemoryEpochStore } from "./epoch-store.ts";
import { MemoryFlowSnapshotStore } from "./flow-snapshot-store.ts";
import { MemoryHeartbeatStore } from "./heartbeat-store.ts";
import { MemoryHydrationStore } from "./hydration-store.ts";
import { MemoryMessageBus } from "./message-bus.ts";
import { MemoryModelStore } from "./model-store.ts";
import { MemoryRawLog } from "./raw-log.ts";
import { MemorySpotStore } from "./spot-store.ts";
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
export interface MemoryPorts {
  readonly database: MemoryDatabase;
  readonly log: RawLog;
  readonly store: HydrationStore;
  readonly substrate: SubstrateStore;
  readonly epochs: EpochStore;
  readonly snapshots: FlowSnapshotStore;
  readonly spot: SpotStore;
  readonly chain: ChainStore;
  readonly models: ModelStore;
  readonly heartbeats: HeartbeatStore;
  readonly bus: MessageBus;
  readonly clock: Clock;
  readonly logger: Logger;
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
    bus: new MemoryMessageBus(database),
    clock: database.clock,
    logger: options.logger ?? SILENT_LOGGER,
    telemetry: new MemoryTelemetry(),
  };
}
