import { describe, expect, it } from "vitest";
import { CoolDown } from "../../../src/domain/connection/cool-down.ts";

const MINUTE = 60_000;
const OPTIONS = { firstMs: MINUTE, maxMs: 15 * MINUTE };

describe("CoolDown", () => {
  it("waits twice as long each time that it is evicted again soon, up to a bound", () => {
    const coolDown = new CoolDown(OPTIONS);
    expect([1, 2, 3, 4, 5, 6].map(() => coolDown.next(MINUTE) / MINUTE)).toEqual([1, 2, 4, 8, 15, 15]);
  });

  it("begins anew where it was let alone for twice its last wait, and not a moment before", () => {
    const coolDown = new CoolDown(OPTIONS);
    expect(coolDown.next(0)).toBe(MINUTE);
    expect(coolDown.next(2 * MINUTE - 1)).toBe(2 * MINUTE);
    expect(coolDown.next(4 * MINUTE)).toBe(MINUTE);
  });

  it("lets one of two that go on have the slot: in eight hours they change 70 times at most, not 480", () => {
    const processes = [new CoolDown(OPTIONS), new CoolDown(OPTIONS)] as const;
    let holder: 0 | 1 = 0;
    let sinceMs = 0;
    /** When the other one comes back. */
    let backAtMs = 10 * MINUTE;
    let changes = 0;
    const heldMs: [number, number] = [0, 0];
    while (backAtMs < 480 * MINUTE) {
      const held = backAtMs - sinceMs;
      heldMs[holder] += held;
      sinceMs = backAtMs;
      backAtMs += processes[holder].next(held);
      holder = holder === 0 ? 1 : 0;
      changes += 1;
    }
    expect(changes).toBeLessThan(70);
    expect(Math.max(...heldMs) / (heldMs[0] + heldMs[1])).toBeGreaterThan(0.9);
  });
});
