import { describe, expect, it } from "vitest";
import type { Row } from "../../../src/domain/market/rows.ts";
import { TurnRows } from "../../../src/workers/source/turn-rows.ts";
import { optionTrade } from "../../support/rows.ts";

const AT = { class: "options", shard: 0, epoch: 1 } as const;
const WATERMARK = { watermarkTsNs: 100n, completeness: "Complete" } as const;

const trade = optionTrade(0);
const value = (tsNs: bigint): Row => {
  return { type: "indexValue", symbol: "I:SPX", valueTsNs: tsNs, value: 1, receivedAtMs: undefined };
};

describe("TurnRows", () => {
  it("gives rows by kind, the kinds in order of first appearance, and begins anew", () => {
    const rows = new TurnRows();
    expect(rows.take(WATERMARK)).toEqual([]);
    const others = [value(100n), value(101n)];
    rows.at({ ...AT, seq: 4 });
    rows.add(others[0] ?? trade, 100n, false);
    rows.add(trade, 100n, false);
    rows.at({ ...AT, seq: 5 });
    rows.at(undefined);
    rows.add(others[1] ?? trade, 101n, false);
    const [first, second, ...none] = rows.take(WATERMARK);
    expect(none).toEqual([]);
    expect([first?.rows, second?.rows]).toEqual([others, [trade]]);
    expect(first?.meta).toEqual({
      source: "Ws",
      quality: "Prelim",
      watermark: WATERMARK,
      schemaVersion: 1,
      stream: { ...AT, seq: 5 },
    });
    expect(rows.take(WATERMARK)).toEqual([]);
  });

  it("says which rows are late by their place among those of their kind", () => {
    const rows = new TurnRows();
    for (const isLate of [true, false, true]) {
      rows.add(trade, 100n, isLate);
      rows.add(value(100n), 100n, !isLate);
    }
    const batches = rows.take(WATERMARK);
    expect(batches.map(({ meta }) => meta.lateRows)).toEqual([[0, 2], [1]]);
    expect(batches.map(({ meta }) => "stream" in meta)).toEqual([false, false]);
  });

  it.each([
    [99n, false, 99n],
    [100n, false, 100n],
    [101n, false, 100n],
    [99n, true, 100n],
  ])("with a row at %d (late: %s) to follow in another batch, promises %d", (tsNs, isLate, said) => {
    const rows = new TurnRows();
    rows.add(trade, 50n, false);
    rows.add(value(tsNs), tsNs, isLate);
    rows.add(value(200n), 200n, false);
    expect(rows.take(WATERMARK).map(({ meta }) => meta.watermark)).toEqual([
      { ...WATERMARK, watermarkTsNs: said },
      WATERMARK,
    ]);
  });
});
