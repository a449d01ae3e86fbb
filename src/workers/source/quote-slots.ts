import type { WsConfig } from "../../domain/config/strikewire-config.ts";
import { schedulerConfigOf } from "../../domain/config/ws-options.ts";
import { parseOptionTicker } from "../../domain/instrument/option-symbol.ts";
import type { Row } from "../../domain/market/rows.ts";
import type { Random } from "../../domain/random.ts";
import { DecayedRates, rateTerm } from "../../domain/subscription/decayed-rates.ts";
import type { RateEstimate } from "../../domain/subscription/rate-estimate.ts";
import type { SchedulerStatistics } from "../../domain/subscription/scheduler-statistics.ts";
import { assignShards } from "../../domain/subscription/shards.ts";
import { SubscriptionScheduler } from "../../domain/subscription/subscription-scheduler.ts";

const UNKNOWN: RateEstimate = Object.freeze({ perSec: undefined, ageMs: 0 });
const NO_ESTIMATES: ReadonlyMap<string, RateEstimate> = new Map();

/**
 * Who gets the scarce slots for option quotes: candidates, their rates as far as they are known, and the shards on which
 * those that are chosen go.
 *
 * A contract whose quotes are subscribed is measured by them; what is known of another is how often it trades. The two
 * are different in size: prints count as many quotes as there are to a print among contracts of which both are known.
 * Where rates are to be those of contracts traded, prints are all that counts.
 *
 * Times are monotonic, ms: where the wall clock is set no rate has changed.
 */
export class QuoteSlots {
  readonly #scheduler: SubscriptionScheduler;
  readonly #trades: DecayedRates;
  readonly #quotes: DecayedRates;
  readonly #shards: number;
  readonly #slotsPerShard: number;
  readonly #traded = new Set<string>();
  /** Of the contracts of which something is measured. */
  readonly #expirations = new Map<string, string>();
  /** Whose quotes are subscribed, and on which shard. */
  #held: ReadonlyMap<string, number> = new Map();
  /** Shards whose connections are not there: at first none is. */
  readonly #down: Set<number>;

  /** @param shards connections that carry option quotes. */
  constructor(config: WsConfig, shards: number, random?: Random) {
    const scheduler = schedulerConfigOf(config);
    this.#scheduler = new SubscriptionScheduler(scheduler, random);
    this.#trades = new DecayedRates(scheduler);
    this.#quotes = new DecayedRates(scheduler);
    this.#shards = shards;
    this.#down = new Set(Array.from({ length: shards }, (_, shard) => shard));
    this.#slotsPerShard = config.wsQuoteCap;
  }

  get statistics(): SchedulerStatistics {
    return this.#scheduler.statistics();
  }

  get scheduler(): SubscriptionScheduler {
    return this.#scheduler;
  }

  /** Counts rows of one kind. */
  add(rows: readonly Row[], nowMs: number): void {
    const { measure } = this.#scheduler.config;
    for (const row of rows) {
      const term = rateTerm(row, measure);
      if (row.type === "nbbo") {
        if (term !== undefined) this.#quotes.add(row.instrument, nowMs, term);
      } else if (row.type === "optionTrade") {
        if (!this.#traded.has(row.contract)) {
          this.#traded.add(row.contract);
          this.#expirations.set(row.contract, row.expiration);
          this.#trades.watch(row.contract, nowMs);
        }
        this.#trades.add(row.contract, nowMs, term ?? 0);
      }
    }
  }

  /** The connection of a shard of quotes is there, or it is not: what is not received is not measured. */
  link(shard: number, isUp: boolean, atMs: number): void {
    if (isUp) this.#down.delete(shard);
    else this.#down.add(shard);
    for (const [instrument, itsShard] of this.#held) {
      if (itsShard !== shard) continue;
      if (isUp) this.#quotes.watch(instrument, atMs);
      else this.#quotes.unwatch(instrument, atMs);
    }
  }

  /**
   * Begins a round.
   *
   * @param wanted the candidates, where they are known; else every contract that traded and has not expired.
   * @param share of the slots that is used, in 0..1.
   * @param today `YYYY-MM-DD`, US Eastern.
   * @returns the chosen contracts, each with its shard.
   */
  rebalance(
    wanted: Iterable<string> | undefined,
    share: number,
    today: string,
    nowMs: number,
  ): ReadonlyMap<string, number> {
    this.#forgetExpired(today);
    const candidates = wanted ?? this.#traded;
    this.#scheduler.updatePriorities(this.#estimates(candidates, nowMs));
    const slots = Math.floor(this.#shards * this.#slotsPerShard * share);
    const chosen = this.#scheduler.chooseInstruments(slots);
    this.#hold(assignShards(chosen, this.#shards, this.#slotsPerShard), nowMs);
    return this.#held;
  }

  #estimates(candidates: Iterable<string>, nowMs: number): ReadonlyMap<string, RateEstimate> {
    const quotes = this.#scheduler.config.measure === "events" ? this.#quotes.estimates(nowMs) : NO_ESTIMATES;
    const trades = this.#trades.estimates(nowMs);
    const quotesPerPrint = ratioOf(quotes, trades);
    const estimates = new Map<string, RateEstimate>();
    for (const instrument of candidates) {
      const measured = quotes.get(instrument);
      const traded = trades.get(instrument);
      if (measured?.perSec !== undefined) estimates.set(instrument, measured);
      else if (traded?.perSec === undefined) estimates.set(instrument, UNKNOWN);
      else estimates.set(instrument, { perSec: traded.perSec * quotesPerPrint, ageMs: traded.ageMs });
    }
    return estimates;
  }

  #hold(held: ReadonlyMap<string, number>, nowMs: number): void {
    for (const [instrument, shard] of this.#held) {
      if (held.get(instrument) !== shard) this.#quotes.unwatch(instrument, nowMs);
    }
    for (const [instrument, shard] of held) {
      if (!this.#down.has(shard)) this.#quotes.watch(instrument, nowMs);
      if (this.#expirations.has(instrument)) continue;
      const expiration = parseOptionTicker(instrument)?.expiration;
      if (expiration !== undefined) this.#expirations.set(instrument, expiration);
    }
    this.#held = held;
  }

  #forgetExpired(today: string): void {
    for (const [instrument, expiration] of this.#expirations) {
      if (expiration >= today) continue;
      this.#expirations.delete(instrument);
      this.#traded.delete(instrument);
      this.#trades.forget(instrument);
      this.#quotes.forget(instrument);
    }
  }
}

/** Quotes to a print, over the contracts of which both rates are known; 1 where there are none. */
function ratioOf(quotes: ReadonlyMap<string, RateEstimate>, trades: ReadonlyMap<string, RateEstimate>): number {
  let quoted = 0;
  let traded = 0;
  for (const [instrument, { perSec }] of quotes) {
    const prints = trades.get(instrument)?.perSec;
    if (perSec === undefined || prints === undefined) continue;
    quoted += perSec;
    traded += prints;
  }
  return quoted > 0 && traded > 0 ? quoted / traded : 1;
}
