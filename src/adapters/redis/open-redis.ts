import { SILENT_LOGGER, SILENT_TELEMETRY } from "../../domain/silent.ts";
import type { AllPorts } from "../../ports/all-ports.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { RawLogRetention } from "../../ports/raw-log.ts";
import type { Telemetry } from "../../ports/telemetry.ts";
import { RedisChainStore } from "./chain-store.ts";
import { RedisConnection } from "./connection.ts";
import type { RedisConnectionOptions } from "./connection-options.ts";
import { RedisEpochStore } from "./epoch-store.ts";
import { RedisFlowSnapshotStore } from "./flow-snapshot-store.ts";
import { RedisHeartbeatStore } from "./heartbeat-store.ts";
import { RedisHydrationStore } from "./hydration-store.ts";
import { RedisMessageBus } from "./message-bus.ts";
import { RedisModelStore } from "./model-store.ts";
import { RedisRawLog } from "./raw-log.ts";
import { RedisSourceStatusStore } from "./source-status-store.ts";
import { RedisSpotStore } from "./spot-store.ts";
import { RedisSubscriptionStore } from "./subscription-store.ts";
import { RedisSubstrateStore } from "./substrate-store.ts";

export interface OpenRedisOptions extends Omit<RedisConnectionOptions, "logger"> {
  /** For waiting and for measuring; what is stored goes by the server's own clock. */
  readonly clock: Clock;
  /** @default 100,000 entries behind the readers, 1 GiB ahead of them */
  readonly retention?: RawLogRetention | undefined;
  /** Prints kept per underlying and expiration, the newest, about. @default 100,000 */
  readonly maxTradesPerStream?: number | undefined;
  /** Spot fetches kept in their log, the newest, about. @default 100,000 */
  readonly maxSpotFetches?: number | undefined;
  /** @default silent */
  readonly logger?: Logger | undefined;
  /** @default nobody counts */
  readonly telemetry?: Telemetry | undefined;
}

/** One client per port on one connection. */
export interface RedisPorts extends AllPorts {
  /** How it stands with the server, and the way to be told. */
  readonly connection: RedisConnection;
  /** Ends all of it: what is on its way comes to its end first. Idempotent. */
  close(): Promise<void>;
}

/**
 * Everything that workers need, on one Redis. Returns at once: `connection.ready()` tells when the server is there, and
 * until then every method fails with an `UnavailableError`.
 *
 * @throws {TypeError} for a URL that is none of Redis.
 * @throws {RangeError} for a bound that is out of its limits.
 * @example
 * ```ts
 * const redis = openRedis({ url: "redis://127.0.0.1:6379", clock: SYSTEM_CLOCK });
 * await redis.connection.ready();
 * const hydrator = new WsHydrator(redis, { owner: "me" });
 * ```
 */
export function openRedis(options: OpenRedisOptions): RedisPorts {
  const { clock, logger = SILENT_LOGGER, telemetry = SILENT_TELEMETRY, retention, maxTradesPerStream } = options;
  const connection = new RedisConnection({ ...options, logger });
  const clients = closedOnFailure(connection, () => ({
    log: new RedisRawLog(connection, retention),
    store: new RedisHydrationStore(connection, { maxTradesPerStream }),
    substrate: new RedisSubstrateStore(connection),
    epochs: new RedisEpochStore(connection),
    snapshots: new RedisFlowSnapshotStore(connection),
    spot: new RedisSpotStore(connection, { maxSpotFetches: options.maxSpotFetches }),
    chain: new RedisChainStore(connection),
    models: new RedisModelStore(connection),
    heartbeats: new RedisHeartbeatStore(connection),
    sourceStatus: new RedisSourceStatusStore(connection),
    subscriptions: new RedisSubscriptionStore(connection),
    bus: new RedisMessageBus(connection),
  }));
  return {
    ...clients,
    connection,
    clock,
    logger,
    telemetry,
    async close() {
      await Promise.all(Object.values(clients).map((client) => client.close()));
      await connection.close();
    },
  };
}

/** What `make` makes; where it throws, nobody else could close the connection. */
function closedOnFailure<T>(connection: RedisConnection, make: () => T): T {
  try {
    return make();
  } catch (error) {
    void connection.close();
    throw error;
  }
}
