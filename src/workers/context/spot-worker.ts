import type { StrikewireConfig } from "../../domain/config/strikewire-config.ts";
import type { Clock } from "../../ports/clock.ts";
import type { HeartbeatStore } from "../../ports/heartbeat-store.ts";
import type { Logger } from "../../ports/logger.ts";
import type { SpotProvider } from "../../ports/spot-provider.ts";
import type { SpotStore } from "../../ports/spot-store.ts";
import type { Telemetry } from "../../ports/telemetry.ts";
import { Heart } from "../heartbeat.ts";
import { WorkGroup } from "../work-group.ts";
import { type SpotKind, SpotPoller } from "./spot-poller.ts";
import { SpotWriter } from "./spot-writer.ts";

/** What is fetched, and how often. */
export type SpotWorkerConfig = Pick<
  StrikewireConfig,
  "spotSymbols" | "stockSymbols" | "spotIntervalSec" | "heartbeatIntervalSec" | "heartbeatTtlSec"
>;

/** What a spot worker works with. */
export interface SpotWorkerPorts {
  readonly spotProvider: SpotProvider;
  readonly spot: SpotStore;
  readonly heartbeats: HeartbeatStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
}

/** Where a worker runs, for its heartbeat. */
export interface SpotWorkerOptions {
  /** Names the machine. */
  readonly host: string;
  /** Number of the process; 0 where there is none. */
  readonly pid: number;
  /** Names the worker. @default "spot" */
  readonly worker?: string | undefined;
}

/**
 * Fetches what indices and stocks stand at, each kind from its own endpoint in as few requests as possible, at every tick
 * of one grid, and stores it: the values, the map of all, the trails, the log and the counts.
 *
 * A request that is slow leaves ticks out and is never made twice at a time; one that fails is made again after a wait.
 * While the store is away fetching goes on, and the newest answers are stored when it is back. Values keep the time at
 * which they were true, however old that is.
 *
 * A worker runs once.
 *
 * @example
 * ```ts
 * const memory = openMemory({ clock: SYSTEM_CLOCK });
 * const spotProvider = new MemorySpotProvider({ clock: SYSTEM_CLOCK });
 * const { config } = readConfig({ code: { spotSymbols: ["I:SPX"] } });
 * const worker = new SpotWorker(config, { ...memory, spotProvider }, { host: "host-1", pid: 4711 });
 * await worker.run(AbortSignal.timeout(10_000));
 * ```
 */
export class SpotWorker {
  readonly #config: SpotWorkerConfig;
  readonly #ports: SpotWorkerPorts;
  readonly #heart: Heart;
  readonly #writers: readonly SpotWriter[];
  readonly #pollers: readonly SpotPoller[];
  readonly #away = new Map<SpotKind, string>();
  #dropped = 0;

  /**
   * @throws {RangeError} unless intervals are above 0 and a request can ask for one symbol at least.
   * @throws {TypeError} for a name that no worker can have.
   */
  constructor(config: SpotWorkerConfig, ports: SpotWorkerPorts, options: SpotWorkerOptions) {
    const { spotIntervalSec, spotSymbols, stockSymbols } = config;
    const { spotProvider } = ports;
    if (!(spotIntervalSec > 0)) {
      throw new RangeError(
        `Cannot make a spot worker: 'spotIntervalSec' must be above 0, current value is ${spotIntervalSec}`,
      );
    }
    this.#config = config;
    this.#ports = ports;
    const { host, pid, worker = "spot" } = options;
    this.#heart = new Heart({ worker, host, pid }, config, ports);
    const kinds = [
      { kind: "indices", symbols: spotSymbols } as const,
      { kind: "stocks", symbols: stockSymbols } as const,
    ].filter(({ symbols }) => symbols.length > 0);
    const lanes = kinds.map(({ kind, symbols }) => {
      const writer = this.#writer(kind);
      return { kind, writer, batches: batchesOf(symbols, spotProvider.maxSymbols) };
    });
    this.#writers = lanes.map(({ writer }) => writer);
    this.#pollers = lanes.flatMap(({ kind, writer, batches }) => {
      return batches.map((symbols, number) => {
        const ask = (signal: AbortSignal) => spotProvider[kind](symbols, signal);
        const { clock, logger, telemetry } = ports;
        const request = { kind, number, symbols, ask };
        return new SpotPoller(request, spotIntervalSec * 1_000, { clock, logger, telemetry, writer }, () => {
          this.#assess();
        });
      });
    });
  }

  /**
   * Works until `signal` aborts; then tries to store what waits, and beats once more.
   *
   * Rejects with the `RestError` of a provider that does not know the key (401) or whose plan lacks what was asked for
   * (403), and with the error of a store that refuses for good; the heartbeat says `failed` then.
   *
   * @throws {TypeError} on a second call.
   */
  run(signal: AbortSignal): Promise<void> {
    return this.#heart.during(() => this.#work(signal));
  }

  async #work(signal: AbortSignal): Promise<void> {
    const group = new WorkGroup(signal);
    const ended = new AbortController();
    this.#assess();
    const storing = group.attemptAll(this.#writers.map((writer) => writer.run(ended.signal)));
    const originMs = this.#ports.clock.monotonic();
    await group.attemptAll(this.#pollers.map((poller) => poller.run(originMs, group.signal)));
    // Without a symbol there is nothing to do but to live.
    await group.untilStopped();
    ended.abort();
    await storing;
    group.throwFailure();
  }

  #writer(kind: SpotKind): SpotWriter {
    const { spot, clock, logger, telemetry } = this.#ports;
    return new SpotWriter(
      `spot/${kind}`,
      { spot, clock, logger },
      {
        dropped: () => {
          this.#dropped += 1;
          telemetry.count("spot_dropped_fetches_total", 1, { kind });
          this.#assess();
        },
        away: (reason) => {
          if (reason === undefined) this.#away.delete(kind);
          else this.#away.set(kind, reason);
          this.#assess();
        },
      },
    );
  }

  /** Tells the heart how it stands. */
  #assess(): void {
    const { spotSymbols, stockSymbols } = this.#config;
    const states = this.#pollers.map(({ state }) => state);
    const sum = (figure: "skipped" | "refused" | "delayed"): number => {
      return states.reduce((total, state) => total + state[figure], 0);
    };
    const receipts = states.flatMap(({ lastReceivedAtMs }) => lastReceivedAtMs ?? []);
    const latencies = states.flatMap(({ lastLatencyMs }) => lastLatencyMs ?? []);
    this.#heart.detail({
      symbols: spotSymbols.length + stockSymbols.length,
      refused: sum("refused"),
      delayed: sum("delayed"),
      skipped_ticks: sum("skipped"),
      dropped_fetches: this.#dropped,
      last_ts: receipts.length === 0 ? null : Math.max(...receipts) / 1_000,
      latency_ms: latencies.length === 0 ? null : Math.max(...latencies),
    });
    const troubles = new Set([...states.flatMap(({ trouble }) => trouble ?? []), ...this.#away.values()]);
    if (troubles.size === 0) this.#heart.ok();
    else this.#heart.degraded([...troubles].join("; "));
  }
}

/** As few parts as possible, of nearly one size. */
function batchesOf(symbols: readonly string[], maxSymbols: number): readonly (readonly string[])[] {
  if (!Number.isSafeInteger(maxSymbols) || maxSymbols < 1) {
    throw new RangeError(
      `Cannot make a spot worker: 'maxSymbols' of the provider must be a positive integer, current value is ${maxSymbols}`,
    );
  }
  const distinct = [...new Set(symbols)];
  const size = Math.ceil(distinct.length / Math.ceil(distinct.length / maxSymbols));
  const batches: string[][] = [];
  for (let first = 0; first < distinct.length; first += size) batches.push(distinct.slice(first, first + size));
  return batches;
}
