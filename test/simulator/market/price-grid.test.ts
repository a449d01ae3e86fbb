import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  ceilToTick,
  floorToTick,
  isOnTick,
  tickAbove,
  tickAt,
  tickBelow,
} from "../../../src/simulator/market/price-grid.ts";
import type { TickRule } from "../../../src/simulator/market/underlyings.ts";

const INDEX: TickRule = { belowCents: 300, tickBelowCents: 5, tickFromCents: 10 };
const PENNY: TickRule = { belowCents: 0, tickBelowCents: 1, tickFromCents: 1 };

describe("price grid", () => {
  it("changes its increment exactly at the boundary", () => {
    expect([299, 300, 301].map((cents) => tickAt(INDEX, cents))).toEqual([5, 10, 10]);
    expect([tickAbove(INDEX, 295), tickAbove(INDEX, 300), tickBelow(INDEX, 300), tickBelow(INDEX, 310)]).toEqual([
      300, 310, 295, 300,
    ]);
  });

  it("rounds down and up to prices that can be quoted", () => {
    expect([4.9, 5, 9.9, 299.9, 304, 770].map((cents) => floorToTick(INDEX, cents))).toEqual([0, 5, 5, 295, 300, 770]);
    expect([-3, 0.1, 5, 296, 300, 301].map((cents) => ceilToTick(INDEX, cents))).toEqual([5, 5, 5, 300, 300, 310]);
    expect([floorToTick(PENNY, -0.2), floorToTick(PENNY, 12.9), ceilToTick(PENNY, 0)]).toEqual([0, 12, 1]);
    expect([tickBelow(PENNY, 1), tickBelow(INDEX, 5)]).toEqual([0, 0]);
  });

  it("encloses every price between two neighbours on the grid", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 50_000, noNaN: true }), fc.constantFrom(INDEX, PENNY), (cents, rule) => {
        const below = floorToTick(rule, cents);
        const above = ceilToTick(rule, cents);
        expect(below <= cents && cents <= above).toBe(true);
        expect(isOnTick(rule, below) && isOnTick(rule, above)).toBe(true);
        expect(above === below || above === tickAbove(rule, below)).toBe(true);
        expect(tickBelow(rule, tickAbove(rule, below))).toBe(below);
      }),
      { seed: 42, numRuns: 1_000 },
    );
  });
});
