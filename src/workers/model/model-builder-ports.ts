import type { StrikewireConfig } from "../../domain/config/strikewire-config.ts";
import type { TradingCalendar } from "../../domain/market/trading-calendar.ts";
import type { ModelDefinition } from "../../domain/model/definition/model-definition.ts";
import type { ModelConfig } from "../../domain/model/standard-models.ts";
import type { Clock } from "../../ports/clock.ts";
import type { DealerPositions } from "../../ports/dealer-positions.ts";
import type { EpochStore } from "../../ports/epoch-store.ts";
import type { FlowSnapshotStore } from "../../ports/flow-snapshot-store.ts";
import type { HeartbeatStore } from "../../ports/heartbeat-store.ts";
import type { Logger } from "../../ports/logger.ts";
import type { MessageBus } from "../../ports/message-bus.ts";
import type { ModelStore } from "../../ports/model-store.ts";
import type { SpotStore } from "../../ports/spot-store.ts";
import type { SubstrateStore } from "../../ports/substrate-store.ts";
import type { Telemetry } from "../../ports/telemetry.ts";

/** Whose models are built, how often, and by what. */
export type ModelBuilderConfig = ModelConfig &
  Pick<StrikewireConfig, "chainSymbols" | "heartbeatIntervalSec" | "heartbeatTtlSec">;

/** What a model builder works with. */
export interface ModelBuilderPorts {
  readonly epochs: EpochStore;
  readonly substrate: SubstrateStore;
  readonly spot: SpotStore;
  readonly models: ModelStore;
  readonly heartbeats: HeartbeatStore;
  readonly bus: MessageBus;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
  /** What customers bought and sold. */
  readonly snapshots: FlowSnapshotStore;
  /** @default by the flow snapshots, see `FlowPositions` */
  readonly dealerPositions?: DealerPositions | undefined;
}

/** Where a builder runs, and what it builds. */
export interface ModelBuilderOptions {
  /** Names the machine. */
  readonly host: string;
  /** Number of the process; 0 where there is none. */
  readonly pid: number;
  /** Names the worker. @default "model" */
  readonly worker?: string | undefined;
  /** @default heatmap and gex, by the settings */
  readonly models?: readonly ModelDefinition[] | undefined;
  /** @default the rules of the exchanges */
  readonly calendar?: TradingCalendar | undefined;
}
