import type { ChainStore } from "./chain-store.ts";
import type { Clock } from "./clock.ts";
import type { EpochStore } from "./epoch-store.ts";
import type { FlowSnapshotStore } from "./flow-snapshot-store.ts";
import type { HeartbeatStore } from "./heartbeat-store.ts";
import type { HydrationStore } from "./hydration-store.ts";
import type { Logger } from "./logger.ts";
import type { MessageBus } from "./message-bus.ts";
import type { ModelStore } from "./model-store.ts";
import type { RawLog } from "./raw-log.ts";
import type { SourceStatusStore } from "./source-status-store.ts";
import type { SpotStore } from "./spot-store.ts";
import type { SubscriptionStore } from "./subscription-store.ts";
import type { SubstrateStore } from "./substrate-store.ts";
import type { Telemetry } from "./telemetry.ts";

/** One client per storage port, the bus, and what every worker needs besides: what an adapter opens with one call. */
export interface AllPorts {
  readonly log: RawLog;
  readonly store: HydrationStore;
  readonly substrate: SubstrateStore;
  readonly epochs: EpochStore;
  readonly snapshots: FlowSnapshotStore;
  readonly spot: SpotStore;
  readonly chain: ChainStore;
  readonly models: ModelStore;
  readonly heartbeats: HeartbeatStore;
  readonly sourceStatus: SourceStatusStore;
  readonly subscriptions: SubscriptionStore;
  readonly bus: MessageBus;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
}
