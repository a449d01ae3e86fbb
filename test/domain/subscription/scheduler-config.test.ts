import { describe, expect, it } from "vitest";
import { DEFAULT_SCHEDULER_CONFIG, schedulerConfig } from "../../../src/domain/subscription/scheduler-config.ts";
import { SubscriptionScheduler } from "../../../src/domain/subscription/subscription-scheduler.ts";

describe("schedulerConfig", () => {
  it("completes what is given with the defaults", () => {
    expect(schedulerConfig({})).toEqual(DEFAULT_SCHEDULER_CONFIG);
    expect(schedulerConfig({ topN: 7 })).toEqual({ ...DEFAULT_SCHEDULER_CONFIG, topN: 7 });
  });

  it.each([
    { topN: 0 },
    { explorationFraction: 0 },
    { explorationFraction: 1 },
    { rebalanceIntervalSec: 0.001 },
    { hysteresis: 0 },
    { hysteresis: 0.999 },
    { exploreRounds: 1 },
    { measure: "contracts" as const },
    { seed: -5 },
  ])("accepts %o", (given) => {
    expect(schedulerConfig(given)).toMatchObject(given);
  });

  it.each([
    ["topN", -1],
    ["topN", 1.5],
    ["explorationFraction", -0.001],
    ["explorationFraction", 1.001],
    ["explorationFraction", Number.NaN],
    ["rebalanceIntervalSec", 0],
    ["rebalanceIntervalSec", Number.POSITIVE_INFINITY],
    ["hysteresis", -0.001],
    ["hysteresis", 1],
    ["exploreRounds", 0],
    ["exploreRounds", 1.5],
    ["halfLifeSec", 0],
    ["measure", "volume"],
    ["seed", 0.5],
    ["topN", "5"],
  ])("refuses %s %s and names it", (name, value) => {
    const create = () => new SubscriptionScheduler({ [name]: value });
    expect(create).toThrow(RangeError);
    expect(create).toThrow(
      new RegExp(`^Cannot schedule subscriptions: '${name}' must be .*, current value is ${value}$`),
    );
  });
});
