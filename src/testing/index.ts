/**
 * The contract suites of the ports, for people who write adapters of their own: each runs under any test runner and
 * tests every promise that its port states.
 *
 * A suite opens a store for each test and disposes of it afterwards. `open` gives one client (`subject`), `openShared`
 * two clients of one store (`first` and `second`), each with a connection of its own; the store is empty both times.
 * Beside them stand the store's time and the end of the test:
 *
 * - `now()` is the store's time, ms since the Unix epoch;
 * - `elapse(ms)` ends when that much of it has passed: a manual clock is advanced, a server's is waited for;
 * - `dispose()` closes the clients and removes what was stored.
 *
 * The suite of `FeedConnector` opens a server instead, whose far ends it drives (`FeedServer`, `FarEnd`), and that of
 * `SpotProvider` one that it tells what to answer (`SpotServer`).
 *
 * Where a port announces what it stores, its suite takes a client of the message bus with each client of the store.
 *
 * @example
 * ```ts
 * import { describe, it } from "vitest";
 * import { ManualClock, MemoryDatabase, MemoryHydrationStore } from "strikewire/memory";
 * import { hydrationStoreContract } from "strikewire/testing";
 *
 * // In the place of this one stands the adapter under test.
 * function start() {
 *   const clock = new ManualClock();
 *   const database = new MemoryDatabase({ clock });
 *   const clients: MemoryHydrationStore[] = [];
 *   return {
 *     connect() {
 *       const client = new MemoryHydrationStore(database);
 *       clients.push(client);
 *       return client;
 *     },
 *     now: () => clock.now(),
 *     elapse: (ms: number) => clock.advance(ms),
 *     async dispose() {
 *       for (const client of clients) await client.close();
 *     },
 *   };
 * }
 *
 * hydrationStoreContract("my store", {
 *   runner: { describe, it, skip: (title) => it.skip(title, () => {}) },
 *   async open() {
 *     const { connect, ...store } = start();
 *     return { ...store, subject: connect() };
 *   },
 *   async openShared() {
 *     const { connect, ...store } = start();
 *     return { ...store, first: connect(), second: connect() };
 *   },
 * });
 * ```
 *
 * @module
 */
export type { AnnouncingClients } from "./announcements.ts";
export { chainStoreContract } from "./chain-store/contract.ts";
export {
  sampleChainContract,
  sampleChainSnapshot,
  sampleCompletion,
  sampleContractId,
} from "./chain-store/samples.ts";
export { ContractViolation } from "./check.ts";
export { epochStoreContract } from "./epoch-store/contract.ts";
export {
  sampleDay,
  sampleEpoch,
  sampleFullRecord,
  sampleGreeks,
  sampleLastTrade,
  sampleQuote,
  sampleRecord,
  sampleTicker,
} from "./epochs/samples.ts";
export type { EpochClients } from "./epochs/stores.ts";
export { feedConnectorContract } from "./feed-connector/contract.ts";
export type { FarEnd, FeedConnectorLimits, FeedConnectorOptions, FeedServer } from "./feed-connector/far-end.ts";
export { flowSnapshotStoreContract } from "./flow-snapshot-store/contract.ts";
export { sampleFlow, sampleGrid } from "./flow-snapshot-store/samples.ts";
export { heartbeatStoreContract } from "./heartbeat-store/contract.ts";
export { sampleHeartbeat } from "./heartbeat-store/samples.ts";
export { hydrationStoreContract } from "./hydration-store/contract.ts";
export {
  sampleLedger,
  sampleQuarantine,
  sampleStep,
  sampleTotals,
  sampleTrade,
  sampleTradeRecord,
} from "./hydration-store/samples.ts";
export { messageBusContract } from "./message-bus/contract.ts";
export { modelStoreContract } from "./model-store/contract.ts";
export { sampleModel, sampleModelAnalytics } from "./model-store/samples.ts";
export { rawLogContract } from "./raw-log/contract.ts";
export { sampleDrafts, sampleFrame, sampleFrames } from "./raw-log/samples.ts";
export type {
  ContractLimits,
  ContractOptions,
  ContractRunner,
  OpenedStore,
  SharedStore,
  StoreTime,
} from "./runner.ts";
export { SAMPLE_TIME_MS, SAMPLE_TIME_NS, sampleGap } from "./samples.ts";
export { sourceStatusStoreContract } from "./source-status-store/contract.ts";
export {
  sampleConnectionGauges,
  sampleSourceCounts,
  sampleSourceGauges,
} from "./source-status-store/samples.ts";
export { sampleServedSpot, spotProviderContract } from "./spot-provider/contract.ts";
export type {
  ServedFailure,
  ServedSpot,
  SpotProviderLimits,
  SpotProviderOptions,
  SpotServer,
} from "./spot-provider/server.ts";
export { spotStoreContract } from "./spot-store/contract.ts";
export { sampleSpotFetch, sampleSpotValue } from "./spot-store/samples.ts";
export { subscriptionStoreContract } from "./subscription-store/contract.ts";
export { substrateStoreContract } from "./substrate-store/contract.ts";
