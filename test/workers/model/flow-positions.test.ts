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
});
