import type { WsConfig } from "../../domain/config/strikewire-config.ts";
import { tradingDayOf } from "../../domain/market/trading-day.ts";
import { SlotPressure } from "../../domain/overload/slot-pressure.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Telemetry } from "../../ports/telemetry.ts";
import { QuoteSlots } from "./quote-slots.ts";
import type { SourceCounts } from "./source-counts.ts";

/** How long after the start quotes are first distributed: by then something has traded. */
const FIRST_REBALANCE_MS = 1_000;

/** What a rebalance works with. */
export interface QuoteRebalancePorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
}

/** Whom a rebalance asks and tells. */
export interface QuoteRebalanceTarget {
  /** Who may get a slot; `undefined` for every contract that trades. */
  readonly candidates: () => readonly string[] | undefined;
  /** Called after each round. */
  readonly onChosen: () => void;
}

/**
 * Gives the slots for option quotes out anew in regular rounds, and at once where the candidates change or more comes
 * than can be digested.
 */
export class QuoteRebalance {
  readonly slots: QuoteSlots;
  readonly #intervalMs: number;
  readonly #ports: QuoteRebalancePorts;
  readonly #counts: SourceCounts;
  readonly #target: QuoteRebalanceTarget;
  readonly #pressure = new SlotPressure();
  #chosen: ReadonlyMap<string, number> = new Map();
  #isChosen = false;
  #wake: AbortController | undefined;

  /** @param shards connections that carry option quotes. */
  constructor(
    config: WsConfig,
    shards: number,
    ports: QuoteRebalancePorts,
    counts: SourceCounts,
    target: QuoteRebalanceTarget,
  ) {
    this.slots = new QuoteSlots(config, shards);
    this.#intervalMs = config.schedRebalanceIntervalSec * 1_000;
    this.#ports = ports;
    this.#counts = counts;
    this.#target = target;
  }

  /** The contracts whose quotes are to be subscribed, each with its shard. */
  get chosen(): ReadonlyMap<string, number> {
    return this.#chosen;
  }

  /** Whether there was anything to choose from yet; that nobody is a candidate is an answer, that nothing traded is none. */
  get isChosen(): boolean {
    return this.#isChosen;
  }

  /** Works until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#ports;
    let waitMs = Math.min(this.#intervalMs, FIRST_REBALANCE_MS);
    while (!signal.aborted) {
      this.#wake = new AbortController();
      await clock.sleep(waitMs, AbortSignal.any([signal, this.#wake.signal]));
      if (signal.aborted) return;
      this.#rebalance();
      waitMs = this.#intervalMs;
    }
  }

  /** Begins a round at once. */
  hurry(): void {
    this.#wake?.abort();
  }

  /** More came than could be digested. @param isRefusal the provider has given up on us for it. */
  overloaded(isRefusal: boolean): void {
    const nowMs = this.#ports.clock.monotonic();
    const changed = isRefusal ? this.#pressure.refused(nowMs) : this.#pressure.overloaded(nowMs);
    if (!changed) return;
    this.#ports.logger.warn("More comes than can be digested: using fewer slots for quotes", {
      share: this.#pressure.share,
    });
    this.hurry();
  }

  #rebalance(): void {
    const { clock, telemetry } = this.#ports;
    this.#pressure.recover(clock.monotonic());
    const nowMs = clock.monotonic();
    const today = tradingDayOf(BigInt(Math.floor(clock.now())) * 1_000_000n);
    const candidates = this.#target.candidates();
    this.#chosen = this.slots.rebalance(candidates, this.#pressure.share, today, nowMs);
    this.#isChosen ||= candidates !== undefined || this.#chosen.size > 0;
    const { round, coverage } = this.slots.statistics;
    this.#counts.add("churn", round.added + round.removed);
    this.#counts.add("evictions", round.evictions);
    if (coverage.share !== undefined) telemetry.gauge("source_quote_coverage_ratio", coverage.share);
    telemetry.gauge("source_quote_slots_used_ratio", this.#pressure.share);
    this.#target.onChosen();
  }
}
