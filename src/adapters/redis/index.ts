/**
 * Every storage port and the message bus on Redis 7.0 or newer, by way of ioredis. The keys are a public contract; they
 * are in `REDIS_KEYS`. The adapters pass the contract suites of `strikewire/testing`, as those in memory do.
 *
 * @module
 */
export type { PortClient } from "../port-client.ts";
export { RedisChainStore } from "./chain-store.ts";
export { RedisConnection } from "./connection.ts";
export type { RedisConnectionOptions, RedisConnectionState } from "./connection-options.ts";
export { RedisEpochStore } from "./epoch-store.ts";
export { RedisFlowSnapshotStore } from "./flow-snapshot-store.ts";
export { RedisHeartbeatStore } from "./heartbeat-store.ts";
export { RedisHydrationStore } from "./hydration-store.ts";
export {
  hydratorGroup,
  REDIS_KEYS,
  type RedisKeyDefinition,
  type RedisKeyName,
  RedisKeys,
  type RedisKeyType,
} from "./keys.ts";
export { RedisMessageBus } from "./message-bus.ts";
export { RedisModelStore } from "./model-store.ts";
export { type OpenRedisOptions, openRedis, type RedisPorts } from "./open-redis.ts";
export { RedisRawLog } from "./raw-log.ts";
export { RedisSourceStatusStore } from "./source-status-store.ts";
export { RedisSpotStore } from "./spot-store.ts";
export { RedisSubscriptionStore } from "./subscription-store.ts";
export { RedisSubstrateStore } from "./substrate-store.ts";
