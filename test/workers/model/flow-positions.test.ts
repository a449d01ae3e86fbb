import { describe, expect, it } from "vitest";
import { MemoryLogger } from "../../../src/adapters/memory/index.ts";
import { StorageError, UnavailableError } from "../../../src/domain/errors.ts";
import type { GridSnapshot } from "../../../src/domain/flow/snapshot.ts";
import { EXCHANGE_CALENDAR } from "../../../src/domain/market/trading-calendar.ts";
import { sampleGrid } from "../../../src/testing/index.ts";
import { FlowPositions } from "../../../src/workers/model/flow-positions.ts";

/** What is told on a trading day of a snapshot of some date. */
async function told(snapshotDay: string, tradingDay: string) {
  const grid: GridSnapshot = { ...sampleGrid(), trading_day: snapshotDay };
  const positions = new FlowPositions({ grid: async () => grid }, EXCHANGE_CALENDAR, new MemoryLogger());
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
    const book = await new FlowPositions(snapshots, EXCHANGE_CALENDAR, new MemoryLogger()).positions(
      "SPX",
      "2025-12-22",
      [...grids.keys()],
    );
    expect([...(book?.positions ?? [])]).toEqual([
      ["O:SPXW251223P06870000", -3.3],
      ["O:SPXW251224P06870000", 0],
    ]);
    expect(book?.accuracy).toBeCloseTo(0.54125, 12);
  });

  it("go without a grid that cannot be read, and say so once", async () => {
    const logger = new MemoryLogger();
    const foreign = new StorageError("Cannot read a grid snapshot: it must be of version 3");
    const grid = sampleGrid();
    const failing: { error: Error | undefined } = { error: foreign };
    const snapshots = {
      grid: async (_: string, expiration: string) => {
        if (expiration === grid.expiration) return grid;
        if (failing.error !== undefined) throw failing.error;
        return null;
      },
    };
    const positions = new FlowPositions(snapshots, EXCHANGE_CALENDAR, logger);
    const ask = () => positions.positions("SPX", grid.trading_day, ["2025-12-24", grid.expiration]);
    for (let round = 0; round < 3; round++) expect((await ask())?.positions.size).toBe(1);
    expect(logger.entries.map(({ message }) => message)).toEqual(["No signed flow of SPX 2025-12-24"]);
    failing.error = undefined;
    await ask();
    failing.error = foreign;
    await ask();
    expect(logger.entries.map(({ message }) => message)).toHaveLength(2);
    failing.error = new UnavailableError("away");
    await expect(ask()).rejects.toBe(failing.error);
  });
});
