import { describe, expect, it } from "vitest";
import { seededRandom } from "../../../src/domain/random.ts";
import { newYorkTimeMs } from "../../../src/simulator/market/calendar.ts";
import {
  buildUniverse,
  type ContractUniverse,
  yearsToExpiry,
} from "../../../src/simulator/market/contract-universe.ts";
import { possiblePackages } from "../../../src/simulator/market/packages.ts";
import { DEFAULT_UNDERLYINGS } from "../../../src/simulator/market/underlyings.ts";

function universeOf(symbol: string, startMs: number): ContractUniverse {
  const spec = DEFAULT_UNDERLYINGS.find((underlying) => underlying.symbol === symbol);
  if (spec === undefined) throw new Error(`no underlying ${symbol}`);
  return buildUniverse(spec, startMs, seededRandom(1));
}

const thursday = newYorkTimeMs("2025-12-18", 10, 0);
const friday = newYorkTimeMs("2025-12-19", 10, 0);
const spx = universeOf("SPX", thursday);

const rootsOn = (universe: ContractUniverse, date: string): string[] => [
  ...new Set(universe.contracts.filter(({ expiration }) => expiration === date).map(({ root }) => root)),
];

describe("buildUniverse", () => {
  it("lists SPX in the morning and SPXW in the afternoon of the same third Friday", () => {
    for (const date of ["2025-12-19", "2026-01-16"]) {
      expect(rootsOn(spx, date)).toEqual(["SPX", "SPXW"]);
      const [am, pm] = ["SPX", "SPXW"].map((root) =>
        spx.contracts.find((contract) => contract.root === root && contract.expiration === date),
      );
      expect([am?.settlement, pm?.settlement]).toEqual(["AM", "PM"]);
      expect((pm?.expiresAtMs ?? 0) - (am?.expiresAtMs ?? 0)).toBe(6.5 * 3_600_000);
    }
    expect(rootsOn(spx, "2025-12-22")).toEqual(["SPXW"]);
    expect(rootsOn(universeOf("NDX", thursday), "2026-01-16")).toEqual(["NDX", "NDXP"]);
  });

  it("no longer lists the morning series once it has settled, up to its last instant", () => {
    const settles = newYorkTimeMs("2025-12-19", 9, 30);
    expect(rootsOn(universeOf("SPX", settles - 1), "2025-12-19")).toEqual(["SPX", "SPXW"]);
    expect(rootsOn(universeOf("SPX", settles), "2025-12-19")).toEqual(["SPXW"]);
    expect(rootsOn(universeOf("SPX", friday), "2025-12-19")).toEqual(["SPXW"]);
  });

  it("names contracts as the provider does and numbers them in order", () => {
    const contract = spx.contracts.find(({ ticker }) => ticker === "O:SPXW251222P06870000");
    expect(contract).toMatchObject({
      root: "SPXW",
      underlying: "SPX",
      expiration: "2025-12-22",
      right: "P",
      strike: 6870,
    });
    expect(spx.contracts.map(({ index }) => index)).toEqual(spx.contracts.map((_, index) => index));
    expect(new Set(spx.contracts.map(({ ticker }) => ticker)).size).toBe(spx.contracts.length);
  });

  it("lists strikes every 5 points near the money and wider apart beyond", () => {
    const strikes = spx.contracts
      .filter(({ root, expiration, right }) => root === "SPXW" && expiration === "2025-12-22" && right === "C")
      .map(({ strike }) => strike);
    expect(strikes).toContain(6880);
    expect(strikes).toContain(6885);
    expect(strikes).toContain(5900);
    expect(strikes).not.toContain(5905);
    expect(Math.min(...strikes)).toBeGreaterThan(0.69 * 6878.5);
  });

  it("concentrates activity near the money and near expiry", () => {
    const shareOf = (ticker: string) =>
      spx.tradeShares[spx.contracts.find((c) => c.ticker === ticker)?.index ?? -1] ?? 0;
    expect(spx.tradeShares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
    expect(spx.quoteShares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
    expect(shareOf("O:SPXW251219C06880000")).toBeGreaterThan(10 * shareOf("O:SPXW251219C07000000"));
    expect(shareOf("O:SPXW251219C06880000")).toBeGreaterThan(10 * shareOf("O:SPXW260102C06880000"));
    const busiest = [...spx.tradeShares].sort((left, right) => right - left).slice(0, spx.contracts.length / 50);
    expect(busiest.reduce((sum, share) => sum + share, 0)).toBeGreaterThan(0.5);
  });

  it("measures time to expiry in years of 525,600 minutes", () => {
    const contract = spx.contracts.find(({ ticker }) => ticker === "O:SPXW251219C06880000");
    if (contract === undefined) throw new Error("the contract must be listed");
    expect(yearsToExpiry(contract, thursday)).toBe((30 * 60) / 525_600);
    expect(yearsToExpiry(contract, contract.expiresAtMs)).toBe(0);
  });

  it("refuses to place a contract of another universe", () => {
    const last = spx.contracts.at(-1);
    if (last === undefined) throw new Error("the universe must not be empty");
    expect(() => universeOf("IWM", thursday).seriesOf(last)).toThrow(RangeError);
  });
});

describe("possiblePackages", () => {
  it("makes verticals, butterflies and straddles of listed contracts of one expiration", () => {
    const anchor = spx.contracts.find(({ ticker }) => ticker === "O:SPXW251222P06870000");
    if (anchor === undefined) throw new Error("the contract must be listed");
    const described = possiblePackages(spx, anchor).map(({ legs }) =>
      legs.map(({ contract, ratio }) => `${ratio} ${contract.ticker.slice(-9)} ${contract.expiration}`),
    );
    expect(described).toEqual([
      ["1 P06870000 2025-12-22", "-1 P06860000 2025-12-22"],
      ["1 P06860000 2025-12-22", "-2 P06870000 2025-12-22", "1 P06880000 2025-12-22"],
      ["1 P06870000 2025-12-22", "1 C06870000 2025-12-22"],
    ]);
  });

  it("falls back to the straddle where the strikes end, and probabilities add up to 1", () => {
    for (const contract of spx.contracts) {
      const packages = possiblePackages(spx, contract);
      expect(packages.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
      for (const { legs } of packages) {
        expect(legs.length).toBeGreaterThan(1);
        expect(new Set(legs.map((leg) => `${leg.contract.root} ${leg.contract.expiration}`)).size).toBe(1);
      }
    }
  });
});
