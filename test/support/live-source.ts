import { MemoryLogger } from "../../src/adapters/memory/index.ts";
import { openRedis, type RedisPorts } from "../../src/adapters/redis/index.ts";
import { SYSTEM_CLOCK } from "../../src/adapters/system/index.ts";
import { WsFeedConnector } from "../../src/adapters/ws/index.ts";
import type { WsConfig } from "../../src/domain/config/strikewire-config.ts";
import { caughtUp } from "../../src/workers/hydrator/caught-up.ts";
import { WsHydrator } from "../../src/workers/hydrator/ws-hydrator.ts";
import { ConnectionManager } from "../../src/workers/source/connection-manager.ts";
import { until } from "./until.ts";

/** Nothing that a test of a minute writes is trimmed away: what is stored is to be counted. */
export const KEEPS_EVERYTHING = {
  retention: { softMaxEntries: 10_000_000, hardMaxBytes: 17_179_869_184 },
  maxTradesPerStream: 10_000_000,
} as const;

/** As a source of tests is configured: all option trades, no long waits, and nothing given up where a machine is slow. */
export function liveConfig(wsUrl: string, config: Partial<WsConfig> = {}): Partial<WsConfig> {
  const times = { wsReconnectDelaySec: 0.05, wsHeartbeatMs: 100, wsStalenessLimitMs: 60_000 };
  return { apiKey: "k", wsUrl, wsResources: ["options_trades"], ...times, ...config };
}

/** A source over real sockets onto a real Redis. */
export class LiveSource {
  readonly redis: RedisPorts;
  readonly logger = new MemoryLogger();
  readonly manager: ConnectionManager;
  readonly stopping = new AbortController();
  /** Ends with the run; tells what it failed with, if it did. */
  readonly ended: Promise<unknown>;

  constructor(redisAt: { readonly url: string; readonly prefix: string }, config: Partial<WsConfig>) {
    const { url, prefix: keyPrefix } = redisAt;
    this.redis = openRedis({ url, keyPrefix, clock: SYSTEM_CLOCK, ...KEEPS_EVERYTHING, reconnectMaxMs: 100 });
    const ports = { ...this.redis, feed: new WsFeedConnector(), logger: this.logger };
    this.manager = new ConnectionManager(config, ports);
    this.ended = this.redis.connection
      .ready()
      .then(() => this.manager.ingest(this.stopping.signal))
      .catch((error: unknown) => error);
  }

  /** Waits until it knows that its server is gone. */
  async noticesTheEnd(): Promise<void> {
    await until("the source notices", () => this.manager.workers.every(({ phase }) => phase !== "streaming"));
  }

  async stop(): Promise<unknown> {
    this.stopping.abort();
    const failure = await this.ended;
    await this.redis.close();
    return failure;
  }
}

/** Hydrates what sources log. */
export class LiveHydrator {
  readonly redis: RedisPorts;
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;

  constructor(redisAt: { readonly url: string; readonly prefix: string }) {
    const { url, prefix: keyPrefix } = redisAt;
    this.redis = openRedis({ url, keyPrefix, clock: SYSTEM_CLOCK, ...KEEPS_EVERYTHING });
    this.#running = this.redis.connection
      .ready()
      .then(() => new WsHydrator(this.redis, { owner: "live" }).run(this.#stopping.signal));
  }

  /** Works off what is logged by now, and ends. */
  async finish(): Promise<void> {
    await Promise.race([caughtUp(this.redis, 0, this.#stopping.signal), this.#running]);
    this.#stopping.abort();
    await this.#running;
    await this.redis.close();
  }
}
