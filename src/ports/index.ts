/** Every port, for adapters outside this package. */
export type { AllPorts } from "./all-ports.ts";
export type { CaptureRecord, CaptureSource } from "./capture.ts";
export type { ChainFetch, ChainProvider, ChainQuery, FetchedContract } from "./chain-provider.ts";
export type { ChainStore } from "./chain-store.ts";
export type { Clock } from "./clock.ts";
export type { DealerBook, DealerPositions } from "./dealer-positions.ts";
export type { DirtyLease, EpochPromotion, EpochStore } from "./epoch-store.ts";
export type { FeedConnector, FeedLink, FeedSink, LinkClosed } from "./feed-connector.ts";
export type { FlowSnapshotStore } from "./flow-snapshot-store.ts";
export type { HeartbeatStore } from "./heartbeat-store.ts";
export type {
  AcquireResult,
  CommitResult,
  HydrationCheckpoint,
  HydrationStep,
  HydrationStore,
  Lease,
} from "./hydration-store.ts";
export type { LogFields, Logger } from "./logger.ts";
export type { BusMessage, MessageBus } from "./message-bus.ts";
export type { ModelStore } from "./model-store.ts";
export type { ConnectionTail, ProducerId, RawLog, RawLogRetention, TrimReport } from "./raw-log.ts";
export type {
  ContractQuery,
  ListedContract,
  MarketHoliday,
  MarketStatus,
  ReferenceProvider,
} from "./reference-provider.ts";
export type { SourceStatusStore } from "./source-status-store.ts";
export type { SpotAnswer, SpotProvider } from "./spot-provider.ts";
export type { SpotPutResult, SpotStore } from "./spot-store.ts";
export type { SubscriptionChange, SubscriptionStore } from "./subscription-store.ts";
export type { MergeStreamedOptions, MergeStreamedResult, SubstrateStore } from "./substrate-store.ts";
export type { Telemetry } from "./telemetry.ts";
