import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SlotPressure } from "../../../src/domain/overload/slot-pressure.ts";

/** Overload told every 100 ms, first and last time included. */
function overload(pressure: SlotPressure, fromMs: number, toMs: number): number[] {
  const changedAt: number[] = [];
  for (let atMs = fromMs; atMs <= toMs; atMs += 100) if (pressure.overloaded(atMs)) changedAt.push(atMs);
  return changedAt;
}

describe("SlotPressure", () => {
  it("uses all slots until overload has lasted for 3 s, then a fifth less every 3 s", () => {
    const pressure = new SlotPressure();
    expect(pressure.share).toBe(1);
    expect(overload(pressure, 1_000, 12_900)).toEqual([4_000, 7_000, 10_000]);
    expect(pressure.share).toBeCloseTo(0.512, 12);
  });

  it.each([
    [2_999, false],
    [3_000, true],
    [3_001, true],
  ])("is patient: told again after %d ms changes something: %s", (afterMs, changes) => {
    const pressure = new SlotPressure();
    pressure.overloaded(0);
    pressure.overloaded(1_500);
    expect(pressure.overloaded(afterMs)).toBe(changes);
  });

  it.each([
    [3_000, true],
    [3_001, false],
  ])("takes two moments %d ms apart for one stretch: %s", (apartMs, isOne) => {
    const pressure = new SlotPressure();
    pressure.overloaded(0);
    expect(pressure.overloaded(apartMs)).toBe(isOne);
  });

  it("does not wait where the provider has given up on us", () => {
    const pressure = new SlotPressure();
    expect(pressure.refused(0)).toBe(true);
    expect(pressure.refused(1)).toBe(true);
    expect(pressure.share).toBeCloseTo(0.64, 12);
    // What is overloaded right behind that was asked for before.
    expect(overload(pressure, 2, 2_900)).toEqual([]);
  });

  it("never uses less than a tenth, and says so once", () => {
    const pressure = new SlotPressure();
    let changes = 0;
    for (let round = 0; round < 20; round++) if (pressure.refused(round)) changes += 1;
    expect([pressure.share, changes]).toEqual([0.1, 11]);
    expect(pressure.refused(21)).toBe(false);
  });

  it.each([
    [29_999, false],
    [30_000, true],
    [30_001, true],
  ])("after %d ms of calm takes some back: %s", (calmMs, takes) => {
    const pressure = new SlotPressure();
    pressure.refused(0);
    pressure.refused(0);
    expect(pressure.recover(calmMs)).toBe(takes);
    expect(pressure.recover(calmMs)).toBe(false);
  });

  it("comes all the way back, step by step, and stops there", () => {
    const pressure = new SlotPressure();
    for (let round = 0; round < 20; round++) pressure.refused(0);
    let steps = 0;
    for (let atMs = 0; atMs <= 3_600_000; atMs += 1_000) if (pressure.recover(atMs)) steps += 1;
    expect([pressure.share, steps]).toEqual([1, 11]);
    expect(pressure.recover(9_999_999)).toBe(false);
  });

  it("stays within a tenth and all, and changes at most every 3 s but for refusals", () => {
    const event = fc.record({ kind: fc.constantFrom("overloaded", "recover"), afterMs: fc.nat({ max: 40_000 }) });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 200 }), (events) => {
        const pressure = new SlotPressure();
        let atMs = 0;
        let changedMs = Number.NEGATIVE_INFINITY;
        for (const { kind, afterMs } of events) {
          atMs += afterMs;
          const changed = kind === "recover" ? pressure.recover(atMs) : pressure.overloaded(atMs);
          expect(pressure.share).toBeGreaterThanOrEqual(0.1);
          expect(pressure.share).toBeLessThanOrEqual(1);
          if (!changed) continue;
          expect(atMs - changedMs).toBeGreaterThanOrEqual(3_000);
          changedMs = atMs;
        }
      }),
    );
  });
});
