import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ExposureContract } from "../../../../src/domain/model/exposure/contract.ts";
import { cumulativeFlip } from "../../../../src/domain/model/exposure/cumulative-flip.ts";
import { ExposureCells, type StrikeExposure } from "../../../../src/domain/model/exposure/exposure-cells.ts";
import { type ExposureConvention, NAIVE_OPEN_INTEREST } from "../../../../src/domain/model/exposure/sign-model.ts";
import { exposureWalls } from "../../../../src/domain/model/exposure/walls.ts";
import { BASE, CHAIN, contracts, LATER, SPOT, TODAY } from "./chain.ts";

function byStrike(
  chain: Iterable<ExposureContract>,
  convention: ExposureConvention = NAIVE_OPEN_INTEREST,
): readonly StrikeExposure[] {
  const cells = new ExposureCells({ spot: SPOT, convention, tradingDay: TODAY });
  for (const contract of chain) cells.update(contract);
  return cells.report().byStrike;
}

/** Strikes with a call and a put of given GEX. */
function rows(...figures: readonly (readonly [strike: number, calls: number | null, puts: number | null])[]) {
  const none = { calls: null, puts: null, net: null, absolute: null };
  return figures.map(([strike, calls, puts]): StrikeExposure => {
    const known = calls !== null || puts !== null;
    const gexUsdPerPct = {
      calls,
      puts,
      net: known ? (calls ?? 0) + (puts ?? 0) : null,
      absolute: known ? Math.abs(calls ?? 0) + Math.abs(puts ?? 0) : null,
    };
    return { strike, gexUsdPerPct, vexUsdPerVolPoint: none, chexUsdPerDay: none, deltaToCloseUsd: none };
  });
}

const strikes = (chain: readonly StrikeExposure[], spot = SPOT) =>
  Object.fromEntries(Object.entries(exposureWalls(chain, spot)).map(([name, wall]) => [name, wall?.strike ?? null]));

describe("exposureWalls", () => {
  it("has the walls of GEX-4, gross and net", () => {
    const walls = exposureWalls(byStrike(CHAIN), SPOT);
    expect(walls.callWallGross?.strike).toBe(5000);
    expect(Math.abs((walls.callWallGross?.gexUsdPerPct ?? 0) / 4_166_539_860 - 1)).toBeLessThan(1e-8);
    expect(walls.callWallNet?.strike).toBe(5010);
    expect(walls.putWallGross?.strike).toBe(5000);
    expect(Math.abs((walls.putWallGross?.gexUsdPerPct ?? 0) / -3_566_748_400 - 1)).toBeLessThan(1e-8);
    expect(walls.putWallNet?.strike).toBe(4990);
    expect(walls.absoluteStrike?.strike).toBe(5000);
  });

  it("has those of one expiration", () => {
    const later = CHAIN.filter(({ expiration }) => expiration === LATER);
    expect(strikes(byStrike(later))).toMatchObject({
      callWallGross: 5100,
      callWallNet: 5100,
      putWallGross: 4900,
      putWallNet: 4900,
    });
  });

  it("takes the strike nearest to spot of those alike, then the lower one", () => {
    const alike = rows([4900, 10, -10], [4990, 10, -10], [5010, 10, -10], [5100, 10 + 1e-13, -10 - 1e-13]);
    for (const chain of [alike, [...alike].reverse()]) {
      expect(strikes(chain)).toMatchObject({ callWallGross: 4990, putWallGross: 4990, absoluteStrike: 4990 });
      expect(strikes(chain, 5001)).toMatchObject({ callWallGross: 5010, putWallGross: 5010, absoluteStrike: 5010 });
    }
  });

  it("has none of a side that is empty, unknown, or all 0", () => {
    const none = {
      callWallGross: null,
      callWallNet: null,
      putWallGross: null,
      putWallNet: null,
      absoluteStrike: null,
    };
    expect(strikes([])).toEqual(none);
    expect(strikes(rows([5000, null, null]))).toEqual(none);
    expect(strikes(rows([5000, 0, -0], [5010, 0, null]))).toEqual(none);
    expect(strikes(rows([5000, 5, null]))).toEqual({
      ...none,
      callWallGross: 5000,
      callWallNet: 5000,
      absoluteStrike: 5000,
    });
    expect(strikes(rows([5000, 5, -7]))).toMatchObject({ callWallGross: 5000, callWallNet: null, putWallNet: 5000 });
  });

  it("stays where it is when open interest is scaled", () => {
    const factors = fc.constantFrom(2, 3, 7, 10, 0.25);
    fc.assert(
      fc.property(fc.array(contracts, { maxLength: 40 }), factors, (chain, factor) => {
        const scale = (n: number | null) => (n === null ? null : n * factor);
        const scaled = chain.map((contract) => ({ ...contract, openInterest: scale(contract.openInterest) }));
        expect(strikes(byStrike(scaled))).toEqual(strikes(byStrike(chain)));
        const [flip, same] = [cumulativeFlip(byStrike(scaled), SPOT), cumulativeFlip(byStrike(chain), SPOT)];
        expect(flip.status).toBe(same.status);
        if (flip.level !== null) expect(Math.abs(flip.level - (same.level ?? 0))).toBeLessThan(1e-8);
      }),
      { seed: 42, numRuns: 300 },
    );
  });
});

describe("cumulativeFlip", () => {
  it("is that of GEX-4", () => {
    const { level, status } = cumulativeFlip(byStrike(CHAIN), SPOT);
    expect(status).toBe("resolved");
    expect(Math.abs((level ?? 0) - 5001.78178)).toBeLessThan(5e-6);
  });

  it("is the one nearest to spot, then the lower one", () => {
    const chain = rows([4900, null, -10], [4920, 20, null], [5080, null, -20], [5120, 20, null]);
    expect(cumulativeFlip(chain, 5090)).toEqual({ level: 5100, status: "resolved" });
    expect(cumulativeFlip(chain, 4955)).toEqual({ level: 4910, status: "resolved" });
    // 4910 and 5000 are as far away.
    expect(cumulativeFlip(chain, 4955).level).toBe(4910);
  });

  it("says why there is none", () => {
    expect(cumulativeFlip([], SPOT)).toEqual({ level: null, status: "insufficient" });
    expect(cumulativeFlip(rows([5000, null, null]), SPOT)).toEqual({ level: null, status: "insufficient" });
    expect(cumulativeFlip(rows([5000, 0, 0], [5010, 5, -5]), SPOT)).toEqual({ level: null, status: "flat" });
    expect(cumulativeFlip(rows([5000, 5, 0], [5010, 5, -6]), SPOT)).toEqual({ level: null, status: "no_crossing" });
    // Back to 0 and up again is no change of sign; what rounding leaves of a sum is none either.
    expect(
      cumulativeFlip(rows([4990, 0.3, null], [5000, null, -0.1], [5010, null, -0.2], [5020, 5, null]), SPOT),
    ).toEqual({ level: null, status: "no_crossing" });
    expect(cumulativeFlip(rows([4990, null, -5], [5000, 5, null], [5010, 5, null]), SPOT).level).toBe(5000);
  });

  it("holds one contract's strike for no crossing", () => {
    expect(cumulativeFlip(byStrike([BASE]), SPOT).status).toBe("no_crossing");
  });
});
