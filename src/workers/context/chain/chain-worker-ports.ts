import type { StrikewireConfig } from "../../../domain/config/strikewire-config.ts";
import type { ChainProvider } from "../../../ports/chain-provider.ts";
import type { ChainStore } from "../../../ports/chain-store.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { EpochStore } from "../../../ports/epoch-store.ts";
import type { HeartbeatStore } from "../../../ports/heartbeat-store.ts";
import type { Logger } from "../../../ports/logger.ts";
import type { MessageBus } from "../../../ports/message-bus.ts";
import type { ReferenceProvider } from "../../../ports/reference-provider.ts";
import type { SpotStore } from "../../../ports/spot-store.ts";
import type { SubscriptionStore } from "../../../ports/subscription-store.ts";
import type { SubstrateStore } from "../../../ports/substrate-store.ts";
import type { Telemetry } from "../../../ports/telemetry.ts";

/** What is fetched, how often, and how long epochs live. */
export type ChainWorkerConfig = Pick<
  StrikewireConfig,
  Extract<keyof StrikewireConfig, `chain${string}` | `epoch${string}` | `heartbeat${string}`>
>;

/** What a chain worker works with. */
export interface ChainWorkerPorts {
  readonly chainProvider: ChainProvider;
  readonly reference: ReferenceProvider;
  readonly chain: ChainStore;
  readonly epochs: EpochStore;
  readonly substrate: SubstrateStore;
  readonly spot: SpotStore;
  readonly subscriptions: SubscriptionStore;
  readonly heartbeats: HeartbeatStore;
  readonly bus: MessageBus;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
}

/** Where a worker runs, for its heartbeats. */
export interface ChainWorkerOptions {
  /** Names the machine. */
  readonly host: string;
  /** Number of the process; 0 where there is none. */
  readonly pid: number;
}
