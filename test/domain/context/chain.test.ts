import { describe, expect, it } from "vitest";
import { chainAnnouncement, chainContractName, chainFigures } from "../../../src/domain/context/chain.ts";
import { parseOptionTicker } from "../../../src/domain/instrument/option-symbol.ts";
import { sampleChainSnapshot, sampleCompletion, sampleContractId } from "../../../src/testing/index.ts";

describe("the name of a contract", () => {
  it("has underlying, date, right and strike in thousandths", () => {
    const id = sampleContractId({ root: "SPX", expiration: "2026-01-17", right: "C", strikeThousandths: 4_500_000 });
    expect(chainContractName(id)).toBe("SPX:20260117:C4500000");
  });

  it("has the root where it is not the underlying", () => {
    const id = sampleContractId({ expiration: "2026-01-07", right: "C", strikeThousandths: 6_850_000 });
    expect(chainContractName(id)).toBe("SPX:20260107:SPXW:C6850000");
  });

  it("does not pad the strike", () => {
    expect(chainContractName(sampleContractId({ root: "SPX", strikeThousandths: 1 }))).toBe("SPX:20251223:P1");
  });

  it("can be made of a ticker", () => {
    const contract = parseOptionTicker("O:AAPL1251219C00150000", () => "AAPL");
    expect(contract && chainContractName(contract)).toBe("AAPL:20251219:AAPL1:C150000");
  });

  it("is refused to what no ticker can carry, and to an underlying with I:", () => {
    for (const overrides of [
      { root: "SPX:W" },
      { expiration: "2026-02-29" },
      { expiration: "20260107" },
      { strikeThousandths: 0 },
      { strikeThousandths: 100_000_000 },
    ]) {
      expect(() => chainContractName(sampleContractId(overrides)), JSON.stringify(overrides)).toThrow(RangeError);
    }
    expect(() => chainContractName(sampleContractId({ underlying: "I:SPX" }))).toThrow(
      new TypeError(
        "Cannot name a contract of a chain: 'underlying' must be a symbol without I:, current value is I:SPX",
      ),
    );
  });
});

it("an announcement has no geometry", () => {
  expect(chainAnnouncement(sampleChainSnapshot({ epoch: null }))).toEqual({
    symbol: "SPX",
    expirations: ["2025-12-23", "2025-12-24"],
    contracts: 3,
    latency_ms: 812,
    health: "ok",
    epoch: null,
    ts: 1_766_437_799.445,
  });
});

it("figures that are unknown are absent, those that are 0 are not", () => {
  const known = sampleCompletion({ contracts: 0, strike_min: 5_000, strike_max: 5_000 }, { stalenessMs: 0 });
  expect([...chainFigures(known)]).toEqual([
    ["fetch_latency", 812],
    ["contract_count", 0],
    ["staleness", 0],
    ["strike_range", 0],
  ]);
  const unknown = sampleCompletion({ strike_min: null }, { stalenessMs: null });
  expect([...chainFigures(unknown).keys()]).toEqual(["fetch_latency", "contract_count"]);
});
