import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ManualClock } from "../../../src/adapters/memory/manual-clock.ts";
import { RequestBudget } from "../../../src/adapters/rest/request-budget.ts";

const never = new AbortController().signal;

interface Asked {
  readonly atMs: number;
  /** Gives up so long after it asked; absent where it never does. */
  readonly patienceMs: number | null;
}

const askedArb = fc.array(fc.record({ atMs: fc.nat(5_000), patienceMs: fc.option(fc.nat(3_000), { freq: 3 }) }), {
  maxLength: 40,
});
const budgetArb = fc.record({
  requestsPerSec: fc.constantFrom(0.5, 3, 7.7, 20),
  burst: fc.integer({ min: 1, max: 5 }),
});

interface Outcome extends Asked {
  readonly index: number;
  admittedAtMs?: number;
  gaveUpAtMs?: number;
}

/** Plays a schedule of requests on a manual clock. */
async function play(
  limits: { readonly requestsPerSec: number; readonly burst: number },
  schedule: readonly Asked[],
): Promise<readonly Outcome[]> {
  const clock = new ManualClock();
  const budget = new RequestBudget({ clock, ...limits });
  const outcomes: Outcome[] = [...schedule]
    .sort((a, b) => a.atMs - b.atMs)
    .map((asked, index) => ({ ...asked, index }));
  const all = outcomes.map(async (outcome) => {
    await clock.sleep(outcome.atMs);
    const stop = new AbortController();
    if (outcome.patienceMs !== null) void clock.sleep(outcome.patienceMs).then(() => stop.abort(outcome));
    try {
      await budget.take(stop.signal);
      outcome.admittedAtMs = clock.monotonic();
    } catch (reason) {
      expect(reason).toBe(outcome);
      outcome.gaveUpAtMs = clock.monotonic();
    }
  });
  await clock.advance(200_000);
  await Promise.all(all);
  expect(budget.waiting).toBe(0);
  expect(clock.pendingSleepers).toBe(0);
  return outcomes;
}

describe("RequestBudget", () => {
  it("lets no more begin in any stretch than burst + rate x time", async () => {
    await fc.assert(
      fc.asyncProperty(budgetArb, askedArb, async (limits, schedule) => {
        const begun = (await play(limits, schedule))
          .flatMap(({ admittedAtMs = [] }) => admittedAtMs)
          .sort((a, b) => a - b);
        for (const [first, fromMs] of begun.entries()) {
          for (const [last, toMs] of begun.entries()) {
            if (last < first) continue;
            const allowed = limits.burst + (limits.requestsPerSec * (toMs - fromMs)) / 1_000;
            expect(last - first + 1).toBeLessThanOrEqual(allowed + 1e-6);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it("admits in the order in which they asked, and whoever is patient", async () => {
    await fc.assert(
      fc.asyncProperty(budgetArb, askedArb, async (limits, schedule) => {
        const outcomes = await play(limits, schedule);
        const begun = outcomes.filter(({ admittedAtMs }) => admittedAtMs !== undefined);
        for (const [index, { admittedAtMs = 0 }] of begun.entries()) {
          expect(admittedAtMs).toBeGreaterThanOrEqual(begun[index - 1]?.admittedAtMs ?? 0);
        }
        for (const { patienceMs, admittedAtMs, gaveUpAtMs, atMs } of outcomes) {
          if (patienceMs === null) expect(admittedAtMs).toBeDefined();
          else if (admittedAtMs === undefined) expect(gaveUpAtMs).toBeCloseTo(atMs + patienceMs, 6);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("makes nobody wait longer than the bucket needs for those before", async () => {
    await fc.assert(
      fc.asyncProperty(budgetArb, fc.integer({ min: 1, max: 40 }), async (limits, count) => {
        const outcomes = await play(
          limits,
          Array.from({ length: count }, () => ({ atMs: 10, patienceMs: null })),
        );
        for (const { index, admittedAtMs } of outcomes) {
          const dueMs = 10 + Math.max(0, ((index - limits.burst + 1) * 1_000) / limits.requestsPerSec);
          expect(admittedAtMs).toBeCloseTo(dueMs, 6);
        }
      }),
      { numRuns: 50 },
    );
  });

  it("lets nobody overtake who asks at the very instant at which another is due", async () => {
    const clock = new ManualClock();
    const budget = new RequestBudget({ clock, requestsPerSec: 1, burst: 1 });
    await budget.take(never);
    const order: string[] = [];
    const late = clock
      .sleep(1_000)
      .then(() => budget.take(never))
      .then(() => order.push("late"));
    const first = budget.take(never).then(() => order.push("first"));
    await clock.advance(2_000);
    await Promise.all([late, first]);
    expect(order).toEqual(["first", "late"]);
  });

  it("spends nothing on those who give up, and leaves no timer behind", async () => {
    const clock = new ManualClock();
    const budget = new RequestBudget({ clock, requestsPerSec: 1, burst: 1 });
    await budget.take(never);
    const stop = new AbortController();
    const first = budget.take(stop.signal);
    const second = budget.take(never);
    await clock.advance(400);
    stop.abort(new Error("enough"));
    await expect(first).rejects.toThrow("enough");
    await clock.advance(600);
    await second;
    const alone = budget.take(AbortSignal.any([stop.signal]));
    await expect(alone).rejects.toThrow("enough");
    const other = new AbortController();
    const last = budget.take(other.signal);
    other.abort(new Error("enough too"));
    await expect(last).rejects.toThrow("enough too");
    await clock.advance(0);
    expect(clock.pendingSleepers).toBe(0);
    const later = budget.take(never);
    await clock.advance(1_000);
    await later;
  });

  it("has by default a second's worth at once, and at least one", async () => {
    const clock = new ManualClock();
    const quick = new RequestBudget({ clock, requestsPerSec: 20 });
    for (let taken = 0; taken < 20; taken++) await quick.take(never);
    const slow = new RequestBudget({ clock, requestsPerSec: 5 / 60 });
    await slow.take(never);
    const next = slow.take(never);
    await clock.advance(11_999);
    expect(slow.waiting).toBe(1);
    await clock.advance(1);
    await next;
  });

  it("refuses limits that are none", () => {
    const clock = new ManualClock();
    for (const requestsPerSec of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => new RequestBudget({ clock, requestsPerSec })).toThrow(RangeError);
    }
    for (const burst of [0, 1.5])
      expect(() => new RequestBudget({ clock, requestsPerSec: 1, burst })).toThrow(RangeError);
  });
});
