import { describe, expect, it } from "vitest";
import { seededRandom } from "../../../src/domain/random.ts";
import { Agenda } from "../../../src/simulator/market/agenda.ts";
import { type HawkesOptions, startHawkes } from "../../../src/simulator/market/hawkes.ts";

const OPTIONS: HawkesOptions<number> = {
  arrivalsPerSecond: 20,
  branchingRatio: 0.5,
  meanDelayMs: 200,
  drawMark: () => 0,
  drawOffspringMark: (parent) => parent + 1,
};

/** Arrivals in each of `windows` windows, and the generation of every arrival. */
function count(options: HawkesOptions<number>, seed: number, windows: number, windowMs: number) {
  const agenda = new Agenda(0);
  const counts = new Array<number>(windows).fill(0);
  const generations: number[] = [];
  startHawkes(options, agenda, seededRandom(seed), (generation, atMs) => {
    const window = Math.floor(atMs / windowMs);
    counts[window] = (counts[window] ?? 0) + 1;
    generations.push(generation);
  });
  agenda.runUntil(windows * windowMs - 1e-6);
  return { counts, generations };
}

function dispersion(counts: readonly number[]): number {
  const mean = counts.reduce((sum, value) => sum + value, 0) / counts.length;
  return counts.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (counts.length - 1) / mean;
}

describe("startHawkes", () => {
  it("has the asked mean rate", () => {
    const { counts } = count(OPTIONS, 1, 400, 10_000);
    const arrivals = counts.reduce((sum, value) => sum + value, 0);
    const expected = 20 * 4_000;
    // Counts are 4 times as dispersed as Poisson.
    expect(Math.abs(arrivals - expected)).toBeLessThan(4 * Math.sqrt(4 * expected));
  });

  it("has that rate from the first instant on", () => {
    let early = 0;
    for (let seed = 1; seed <= 400; seed++) early += count(OPTIONS, seed, 1, 100).counts[0] ?? 0;
    const expected = 400 * 20 * 0.1;
    expect(Math.abs(early - expected)).toBeLessThan(4 * Math.sqrt(2 * expected));
  });

  it("sets off its offspring: the counts of long windows are dispersed by 1 / (1 - n)^2", () => {
    for (const [branchingRatio, expected] of [
      [0, 1],
      [0.3, 2.04],
      [0.5, 4],
      [0.7, 11.1],
    ] as const) {
      const { counts } = count({ ...OPTIONS, branchingRatio }, 2, 1_000, 10_000);
      const found = dispersion(counts);
      expect(found).toBeGreaterThan(0.82 * expected);
      expect(found).toBeLessThan(1.18 * expected);
    }
  });

  it("hands marks down: the share of arrivals from outside is 1 - n", () => {
    const { generations } = count(OPTIONS, 3, 500, 10_000);
    const outside = generations.filter((generation) => generation === 0).length / generations.length;
    expect(outside).toBeCloseTo(0.5, 1.7);
    expect(Math.max(...generations)).toBeGreaterThan(3);
  });

  it("is silent at rate 0", () => {
    const agenda = new Agenda(0);
    startHawkes({ ...OPTIONS, arrivalsPerSecond: 0 }, agenda, seededRandom(1), () => expect.unreachable());
    expect(agenda.size).toBe(0);
  });

  it("refuses processes that do not exist", () => {
    const start = (options: Partial<HawkesOptions<number>>) => () =>
      startHawkes({ ...OPTIONS, ...options }, new Agenda(0), seededRandom(1), () => {});
    expect(start({ branchingRatio: 1 })).toThrow(
      new RangeError("Cannot start a Hawkes process: 'branchingRatio' must be in [0, 1), current value is 1"),
    );
    expect(start({ branchingRatio: -0.1 })).toThrow(RangeError);
    expect(start({ meanDelayMs: 0 })).toThrow(RangeError);
    expect(start({ arrivalsPerSecond: -1 })).toThrow(RangeError);
  });
});
