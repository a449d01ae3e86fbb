import { describe, expect, it } from "vitest";
import { seededRandom } from "../../../src/domain/random.ts";
import { allocationDiff } from "../../../src/domain/subscription/allocation-diff.ts";
import { DecayedRates } from "../../../src/domain/subscription/decayed-rates.ts";
import { SubscriptionScheduler } from "../../../src/domain/subscription/subscription-scheduler.ts";

const INSTRUMENTS = 300;
const SLOTS = 60;
const STEP_MS = 5_000;

describe("SubscriptionScheduler fed by DecayedRates", () => {
  it("finds what is truly busy although it sees only what it subscribes to", () => {
    const random = seededRandom(3);
    const truth = new Map(
      Array.from({ length: INSTRUMENTS }, (_, index) => [`S${(index * 7) % INSTRUMENTS}`, 20 / (index + 1)]),
    );
    const total = [...truth.values()].reduce((sum, rate) => sum + rate, 0);
    const trueShare = (instruments: Iterable<string>): number => {
      let sum = 0;
      for (const instrument of instruments) sum += truth.get(instrument) ?? 0;
      return sum / total;
    };
    const best = [...truth].sort(([, a], [, b]) => b - a).slice(0, SLOTS);
    const attainable = trueShare(best.map(([instrument]) => instrument));

    const rates = new DecayedRates();
    const scheduler = new SubscriptionScheduler({ topN: 40 });
    const subscribed = new Set<string>();
    let before = new Map<string, boolean>();
    const shares: number[] = [];
    for (let atMs = 0; atMs < 120 * STEP_MS; atMs += STEP_MS) {
      const known = rates.estimates(atMs);
      const listed = [...truth.keys()].map(
        (name) => [name, known.get(name) ?? { perSec: undefined, ageMs: 0 }] as const,
      );
      scheduler.updatePriorities(new Map(listed));
      const after = scheduler.allocateSlots(SLOTS);
      const { subscribe, unsubscribe } = allocationDiff(before, after);
      before = after;
      for (const instrument of unsubscribe) {
        rates.unwatch(instrument, atMs);
        subscribed.delete(instrument);
      }
      for (const instrument of subscribe) {
        rates.watch(instrument, atMs);
        subscribed.add(instrument);
      }
      for (const instrument of subscribed) {
        const perMs = (truth.get(instrument) ?? 0) / 1_000;
        for (let at = random.exponential() / perMs; at < STEP_MS; at += random.exponential() / perMs) {
          rates.add(instrument, atMs + at, 1);
        }
      }
      shares.push(trueShare(subscribed));
    }
    // Chance would subscribe to a fifth.
    expect(shares[0]).toBeLessThan(0.5);
    expect(Math.min(...shares.slice(-20))).toBeGreaterThan(0.9 * attainable);
    // What it says of itself is near the truth once everything was explored.
    const { share, meanAgeMs, unmeasured } = scheduler.statistics().coverage;
    expect(unmeasured).toBe(0);
    expect(Math.abs((share ?? 0) - (shares.at(-1) ?? 1))).toBeLessThan(0.05);
    expect(meanAgeMs).toBeGreaterThan(0);
  });
});
