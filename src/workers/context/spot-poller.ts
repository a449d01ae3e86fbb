import { endsFetching, FetchBackoff } from "../../domain/context/fetch-backoff.ts";
import type { SpotValue } from "../../domain/context/spot.ts";
import { isStrikewireError, type RestError } from "../../domain/errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { SpotAnswer } from "../../ports/spot-provider.ts";
import type { Telemetry } from "../../ports/telemetry.ts";
import { takeAnswer } from "../spot-answer.ts";
import { TickGrid } from "../tick-grid.ts";
import type { SpotWriter } from "./spot-writer.ts";

/** Indices and stocks have endpoints of their own. */
export type SpotKind = "indices" | "stocks";

/** One request that is made again and again. */
export interface SpotRequest {
  readonly kind: SpotKind;
  /** Numbers the requests of a kind. */
  readonly number: number;
  /** As the provider names them. */
  readonly symbols: readonly string[];
  readonly ask: (signal: AbortSignal) => Promise<SpotAnswer>;
}

/** What a poller works with. */
export interface SpotPollerPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
  readonly writer: SpotWriter;
}

/** How it stands with one request. */
export interface SpotPollerState {
  /** Why the last answer is missing or of no use; `undefined` where all is well. */
  readonly trouble: string | undefined;
  /** Ticks at which nothing was asked, because the answer before it was slow. */
  readonly skipped: number;
  /** Symbols that the last answer refused. */
  readonly refused: number;
  /** Symbols whose last value was delayed. */
  readonly delayed: number;
  readonly lastReceivedAtMs: number | undefined;
  readonly lastLatencyMs: number | undefined;
}

/** No wait after a failure is longer, unless the interval is, or the provider asks for it. */
const LONGEST_WAIT_MS = 30_000;

/** Makes one request at every tick of a grid, one at a time, and hands what comes to a writer. */
export class SpotPoller {
  readonly #request: SpotRequest;
  readonly #intervalMs: number;
  readonly #ports: SpotPollerPorts;
  readonly #changed: () => void;
  readonly #backoff: FetchBackoff;
  #refusals: ReadonlyMap<string, string> = new Map();
  #state: SpotPollerState = {
    trouble: undefined,
    skipped: 0,
    refused: 0,
    delayed: 0,
    lastReceivedAtMs: undefined,
    lastLatencyMs: undefined,
  };

  /** @param changed called after each answer and each failure. */
  constructor(request: SpotRequest, intervalMs: number, ports: SpotPollerPorts, changed: () => void) {
    this.#request = request;
    this.#intervalMs = intervalMs;
    this.#ports = ports;
    this.#changed = changed;
    this.#backoff = new FetchBackoff({ firstMs: intervalMs, maxMs: Math.max(intervalMs, LONGEST_WAIT_MS) });
  }

  get state(): SpotPollerState {
    return this.#state;
  }

  /**
   * Asks until `signal` aborts. Rejects with the `RestError` of a provider that refuses for good.
   *
   * @param originMs of the grid, in monotonic time: the first request is made at once.
   */
  async run(originMs: number, signal: AbortSignal): Promise<void> {
    const { clock, telemetry } = this.#ports;
    const grid = new TickGrid(originMs, this.#intervalMs);
    while (!signal.aborted) {
      const waitMs = await this.#ask(signal);
      if (signal.aborted) return;
      const nowMs = clock.monotonic();
      const { atMs, skipped } = grid.next(nowMs + waitMs);
      // What a wait leaves out was not to be asked for.
      if (skipped > 0 && waitMs === 0) {
        telemetry.count("spot_skipped_ticks_total", skipped, { kind: this.#request.kind });
        this.#update({ skipped: this.#state.skipped + skipped });
      }
      await clock.sleep(atMs - nowMs, signal);
    }
  }

  /** @returns how long to leave the provider alone from now on, ms. */
  async #ask(signal: AbortSignal): Promise<number> {
    let answer: SpotAnswer;
    try {
      answer = await this.#request.ask(signal);
    } catch (error) {
      if (signal.aborted) return 0;
      if (!isRestError(error) || endsFetching(error)) throw error;
      return this.#failed(error);
    }
    this.#take(answer);
    return 0;
  }

  #failed(error: RestError): number {
    const { logger, telemetry, writer } = this.#ports;
    const { kind, number } = this.#request;
    const waitMs = this.#backoff.failed(error);
    telemetry.count("spot_fetch_failures_total", 1, { kind, reason: error.reason });
    writer.fail();
    // An outage is told once; how it goes on is in the heartbeat and in the counts.
    if (this.#state.trouble === undefined) {
      logger.error(`Cannot fetch ${kind}, trying again`, error, { request: number, reason: error.reason, waitMs });
    }
    this.#update({ trouble: error.message });
    return waitMs;
  }

  #take(answer: SpotAnswer): void {
    const { logger, telemetry, writer } = this.#ports;
    const { kind, number, symbols } = this.#request;
    const { fetch, refused } = takeAnswer(answer, symbols);
    this.#backoff.succeeded();
    writer.put(number, fetch);
    telemetry.count("spot_fetches_total", 1, { kind });
    telemetry.gauge("spot_fetch_latency_ms", answer.latencyMs, { kind });
    if (refused.size > 0) telemetry.count("spot_refused_total", refused.size, { kind });
    this.#tellRefusals(refused);
    if (this.#state.trouble !== undefined) logger.info(`Fetching ${kind} again`, { request: number });
    this.#update({
      trouble: fetch.values.length === 0 ? `no value among the answers for ${kind}` : undefined,
      refused: refused.size,
      delayed: fetch.values.filter(isDelayed).length,
      lastReceivedAtMs: fetch.receivedAtMs,
      lastLatencyMs: answer.latencyMs,
    });
  }

  /** A symbol is told once when it begins to be refused, and once when it is answered again. */
  #tellRefusals(refused: ReadonlyMap<string, string>): void {
    const { logger } = this.#ports;
    const { kind } = this.#request;
    for (const [symbol, reason] of refused) {
      if (!this.#refusals.has(symbol)) logger.warn("The provider has no value for a symbol", { kind, symbol, reason });
    }
    for (const symbol of this.#refusals.keys()) {
      if (!refused.has(symbol)) logger.info("The provider has a value for a symbol again", { kind, symbol });
    }
    this.#refusals = refused;
  }

  #update(change: Partial<SpotPollerState>): void {
    this.#state = { ...this.#state, ...change };
    this.#changed();
  }
}

function isDelayed({ timeframe }: SpotValue): boolean {
  return timeframe === "DELAYED";
}

function isRestError(error: unknown): error is RestError {
  return isStrikewireError(error, "STRIKEWIRE_REST");
}
