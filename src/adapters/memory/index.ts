/**
 * Every storage port, the message bus and a scripted feed in memory, for services that need no other process to see their state, and
 * for tests. They pass the contract suites of `strikewire/testing`, as every adapter has to.
 *
 * @module
 */

export { SILENT_LOGGER } from "../../domain/silent.ts";
export type { PortClient } from "../port-client.ts";
export { MemoryChainProvider, type MemoryChainProviderOptions } from "./chain-provider.ts";
export { MemoryChainStore } from "./chain-store.ts";
export { MemoryDatabase } from "./database.ts";
export { MemoryEpochStore } from "./epoch-store.ts";
export { MemoryFlowSnapshotStore } from "./flow-snapshot-store.ts";
export { MemoryHeartbeatStore } from "./heartbeat-store.ts";
export { MemoryHydrationStore } from "./hydration-store.ts";
export { type LogEntry, MemoryLogger } from "./logger.ts";
export { ManualClock } from "./manual-clock.ts";
export { MemoryFeed, type MemoryFeedOptions } from "./memory-feed.ts";
export type { MemoryFeedPeer } from "./memory-feed-peer.ts";
export { MemoryProvider, type MemoryProviderOptions } from "./memory-provider.ts";
export { MemoryMessageBus } from "./message-bus.ts";
export { MemoryModelStore } from "./model-store.ts";
export { type MemoryPorts, type OpenMemoryOptions, openMemory } from "./open-memory.ts";
export { MemoryRawLog } from "./raw-log.ts";
export { MemorySourceStatusStore } from "./source-status-store.ts";
export {
  MemorySpotProvider,
  type MemorySpotProviderOptions,
  type MemorySpotQuote,
  type MemorySpotRequest,
} from "./spot-provider.ts";
export { MemorySpotStore } from "./spot-store.ts";
export { MemorySubscriptionStore } from "./subscription-store.ts";
export { MemorySubstrateStore } from "./substrate-store.ts";
export { MemoryTelemetry } from "./telemetry.ts";
