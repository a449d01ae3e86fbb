import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ExposureContract } from "../../../../src/domain/model/exposure/contract.ts";
import {
  ExposureCells,
  type ExposureCellsOptions,
  type ExposureReport,
} from "../../../../src/domain/model/exposure/exposure-cells.ts";
import { measureContract } from "../../../../src/domain/model/exposure/measure.ts";
import {
  dealerPositionChange,
  type ExposureConvention,
  NAIVE_OPEN_INTEREST,
} from "../../../../src/domain/model/exposure/sign-model.ts";
import {
  chexUsdPerHour,
  EXPOSURES,
  type ExposureSides,
  gexUsdPerPoint,
} from "../../../../src/domain/model/exposure/sums.ts";
import { absurdContracts, BASE, CHAIN, contracts, LATER, REFERENCE_CHAIN, SPOT, TODAY } from "./chain.ts";

const OPTIONS: ExposureCellsOptions = { spot: SPOT, convention: NAIVE_OPEN_INTEREST, tradingDay: TODAY };
const RUNS = { seed: 42, numRuns: 300 };

function reportOf(chain: Iterable<ExposureContract>, options: Partial<ExposureCellsOptions> = {}): ExposureReport {
  const cells = new ExposureCells({ ...OPTIONS, ...options });
  for (const contract of chain) cells.update(contract);
  return cells.report();
}

function expectNear(given: number | null | undefined, expected: number, relative = 1e-8): void {
  expect(Math.abs((given ?? Number.NaN) / expected - 1), `${given} against ${expected}`).toBeLessThan(relative);
}

const conventions: fc.Arbitrary<ExposureConvention> = fc.constantFrom<ExposureConvention>(
  NAIVE_OPEN_INTEREST,
  { basis: "volume", signModel: "short_calls_long_puts" },
  { basis: "open_interest", signModel: "customers_long" },
  { basis: "flow", signModel: "flow" },
);

describe("measureContract", () => {
  it("is the hand check GEX-1, per 1 % and per point", () => {
    const { gexUsdPerPct } = measureContract({ ...BASE, gamma: 0.002 }, SPOT, NAIVE_OPEN_INTEREST);
    expectNear(gexUsdPerPct as number, 50_000_000, 1e-15);
    expect(gexUsdPerPoint(gexUsdPerPct as number, SPOT)).toBe(1_000_000);
    expect(gexUsdPerPoint(gexUsdPerPct as number, SPOT) / SPOT).toBe(200);
  });

  it("keeps the published units GEX-2 and GEX-3", () => {
    expectNear(715_204_985.728, 64_521_235 * 1108.48 * 0.01, 1e-12);
    expectNear(gexUsdPerPoint(715_204_985.728, 1108.48), 64_521_235, 1e-12);
    const one = { ...BASE, openInterest: 1, gamma: 0.05, strike: 100 };
    expectNear(measureContract(one, 100, NAIVE_OPEN_INTEREST).gexUsdPerPct as number, 500, 1e-14);
  });

  it.each(REFERENCE_CHAIN)(
    "is $gex and the rest for $contract.right $contract.strike of $contract.expiration",
    (row) => {
      const measured = measureContract(row.contract, SPOT, NAIVE_OPEN_INTEREST);
      expectNear(measured.gexUsdPerPct as number, row.gex);
      expectNear(measured.vexUsdPerVolPoint as number, row.vex);
      expectNear(measured.chexUsdPerDay as number, row.chex);
      const size = (row.contract.right === "C" ? 1 : -1) * (row.contract.openInterest ?? 0) * 100 * SPOT;
      expectNear((measured.gexUsdPerPct as number) / (size * SPOT * 0.01), row.gamma);
      expectNear((measured.vexUsdPerVolPoint as number) / (size * 0.01), row.vanna);
      expectNear(((measured.chexUsdPerDay as number) * 365) / size, row.charm);
      expect(measured.gammaSource).toBe("model");
    },
  );

  it("turns into the units of other boards (UNIT)", () => {
    const row = REFERENCE_CHAIN[4];
    if (row === undefined) throw new Error("Cannot check units: the reference's row is not there");
    const { vexUsdPerVolPoint, chexUsdPerDay } = measureContract(row.contract, SPOT, NAIVE_OPEN_INTEREST);
    const vex = vexUsdPerVolPoint as number;
    expectNear(vex * 0.125, 7_871_191.003, 1e-9);
    expectNear(vex * 100, 6_296_952_802.5, 1e-9);
    expectNear((chexUsdPerDay as number) * 365 * (30 / 365) * 0.01, -5_295_320.46);
    expect(chexUsdPerHour(24)).toBe(1);
  });

  it("tells the delta left until the close by re-pricing (CH0)", () => {
    const call = { ...BASE, strike: 4_990, years: 180 / 525_600, iv: 0.12 };
    const usdPerDelta = 1_000 * 100 * SPOT;
    const { deltaToCloseUsd, chexUsdPerDay } = measureContract(call, SPOT, NAIVE_OPEN_INTEREST);
    expectNear((deltaToCloseUsd as number) / usdPerDelta, 0.18185422, 3e-8);
    // Its charm says 0.945 a day, five times what is left.
    expectNear((chexUsdPerDay as number) / usdPerDelta, 0.94514384, 1e-8);
    const left = (minutes: number) =>
      measureContract({ ...call, years: minutes / 525_600 }, SPOT, NAIVE_OPEN_INTEREST).deltaToCloseUsd as number;
    expectNear((left(180) - left(170)) / usdPerDelta, 0.0067708932, 1e-7);
    expectNear((left(180) - left(120)) / usdPerDelta, 0.04828665, 1e-6);
    expectNear(((chexUsdPerDay as number) / usdPerDelta / 1_440) * 10, 0.0065634989, 1e-8);
    expectNear(((chexUsdPerDay as number) / usdPerDelta / 1_440) * 60, 0.039380993, 1e-7);
    const atTheMoney = measureContract({ ...call, strike: SPOT, delta: 0.5 }, SPOT, NAIVE_OPEN_INTEREST);
    expect(atTheMoney.deltaToCloseUsd).toBe(0);
    const put = { ...call, right: "P" as const, strike: 5_010, delta: -0.75 };
    expectNear(measureContract(put, SPOT, NAIVE_OPEN_INTEREST).deltaToCloseUsd as number, 0.25 * usdPerDelta, 1e-15);
  });

  it("prefers what was given, and replaces what is missing or absurd and says so", () => {
    const given = { ...BASE, gamma: 0.001, greeksSource: "provider" as const };
    const of = (contract: ExposureContract) => measureContract(contract, SPOT, NAIVE_OPEN_INTEREST);
    expect(of(given).gexUsdPerPct).toBe(1_000 * 100 * SPOT * 0.001 * SPOT * 0.01);
    expect(of(given).gammaSource).toBe("provider");
    for (const gamma of [null, -0.1, Number.NaN, Infinity, 1e9]) {
      expect(of({ ...given, gamma })).toEqual(of(BASE));
      expect(of({ ...given, gamma, iv: null }).gexUsdPerPct).toBe(gamma === null ? "no_greek" : "bad_greek");
    }
    expect(of({ ...given, iv: null })).toMatchObject({ vexUsdPerVolPoint: "no_greek", deltaToCloseUsd: "no_greek" });
    expect(of({ ...given, iv: 7 })).toMatchObject({ vexUsdPerVolPoint: "bad_greek", chexUsdPerDay: "bad_greek" });
    for (const delta of [1.01, -0.2, Number.NaN]) expect(of({ ...BASE, delta })).toEqual(of(BASE));
  });

  it("gives a reason for every contract that does not count", () => {
    const reason = (change: Partial<ExposureContract>, convention: ExposureConvention = NAIVE_OPEN_INTEREST) =>
      measureContract({ ...BASE, ...change }, SPOT, convention).gexUsdPerPct;
    expect(reason({ openInterest: null })).toBe("no_quantity");
    expect(reason({ openInterest: -1 })).toBe("bad_quantity");
    expect(reason({ openInterest: Number.NaN })).toBe("bad_quantity");
    expect(reason({ years: null })).toBe("bad_terms");
    expect(reason({ years: Number.NaN })).toBe("bad_terms");
    expect(reason({ years: 0 })).toBe("settled");
    expect(reason({ years: -1 })).toBe("settled");
    expect(reason({ strike: 0 })).toBe("bad_terms");
    expect(reason({ multiplier: Infinity })).toBe("bad_terms");
    expect(reason({ rate: Number.NaN })).toBe("bad_terms");
    expect(reason({}, { basis: "volume", signModel: "naive" })).toBe("no_quantity");
    expect(reason({}, { basis: "flow", signModel: "flow" })).toBe("no_quantity");
    expect(reason({ dealerPosition: Infinity }, { basis: "flow", signModel: "flow" })).toBe("bad_quantity");
    expect(reason({ openInterest: 0 })).toBe(0);
  });

  it("lets no time be shorter than a minute", () => {
    const at = (minutes: number) => measureContract({ ...BASE, years: minutes / 525_600 }, SPOT, NAIVE_OPEN_INTEREST);
    expect(at(0.001)).toEqual(at(1));
    expect(at(2)).not.toEqual(at(1));
  });

  it("signs positions as the model says", () => {
    const of = (right: "C" | "P", convention: ExposureConvention) => {
      const contract = { ...BASE, right, volume: 1_000, dealerPosition: -1_000 };
      return Math.sign(measureContract(contract, SPOT, convention).gexUsdPerPct as number);
    };
    const signs = (convention: ExposureConvention) => [of("C", convention), of("P", convention)];
    expect(signs(NAIVE_OPEN_INTEREST)).toEqual([1, -1]);
    expect(signs({ basis: "volume", signModel: "short_calls_long_puts" })).toEqual([-1, 1]);
    expect(signs({ basis: "volume", signModel: "customers_long" })).toEqual([-1, -1]);
    expect(signs({ basis: "flow", signModel: "flow" })).toEqual([-1, -1]);
  });
});

describe("dealerPositionChange", () => {
  it("goes against the customer by what the rule is worth", () => {
    expect(dealerPositionChange(1, 10)).toBe(-10);
    expect(dealerPositionChange(-1, 10)).toBe(10);
    expect(dealerPositionChange(0, 10)).toBe(0);
    expect(dealerPositionChange(1, 10, 0.75)).toBe(-5);
    expect(() => dealerPositionChange(1, 10, 0.4)).toThrow(
      new RangeError("Cannot estimate a position: 'accuracy' must be from 0.5 to 1, current value is 0.4"),
    );
  });
});

describe("ExposureCells", () => {
  const report = reportOf(CHAIN);

  it("has the totals of GEX-4", () => {
    const { gexUsdPerPct, vexUsdPerVolPoint, chexUsdPerDay } = report.totals;
    expectNear(gexUsdPerPct.net, 1_381_417_188);
    expectNear(gexUsdPerPct.calls, 7_377_606_480);
    expectNear(gexUsdPerPct.puts, -5_996_189_290);
    expectNear(gexUsdPerPct.absolute, 13_373_795_800);
    expectNear(gexUsdPerPoint(gexUsdPerPct.net ?? 0, SPOT), 27_628_343.8);
    expectNear(vexUsdPerVolPoint.net, 116_832_708);
    expectNear(chexUsdPerDay.net, -1_455_970_000, 1e-6);
    expectNear(report.zeroDteShare, 0.89644, 1e-5);
    expectNear(report.zeroDteShare, 11_988_818_500 / 13_373_795_800);
  });

  it("has the sums by expiration and by strike of GEX-4", () => {
    expect(report.bySeries.map(({ root, expiration, isZeroDte }) => [root, expiration, isZeroDte])).toEqual([
      ["SPXW", TODAY, true],
      ["SPXW", LATER, false],
    ]);
    const [today, later] = report.bySeries;
    expectNear(today?.gexUsdPerPct.net, 1_292_168_389);
    expectNear(later?.gexUsdPerPct.net, 89_248_799.4);
    expectNear(later?.vexUsdPerVolPoint.net, 85_698_162);
    expectNear(today?.vexUsdPerVolPoint.net, 31_134_546, 2e-8);
    expectNear(later?.chexUsdPerDay.net, -20_999_141.1);
    const byStrike = new Map(report.byStrike.map((row) => [row.strike, row.gexUsdPerPct.net]));
    expect([...byStrike.keys()]).toEqual([4900, 4990, 5000, 5010, 5100]);
    expectNear(byStrike.get(4900), -250_699_760);
    expectNear(byStrike.get(4990), -566_382_746);
    expectNear(byStrike.get(5000), 599_791_456);
    expectNear(byStrike.get(5010), 1_219_515_110);
    expectNear(byStrike.get(5100), 379_193_131);
    expect(report.cells.map(({ strike, expiration }) => `${expiration} ${strike}`)).toEqual([
      `${TODAY} 4990`,
      `${TODAY} 5000`,
      `${TODAY} 5010`,
      `${LATER} 4900`,
      `${LATER} 5000`,
      `${LATER} 5100`,
    ]);
  });

  it("counts what is used and what is missing, by reason, and whose gamma it is", () => {
    const { counts } = reportOf([
      ...CHAIN,
      { ...BASE, strike: 6_000, openInterest: null },
      { ...BASE, strike: 6_100, iv: null, gamma: 0.001, greeksSource: "provider" },
      { ...BASE, strike: 6_200, years: 0 },
      { ...BASE, strike: Number.NaN },
    ]);
    const none = { bad_terms: 1, settled: 1, no_quantity: 1, bad_quantity: 0, no_greek: 0, bad_greek: 0 };
    expect(counts.contracts).toBe(16);
    expect(counts.gexUsdPerPct).toEqual({ used: 13, missing: none });
    expect(counts.vexUsdPerVolPoint).toEqual({ used: 12, missing: { ...none, no_greek: 1 } });
    expect(counts.gammaSources).toEqual({ provider: 1, model: 12 });
  });

  it("keeps AM and PM settled contracts of one date apart", () => {
    const chain = [BASE, { ...BASE, root: "SPX", openInterest: 500 }];
    const { bySeries, byStrike } = reportOf(chain);
    expect(bySeries.map(({ root }) => root)).toEqual(["SPX", "SPXW"]);
    expect(byStrike).toHaveLength(1);
  });

  it("is null, not 0, where nothing counts, and 0 where it is", () => {
    const nothing: ExposureSides = { calls: null, puts: null, net: null, absolute: null };
    const empty = reportOf([]);
    expect(empty).toMatchObject({ cells: [], byStrike: [], bySeries: [], zeroDteShare: null });
    for (const name of EXPOSURES) expect(empty.totals[name]).toEqual(nothing);
    const unknown = reportOf([{ ...BASE, openInterest: null }]);
    expect(unknown.cells[0]?.gexUsdPerPct).toEqual(nothing);
    const zero = reportOf([{ ...BASE, openInterest: 0 }]);
    expect(zero.totals.gexUsdPerPct).toEqual({ calls: 0, puts: null, net: 0, absolute: 0 });
    expect(zero.zeroDteShare).toBeNull();
  });

  it("after any updates and removals equals what is made from scratch, to the last bit, in any order", () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ kind: fc.constant("update" as const), contract: absurdContracts }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant("remove" as const), contract: contracts }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant("report" as const), contract: contracts }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), conventions, (steps, convention) => {
        const cells = new ExposureCells({ ...OPTIONS, convention });
        const held = new Map<string, ExposureContract>();
        for (const { kind, contract } of steps) {
          const key = `${contract.root} ${contract.expiration} ${contract.right} ${contract.strike}`;
          if (kind === "report") cells.report();
          else if (kind === "remove") {
            cells.remove(contract);
            held.delete(key);
          } else {
            cells.update(contract);
            held.set(key, contract);
          }
        }
        const incremental = cells.report();
        expect(incremental).toEqual(reportOf(held.values(), { convention }));
        expect(incremental).toEqual(reportOf([...held.values()].reverse(), { convention }));
      }),
      RUNS,
    );
  });

  it("sums cells to strikes, expirations and totals", () => {
    fc.assert(
      fc.property(fc.array(contracts, { maxLength: 60 }), conventions, (chain, convention) => {
        const { cells, byStrike, bySeries, totals } = reportOf(chain, { convention });
        for (const name of EXPOSURES) {
          const exact = (rows: typeof bySeries, side: keyof ExposureSides) =>
            rows.reduce<number | null>((sum, row) => {
              const amount = row[name][side];
              return amount === null ? sum : (sum ?? 0) + amount;
            }, null);
          for (const side of ["calls", "puts", "absolute"] as const) {
            expect(totals[name][side]).toBe(exact(bySeries, side));
            for (const series of bySeries) {
              const own = cells.filter(
                ({ root, expiration }) => root === series.root && expiration === series.expiration,
              );
              expect(series[name][side]).toBe(exact(own as never, side));
            }
            const scale = totals[name].absolute ?? 0;
            const difference = (exact(byStrike as never, side) ?? 0) - (totals[name][side] ?? 0);
            expect(Math.abs(difference)).toBeLessThanOrEqual(1e-13 * scale);
          }
          const { calls, puts, net } = totals[name];
          expect(net).toBe(calls === null ? puts : puts === null ? calls : calls + puts);
        }
      }),
      RUNS,
    );
  });

  it("flips with the sign model, and scales with open interest", () => {
    const reverse = reportOf(CHAIN, { convention: { basis: "open_interest", signModel: "short_calls_long_puts" } });
    const scaled = reportOf(CHAIN.map((contract) => ({ ...contract, openInterest: 4 * (contract.openInterest ?? 0) })));
    for (const name of EXPOSURES) {
      expect(reverse.totals[name].net).toBe(-(report.totals[name].net ?? 0));
      expect(reverse.totals[name].absolute).toBe(report.totals[name].absolute);
      expect(scaled.totals[name].net).toBe(4 * (report.totals[name].net ?? 0));
    }
    expect(scaled.zeroDteShare).toBe(report.zeroDteShare);
  });

  it("lets nothing into a report that is not finite", () => {
    const spots = fc.constantFrom(1e-6, 0.01, 100, 5_000, 1e9);
    fc.assert(
      fc.property(fc.array(absurdContracts, { maxLength: 30 }), conventions, spots, (chain, convention, spot) => {
        expectFinite(reportOf(chain, { convention, spot }));
      }),
      { seed: 42, numRuns: 1_000 },
    );
  });

  it("gives the same object again for what did not change", () => {
    const cells = new ExposureCells(OPTIONS);
    for (const contract of CHAIN) cells.update(contract);
    const before = cells.report();
    cells.update({ ...BASE, strike: 5_100, expiration: LATER });
    const after = cells.report();
    expect(after.bySeries[0]).toBe(before.bySeries[0]);
    expect(after.bySeries[1]).not.toBe(before.bySeries[1]);
    expect(after.byStrike[0]).toBe(before.byStrike[0]);
  });

  it("refuses a spot that is none", () => {
    for (const spot of [0, -1, Number.NaN, Infinity]) {
      expect(() => new ExposureCells({ ...OPTIONS, spot })).toThrow(
        new RangeError(`Cannot tell exposures: 'spot' must be from 1e-6 to 1e9, current value is ${spot}`),
      );
    }
  });
});

function expectFinite(value: unknown, path = ""): void {
  if (typeof value === "number") expect(Number.isFinite(value), `${path} is ${value}`).toBe(true);
  else if (value !== null && typeof value === "object") {
    for (const [name, field] of Object.entries(value)) expectFinite(field, `${path}.${name}`);
  }
}
