import { ConfigError } from "../../domain/config/config-error.ts";
import { unknownKeys } from "../../domain/config/config-warning.ts";
import { wsConfig } from "../../domain/config/read-config.ts";
import { sideOptionsOf } from "../../domain/config/side-settings.ts";
import type { WsConfig, WsMode } from "../../domain/config/strikewire-config.ts";
import { checkedTopics } from "../../domain/connection/subscription-request.ts";
import { type ConnectionPlan, planConnections } from "../../domain/connection/topology.ts";
import { TradeSides } from "../../domain/flow/sided-trade.ts";
import type { DataBatch } from "../../domain/market/batch.ts";
import type { Row, TradeOrNbbo } from "../../domain/market/rows.ts";
import type { TapCounts } from "../../domain/overload/tap-queue.ts";
import { type Random, seededRandom } from "../../domain/random.ts";
import { SILENT_LOGGER, SILENT_TELEMETRY } from "../../domain/silent.ts";
import type { SubscriptionScheduler } from "../../domain/subscription/subscription-scheduler.ts";
import { tickersOf, topicsOf, uncarriedTopics } from "../../domain/subscription/topics.ts";
import type { Clock } from "../../ports/clock.ts";
import type { FeedConnector } from "../../ports/feed-connector.ts";
import type { Logger } from "../../ports/logger.ts";
import type { MessageBus } from "../../ports/message-bus.ts";
import type { RawLog } from "../../ports/raw-log.ts";
import type { SourceStatusStore } from "../../ports/source-status-store.ts";
import type { SubscriptionStore } from "../../ports/subscription-store.ts";
import type { Telemetry } from "../../ports/telemetry.ts";
import type { Heart } from "../heartbeat.ts";
import { WorkGroup } from "../work-group.ts";
import { QuoteRebalance } from "./quote-rebalance.ts";
import { SourceCounts } from "./source-counts.ts";
import { SourceFigures } from "./source-figures.ts";
import { beatAsSource } from "./source-heartbeat.ts";
import { SourceReporter } from "./source-reporter.ts";
import { Tap } from "./tap.ts";
import type { TurnOptions } from "./turn-loop.ts";
import { WantedTopics } from "./wanted-topics.ts";
import { workerOptions } from "./worker-options.ts";
import { WsWorker } from "./ws-worker.ts";

/** How many connections carry one resource type. */
export interface ShardAware {
  /** @default 1 */
  shardCount(): number;
}

/** What a manager works with. What is left out is not kept, told or followed. */
export interface ConnectionManagerPorts {
  readonly feed: FeedConnector;
  readonly clock: Clock;
  readonly logger?: Logger | undefined;
  readonly telemetry?: Telemetry | undefined;
  /** For the jitter of waits. @default seeded with chance of the runtime */
  readonly random?: Random | undefined;
  /** Keeps every frame, before anything is derived from it. */
  readonly log?: RawLog | undefined;
  /** Keeps counts and gauges. */
  readonly sourceStatus?: SourceStatusStore | undefined;
  /** The wanted topics, with the bus on which their changes are announced. */
  readonly subscriptions?: SubscriptionStore | undefined;
  readonly bus?: MessageBus | undefined;
  /** Tells that the source lives, and how it does. */
  readonly heart?: Heart | undefined;
}

/** What is seldom set. */
export interface ConnectionManagerOptions {
  /** Names this process: no two that live at a time may share it. @default made of time and chance */
  readonly instance?: string | undefined;
  /** How much is processed at a time. */
  readonly turn?: Partial<TurnOptions> | undefined;
}

const NONE_CHOSEN: ReadonlyMap<string, number> = new Map();

/**
 * A live source: the connections that the configuration asks for, what each is subscribed to, and what they bring.
 *
 * Frames go to the raw log as they came, and as batches to the host that iterates `run`. The two do not wait for one
 * another: a host that is slow, or stops, misses what its own tap sheds, and is told so; the log misses nothing.
 *
 * A manager runs once.
 *
 * @example
 * ```ts
 * const config = { apiKey: "key", wsUrl: "ws://127.0.0.1:8080", wsResources: ["options_trades"] } as const;
 * const manager = new ConnectionManager(config, { feed: new WsFeedConnector(), clock: SYSTEM_CLOCK });
 * for await (const { rows, meta } of manager.run(AbortSignal.timeout(60_000))) console.log(rows.length, meta.watermark);
 * ```
 */
export class ConnectionManager implements ShardAware {
  readonly config: WsConfig;
  readonly workers: readonly WsWorker[];
  readonly #plan: ConnectionPlan;
  readonly #ports: ConnectionManagerPorts & { readonly logger: Logger; readonly telemetry: Telemetry };
  readonly #instance: string;
  readonly #quotes: QuoteRebalance | undefined;
  readonly #wantedTopics: WantedTopics | undefined;
  readonly #counts = new SourceCounts();
  #tap: Tap | undefined;
  #mode: WsMode;
  #wanted: ReadonlySet<string> = new Set();
  #isWantedKnown: boolean;
  #isRunning = false;
  #hasToldUncarried = false;

  /**
   * @param config completed with the defaults.
   * @throws {ConfigError} naming every setting that is wrong, and a missing key.
   */
  constructor(config: Partial<WsConfig>, ports: ConnectionManagerPorts, options: ConnectionManagerOptions = {}) {
    this.config = wsConfig(config);
    const { apiKey } = this.config;
    if (apiKey === undefined) {
      throw new ConfigError([{ name: "apiKey", given: "undefined", allowed: "the key of the provider's account" }]);
    }
    const { logger = SILENT_LOGGER, telemetry = SILENT_TELEMETRY, clock } = ports;
    for (const { message } of unknownKeys(config)) logger.warn(message);
    const random = ports.random ?? seededRandom(entropy());
    this.#ports = { ...ports, logger, telemetry };
    this.#instance = options.instance ?? `${Math.floor(clock.now())}-${entropy()}`;
    this.#mode = this.config.wsMode;
    this.#plan = planConnections(this.config);
    const quoteShards = this.#plan.connections.flatMap(({ parts }) => parts).find(isQuotes)?.shards;
    if (quoteShards !== undefined) {
      this.#quotes = new QuoteRebalance(this.config, quoteShards, { clock, logger, telemetry }, this.#counts, {
        candidates: () => this.#quoteCandidates(),
        onChosen: () => this.#subscribe(),
      });
    }
    const { subscriptions, bus } = ports;
    this.#isWantedKnown = subscriptions === undefined || bus === undefined;
    if (subscriptions !== undefined && bus !== undefined) {
      this.#wantedTopics = new WantedTopics(
        { subscriptions, bus, clock, logger, telemetry },
        (topics) => this.want(topics),
        () => {
          this.#isWantedKnown = true;
          this.#subscribe();
        },
      );
    }
    const sides = this.config.wsTradeSides ? new TradeSides(sideOptionsOf(this.config)) : undefined;
    this.workers = this.#plan.connections.map((plan) => {
      const quotes = plan.parts.find(isQuotes);
      const rebalance = this.#quotes;
      const slots = rebalance?.slots;
      const target = {
        sides,
        plan,
        apiKey,
        instance: this.#instance,
        options: workerOptions(this.config, plan.connection, options.turn),
      };
      return new WsWorker(
        target,
        {
          feed: ports.feed,
          clock,
          logger,
          telemetry,
          random: random.fork(plan.url),
          log: ports.log,
          sourceStatus: ports.sourceStatus,
        },
        {
          ...(slots === undefined ? {} : { onRows: (rows) => slots.add(rows, clock.monotonic()) }),
          onLink: (isUp) => {
            if (quotes !== undefined) slots?.link(quotes.shard, isUp, clock.monotonic());
          },
          onOverload: (isRefusal) => rebalance?.overloaded(isRefusal),
        },
        { push: (connection, batch, sinceMs) => this.#tap?.push(connection, batch, sinceMs) },
      );
    });
  }

  /** What decides who gets the slots for option quotes; `undefined` where none are asked for. */
  get scheduler(): SubscriptionScheduler | undefined {
    return this.#quotes?.slots.scheduler;
  }

  /** What the plan of the connections has to say: resource types that share a connection. */
  get notes(): readonly string[] {
    return this.#plan.notes;
  }

  /** What became of the rows offered to the host that iterates; `undefined` where none does. */
  get tapCounts(): TapCounts | undefined {
    return this.#tap?.counts;
  }

  get mode(): WsMode {
    return this.#mode;
  }

  shardCount(): number {
    return this.config.wsShardCount;
  }

  /**
   * Switches between everything and what is wanted, without a reconnect.
   *
   * @throws {ConfigError} where the settings do not allow the mode: everything on several shards would come several times.
   */
  setMode(mode: WsMode): void {
    this.#mode = wsConfig({ ...this.config, wsMode: mode }).wsMode;
    this.#quotes?.hurry();
    this.#subscribe();
  }

  /**
   * Replaces the wanted topics: all that a targeted source subscribes to, and the candidates for quotes. Where a store of
   * them was given, that replaces them again.
   *
   * @throws {TypeError} for a text that is no topic; nothing is changed then.
   */
  want(topics: Iterable<string>): void {
    this.#wanted = checkedTopics(topics);
    this.#isWantedKnown = true;
    this.#tellUncarried();
    this.#quotes?.hurry();
    this.#subscribe();
  }

  /**
   * Trades and quotes as they come, until `signal` aborts or the host stops to iterate; then what was received is
   * processed and appended, and the connections are closed. Begins with the first step of the iteration.
   *
   * Batches of one kind and connection each, in order of receipt. Without rows they tell a gap, or that the link is alive
   * and the watermark moves, or that it is down and stands still. With `wsTradeSides` option trades have their side, and
   * their batches are `Enriched`: see `hasSides`.
   *
   * Rejects with a `WsError` where the provider refuses for good, and as `ingest` does.
   */
  async *run(signal: AbortSignal): AsyncIterable<DataBatch<TradeOrNbbo>> {
    for await (const batch of this.runAll(signal)) if (isTradesOrQuotes(batch)) yield batch;
  }

  /** The same with index values. */
  async *runAll(signal: AbortSignal): AsyncIterable<DataBatch<Row>> {
    const { wsStalenessLimitMs, wsQueueEvents } = this.config;
    this.#assertFresh();
    const tap = new Tap({ stalenessMs: wsStalenessLimitMs, maxRows: wsQueueEvents }, this.#ports.clock);
    const stop = new AbortController();
    this.#tap = tap;
    const working = this.ingest(AbortSignal.any([signal, stop.signal])).finally(() => tap.end());
    // Its failure is told behind the last batch.
    working.catch(() => undefined);
    try {
      for (let batch = await tap.next(); batch !== undefined; batch = await tap.next()) yield batch;
    } finally {
      stop.abort();
      await working;
    }
  }

  /**
   * The same without a host: connects, logs and counts until `signal` aborts.
   *
   * Rejects with the error of the first connection that failed for good, after all have ended: a `WsError` of the
   * provider's refusal, a `StorageError` where not all could be appended, or an error of a store.
   *
   * @throws {TypeError} on a second call.
   */
  async ingest(signal: AbortSignal): Promise<void> {
    this.#assertFresh();
    this.#isRunning = true;
    for (const note of this.notes) this.#ports.logger.info(note);
    this.#subscribe();
    const group = new WorkGroup(signal);
    const isEnded = new AbortController();
    const followers = group.attemptAll([
      this.#wantedTopics?.run(group.signal),
      this.#quotes?.run(group.signal),
      this.#report(isEnded.signal),
      beatAsSource(this.#ports, this.workers, () => group.failure, isEnded.signal),
    ]);
    await group.attemptAll(this.workers.map((worker) => worker.run(group.signal)));
    group.stop();
    isEnded.abort();
    await followers;
    group.throwFailure();
  }

  /** Once: the set may be shared with sources of other classes. */
  #tellUncarried(): void {
    if (this.#mode !== "targeted" || this.#hasToldUncarried) return;
    const uncarried = uncarriedTopics(this.#wanted, this.config.wsResources);
    const [first] = uncarried;
    if (first === undefined) return;
    this.#hasToldUncarried = true;
    this.#ports.logger.warn("Some wanted topics are of no resource type of this source, and are left alone", {
      topics: uncarried.length,
      such_as: first,
    });
  }

  #assertFresh(): void {
    if (this.#isRunning) throw new TypeError("Cannot run a source: it must not have run before, it has");
  }

  #subscribe(): void {
    // Until the set was read a connection must not take it for empty: it would tell that nothing is missing.
    if (this.#mode === "targeted" && !this.#isWantedKnown) return;
    const selection = { mode: this.#mode, wanted: this.#wanted, quoted: this.#quotes?.chosen ?? NONE_CHOSEN };
    for (const [index, topics] of topicsOf(this.#plan.connections, selection).entries()) {
      const quotesFollow = this.#quotes?.isChosen === false && this.#plan.connections[index]?.parts.some(isQuotes);
      this.workers[index]?.want(topics, quotesFollow);
    }
  }

  /** `undefined` where every contract that trades is one. */
  #quoteCandidates(): readonly string[] | undefined {
    const wanted = tickersOf(this.#wanted, "options_quotes");
    return this.#mode === "targeted" || wanted.length > 0 ? wanted : undefined;
  }

  async #report(ended: AbortSignal): Promise<void> {
    const { sourceStatus, clock, logger } = this.#ports;
    if (sourceStatus === undefined) return;
    const figures = new SourceFigures(this.#plan.connections, this.workers, this.#counts, {
      coverage: () => this.#quotes?.slots.statistics.coverage.share,
      conflated: () => this.#tap?.counts.conflated ?? 0,
    });
    await new SourceReporter({ sourceStatus, clock, logger }, `source/${this.#instance}`, figures).run(ended);
  }
}

/** Chance that no seed repeats: two processes of one millisecond must not share a name. */
function entropy(): number {
  const [high = 0, low = 0] = globalThis.crypto.getRandomValues(new Uint32Array(2));
  return (high % 0x20_0000) * 0x1_0000_0000 + low;
}

function isQuotes({ resource }: { readonly resource: string }): boolean {
  return resource === "options_quotes";
}

function isTradesOrQuotes(batch: DataBatch<Row>): batch is DataBatch<TradeOrNbbo> {
  return batch.rows[0]?.type !== "indexValue";
}
