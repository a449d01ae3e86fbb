import type { Row } from "../market/rows.ts";
import type { RateEstimate } from "./rate-estimate.ts";
import { type RateMeasure, type SchedulerConfig, schedulerConfig } from "./scheduler-config.ts";

/** Observation below which there is no estimate: a single event in the first milliseconds is no rate. */
const LEAST_OBSERVED_SEC = 1;

/** Rounding may take this much of an observation that is just long enough. */
const ROUNDING = 1e-9;

/**
 * What a row adds to the rate of its instrument: 1 by events, the size of a print by contracts.
 *
 * @returns `undefined` for a row that the measure does not count: quotes and index values trade nothing.
 */
export function rateTerm(row: Row, measure: RateMeasure): number | undefined {
  if (measure === "events") return 1;
  return row.type === "optionTrade" || row.type === "equityTrade" ? row.size : undefined;
}

/** `seconds` is the time observed, weighed as `sum` is: their quotient is the rate, and stands still when both fade. */
interface Observation {
  sum: number;
  seconds: number;
  /** Both are as of this time. */
  atMs: number;
  watched: boolean;
}

/**
 * Decayed rates of instruments, measured while they are subscribed: the terms received over the time observed, both
 * weighed by `2^(-age / halfLife)`. The rate of a steady stream is told without bias from the first second on.
 *
 * An instrument that is not subscribed is not observed. Its rate is frozen, and its age grows; when it is observed again,
 * what is measured then outweighs the frozen rate the more, the older that was.
 *
 * All times are receipt times on one clock, in ms since the Unix epoch: a rate is what arrives here, however delayed. A
 * time before one already told counts as that.
 *
 * @example
 * ```ts
 * const rates = new DecayedRates({ halfLifeSec: 60 });
 * rates.watch("AAPL", 0);
 * for (let atMs = 50; atMs < 10_000; atMs += 100) rates.add("AAPL", atMs, 1);
 * rates.unwatch("AAPL", 10_000);
 * rates.estimates(70_000).get("AAPL"); // { perSec: 10 up to rounding, ageMs: 60_000 }
 * ```
 */
export class DecayedRates {
  readonly halfLifeMs: number;
  /** What an endless observation weighs: the integral of all weights. */
  readonly #endlessSec: number;
  /** What `LEAST_OBSERVED_SEC` weigh at their end. */
  readonly #leastSec: number;
  readonly #observations = new Map<string, Observation>();

  /** @throws {RangeError} unless `halfLifeSec` is finite and above 0. */
  constructor(config: Partial<Pick<SchedulerConfig, "halfLifeSec">> = {}) {
    this.halfLifeMs = schedulerConfig(config).halfLifeSec * 1_000;
    this.#endlessSec = this.halfLifeMs / 1_000 / Math.LN2;
    this.#leastSec = this.#observed(0, this.#weight(LEAST_OBSERVED_SEC * 1_000));
  }

  /** The instruments known so far. */
  get size(): number {
    return this.#observations.size;
  }

  /**
   * From now on what the instrument sends is received. Repeating it changes nothing.
   *
   * @throws {RangeError} unless `atMs` is finite.
   */
  watch(instrument: string, atMs: number): void {
    checkFinite(atMs, "atMs");
    const known = this.#observations.get(instrument);
    if (known === undefined) {
      this.#observations.set(instrument, { sum: 0, seconds: 0, atMs, watched: true });
    } else if (!known.watched) {
      const least = Math.min(known.seconds, this.#leastSec);
      const faded = Math.max(known.seconds * this.#weight(atMs - known.atMs), least);
      if (known.seconds > 0) known.sum *= faded / known.seconds;
      known.seconds = faded;
      known.atMs = Math.max(atMs, known.atMs);
      known.watched = true;
    }
  }

  /**
   * From now on the instrument is not received: unsubscribed, or its connection is down. Repeating it changes nothing.
   *
   * @throws {RangeError} unless `atMs` is finite.
   */
  unwatch(instrument: string, atMs: number): void {
    checkFinite(atMs, "atMs");
    const known = this.#observations.get(instrument);
    if (known === undefined || !known.watched) return;
    this.#advance(known, atMs);
    known.watched = false;
  }

  /**
   * What another measurement says of an instrument: the rate of its trades stands in for that of its quotes until they
   * are observed. Does nothing for an instrument with observations of its own.
   *
   * @param asOfMs when that was measured.
   * @throws {RangeError} unless `perSec` is finite and not below 0 and `asOfMs` is finite.
   */
  assume(instrument: string, perSec: number, asOfMs: number): void {
    checkNotNegative(perSec, "perSec");
    checkFinite(asOfMs, "asOfMs");
    const known = this.#observations.get(instrument);
    if (known !== undefined && (known.watched || known.seconds > this.#leastSec)) return;
    const seconds = this.#leastSec;
    this.#observations.set(instrument, { sum: perSec * seconds, seconds, atMs: asOfMs, watched: false });
  }

  /**
   * Counts what was received.
   *
   * @param x 1 for an event, or the contracts of a print; see `rateTerm`.
   * @returns false, and counts nothing, for an instrument that is not watched.
   * @throws {RangeError} unless `x` is finite and not below 0 and `atMs` is finite.
   */
  add(instrument: string, atMs: number, x: number): boolean {
    checkFinite(atMs, "atMs");
    checkNotNegative(x, "x");
    const known = this.#observations.get(instrument);
    if (known === undefined || !known.watched) return false;
    this.#advance(known, atMs);
    known.sum += x;
    return true;
  }

  /** Nothing more is known of the instrument, as of a contract that has expired. */
  forget(instrument: string): void {
    this.#observations.delete(instrument);
  }

  /**
   * What `SubscriptionScheduler.updatePriorities` takes: the estimates of all known instruments at `atMs`; changes
   * nothing.
   *
   * @throws {RangeError} unless `atMs` is finite.
   */
  estimates(atMs: number): Map<string, RateEstimate> {
    checkFinite(atMs, "atMs");
    const estimates = new Map<string, RateEstimate>();
    for (const [instrument, known] of this.#observations) estimates.set(instrument, this.#estimate(known, atMs));
    return estimates;
  }

  #estimate(known: Observation, atMs: number): RateEstimate {
    let { sum, seconds } = known;
    if (known.watched) {
      const weight = this.#weight(atMs - known.atMs);
      sum *= weight;
      seconds = this.#observed(seconds, weight);
    }
    const perSec = seconds < this.#leastSec * (1 - ROUNDING) ? undefined : sum / seconds;
    return { perSec, ageMs: known.watched ? 0 : Math.max(0, atMs - known.atMs) };
  }

  #advance(known: Observation, atMs: number): void {
    if (atMs <= known.atMs) return;
    const weight = this.#weight(atMs - known.atMs);
    known.sum *= weight;
    known.seconds = this.#observed(known.seconds, weight);
    known.atMs = atMs;
  }

  /** The integral of the weight over a stretch at whose beginning it is `weight`, added to what came before. */
  #observed(seconds: number, weight: number): number {
    return seconds * weight + this.#endlessSec * (1 - weight);
  }

  #weight(ageMs: number): number {
    return 2 ** (-Math.max(0, ageMs) / this.halfLifeMs);
  }
}

function checkFinite(value: number, name: string): void {
  if (!Number.isFinite(value)) {
    throw new RangeError(`Cannot measure a rate: '${name}' must be finite, current value is ${value}`);
  }
}

function checkNotNegative(value: number, name: string): void {
  if (!Number.isFinite(value) || value < 0) {
    throw new RangeError(`Cannot measure a rate: '${name}' must be finite and not below 0, current value is ${value}`);
  }
}
