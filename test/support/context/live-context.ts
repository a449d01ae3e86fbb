import { MemoryLogger, MemoryTelemetry } from "../../../src/adapters/memory/index.ts";
import { openRedis, type RedisPorts } from "../../../src/adapters/redis/index.ts";
import { MassiveRest, RequestBudget } from "../../../src/adapters/rest/index.ts";
import { WsFeedConnector } from "../../../src/adapters/ws/index.ts";
import { readConfig } from "../../../src/domain/config/read-config.ts";
import type { StrikewireConfig } from "../../../src/domain/config/strikewire-config.ts";
import type { Clock } from "../../../src/ports/clock.ts";
import type { RawLogRetention } from "../../../src/ports/raw-log.ts";
import {
  DEFAULT_UNDERLYINGS,
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from "../../../src/simulator/index.ts";
import { ChainWorker } from "../../../src/workers/context/chain/chain-worker.ts";
import { SpotWorker } from "../../../src/workers/context/spot-worker.ts";
import { Heart } from "../../../src/workers/heartbeat.ts";
import { WsHydrator } from "../../../src/workers/hydrator/ws-hydrator.ts";
import { ModelBuilder } from "../../../src/workers/model/model-builder.ts";
import { ConnectionManager } from "../../../src/workers/source/connection-manager.ts";
import { KEEPS_EVERYTHING } from "../live-source.ts";
import { type Keyspace, openKeyspace } from "../redis/keyspace.ts";
import { PlainContext } from "./plain-context.ts";
import { sessionClock } from "./session-clock.ts";

/** What a run is made of. */
export interface LiveContextOptions {
  readonly simulator?: SimulatorOptions;
  readonly config?: Partial<StrikewireConfig>;
  /** How much of the raw stream is kept. @default all of it */
  readonly retention?: RawLogRetention;
}

/** A worker that runs. */
export interface RunningWorker {
  /** Ends with its run; tells what that failed with, if it did. */
  readonly ended: Promise<unknown>;
  stop(): Promise<unknown>;
}

/** SPX alone among the options, and SPY for its shares: little to do for a machine, all of it about one chain. */
const UNDERLYINGS = DEFAULT_UNDERLYINGS.filter(({ symbol }) => symbol === "SPX" || symbol === "SPY");

/** Short waits, and a chain of some hundred contracts; nothing is given up where a machine is slow. */
const CONFIG: Partial<StrikewireConfig> = {
  ...{ apiKey: "k", wsMode: "targeted", wsResources: ["options_trades", "options_quotes"] },
  ...{
    wsReconnectDelaySec: 0.05,
    wsReconnectMaxSec: 0.2,
    wsHeartbeatMs: 100,
    wsStalenessLimitMs: 60_000,
    wsAckTimeoutSec: 60,
  },
  ...{ schedRebalanceIntervalSec: 1, spotSymbols: ["I:SPX"], stockSymbols: ["SPY"], spotIntervalSec: 0.2 },
  ...{ chainSymbols: ["I:SPX"], chainIntervalSec: 0.5, chainIntervalMaxSec: 1, chainNumExpirations: 2 },
  ...{ chainStrikeWindowPct: { default: 1, bySymbol: {} }, chainSlowMs: 60_000 },
  ...{ heartbeatIntervalSec: 0.1, heartbeatTtlSec: 15, modelIntervalMs: 200 },
};

/** Workers as separate processes would run them, over real sockets and a real Redis, in the middle of a trading day. */
export class LiveContext {
  readonly clock: Clock;
  readonly simulator: Simulator;
  readonly config: StrikewireConfig;
  readonly plain: PlainContext;
  readonly telemetry = new MemoryTelemetry();
  readonly logger = new MemoryLogger();
  readonly #space: Keyspace;
  readonly #retention: RawLogRetention;
  readonly #running: RunningWorker[] = [];

  private constructor(clock: Clock, simulator: Simulator, config: StrikewireConfig, retention: RawLogRetention) {
    this.clock = clock;
    this.simulator = simulator;
    this.config = config;
    this.#retention = retention;
    this.#space = openKeyspace();
    this.plain = new PlainContext(this.#space);
  }

  static async start(options: LiveContextOptions = {}): Promise<LiveContext> {
    const clock = sessionClock();
    const { market, ...simulated } = options.simulator ?? {};
    const simulator = await startSimulator({
      ...{ clock, eventsPerSecond: 400, quotesPerTrade: 2 },
      market: { underlyings: UNDERLYINGS, indexIntervalMs: 100, ...market },
      ...simulated,
    });
    const code = { wsUrl: simulator.url, restUrl: simulator.restUrl, ...CONFIG, ...options.config };
    const { retention = KEEPS_EVERYTHING.retention } = options;
    return new LiveContext(clock, simulator, readConfig({ code }).config, retention);
  }

  /** The source, with the heartbeat `ws`. */
  source(): RunningWorker {
    return this.#run((redis, signal) => {
      const heart = new Heart({ worker: "ws", host: "test", pid: 1 }, this.config, redis);
      return new ConnectionManager(this.config, { ...redis, feed: new WsFeedConnector(), heart }).ingest(signal);
    });
  }

  hydrator(): RunningWorker {
    return this.#run((redis, signal) => {
      const heart = new Heart({ worker: "hydrator/0", host: "test", pid: 2 }, this.config, redis);
      return new WsHydrator({ ...redis, heart }, { owner: "test" }).run(signal);
    });
  }

  spot(): RunningWorker {
    return this.#run((redis, signal) => {
      const ports = { ...redis, spotProvider: this.#rest() };
      return new SpotWorker(this.config, ports, { host: "test", pid: 3 }).run(signal);
    });
  }

  chain(): RunningWorker {
    return this.#run((redis, signal) => {
      const rest = this.#rest();
      const ports = { ...redis, chainProvider: rest, reference: rest };
      return new ChainWorker(this.config, ports, { host: "test", pid: 4 }).run(signal);
    });
  }

  model(): RunningWorker {
    return this.#run((redis, signal) => new ModelBuilder(this.config, redis, { host: "test", pid: 5 }).run(signal));
  }

  /** Spot and chain, the latter once there is a spot to lay its strikes around; then the first epoch is there. */
  async context(): Promise<{ readonly spot: RunningWorker; readonly chain: RunningWorker; readonly epoch: string }> {
    const spot = this.spot();
    await this.plain.until("a spot", async (plain) => (await plain.text("massive:spot:SPX")) !== null);
    const chain = this.chain();
    return { spot, chain, epoch: await this.plain.epochAfter(null) };
  }

  /** Ends everything. @returns what workers failed with. */
  async stop(): Promise<readonly unknown[]> {
    const failures = await Promise.all(this.#running.map((worker) => worker.stop()));
    await this.simulator.close();
    await this.plain.close();
    await this.#space.clear();
    return failures.filter((failure) => failure !== undefined);
  }

  #rest(): MassiveRest {
    const { clock, config, logger } = this;
    const budget = new RequestBudget({ clock, requestsPerSec: 1_000 });
    return new MassiveRest({
      apiKey: "k",
      clock,
      baseUrl: config.restUrl,
      budget,
      logger,
      timeoutMs: config.restTimeoutMs,
    });
  }

  #run(work: (redis: RedisPorts, signal: AbortSignal) => Promise<void>): RunningWorker {
    const { clock, logger, telemetry } = this;
    const { url, prefix: keyPrefix } = this.#space;
    const redis = openRedis({ url, keyPrefix, clock, logger, telemetry, retention: this.#retention });
    const stopping = new AbortController();
    const ended = redis.connection
      .ready()
      .then(() => work(redis, stopping.signal))
      .catch((error: unknown) => error)
      .finally(() => redis.close());
    const worker = {
      ended,
      stop: () => {
        stopping.abort();
        return ended;
      },
    };
    this.#running.push(worker);
    return worker;
  }
}
