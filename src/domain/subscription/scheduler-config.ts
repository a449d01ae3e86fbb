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

const isPositive = (value: unknown): boolean => Number.isFinite(value) && Number(value) > 0;

const RULES: { readonly [Name in keyof SchedulerConfig]: readonly [string, (value: unknown) => boolean] } = {
  topN: ["a whole number from 0", (value) => Number.isSafeInteger(value) && Number(value) >= 0],
  explorationFraction: [
    "a number from 0 to 1",
    (value) => Number.isFinite(value) && Number(value) >= 0 && Number(value) <= 1,
  ],
  rebalanceIntervalSec: ["finite and above 0", isPositive],
  hysteresis: [
    "a number from 0 to below 1",
    (value) => Number.isFinite(value) && Number(value) >= 0 && Number(value) < 1,
  ],
  exploreRounds: ["a whole number from 1", (value) => Number.isSafeInteger(value) && Number(value) >= 1],
  halfLifeSec: ["finite and above 0", isPositive],
  measure: [`one of ${RATE_MEASURES.join(", ")}`, (value) => RATE_MEASURES.some((measure) => measure === value)],
  seed: ["a safe integer", Number.isSafeInteger],
};

/**
 * Completes a configuration with the defaults.
 *
 * @throws {RangeError} that names the first field out of its range.
 */
export function schedulerConfig(given: Partial<SchedulerConfig>): SchedulerConfig {
  const config: SchedulerConfig = { ...DEFAULT_SCHEDULER_CONFIG, ...given };
  let name: keyof SchedulerConfig;
  for (name in RULES) {
    const [required, holds] = RULES[name];
    if (!holds(config[name])) {
      throw new RangeError(
        `Cannot schedule subscriptions: '${name}' must be ${required}, current value is ${String(config[name])}`,
      );
    }
  }
  return Object.freeze(config);
}
