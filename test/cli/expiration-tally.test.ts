import { describe, expect, it } from "vitest";
import { ExpirationTally, tradesPerSec } from "../../src/cli/expiration-tally.ts";
import { UNCLASSIFIED } from "../../src/domain/flow/print-side.ts";
import type { TradeFlag, TradeRecord } from "../../src/domain/hydration/effects.ts";
import type { OptionTrade } from "../../src/domain/market/rows.ts";
import { optionTrade } from "../support/rows.ts";

const MS = 1_000_000n;

function print(
  tMs: number,
  change: Partial<OptionTrade> = {},
  flags: readonly TradeFlag[] = [],
  cancelsTsNs?: bigint,
): TradeRecord {
  return { trade: optionTrade(tMs, change), flags, side: UNCLASSIFIED, delta: null, cancelsTsNs };
}

function tallied(records: readonly TradeRecord[]) {
  const tally = new ExpirationTally();
  for (const record of records) tally.add(record);
  return tally.rows();
}

describe("ExpirationTally", () => {
  it("sums prints by underlying, then expiration, calls and puts apart", () => {
    const rows = tallied([
      print(3_000, { underlying: "SPY", price: 1.5, size: 2 }),
      print(2_000, { expiration: "2026-01-16" }),
      print(5_000, { price: 0.05, size: 10, right: "C" }),
      print(1_000, { price: 7.7, size: 3 }),
    ]);
    expect(rows).toEqual([
      {
        underlying: "SPX",
        expiration: "2025-12-23",
        trades: 2,
        contracts: 13,
        premiumMicros: 500_000 + 23_100_000,
        callContracts: 10,
        putContracts: 3,
        firstTsNs: 1_000n * MS,
        lastTsNs: 5_000n * MS,
      },
      expect.objectContaining({ underlying: "SPX", expiration: "2026-01-16", trades: 1, contracts: 1 }),
      expect.objectContaining({ underlying: "SPY", premiumMicros: 3_000_000 }),
    ]);
  });

  it("leaves out what sums do not know, and keeps what is only late or a leg", () => {
    const flags: TradeFlag[] = ["dup", "late_report", "cancel"];
    expect(tallied(flags.map((flag) => print(1_000, {}, ["late", flag])))).toEqual([]);
    expect(tallied([print(1_000, {}, ["late", "multi", "extended", "unknown_condition"])])[0]?.trades).toBe(1);
  });

  it("takes a cancelled print out again", () => {
    const [row] = tallied([
      print(1_000, { size: 5 }),
      print(2_000, { size: 2 }),
      print(9_000, { size: 5 }, ["cancel"], 1_000n * MS),
      print(9_000, { size: 4 }, ["cancel", "unmatched"]),
    ]);
    expect(row).toMatchObject({ trades: 1, contracts: 2, premiumMicros: 15_400_000, putContracts: 2 });
  });

  it("sums over trading days, which totals of a day do not", () => {
    const [row] = tallied([print(1_766_437_200_000), print(1_766_523_600_000)]);
    expect(row?.trades).toBe(2);
  });
});

describe("tradesPerSec", () => {
  it("divides by the stretch from first to last, and is null where there is none", () => {
    const [row] = tallied([print(1_000), print(1_500), print(3_000)]);
    const [single] = tallied([print(1_000), print(1_000)]);
    expect(row && tradesPerSec(row)).toBe(1.5);
    expect(single && tradesPerSec(single)).toBeNull();
  });
});
