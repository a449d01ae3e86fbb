import { describe, expect, it } from "vitest";
import { SubscriptionScheduler } from "../../../src/domain/subscription/subscription-scheduler.ts";

const active = (allocation: ReadonlyMap<string, boolean>): string[] =>
  [...allocation].filter(([, isActive]) => isActive).map(([instrument]) => instrument);

/** S00 with 100, S01 with 99 and so on. */
const ladder = (count: number): Map<string, number> =>
  new Map(Array.from({ length: count }, (_, index) => [`S${String(index).padStart(2, "0")}`, 100 - index]));

const TOP_5 = ["S00", "S01", "S02", "S03", "S04"];

describe("SubscriptionScheduler", () => {
  it("gives 10 slots to the top 5 and 2 of the rest, and leaves 3 empty at first", () => {
    const scheduler = new SubscriptionScheduler({ topN: 5, explorationFraction: 0.2 });
    scheduler.updatePriorities(ladder(30));
    const allocation = scheduler.allocateSlots(10);
    expect(active(allocation).slice(0, 5)).toEqual(TOP_5);
    expect(active(allocation)).toHaveLength(7);
    expect([...allocation.keys()].sort()).toEqual([...ladder(30).keys()]);
    expect(scheduler.statistics().slots).toEqual({ reserved: 5, exploration: 2, retention: 0 });
    expect(scheduler.allocateSlots(10)).toEqual(allocation);
    scheduler.updatePriorities(ladder(30));
    expect(scheduler.allocateSlots(10)).toEqual(allocation);
  });

  it("answers by its state and the number of slots, whatever it was asked in between", () => {
    const scheduler = new SubscriptionScheduler({ topN: 5 });
    scheduler.updatePriorities(ladder(30));
    const ten = scheduler.allocateSlots(10);
    expect(active(scheduler.allocateSlots(3)).slice(0, 2)).toEqual(["S00", "S01"]);
    ten.set("S00", false);
    expect(active(scheduler.allocateSlots(10))).toContain("S00");
  });

  it("chooses those to whom it gives slots, in the same order, and takes that for its answer", () => {
    const scheduler = new SubscriptionScheduler({ topN: 5, explorationFraction: 0.2, exploreRounds: 1 });
    const twin = new SubscriptionScheduler({ topN: 5, explorationFraction: 0.2, exploreRounds: 1 });
    for (const slots of [10, 3, 12, 0, 7]) {
      scheduler.updatePriorities(ladder(30));
      twin.updatePriorities(ladder(30));
      expect(scheduler.chooseInstruments(slots)).toEqual(active(twin.allocateSlots(slots)));
      expect(scheduler.statistics()).toEqual(twin.statistics());
    }
    expect(() => scheduler.chooseInstruments(0.5)).toThrow(RangeError);
  });

  it("lets a challenger in only above its margin", () => {
    const scheduler = new SubscriptionScheduler({ topN: 1, explorationFraction: 0, hysteresis: 0.5 });
    const winner = (challenger: number): string[] => {
      scheduler.updatePriorities(
        new Map([
          ["OLD", 100],
          ["NEW", challenger],
        ]),
      );
      return active(scheduler.allocateSlots(1));
    };
    expect(winner(99)).toEqual(["OLD"]);
    expect(winner(149)).toEqual(["OLD"]);
    expect(winner(150)).toEqual(["OLD"]);
    expect(winner(150.001)).toEqual(["NEW"]);
    // Now the other way round.
    expect(winner(99)).toEqual(["NEW"]);
  });

  it("breaks ties by symbol", () => {
    const scheduler = new SubscriptionScheduler({ topN: 2, explorationFraction: 0 });
    scheduler.updatePriorities(new Map(["D", "B", "C", "A"].map((symbol) => [symbol, 5])));
    expect(active(scheduler.allocateSlots(4))).toEqual(["A", "B"]);
  });

  it("retains who fell out of the top while it stays near, one step before, at and below the margin", () => {
    const retained = (rate: number): boolean => {
      const scheduler = new SubscriptionScheduler({ topN: 1, explorationFraction: 0, hysteresis: 0.25 });
      scheduler.updatePriorities(new Map([["FELL", 100]]));
      scheduler.allocateSlots(2);
      scheduler.updatePriorities(
        new Map([
          ["FELL", rate],
          ["TOP", 200],
        ]),
      );
      return active(scheduler.allocateSlots(2)).includes("FELL");
    };
    expect(retained(150.001)).toBe(true);
    expect(retained(150)).toBe(false);
    expect(retained(149.999)).toBe(false);
  });

  it("retains what exploration showed to be busy, and evicts nobody for it", () => {
    const scheduler = new SubscriptionScheduler({ topN: 1, explorationFraction: 0.5, exploreRounds: 1 });
    const rates = new Map([
      ["A", 100],
      ["B", 1],
      ["C", 1],
      ["D", 1],
    ]);
    scheduler.updatePriorities(rates);
    const [, explored = ""] = active(scheduler.allocateSlots(2));
    rates.set(explored, 95);
    scheduler.updatePriorities(rates);
    expect(active(scheduler.allocateSlots(4))).toContain(explored);
    expect(scheduler.statistics().slots).toEqual({ reserved: 1, exploration: 2, retention: 1 });
    expect(scheduler.statistics().total.evictions).toBe(0);
  });

  it("does not spend exploration on what it retains anyway", () => {
    const scheduler = new SubscriptionScheduler({ topN: 1, explorationFraction: 0.25, exploreRounds: 1 });
    const rates = new Map(["A", "B", "C", "D"].map((symbol) => [symbol, 50]));
    for (let update = 0; update < 6; update++) {
      scheduler.updatePriorities(rates);
      scheduler.allocateSlots(4);
    }
    expect(scheduler.statistics().slots).toEqual({ reserved: 1, exploration: 1, retention: 2 });
    scheduler.updatePriorities(rates);
    expect(active(scheduler.allocateSlots(6))).toHaveLength(4);
    expect(scheduler.statistics().slots).toEqual({ reserved: 1, exploration: 1, retention: 2 });
  });

  it("ranks what nobody has measured behind what is silent", () => {
    const scheduler = new SubscriptionScheduler({ topN: 2, explorationFraction: 0 });
    scheduler.updatePriorities(
      new Map([
        ["A", { perSec: undefined, ageMs: 0 }],
        ["B", { perSec: 0, ageMs: 0 }],
        ["C", { perSec: 1, ageMs: 0 }],
      ]),
    );
    expect(active(scheduler.allocateSlots(3))).toEqual(["C", "B"]);
    expect(scheduler.statistics().coverage.unmeasured).toBe(1);
  });

  it("spends no slot where there is none, and all instruments where there are more slots", () => {
    const scheduler = new SubscriptionScheduler({ topN: 50, explorationFraction: 0.2 });
    expect(scheduler.allocateSlots(10)).toEqual(new Map());
    scheduler.updatePriorities(ladder(30));
    expect(active(scheduler.allocateSlots(0))).toEqual([]);
    expect(active(scheduler.allocateSlots(29))).toHaveLength(29);
    expect(active(scheduler.allocateSlots(1_000))).toHaveLength(30);
    scheduler.updatePriorities(new Map());
    expect(scheduler.allocateSlots(10)).toEqual(new Map());
  });

  it("explores nothing with fraction 0 and all the rest with fraction 1", () => {
    const exploring = (explorationFraction: number): number => {
      const scheduler = new SubscriptionScheduler({ topN: 5, explorationFraction });
      scheduler.updatePriorities(ladder(30));
      scheduler.allocateSlots(10);
      return scheduler.statistics().slots.exploration;
    };
    expect([0, 0.04, 0.05, 0.5, 0.9, 1].map(exploring)).toEqual([0, 0, 1, 5, 5, 5]);
  });

  it("draws by seed", () => {
    const choice = (seed: number): string[] => {
      const scheduler = new SubscriptionScheduler({ topN: 5, seed });
      scheduler.updatePriorities(ladder(90));
      return active(scheduler.allocateSlots(40));
    };
    expect(choice(1)).toEqual(choice(1));
    expect(choice(1)).not.toEqual(choice(2));
  });

  it("tells coverage with the age of the estimate", () => {
    const scheduler = new SubscriptionScheduler({ topN: 1, explorationFraction: 0 });
    expect(scheduler.statistics().coverage).toEqual({
      share: undefined,
      meanAgeMs: undefined,
      oldestAgeMs: undefined,
      unmeasured: 0,
    });
    scheduler.updatePriorities(
      new Map([
        ["A", { perSec: 75, ageMs: 0 }],
        ["B", { perSec: 25, ageMs: 8_000 }],
        ["C", { perSec: 0, ageMs: 9_000 }],
      ]),
    );
    scheduler.allocateSlots(1);
    const coverage = { share: 0.75, meanAgeMs: 2_000, oldestAgeMs: 9_000, unmeasured: 0 };
    expect(scheduler.statistics().coverage).toEqual(coverage);
  });

  it("counts churn and evictions by the last allocation of each round", () => {
    const scheduler = new SubscriptionScheduler({ topN: 2, explorationFraction: 0 });
    const round = (rates: Record<string, number>, slots: number) => {
      scheduler.updatePriorities(new Map(Object.entries(rates)));
      scheduler.allocateSlots(slots + 1);
      scheduler.allocateSlots(slots);
      return scheduler.statistics().round;
    };
    expect(round({ A: 10, B: 9, C: 1 }, 2)).toEqual({ added: 2, removed: 0, evictions: 0 });
    expect(round({ A: 10, B: 1, C: 9 }, 2)).toEqual({ added: 1, removed: 1, evictions: 1 });
    expect(round({ C: 9, D: 8 }, 2)).toEqual({ added: 1, removed: 1, evictions: 0 });
    expect(round({ C: 9, D: 8 }, 1)).toEqual({ added: 0, removed: 1, evictions: 1 });
    expect(scheduler.statistics().total).toEqual({ added: 4, removed: 3, evictions: 2 });
    scheduler.updatePriorities(new Map([["C", 9]]));
    expect(scheduler.statistics().total).toEqual({ added: 4, removed: 3, evictions: 2 });
  });

  it("refuses rates, ages and slots that are no numbers, and stays as it was", () => {
    const scheduler = new SubscriptionScheduler({ topN: 5 });
    scheduler.updatePriorities(ladder(30));
    const before = scheduler.allocateSlots(10);
    for (const bad of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      const rates = ladder(40).set("BAD", bad);
      expect(() => scheduler.updatePriorities(rates)).toThrow(
        `Cannot update priorities: the rate of BAD must be finite and not below 0, current value is ${bad}`,
      );
      expect(() => scheduler.updatePriorities(new Map([["BAD", { perSec: 1, ageMs: bad }]]))).toThrow("the age of BAD");
      expect(() => scheduler.allocateSlots(bad)).toThrow("'totalSlots' must be a whole number from 0");
    }
    expect(() => scheduler.allocateSlots(1.5)).toThrow(RangeError);
    expect(scheduler.allocateSlots(10)).toEqual(before);
    expect(scheduler.statistics().rounds).toBe(1);
  });
});
