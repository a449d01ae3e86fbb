import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../../src/domain/random.ts";
import { SubscriptionScheduler } from "../../../src/domain/subscription/subscription-scheduler.ts";

const RUNS = { seed: 42, numRuns: 200 };

const symbol = (index: number): string => `S${String(index).padStart(3, "0")}`;
const active = (allocation: ReadonlyMap<string, boolean>): string[] =>
  [...allocation].filter(([, isActive]) => isActive).map(([instrument]) => instrument);

const config = fc.record({
  topN: fc.integer({ min: 0, max: 12 }),
  explorationFraction: fc.double({ min: 0, max: 1, noNaN: true }),
  hysteresis: fc.double({ min: 0, max: 0.99, noNaN: true }),
  exploreRounds: fc.integer({ min: 1, max: 4 }),
  seed: fc.integer(),
});

/** Instruments come and go, rates move at will, ties and unmeasured ones included, and so does the number of slots. */
const round = fc.record({
  rates: fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.option(fc.integer({ min: 0, max: 20 }))), {
    selector: ([index]) => index,
    maxLength: 40,
  }),
  slots: fc.integer({ min: 0, max: 30 }),
});

const ratesOf = (given: readonly (readonly [number, number | null])[]) =>
  new Map(given.map(([index, perSec]) => [symbol(index), { perSec: perSec ?? undefined, ageMs: 0 }]));

/** What exploration is left of the slots where not all can have one, be there ever so many to reserve for. */
const keptToExplore = (slots: number, explorationFraction: number, listed: number): number =>
  listed > slots ? Math.min(Math.round(explorationFraction * slots), Math.floor(slots / 2)) : 0;

describe("SubscriptionScheduler, under any rates", () => {
  it("never exceeds the slots, reserves the true top up to hysteresis, and answers twice the same", () => {
    fc.assert(
      fc.property(config, fc.array(round, { minLength: 1, maxLength: 12 }), (given, rounds) => {
        const scheduler = new SubscriptionScheduler(given);
        const twin = new SubscriptionScheduler(given);
        for (const { rates: listed, slots } of rounds) {
          const rates = ratesOf(listed);
          scheduler.updatePriorities(rates);
          twin.updatePriorities(new Map([...rates].reverse()));
          const allocation = scheduler.allocateSlots(slots);
          const chosen = active(allocation);
          expect(new Set(allocation.keys())).toEqual(new Set(rates.keys()));
          expect(chosen.length).toBeLessThanOrEqual(slots);
          expect(scheduler.allocateSlots(slots)).toEqual(allocation);
          expect(active(twin.allocateSlots(slots))).toEqual(chosen);

          const counts = scheduler.statistics().slots;
          const exploring = Math.round(given.explorationFraction * slots);
          const kept = keptToExplore(slots, given.explorationFraction, rates.size);
          expect(counts.reserved).toBe(Math.min(given.topN, slots - kept, rates.size));
          expect(counts.exploration).toBeLessThanOrEqual(exploring);
          expect(counts.reserved + counts.exploration + counts.retention).toBe(chosen.length);
          const unused = [...rates.keys()].filter((instrument) => !chosen.includes(instrument));
          const free = Math.min(exploring, slots - counts.reserved) - counts.exploration;
          if (free > 0) expect(chosen.length === slots || unused.length === 0).toBe(true);

          const rateOf = (instrument: string): number => rates.get(instrument)?.perSec ?? -1;
          const reserved = chosen.slice(0, counts.reserved);
          const lowest = Math.min(...reserved.map(rateOf));
          if (lowest >= 0) {
            for (const other of rates.keys()) {
              if (reserved.includes(other)) continue;
              expect(rateOf(other)).toBeLessThanOrEqual(lowest * (1 + given.hysteresis));
            }
            for (const retained of chosen.slice(counts.reserved + counts.exploration)) {
              expect(rateOf(retained)).toBeGreaterThan(lowest * (1 - given.hysteresis));
            }
          }
        }
      }),
      RUNS,
    );
  });

  it("accounts for every change of subscription", () => {
    fc.assert(
      fc.property(config, fc.array(round, { minLength: 1, maxLength: 12 }), (given, rounds) => {
        const scheduler = new SubscriptionScheduler(given);
        let before: string[] = [];
        let [added, removed] = [0, 0];
        for (const { rates, slots } of rounds) {
          scheduler.updatePriorities(ratesOf(rates));
          const now = active(scheduler.allocateSlots(slots));
          added += now.filter((instrument) => !before.includes(instrument)).length;
          removed += before.filter((instrument) => !now.includes(instrument)).length;
          before = now;
        }
        expect(scheduler.statistics().total).toMatchObject({ added, removed });
        expect(scheduler.statistics().total.evictions).toBeLessThanOrEqual(removed);
      }),
      RUNS,
    );
  });
});

const steady = fc.record({
  pool: fc.integer({ min: 1, max: 60 }),
  topN: fc.integer({ min: 0, max: 40 }),
  slots: fc.integer({ min: 1, max: 30 }),
  explorationFraction: fc.double({ min: 0, max: 1, noNaN: true }),
  exploreRounds: fc.integer({ min: 1, max: 4 }),
  seed: fc.integer(),
});

/** How many explored instruments an allocation of a steady pool and as many busy ones as are reserved must hold. */
const explorationSlots = ({
  pool,
  topN,
  slots,
  explorationFraction,
}: {
  pool: number;
  topN: number;
  slots: number;
  explorationFraction: number;
}) =>
  Math.max(
    keptToExplore(slots, explorationFraction, pool + topN),
    Math.min(Math.round(explorationFraction * slots), Math.max(0, slots - topN)),
  );

describe("SubscriptionScheduler, exploring", () => {
  it("visits every instrument within the stated rounds, from any round on", () => {
    fc.assert(
      fc.property(steady, fc.boolean(), (given, moving) => {
        const slots = explorationSlots(given);
        fc.pre(slots > 0);
        const { pool, topN, exploreRounds } = given;
        const scheduler = new SubscriptionScheduler(given);
        const random = seededRandom(given.seed);
        // Where not all of the busy ones are reserved, the others are explored with the rest.
        const waiting = pool + Math.max(0, topN + slots - given.slots);
        const within = Math.ceil(waiting / slots) * exploreRounds;
        const lastSeen = new Map<string, number>();
        for (let update = 1; update <= 3 * within; update++) {
          const rates = new Map<string, number>();
          for (let index = 0; index < topN; index++) rates.set(`TOP${index}`, 1_000);
          for (let index = 0; index < pool; index++) rates.set(symbol(index), moving ? random.int(990) : 1);
          scheduler.updatePriorities(rates);
          for (const instrument of active(scheduler.allocateSlots(given.slots))) lastSeen.set(instrument, update);
          for (let index = 0; index < pool; index++) {
            expect(update - (lastSeen.get(symbol(index)) ?? 0)).toBeLessThan(within + (update < within ? 1 : 0));
          }
        }
      }),
      RUNS,
    );
  });

  it("goes on where more are reserved for than there are slots", () => {
    const scheduler = new SubscriptionScheduler({ topN: 500, explorationFraction: 0.2, exploreRounds: 1 });
    const rates = new Map(Array.from({ length: 600 }, (_, index) => [symbol(index), 1_000 - index]));
    const seen = new Set<string>();
    for (let update = 0; update < 28; update++) {
      scheduler.updatePriorities(rates);
      for (const instrument of active(scheduler.allocateSlots(100))) seen.add(instrument);
      expect(scheduler.statistics().slots).toMatchObject({ reserved: 80, exploration: 20 });
    }
    expect(seen.size).toBe(600);
  });

  it("lets an explored instrument keep its slot for exactly the stated rounds", () => {
    const scheduler = new SubscriptionScheduler({ topN: 0, explorationFraction: 1, exploreRounds: 3 });
    const rates = new Map(Array.from({ length: 7 }, (_, index) => [symbol(index), 0]));
    const turns: string[] = [];
    for (let update = 0; update < 42; update++) {
      scheduler.updatePriorities(rates);
      turns.push(active(scheduler.allocateSlots(2)).join());
    }
    for (let update = 0; update < 42; update += 3) {
      expect(new Set(turns.slice(update, update + 3)).size).toBe(1);
      if (update > 0) expect(turns[update]).not.toBe(turns[update - 1]);
    }
  });

  it("does not starve those who wait when newcomers keep coming", () => {
    const scheduler = new SubscriptionScheduler({ topN: 0, explorationFraction: 1, exploreRounds: 1 });
    const rates = new Map(Array.from({ length: 20 }, (_, index) => [symbol(index), 0]));
    const seen = new Set<string>();
    for (let update = 0; update < 10; update++) {
      for (let index = 0; index < 5; index++) rates.set(`NEW${update}-${index}`, 0);
      scheduler.updatePriorities(rates);
      for (const instrument of active(scheduler.allocateSlots(2))) seen.add(instrument);
      if (update === 0) continue;
      expect([...seen].some((instrument) => !instrument.startsWith("NEW0") && instrument.startsWith("NEW"))).toBe(
        false,
      );
    }
    expect(seen.size).toBe(20);
  });
});

describe("SubscriptionScheduler, hysteresis", () => {
  it("evicts nobody while all rates stay within the band", () => {
    fc.assert(
      fc.property(steady, fc.double({ min: 0.01, max: 0.5, noNaN: true }), (given, hysteresis) => {
        const scheduler = new SubscriptionScheduler({ ...given, hysteresis });
        const random = seededRandom(given.seed);
        for (let update = 0; update < 30; update++) {
          const rates = new Map<string, number>();
          for (let index = 0; index < given.pool; index++)
            rates.set(symbol(index), 50 * (1 + hysteresis * random.next()));
          scheduler.updatePriorities(rates);
          scheduler.allocateSlots(given.slots);
        }
        expect(scheduler.statistics().total.evictions).toBe(0);
      }),
      RUNS,
    );
  });

  it("evicts at once when rates leave the band", () => {
    const scheduler = new SubscriptionScheduler({ topN: 1, explorationFraction: 0, hysteresis: 0.1 });
    for (const challenger of [50, 50 * 1.1 + 0.001]) {
      scheduler.updatePriorities(
        new Map([
          ["A", 50],
          ["B", challenger],
        ]),
      );
      scheduler.allocateSlots(1);
    }
    expect(scheduler.statistics().total.evictions).toBe(1);
  });
});
