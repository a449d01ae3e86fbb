import { describe, expect, it } from "vitest";
import type { GridSnapshot } from "../../../src/domain/flow/snapshot.ts";
import { EXCHANGE_CALENDAR } from "../../../src/domain/market/trading-calendar.ts";
import { sampleGrid } from "../../../src/testing/index.ts";
import { FlowPositions } from "../../../src/workers/model/flow-positions.ts";

/** What is told on a trading day of a snapshot of some date. */
async function told(snapshotDay: string, tradingDay: string) {
  const grid: GridSnapshot = { ...sampleGrid(), trading_day: snapshotDay };
  const positions = new FlowPositions({ grid: async () => grid }, EXCHANGE_CALENDAR);
  return positions.positions("SPX", tradingDay, [grid.expiration]);
}

describe("positions by flow snapshots", () => {
  it.each([
    ["2026-01-20", true],
    // A day without trade, a Sunday, the Friday before, and a day to come.
    ["2026-01-19", true],
    ["2026-01-18", true],
    ["2026-01-16", false],
    ["2026-01-21", false],
  ])("of %s are those of 2026-01-20: %s", async (day, isToday) => {
    expect((await told(day, "2026-01-20")) !== null).toBe(isToday);
  });

  it("count prints as far as their sides can be relied on, and tell how far that is over all expirations", async () => {
    const gridOf = (expiration: string, expected: number | null, rated: number, accuracy: number | null) => {
      const { day, cells, ...grid } = sampleGrid({ expiration });
      const totals = { ...day, rated_contracts: rated, side_accuracy: accuracy };
      return { ...grid, day: totals, cells: cells.map((cell) => ({ ...cell, expected_volume: expected })) };
    };
    const grids = new Map([
      ["2025-12-23", gridOf("2025-12-23", 3.3, 10, 0.665)],
      ["2025-12-24", gridOf("2025-12-24", 0, 30, 0.5)],
      ["2025-12-26", gridOf("2025-12-26", null, 0, null)],
    ]);
    const snapshots = { grid: async (_: string, expiration: string) => grids.get(expiration) ?? null };
    const book = await new FlowPositions(snapshots, EXCHANGE_CALENDAR).positions("SPX", "2025-12-22", [
      ...grids.keys(),
    ]);
    expect([...(book?.positions ?? [])]).toEqual([
      ["O:SPXW251223P06870000", -3.3],
      ["O:SPXW251224P06870000", 0],
    ]);
    expect(book?.accuracy).toBeCloseTo(0.54125, 12);
  });
});
