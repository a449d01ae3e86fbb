import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TickGrid } from "../../src/workers/tick-grid.ts";

describe("a grid of ticks", () => {
  it("takes a tick for its own that sums of fractions put just behind it", () => {
    const grid = new TickGrid(0, 0.1);
    grid.next(0.2);
    // 3 x 0.1 is 0.30000000000000004.
    expect(grid.next(0.1 * 3)).toEqual({ atMs: 3 * 0.1, skipped: 0 });
  });

  it("never gives a tick twice, none before it is asked for, and counts every one that is left out", () => {
    const waits = fc.array(fc.double({ min: 0, max: 10_000, noNaN: true }), { maxLength: 50 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_000 }), fc.nat(1_000_000), waits, (intervalMs, originMs, workMs) => {
        const grid = new TickGrid(originMs, intervalMs);
        let atMs = originMs;
        let ticks = 0;
        for (const ms of workMs) {
          const next = grid.next(atMs + ms);
          ticks += next.skipped + 1;
          expect(next.atMs).toBe(originMs + ticks * intervalMs);
          expect(next.atMs).toBeGreaterThan(atMs);
          expect(next.atMs).toBeGreaterThanOrEqual(atMs + ms - intervalMs * 2e-6);
          // The first that is not too early.
          expect(next.skipped === 0 || next.atMs - intervalMs < atMs + ms).toBe(true);
          atMs = next.atMs;
        }
      }),
    );
  });
});
