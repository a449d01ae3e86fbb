/**
 * The contract suites of the ports, for people who write adapters of their own: each runs under any test runner and
 * tests every promise that its port states.
 *
 * @example
 * ```ts
 * import { describe, it } from "vitest";
 * import { flowSnapshotStoreContract } from "strikewire/testing";
 *
 * const runner = { describe, it, skip: (title: string) => it.skip(title, () => {}) };
 * flowSnapshotStoreContract("my store", { runner, open: openOne, openShared: openTwo });
 * ```
 *
 * @module
 */
export { ContractViolation } from "./check.ts";
export type {
  ContractLimits,
  ContractOptions,
  ContractRunner,
  OpenedStore,
  SharedStore,
  StoreTime,
} from "./contract.ts";
export {
  sampleDay,
  sampleEpoch,
  sampleFullRecord,
  sampleGreeks,
  sampleLastTrade,
  sampleQuote,
  sampleRecord,
  sampleTicker,
} from "./epoch-samples.ts";
export { epochStoreContract } from "./epochs/epoch-store-contract.ts";
export type { EpochClients } from "./epochs/stores.ts";
export { substrateStoreContract } from "./epochs/substrate-store-contract.ts";
export { flowSnapshotStoreContract } from "./flow-snapshot-store-contract.ts";
export { hydrationStoreContract } from "./hydration-store/contract.ts";
export { messageBusContract } from "./message-bus-contract.ts";
export { rawLogContract } from "./raw-log/contract.ts";
export {
  SAMPLE_TIME_MS,
  SAMPLE_TIME_NS,
  sampleDrafts,
  sampleFlow,
  sampleFrame,
  sampleFrames,
  sampleGap,
  sampleGrid,
  sampleLedger,
  sampleQuarantine,
  sampleStep,
  sampleTotals,
  sampleTrade,
  sampleTradeRecord,
} from "./samples.ts";
