import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ExposureContract } from "../../../../src/domain/model/exposure/contract.ts";
import { ExposureCells } from "../../../../src/domain/model/exposure/exposure-cells.ts";
import { type FlipOptions, gammaFlips } from "../../../../src/domain/model/exposure/flips.ts";
import { gammaProfile, profileLevels } from "../../../../src/domain/model/exposure/profile.ts";
import { RepricedGamma } from "../../../../src/domain/model/exposure/repriced-gamma.ts";
import { type ExposureConvention, NAIVE_OPEN_INTEREST } from "../../../../src/domain/model/exposure/sign-model.ts";
import { absurdContracts, BASE, CHAIN, contracts, LATER, SPOT, TODAY } from "./chain.ts";

const REVERSE: ExposureConvention = { basis: "open_interest", signModel: "short_calls_long_puts" };
const repriced = (chain: Iterable<ExposureContract>, convention = NAIVE_OPEN_INTEREST) =>
  new RepricedGamma(chain, convention);
const flipsOf = (chain: Iterable<ExposureContract>, options?: FlipOptions, convention?: ExposureConvention) =>
  gammaFlips(repriced(chain, convention), SPOT, options);
const levels = (chain: Iterable<ExposureContract>, options?: FlipOptions) =>
  flipsOf(chain, options).all.map(({ level }) => level);
const near = (given: number | undefined, expected: number, tolerance: number) =>
  expect(Math.abs((given ?? Number.NaN) / expected - 1), `${given} against ${expected}`).toBeLessThan(tolerance);

const WIDE: FlipOptions = { from: 0.8, to: 1.2 };

/** One call strike above one put strike with one volatility and time, and where their gammas cancel. */
interface Pair {
  readonly calls: number;
  readonly puts: number;
  readonly iv: number;
  readonly years: number;
  readonly rate: number;
  readonly dividendYield: number;
}

function pairChain(pair: Pair, callStrike: number, putStrike: number): readonly ExposureContract[] {
  const { calls, puts, ...terms } = pair;
  return [
    { ...BASE, ...terms, strike: callStrike, openInterest: calls },
    { ...BASE, ...terms, right: "P", strike: putStrike, openInterest: puts },
  ];
}

function closedForm({ calls, puts, iv, years, rate, dividendYield }: Pair, k1: number, k2: number): number {
  const variance = iv * iv * years;
  const log = Math.log(k1 * k2) / 2 - (rate - dividendYield) * years - variance / 2;
  return Math.exp(log + (variance * Math.log(puts / calls)) / Math.log(k1 / k2));
}

describe("gammaFlips", () => {
  it("finds all of GEX-4, and means the one nearest to spot", () => {
    const flips = flipsOf(CHAIN, WIDE);
    expect(flips.status).toBe("resolved");
    const expected = [4945.0657691, 4954.02589576, 4990.99746102, 5676.1893062];
    expect(flips.all).toHaveLength(4);
    for (const [index, level] of expected.entries()) near(flips.all[index]?.level, level, 1e-9);
    expect(flips.all.map(({ slope }) => slope)).toEqual(["rising", "falling", "rising", "falling"]);
    expect(flips.primary).toBe(flips.all[2]);
  });

  it("finds those of each expiration, and keeps to the range", () => {
    const later = CHAIN.filter(({ expiration }) => expiration === LATER);
    const today = CHAIN.filter(({ expiration }) => expiration === TODAY);
    for (const [index, level] of [4944.17909809, 5676.1893062].entries()) near(levels(later, WIDE)[index], level, 1e-9);
    expect(levels(later, WIDE)).toHaveLength(2);
    for (const [index, level] of [4991.64481872, 5058.06487165].entries()) near(levels(today)[index], level, 1e-9);
    expect(levels(today)).toHaveLength(2);
    expect(flipsOf(CHAIN)).toMatchObject({ from: 4500, to: 5500 });
    expect(levels(CHAIN)).toHaveLength(3);
  });

  it.each([
    [{ calls: 10_000, puts: 10_000, rate: 0, dividendYield: 0 }, 4990.78911634],
    [{ calls: 10_000, puts: 20_000, rate: 0, dividendYield: 0 }, 5283.33454506],
    [{ calls: 20_000, puts: 10_000, rate: 0.05, dividendYield: 0.013 }, 4700.12703333],
  ])("is the closed form for %o", (change, expected) => {
    const pair = { iv: 0.2, years: 30 / 365, ...change };
    const { all, primary } = flipsOf(pairChain(pair, 5_100, 4_900));
    expect(all).toHaveLength(1);
    expect(primary?.slope).toBe("rising");
    near(primary?.level, expected, 1e-11);
    near(closedForm(pair, 5_100, 4_900), expected, 1e-11);
  });

  it("is the closed form for any pair, from a minute to months", () => {
    const pairs = fc.record({
      calls: fc.integer({ min: 1, max: 50_000 }),
      puts: fc.integer({ min: 1, max: 50_000 }),
      iv: fc.double({ min: 0.05, max: 0.8, noNaN: true }),
      years: fc.double({ min: Math.log(1 / 525_600), max: Math.log(0.3), noNaN: true }).map(Math.exp),
      rate: fc.double({ min: 0, max: 0.08, noNaN: true }),
      dividendYield: fc.double({ min: 0, max: 0.05, noNaN: true }),
    });
    let within = 0;
    fc.assert(
      fc.property(pairs, (pair) => {
        const expected = closedForm({ ...pair, years: Math.max(pair.years, 1 / 525_600) }, 5_100, 4_900);
        const { all, status } = flipsOf(pairChain(pair, 5_100, 4_900));
        if (expected < 4_501 || expected > 5_499) return;
        within += 1;
        expect(status).toBe("resolved");
        // With a minute left, gamma between the strikes is 0 in doubles, and any level there is one where it is.
        const between = 1_800 * pair.iv * Math.sqrt(pair.years) < 1;
        if (!between) near(all[0]?.level, expected, 1e-9);
        else expect(Math.abs((all[0]?.level ?? 0) - 5_000)).toBeLessThan(100);
      }),
      { seed: 42, numRuns: 1_000 },
    );
    expect(within).toBeGreaterThan(300);
  });

  it("turns no flip with the sign model, but its slope", () => {
    const reverse = flipsOf(CHAIN, WIDE, REVERSE);
    expect(reverse.all.map(({ level }) => level)).toEqual(levels(CHAIN, WIDE));
    expect(reverse.all[0]?.slope).toBe("falling");
  });

  it("stays where it is when open interest is scaled, whatever the order of the chain", () => {
    const scaled = CHAIN.map((contract) => ({ ...contract, openInterest: 3 * (contract.openInterest ?? 0) }));
    for (const [index, level] of levels(CHAIN, WIDE).entries()) near(levels(scaled, WIDE)[index], level, 1e-12);
    expect(flipsOf([...CHAIN].reverse(), WIDE)).toEqual(flipsOf(CHAIN, WIDE));
  });

  it("says why there is none", () => {
    const none = { primary: null, all: [] };
    expect(flipsOf([])).toMatchObject({ ...none, status: "insufficient", gridStepPts: null });
    expect(flipsOf([{ ...BASE, iv: null, gamma: 0.01 }])).toMatchObject({ ...none, status: "insufficient" });
    expect(flipsOf([BASE])).toMatchObject({ ...none, status: "no_crossing" });
    expect(flipsOf([{ ...BASE, openInterest: 0 }])).toMatchObject({ ...none, status: "flat" });
  });

  it("is flat where calls and puts cancel at every level", () => {
    const call = fc.record({
      strike: fc.integer({ min: 4_500, max: 5_500 }),
      openInterest: fc.nat(10_000),
      iv: fc.double({ min: 0.05, max: 1, noNaN: true }),
      years: fc.double({ min: 1e-6, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(call, { minLength: 1, maxLength: 20 }), (calls) => {
        const chain = calls.flatMap((terms, index): ExposureContract[] => {
          const contract = { ...BASE, ...terms, root: `R${index}` };
          return [contract, { ...contract, right: "P" }];
        });
        expect(flipsOf(chain)).toMatchObject({ primary: null, all: [], status: "flat" });
      }),
      { seed: 42, numRuns: 200 },
    );
    // The same bells under other names, cut in two: their sums round in other places.
    const apart = [4_900, 4_950, 5_000, 5_050, 5_100].flatMap((strike, index): ExposureContract[] => [
      { ...BASE, strike, openInterest: 1_001 },
      { ...BASE, strike, openInterest: 300 + index, right: "P", root: `Y${9 - index}` },
      { ...BASE, strike, openInterest: 701 - index, right: "P", root: `Z${index}` },
    ]);
    expect(flipsOf(apart).status).toBe("flat");
  });

  it("searches as narrowly as strikes and time ask for, and says how narrowly", () => {
    const gap = flipsOf([BASE, { ...BASE, strike: 5_010 }]);
    expect(gap.gridStepPts).toBeLessThanOrEqual(5);
    const hour = { ...BASE, years: 60 / 525_600, iv: 0.1 };
    expect(flipsOf([hour]).gridStepPts).toBeLessThanOrEqual(0.25 * SPOT * 0.1 * Math.sqrt(60 / 525_600));
    expect(flipsOf([hour], { maxPoints: 11 }).gridStepPts).toBeGreaterThan(90);
  });

  it("has as many flips as a brute search finds, at levels where gamma changes its sign", () => {
    fc.assert(
      fc.property(fc.array(contracts, { minLength: 2, maxLength: 30 }), (drawn) => {
        // Enough time that the brute grid resolves every bell.
        const chain = drawn.map((contract) => ({ ...contract, years: Math.max(contract.years ?? 0.1, 0.01) }));
        const gamma = repriced(chain);
        const { all } = gammaFlips(gamma, SPOT);
        for (const { level, slope } of all) {
          const [below, above] = [gamma.gexUsdPerPctAt(level * (1 - 1e-9)), gamma.gexUsdPerPctAt(level * (1 + 1e-9))];
          expect(slope === "rising" ? below < 0 && above > 0 : below > 0 && above < 0).toBe(true);
        }
        let changes = 0;
        let before = gamma.gexUsdPerPctAt(4_500);
        for (let level = 4_501; level <= 5_500; level += 1) {
          const value = gamma.gexUsdPerPctAt(level);
          if (value > 0 !== before > 0) changes += 1;
          before = value;
        }
        expect(all.length).toBe(changes);
      }),
      { seed: 42, numRuns: 200 },
    );
  });

  it("never gives what is no number, whatever the chain holds", () => {
    fc.assert(
      fc.property(fc.array(absurdContracts, { maxLength: 30 }), fc.constantFrom(1e-6, 5_000, 1e9), (chain, spot) => {
        const gamma = repriced(chain);
        const flips = gammaFlips(gamma, spot, { maxPoints: 256 });
        for (const { level } of flips.all) expect(level > 0 && level < Infinity).toBe(true);
        for (const { gexUsdPerPct } of gammaProfile(gamma, profileLevels(spot, 11)) ?? []) {
          expect(Number.isFinite(gexUsdPerPct)).toBe(true);
        }
      }),
      { seed: 42, numRuns: 500 },
    );
  });

  it("refuses a spot and a range that are none", () => {
    expect(() => gammaFlips(repriced(CHAIN), Number.NaN)).toThrow(RangeError);
    expect(() => flipsOf(CHAIN, { from: 1.1, to: 0.9 })).toThrow(
      new RangeError(
        "Cannot search flips: 'from', 'to' and 'maxPoints' must be shares above 0, ascending, and at least 2, current value is 1.1, 0.9, 4096",
      ),
    );
  });
});

describe("RepricedGamma", () => {
  it("samples what it tells at each level, to 1e-11", () => {
    const gamma = repriced(CHAIN);
    const first = Math.log(4_500);
    const step = 1e-4;
    const [gains, losses] = gamma.sample(first, step, 2_000);
    for (let point = 0; point < 2_000; point++) {
      const level = Math.exp(first + point * step);
      const [gain, loss] = [gains[point] ?? Number.NaN, losses[point] ?? Number.NaN];
      const difference = (gain - loss) * level - gamma.gexUsdPerPctAt(level);
      expect(Math.abs(difference) / ((gain + loss) * level)).toBeLessThan(1e-11);
    }
  });

  it("at spot is the sum of the contracts' own", () => {
    const cells = new ExposureCells({ spot: SPOT, convention: NAIVE_OPEN_INTEREST, tradingDay: TODAY });
    for (const contract of CHAIN) cells.update(contract);
    near(repriced(CHAIN).gexUsdPerPctAt(SPOT), cells.report().totals.gexUsdPerPct.net ?? 0, 1e-12);
  });

  it("counts what can be re-priced and what cannot", () => {
    const { counts } = repriced([
      BASE,
      { ...BASE, right: "P" },
      { ...BASE, iv: null },
      { ...BASE, openInterest: null },
    ]);
    expect(counts.used).toBe(2);
    expect(counts.missing).toMatchObject({ no_greek: 1, no_quantity: 1 });
  });
});

describe("gammaProfile", () => {
  it("has the levels of GEX-4", () => {
    const expected = [-373_869_983, -107_126_290, 2_262_755_980, 155_438_602, 196_793_003];
    const curve = gammaProfile(repriced(CHAIN), [4975, 4990, 5010, 5050, 5100]);
    for (const [index, gex] of expected.entries()) near(curve?.[index]?.gexUsdPerPct, gex, 1e-8);
    const pair = { calls: 10_000, puts: 10_000, iv: 0.2, years: 30 / 365, rate: 0, dividendYield: 0 };
    const closed = gammaProfile(repriced(pairChain(pair, 5_100, 4_900)), [4950, 5050]);
    near(closed?.[0]?.gexUsdPerPct, -32_045_137.4, 1e-8);
    near(closed?.[1]?.gexUsdPerPct, 46_495_818.2, 1e-8);
  });

  it("is null where nothing can be re-priced", () => {
    expect(gammaProfile(repriced([]), [5_000])).toBeNull();
  });
});

describe("profileLevels", () => {
  it("are evenly spaced, with both ends", () => {
    const given = profileLevels(5_000);
    expect(given).toHaveLength(81);
    expect([given[0], given[40], given[80]]).toEqual([4_500, 5_000, 5_500]);
    expect(profileLevels(100, 3, 0.5, 1.5)).toEqual([50, 100, 150]);
    expect(() => profileLevels(100, 1)).toThrow(RangeError);
    expect(() => profileLevels(100, 3, 1, 1)).toThrow(RangeError);
  });
});
