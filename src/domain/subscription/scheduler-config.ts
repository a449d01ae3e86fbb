/** What a rate counts: rows, or contracts (shares, for stocks) traded. */
export type RateMeasure = "events" | "contracts";

export const RATE_MEASURES: readonly RateMeasure[] = Object.freeze(["events", "contracts"] as const);

/** How scarce subscription slots are spent. */
export interface SchedulerConfig {
  /** Slots reserved for the instruments with the highest rates. A whole number; 0 reserves none. */
  readonly topN: number;
  /** Share of all slots that goes to exploration, in 0..1. */
  readonly explorationFraction: number;
  /** Time between two updates, in seconds. */
  readonly rebalanceIntervalSec: number;
  /**
   * In [0, 1): a challenger takes a reserved slot only with a rate above that of its holder times `1 + hysteresis`, and
   * an instrument that fell out is retained while its rate is above the lowest reserved one times `1 - hysteresis`.
   */
  readonly hysteresis: number;
  /** Updates for which an explored instrument keeps its slot. A whole number from 1. */
  readonly exploreRounds: number;
  /** Time in which the weight of what was measured halves, in seconds. */
  readonly halfLifeSec: number;
  readonly measure: RateMeasure;
  /** Seed of the order of exploration: any safe integer. */
  readonly seed: number;
}

export const DEFAULT_SCHEDULER_CONFIG: SchedulerConfig = Object.freeze({
  topN: 500,
  explorationFraction: 0.2,
  rebalanceIntervalSec: 5,
  hysteresis: 0.1,
  exploreRounds: 3,
  halfLifeSec: 60,
  measure: "events",
  seed: 1,
});

/** What a field of the configuration may be. */
export interface SchedulerRule {
  /** In words that complete "must be". */
  readonly allowed: string;
  readonly holds: (value: unknown) => boolean;
}

const whole = (least: number): SchedulerRule => ({
  allowed: `a whole number from ${least}`,
  holds: (value) => Number.isSafeInteger(value) && Number(value) >= least,
});

const POSITIVE: SchedulerRule = {
  allowed: "a number above 0",
  holds: (value) => Number.isFinite(value) && Number(value) > 0,
};

/** What each field may be; stated here and nowhere else. */
export const SCHEDULER_RULES: { readonly [Name in keyof SchedulerConfig]: SchedulerRule } = Object.freeze({
  topN: whole(0),
  explorationFraction: {
    allowed: "a number from 0 to 1",
    holds: (value: unknown) => Number.isFinite(value) && Number(value) >= 0 && Number(value) <= 1,
  },
  rebalanceIntervalSec: POSITIVE,
  hysteresis: {
    allowed: "a number from 0 to below 1",
    holds: (value: unknown) => Number.isFinite(value) && Number(value) >= 0 && Number(value) < 1,
  },
  exploreRounds: whole(1),
  halfLifeSec: POSITIVE,
  measure: {
    allowed: `one of ${RATE_MEASURES.join(", ")}`,
    holds: (value: unknown) => RATE_MEASURES.some((measure) => measure === value),
  },
  seed: { allowed: "a safe integer", holds: Number.isSafeInteger },
});

/**
 * Completes a configuration with the defaults.
 *
 * @throws {RangeError} that names the first field out of its range.
 */
export function schedulerConfig(given: Partial<SchedulerConfig>): SchedulerConfig {
  const config: SchedulerConfig = { ...DEFAULT_SCHEDULER_CONFIG, ...given };
  let name: keyof SchedulerConfig;
  for (name in SCHEDULER_RULES) {
    const { allowed, holds } = SCHEDULER_RULES[name];
    if (!holds(config[name])) {
      throw new RangeError(
        `Cannot schedule subscriptions: '${name}' must be ${allowed}, current value is ${String(config[name])}`,
      );
    }
  }
  return Object.freeze(config);
}
