import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Backoff } from "../../../src/domain/connection/backoff.ts";
import { seededRandom } from "../../../src/domain/random.ts";

const OPTIONS = { firstMs: 1_000, maxMs: 60_000, jitter: 0, stableAfterMs: 60_000 };

function waits(backoff: Backoff, count: number): number[] {
  return Array.from({ length: count }, () => backoff.next());
}

describe("Backoff", () => {
  it("doubles up to its cap", () => {
    expect(waits(new Backoff(OPTIONS, seededRandom(1)), 8)).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000,
    ]);
  });

  it("stays at its cap however long it goes on", () => {
    expect(waits(new Backoff(OPTIONS, seededRandom(1)), 2_000).at(-1)).toBe(60_000);
  });

  it("adds up to the jitter to each wait, never takes away, and the same for the same seed", () => {
    const spread = { ...OPTIONS, jitter: 0.2 };
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const drawn = waits(new Backoff(spread, seededRandom(seed)), 10);
        waits(new Backoff(OPTIONS, seededRandom(1)), 10).forEach((wait, index) => {
          expect(drawn[index]).toBeGreaterThanOrEqual(wait);
          expect(drawn[index]).toBeLessThan(wait * 1.2);
        });
        expect(waits(new Backoff(spread, seededRandom(seed)), 10)).toEqual(drawn);
      }),
      { seed: 42, numRuns: 50 },
    );
  });

  it.each([
    ["lived one ms too short", { heldMs: 59_999, carriedData: true }, 4_000],
    ["lived just long enough", { heldMs: 60_000, carriedData: true }, 1_000],
    ["lived for hours without data", { heldMs: 9e6, carriedData: false }, 4_000],
    ["never opened", { heldMs: undefined, carriedData: true }, 4_000],
  ])("goes on from where it was, or anew, after a link that %s", (_, link, next) => {
    const backoff = new Backoff(OPTIONS, seededRandom(1));
    waits(backoff, 2);
    backoff.linkEnded(link);
    expect(backoff.next()).toBe(next);
  });

  it("spreads a wait of another kind without taking part in the sequence", () => {
    const backoff = new Backoff(OPTIONS, seededRandom(1));
    expect(backoff.spread(60_000)).toBe(60_000);
    expect(backoff.next()).toBe(1_000);
  });
});
