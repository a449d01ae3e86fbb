import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeModel } from "../../../../src/domain/context/model.ts";
import { blackScholesPrice } from "../../../../src/domain/model/black-scholes.ts";
import type { HeatmapSeriesTerms } from "../../../../src/domain/model/heatmap/bounds.ts";
import { HeatmapCells, type HeatmapMoment } from "../../../../src/domain/model/heatmap/heatmap-cells.ts";
import type { HeatmapContract } from "../../../../src/domain/model/heatmap/leg.ts";
import type { ParityError } from "../../../../src/domain/model/heatmap/parity.ts";
import { TILE_REASONS, TILE_STRATEGIES } from "../../../../src/domain/model/heatmap/tile.ts";
import { AS_OF_MS, absurdContracts, contracts, quoted, SERIES, SPOT, TERMS, TODAY } from "./chain.ts";

const RUNS = { seed: 42, numRuns: 300 };
const WIDTHS = [5, 10, 25];
const MOMENT: HeatmapMoment = { asOfMs: AS_OF_MS, spot: SPOT };
const ALL_SERIES = ["SPX", "SPXW"].flatMap((root) => [TODAY, "2026-02-06"].map((expiration) => ({ root, expiration })));

const DENSE = Array.from({ length: 13 }, (_, index) => SPOT + 5 * (index - 6)).flatMap((strike) =>
  (["C", "P"] as const).map((right) => {
    const price = blackScholesPrice(right, { spot: SPOT, strike, ...TERMS, volatility: 0.15 });
    return quoted(right, strike, price + 0.05, price + 0.15);
  }),
);

interface Held {
  readonly contracts: Map<string, HeatmapContract>;
  readonly terms: Map<string, readonly [(typeof ALL_SERIES)[number], HeatmapSeriesTerms]>;
  moment: HeatmapMoment;
}

const moments: fc.Arbitrary<HeatmapMoment> = fc.record({
  asOfMs: fc.integer({ min: -1_000, max: 8_000 }).map((ms) => AS_OF_MS + ms),
  spot: fc.option(fc.integer({ min: 4_900, max: 5_100 }), { freq: 8 }),
});
const terms: fc.Arbitrary<HeatmapSeriesTerms | null> = fc.option(
  fc.record({
    years: fc.double({ min: -0.01, max: 0.3, noNaN: true }),
    rate: fc.double({ min: -0.02, max: 0.08, noNaN: true }),
    dividendYield: fc.double({ min: 0, max: 0.03, noNaN: true }),
  }),
  { freq: 8 },
);

/** From scratch, in an order of choice. */
function made({ contracts: held, terms: known, moment }: Held, isReversed: boolean): HeatmapCells {
  const cells = new HeatmapCells({ ...moment, widthsPts: WIDTHS });
  const order = isReversed ? [...held.values()].reverse() : [...held.values()];
  if (isReversed) for (const contract of order) cells.update(contract);
  for (const [id, value] of known.values()) cells.setTerms(id, value);
  if (!isReversed) for (const contract of order) cells.update(contract);
  return cells;
}

/** Everything that can be read. */
function allOf(cells: HeatmapCells): unknown {
  return {
    report: cells.report(),
    rows: ALL_SERIES.map((id) => cells.rows(id)),
    cheapest: cells.cheapestButterfly(),
    tiles: TILE_STRATEGIES.map((strategy) =>
      cells.tile({ ...SERIES, strategy, right: "P", centre: SPOT, widthPts: strategy === "single" ? null : 5 }),
    ),
  };
}

const step = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: fc.constant("update" as const), contract: absurdContracts }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("remove" as const), contract: contracts }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("read" as const), contract: contracts }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("move" as const), moment: moments }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("terms" as const), id: fc.constantFrom(...ALL_SERIES), value: terms }),
  },
);

function keyOf({ root, expiration, right, strike }: HeatmapContract): string {
  return `${root} ${expiration} ${right} ${Math.round(strike * 1_000)}`;
}

describe("HeatmapCells", () => {
  it("after any updates, removals and moves equal what is made from scratch, to the last bit, in any order", () => {
    fc.assert(
      fc.property(fc.array(contracts, { maxLength: 20 }), fc.array(step, { maxLength: 40 }), (first, steps) => {
        const held: Held = { contracts: new Map(), terms: new Map(), moment: MOMENT };
        const cells = new HeatmapCells({ ...MOMENT, widthsPts: WIDTHS });
        const take = (contract: HeatmapContract): void => {
          cells.update(contract);
          held.contracts.set(keyOf(contract), contract);
        };
        for (const id of ALL_SERIES) {
          cells.setTerms(id, TERMS);
          held.terms.set(`${id.root} ${id.expiration}`, [id, TERMS]);
        }
        // Of one series the whole chain, so that what happens to a leg meets whole packages.
        for (const contract of DENSE) take(contract);
        for (const contract of first) take(contract);
        cells.report();
        for (const one of steps) {
          if (one.kind === "update") take(one.contract);
          else if (one.kind === "read") {
            cells.report();
            cells.rows(one.contract);
          } else if (one.kind === "remove") {
            cells.remove(one.contract);
            held.contracts.delete(keyOf(one.contract));
          } else if (one.kind === "move") {
            cells.moveTo(one.moment);
            held.moment = one.moment;
          } else {
            cells.setTerms(one.id, one.value);
            const key = `${one.id.root} ${one.id.expiration}`;
            if (one.value === null) held.terms.delete(key);
            else held.terms.set(key, [one.id, one.value]);
          }
        }
        const incremental = allOf(cells);
        expect(incremental).toEqual(allOf(made(held, false)));
        expect(incremental).toEqual(allOf(made(held, true)));
      }),
      RUNS,
    );
  });

  it("counts every tile once, as its row has it", () => {
    fc.assert(
      fc.property(fc.array(absurdContracts, { maxLength: 60 }), (chain) => {
        const cells = new HeatmapCells({ ...MOMENT, widthsPts: WIDTHS });
        for (const contract of chain) cells.update(contract);
        const { series, counts } = cells.report();
        for (const strategy of TILE_STRATEGIES) {
          const reasons = series.flatMap((id) =>
            cells.rows(id).flatMap((row) => (row.strategy === strategy ? row.reasons : [])),
          );
          expect(counts[strategy].priced).toBe(reasons.filter((reason) => reason === null).length);
          for (const reason of TILE_REASONS) {
            expect(counts[strategy].missing[reason]).toBe(reasons.filter((other) => other === reason).length);
          }
        }
        for (const id of series) {
          for (const { midPts, naturalPts, oppositePts, reasons } of cells.rows(id)) {
            for (const [place, mid] of midPts.entries()) {
              expect(mid === null).toBe(reasons[place] !== null);
              if (mid === null) continue;
              expect(naturalPts[place]).toBeGreaterThanOrEqual(mid);
              expect(oppositePts[place]).toBeLessThanOrEqual(mid);
            }
          }
        }
      }),
      RUNS,
    );
  });

  it("makes butterflies of verticals exactly, on any quotes in cents", () => {
    const cents = fc.integer({ min: 1, max: 3_000 });
    fc.assert(
      fc.property(fc.array(fc.tuple(cents, fc.nat(60)), { minLength: 3, maxLength: 3 }), (legs) => {
        const cells = new HeatmapCells({ ...MOMENT, widthsPts: [5] });
        for (const [index, [bid, spread]] of legs.entries()) {
          cells.update(quoted("C", 5_000 + 5 * index, bid / 100, (bid + spread) / 100));
        }
        const mid = (strategy: "vertical" | "butterfly", centre: number): number => {
          const { prices } = cells.tile({ ...SERIES, strategy, right: "C", centre, widthPts: 5 });
          return prices?.midPts ?? Number.NaN;
        };
        const difference = mid("vertical", 5_000) - mid("vertical", 5_005);
        expect(Math.round(200 * mid("butterfly", 5_005))).toBe(Math.round(200 * difference));
        expect(mid("butterfly", 5_005)).toBe(Math.round(200 * difference) / 200 + 0);
      }),
      RUNS,
    );
  });

  const markets = fc.record({
    spot: fc.double({ min: 4_000, max: 8_000, noNaN: true }),
    years: fc.double({ min: 1e-5, max: 1, noNaN: true }),
    rate: fc.double({ min: -0.02, max: 0.1, noNaN: true }),
    dividendYield: fc.double({ min: 0, max: 0.05, noNaN: true }),
    volatility: fc.double({ min: 0.05, max: 0.8, noNaN: true }),
  });

  /** A chain of 11 strikes around spot, quoted from prices. */
  function market(
    input: typeof markets extends fc.Arbitrary<infer T> ? T : never,
    quote: (price: number) => readonly [bid: number, ask: number],
  ): HeatmapCells {
    const { spot, years, rate, dividendYield } = input;
    const cells = new HeatmapCells({ asOfMs: AS_OF_MS, spot, widthsPts: WIDTHS });
    cells.setTerms(SERIES, { years, rate, dividendYield });
    const middle = 5 * Math.round(spot / 5);
    for (let index = -5; index <= 5; index++) {
      for (const right of ["C", "P"] as const) {
        const strike = middle + 5 * index;
        cells.update(quoted(right, strike, ...quote(blackScholesPrice(right, { ...input, strike }))));
      }
    }
    return cells;
  }

  function parityOf(cells: HeatmapCells): readonly (ParityError | null)[] {
    const parity = cells.report().series[0]?.parity;
    return [parity?.putCall ?? null, ...(parity?.byWidth.flatMap(({ butterfly, box }) => [butterfly, box]) ?? [])];
  }

  it("holds parity on theoretical prices within their rounding to billionths, and breaks no bound", () => {
    fc.assert(
      fc.property(markets, (input) => {
        // One billionth at least, so that no price rounds to an absent one.
        const cells = market(input, (price) => [Math.max(price, 1e-9), Math.max(price, 1e-9)]);
        for (const error of parityOf(cells)) {
          // Four units for the rounding of up to eight legs, and what doubles of thousands leave.
          expect(error?.worstPts ?? 0).toBeLessThan(5e-9);
          expect(error?.beyondSpread ?? 0).toBe(0);
        }
        for (const { flags } of cells.rows(SERIES)) {
          for (const bits of flags) expect(bits & ~1).toBe(0);
        }
      }),
      RUNS,
    );
  });

  it("holds parity within the spreads of the legs on quotes around theoretical prices", () => {
    const spreads = fc.integer({ min: 1, max: 20 });
    let pairs = 0;
    fc.assert(
      fc.property(markets, spreads, (input, ticks) => {
        const cells = market(input, (price) => {
          const bid = Math.floor(price * 20) / 20;
          return [bid, bid + ticks * 0.05];
        });
        const errors = parityOf(cells);
        for (const error of errors) expect(error?.beyondSpread ?? 0).toBe(0);
        pairs += errors.reduce((sum, error) => sum + (error?.pairs ?? 0), 0);
      }),
      RUNS,
    );
    expect(pairs).toBeGreaterThan(5_000);
  });

  it("tells quotes that parity does not hold on", () => {
    const cells = market({ spot: SPOT, ...TERMS, volatility: 0.15 }, (price) => [price + 0.01, price + 0.02]);
    cells.update(quoted("C", 5_000, 4, 4.1));
    const parity = cells.report().series[0]?.parity;
    expect(parity?.putCall).toMatchObject({ pairs: 11, beyondSpread: 1 });
    expect(parity?.putCall?.worstPts).toBeCloseTo(4.05 - 3.207386629 - 0.015, 8);
    expect(parity?.putCall?.meanPts).toBeCloseTo((4.05 - 3.207386629 - 0.015) / 11, 8);
    const [five] = parity?.byWidth ?? [];
    expect(five?.butterfly).toMatchObject({ pairs: 9, beyondSpread: 3 });
    expect(five?.butterfly?.worstPts).toBeCloseTo(2 * (4.05 - 3.207386629 - 0.015), 8);
    expect(five?.box).toMatchObject({ pairs: 10, beyondSpread: 2 });
  });

  it("lets nothing into what is read that is not finite", () => {
    const spots = fc.constantFrom(null, 1e-6, 100, 5_000, 1e9);
    fc.assert(
      fc.property(fc.array(absurdContracts, { maxLength: 40 }), spots, terms, (chain, spot, value) => {
        const cells = new HeatmapCells({
          asOfMs: AS_OF_MS,
          spot,
          widthsPts: WIDTHS,
          limits: { maxAgeMs: null, maxSkewMs: null },
        });
        for (const id of ALL_SERIES) cells.setTerms(id, value);
        for (const contract of chain) cells.update(contract);
        // Refuses what is no JSON value, as NaN.
        encodeModel({ all: allOf(cells) });
      }),
      { seed: 42, numRuns: 600 },
    );
  });

  it("gives the same object again for what did not change", () => {
    const cells = new HeatmapCells({ ...MOMENT, widthsPts: WIDTHS });
    cells.update(quoted("C", 5_000, 1, 1.1));
    cells.update({ ...quoted("C", 5_000, 1, 1.1), root: "SPX" });
    const before = cells.report();
    cells.update(quoted("C", 5_000, 1, 1.2));
    cells.moveTo({ asOfMs: AS_OF_MS + 10, spot: SPOT });
    const after = cells.report();
    expect(after.series[0]).toBe(before.series[0]);
    expect(after.series[1]).not.toBe(before.series[1]);
    cells.remove({ ...SERIES, right: "C", strike: 5_000 });
    expect(cells.report().series).toHaveLength(1);
  });

  it.each([
    ["strike", quoted("C", Number.NaN, 1, 1.1)],
    ["expiration", { ...quoted("C", 5_000, 1, 1.1), expiration: "2026-02-30" }],
  ])("counts contracts whose %s is none", (_, contract) => {
    const cells = new HeatmapCells({ ...MOMENT, widthsPts: WIDTHS });
    cells.update(contract);
    cells.update(contract);
    expect(cells.report()).toMatchObject({ series: [], contracts: 0, unplaced: 1, oldestQuoteTMs: null, quoted: 0 });
    cells.remove(contract);
    expect(cells.report().unplaced).toBe(0);
  });
});
