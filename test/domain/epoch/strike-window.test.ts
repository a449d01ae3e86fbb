import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  expectedMove,
  nextWindow,
  type StrikeWindow,
  type StrikeWindowInputs,
  strikeIncrement,
  WINDOW_EXCESS,
  WINDOW_MARGIN,
} from "../../../src/domain/epoch/strike-window.ts";

const SPX: StrikeWindowInputs = { spot: 6_000, vix: null, leastPct: 3, emMult: 2.25, emDays: 1, increment: 5 };

const positive = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const inputs: fc.Arbitrary<StrikeWindowInputs> = fc.record({
  spot: positive(0.5, 50_000),
  vix: fc.option(positive(5, 120)),
  leastPct: positive(0.5, 20),
  emMult: positive(0.5, 5),
  emDays: positive(0.1, 30),
  increment: fc.constantFrom(0.1, 0.5, 1, 2.5, 5, 10, 25),
});

/** Half width that is wanted around spot, points. */
function wanted({ spot, vix, leastPct, emMult, emDays }: StrikeWindowInputs): number {
  return Math.max((spot * leastPct) / 100, vix === null ? 0 : emMult * expectedMove(spot, vix, emDays));
}

function expectHeld(window: StrikeWindow, given: StrikeWindowInputs): void {
  const half = wanted(given) * (1 - 1e-12);
  expect(window.from).toBeLessThanOrEqual(Math.max(0, given.spot - half));
  expect(window.to).toBeGreaterThanOrEqual(given.spot + half);
  expect(window.from).toBeLessThan(given.spot);
}

describe("nextWindow", () => {
  it("takes percent of spot, with a quarter more and rounded outwards, where there is no VIX", () => {
    expect(nextWindow(undefined, SPX)).toMatchObject({ from: 5_775, to: 6_225, centre: 6_000 });
    expect(nextWindow(undefined, { ...SPX, spot: 6_001 })).toMatchObject({ from: 5_775, to: 6_230 });
  });

  it("takes expected moves where they are wider, never less than percent of spot", () => {
    expect(expectedMove(6_000, 19.1, 1)).toBeCloseTo(59.984, 3);
    expect(nextWindow(undefined, { ...SPX, vix: 19.1 })).toMatchObject({ from: 5_775, to: 6_225 });
    // 2.25 x 6,000 x 0.60 x sqrt(1 / 365) x 1.25 = 529.97
    expect(nextWindow(undefined, { ...SPX, vix: 60 })).toMatchObject({ from: 5_470, to: 6_530 });
    expect(nextWindow(undefined, { ...SPX, vix: 19.1, emDays: 9 })).toMatchObject({ from: 5_490, to: 6_510 });
  });

  it("stays until spot has moved by the margin, to the point", () => {
    const first = nextWindow(undefined, SPX);
    // 6,225 / 1.03 = 6,043.7 is the last spot that has 3 % above it.
    expect(nextWindow(first, { ...SPX, spot: 6_043.6 })).toBe(first);
    const moved = nextWindow(first, { ...SPX, spot: 6_043.7 });
    expect(moved).toMatchObject({ centre: 6_043.7, from: 5_815, to: 6_275 });
    expect(nextWindow(moved, SPX)).toBe(moved);
  });

  it("narrows once it is more than twice as wide as wanted", () => {
    const wide = nextWindow(undefined, { ...SPX, vix: 60 });
    const share = (2.25 * 0.6) / Math.sqrt(365);
    const keeps = ((share * (1 + WINDOW_MARGIN)) / WINDOW_EXCESS) * 100;
    expect(nextWindow(wide, { ...SPX, vix: 20, leastPct: keeps + 0.001 })).toBe(wide);
    expect(nextWindow(wide, { ...SPX, vix: 20, leastPct: keeps - 0.001 })).not.toBe(wide);
  });

  it("is not moved by a VIX that is missing, and keeps the width when it has to move", () => {
    const wide = nextWindow(undefined, { ...SPX, vix: 60 });
    expect(nextWindow(wide, SPX)).toBe(wide);
    const moved = nextWindow(wide, { ...SPX, spot: 6_400 });
    expect(moved.halfShare).toBeCloseTo(wide.halfShare, 12);
    expectHeld(moved, { ...SPX, spot: 6_400, vix: 60 });
  });

  it("begins at 0 where it would begin below", () => {
    expect(nextWindow(undefined, { ...SPX, spot: 3, leastPct: 90 })).toMatchObject({ from: 0, to: 10 });
  });

  it("holds all that is wanted around spot and ends at multiples of the increment, whatever was before", () => {
    fc.assert(
      fc.property(fc.array(inputs, { minLength: 1, maxLength: 8 }), (steps) => {
        let window: StrikeWindow | undefined;
        for (const step of steps) {
          const before = window;
          window = nextWindow(before, step);
          expectHeld(window, step);
          expect(nextWindow(window, step)).toBe(window);
          if (window === before) continue;
          for (const edge of [window.from, window.to]) {
            expect(Math.round(edge * 1_000) % Math.round(step.increment * 1_000)).toBe(0);
          }
        }
      }),
      { seed: 42, numRuns: 500 },
    );
  });

  it("does not flap: no noise of spot and VIX within the margin moves it, and spot wiggling anywhere moves it once", () => {
    const noise = fc.array(fc.tuple(positive(-1, 1), positive(-1, 1)), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(inputs, noise, (given, wiggles) => {
        const share = wanted(given) / given.spot;
        const first = nextWindow(undefined, given);
        for (const [ofSpot, ofVix] of wiggles) {
          // Half of the margin each, so that together they stay in it.
          const spot = given.spot * (1 + (ofSpot * 0.4 * WINDOW_MARGIN * share) / (1 + share));
          const vix = given.vix === null ? null : given.vix * (1 + ofVix * 0.4 * WINDOW_MARGIN);
          expect(nextWindow(first, { ...given, spot, vix })).toBe(first);
        }
      }),
      { seed: 42, numRuns: 300 },
    );
    // Spot goes to and fro around the very point at which the window moved.
    let window = nextWindow(undefined, SPX);
    let moves = 0;
    for (let tick = 0; tick < 200; tick++) {
      const next = nextWindow(window, { ...SPX, spot: 6_043.7 + (tick % 2 === 0 ? 8 : -8) });
      if (next !== window) moves += 1;
      window = next;
    }
    expect(moves).toBe(1);
  });

  it("moves no oftener than spot runs through margins", () => {
    const path = fc.array(positive(-0.004, 0.004), { minLength: 50, maxLength: 300 });
    fc.assert(
      fc.property(path, (returns) => {
        let spot = 6_000;
        let window = nextWindow(undefined, SPX);
        for (const step of returns) {
          spot *= 1 + step;
          const next = nextWindow(window, { ...SPX, spot });
          // 1.0375 / 1.03 is the least move upwards, 0.9625 / 0.97 downwards.
          if (next !== window) expect(Math.abs(spot / window.centre - 1)).toBeGreaterThan(0.0072);
          window = next;
        }
      }),
      { seed: 42, numRuns: 100 },
    );
  });

  it("grows with each input that asks for more, and follows spot", () => {
    const more = positive(1, 3);
    fc.assert(
      fc.property(inputs, more, fc.constantFrom("vix", "leastPct", "emMult", "emDays"), (given, factor, name) => {
        const value = given[name];
        if (value === null) return;
        const narrow = nextWindow(undefined, given);
        const wide = nextWindow(undefined, { ...given, [name]: value * factor });
        expect(wide.from).toBeLessThanOrEqual(narrow.from);
        expect(wide.to).toBeGreaterThanOrEqual(narrow.to);
        const share = wanted(given) / given.spot;
        const higher = nextWindow(undefined, { ...given, spot: given.spot * factor });
        expect(higher.to).toBeGreaterThanOrEqual(narrow.to);
        if (share * (1 + WINDOW_MARGIN) < 1) expect(higher.from).toBeGreaterThanOrEqual(narrow.from);
      }),
      { seed: 42, numRuns: 500 },
    );
  });

  it.each([
    ["spot", 0],
    ["spot", Number.NaN],
    ["vix", 0],
    ["leastPct", -1],
    ["emMult", Number.POSITIVE_INFINITY],
    ["emDays", 0],
    ["increment", 0],
    ["increment", 0.0005],
    ["increment", 1.00001],
  ])("refuses a %s of %d", (name, value) => {
    expect(() => nextWindow(undefined, { ...SPX, [name]: value })).toThrow(RangeError);
  });
});

describe("strikeIncrement", () => {
  it("is told with and without I:", () => {
    expect(["I:SPX", "SPX", "I:NDX", "AAPL"].map(strikeIncrement)).toEqual([5, 5, 10, 1]);
  });
});
