import { CHANNELS } from "../../domain/channels.ts";
import { isTransient } from "../../domain/errors.ts";
import { EXCHANGE_CALENDAR } from "../../domain/market/trading-calendar.ts";
import { modelLimitsOf, standardModels } from "../../domain/model/standard-models.ts";
import type { BusMessage } from "../../ports/message-bus.ts";
import { Heart, reasonOf } from "../heartbeat.ts";
import { listen } from "../listen.ts";
import { TickGrid } from "../tick-grid.ts";
import { FIRST_RETRY_MS, nextRetryMs } from "../until-stored.ts";
import { WorkGroup } from "../work-group.ts";
import type { ModelBuilderConfig, ModelBuilderOptions, ModelBuilderPorts } from "./model-builder-ports.ts";
import { REPUBLISH_MS } from "./published-model.ts";
import { SymbolModels } from "./symbol-models.ts";

/** How a symbol is built. */
interface SymbolLoop {
  readonly models: SymbolModels;
  /** Ends the wait for the next round. */
  wake: AbortController;
  /** Why the store fails; `undefined` where it does not. */
  away: string | undefined;
}

/**
 * Builds models and publishes them: the heatmap and gex, or whatever definitions it is given.
 *
 * Each symbol by itself, at every tick of a grid: the contracts that became dirty are taken under a lease and read, the models
 * are computed from what changed, stored and announced, and only then the contracts are settled; whoever is killed in between
 * leaves them dirty. A new epoch is built at once, and from everything. A quiet model is written again at least every 20 s,
 * as old as it is: stale inputs make it stale, and older ones leave it without data.
 *
 * One builder is enough for a symbol. Of two each reads everything anew behind what the other took, so that both are right,
 * and their counts overwrite one another; one that stood still for long does not replace what the other has published
 * meanwhile. A builder runs once.
 *
 * @example
 * ```ts
 * const { config } = readConfig({ code: { chainSymbols: ["I:SPX"] } });
 * const memory = openMemory({ clock: SYSTEM_CLOCK });
 * const builder = new ModelBuilder(config, memory, { host: "host-1", pid: 4711 });
 * await builder.run(AbortSignal.timeout(10_000));
 * ```
 */
export class ModelBuilder {
  readonly #ports: ModelBuilderPorts;
  readonly #heart: Heart;
  readonly #loops: readonly SymbolLoop[];
  readonly #intervalMs: number;
  #builtAtMs: number | null = null;

  /**
   * @throws {RangeError} for a setting that is out of its limits.
   * @throws {TypeError} for a name that no worker can have, a definition whose name, version or inputs are none, and two
   * models of one name.
   */
  constructor(config: ModelBuilderConfig, ports: ModelBuilderPorts, options: ModelBuilderOptions) {
    const { modelIntervalMs, chainSymbols } = config;
    if (!(modelIntervalMs > 0)) {
      throw new RangeError(
        `Cannot make a model builder: 'modelIntervalMs' must be above 0, current value is ${modelIntervalMs}`,
      );
    }
    const { host, pid, worker = "model", models: definitions = standardModels(config) } = options;
    const names = definitions.map(({ name }) => name);
    if (new Set(names).size < names.length) {
      throw new TypeError(
        `Cannot make a model builder: names of models must differ, current value is ${names.join(", ")}`,
      );
    }
    this.#ports = ports;
    this.#intervalMs = Math.min(modelIntervalMs, REPUBLISH_MS);
    this.#heart = new Heart({ worker, host, pid }, config, ports);
    const limits = modelLimitsOf(config);
    const { calendar = EXCHANGE_CALENDAR } = options;
    const owner = `${worker}@${host}/${pid}`;
    const symbols = new Set(chainSymbols.map((symbol) => symbol.replace(/^I:/, "")));
    this.#loops = [...symbols].map((symbol) => ({
      models: new SymbolModels(symbol, ports, { definitions, limits, calendar, owner }),
      wake: new AbortController(),
      away: undefined,
    }));
  }

  /**
   * Works until `signal` aborts; a round that has begun is ended.
   *
   * Rejects with the error of a store that refuses for good; the heartbeat says `failed` then.
   *
   * @throws {TypeError} on a second call.
   */
  run(signal: AbortSignal): Promise<void> {
    return this.#heart.during(() => this.#work(signal));
  }

  async #work(signal: AbortSignal): Promise<void> {
    const group = new WorkGroup(signal);
    this.#assess();
    const promotions = {
      channel: CHANNELS.epochPromoted,
      what: "promotions",
      // A new epoch is not to wait for the next tick.
      hear: (message: BusMessage) => this.#hear(message),
    };
    const listening = group.attempt(listen(promotions, this.#ports, group.signal));
    const originMs = this.#ports.clock.monotonic();
    await group.attemptAll(this.#loops.map((loop) => this.#build(loop, originMs, group.signal)));
    // Without a symbol there is nothing to do but to live.
    if (this.#loops.length === 0) await group.untilStopped();
    group.stop();
    await listening;
    group.throwFailure();
  }

  async #build(loop: SymbolLoop, originMs: number, signal: AbortSignal): Promise<void> {
    const { clock } = this.#ports;
    const grid = new TickGrid(originMs, this.#intervalMs);
    let delayMs = 0;
    let tickAtMs = originMs;
    while (!signal.aborted) {
      const isWoken = loop.wake.signal.aborted;
      loop.wake = new AbortController();
      // A timer that is late must not move the grid.
      const begunAtMs = isWoken ? clock.monotonic() : tickAtMs;
      const outcome = await this.#attempt(loop, signal);
      if (signal.aborted) return;
      delayMs = outcome !== "failed" ? 0 : delayMs === 0 ? FIRST_RETRY_MS : nextRetryMs(delayMs);
      const nowMs = clock.monotonic();
      // Two builds are an interval apart, whatever wakes us.
      const earliestMs = outcome === "built" ? begunAtMs + this.#intervalMs : nowMs;
      tickAtMs = grid.next(Math.max(earliestMs, nowMs + delayMs)).atMs;
      const awake = delayMs > 0 ? signal : AbortSignal.any([signal, loop.wake.signal]);
      await clock.sleep(tickAtMs - nowMs, awake);
      await clock.sleep(earliestMs - clock.monotonic(), signal);
    }
  }

  async #attempt(loop: SymbolLoop, signal: AbortSignal): Promise<"built" | "quiet" | "failed"> {
    const { clock, logger } = this.#ports;
    try {
      const hasBuilt = await loop.models.build(this.#intervalMs);
      if (loop.away !== undefined) logger.info(`Building models of ${loop.models.symbol} again`);
      loop.away = undefined;
      if (hasBuilt) this.#builtAtMs = clock.now();
      return hasBuilt ? "built" : "quiet";
    } catch (error) {
      if (signal.aborted) return "failed";
      if (!isTransient(error)) throw error;
      // An outage is told once; how it goes on is in the heartbeat.
      if (loop.away === undefined) {
        logger.error(`Cannot build models of ${loop.models.symbol}, trying again until it can be done`, error);
      }
      loop.away = reasonOf(error);
      return "failed";
    } finally {
      this.#assess();
    }
  }

  #hear(message: BusMessage): void {
    // Every symbol looks by itself whether there is anything to do: what is announced is in the store.
    for (const { models, wake } of this.#loops) {
      if (message.kind === "resync" || message.body.includes(`"${models.symbol}"`)) wake.abort();
    }
  }

  /** Tells the heart how it stands. */
  #assess(): void {
    const statuses = this.#loops.flatMap(({ models }) => models.statuses);
    const count = (status: string): number => statuses.filter((one) => one === status).length;
    this.#heart.detail({
      symbols: this.#loops.length,
      models: statuses.length,
      live: count("live"),
      stale: count("stale"),
      none: count("none"),
      superseded: this.#loops.reduce((sum, { models }) => sum + models.superseded, 0),
      last_ts: this.#builtAtMs === null ? null : this.#builtAtMs / 1_000,
      last_ms: Math.max(0, ...this.#loops.map(({ models }) => models.tookMs)),
    });
    const [away] = this.#loops.flatMap((loop) => loop.away ?? []);
    const [trouble] = this.#loops.flatMap(({ models }) => models.troubles);
    const reason = away ?? trouble;
    if (reason === undefined) this.#heart.ok();
    else this.#heart.degraded(reason);
  }
}
