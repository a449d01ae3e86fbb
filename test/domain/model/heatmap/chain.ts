import fc from "fast-check";
import type { HeatmapContract } from "../../../../src/domain/model/heatmap/leg.ts";

export const AS_OF_MS = Date.UTC(2026, 0, 7, 20);
export const TODAY = "2026-01-07";
export const SPOT = 5_000;
export const SERIES = { root: "SPXW", expiration: TODAY } as const;
/** One hour to settlement, as in BSM-12. */
export const TERMS = { years: 60 / 525_600, rate: 0.05, dividendYield: 0.013 } as const;

/** A contract quoted some time before the instant of the tests. */
export function quoted(
  right: "C" | "P",
  strike: number,
  bid: number | null,
  ask: number | null,
  ageMs = 0,
): HeatmapContract {
  return { ...SERIES, right, strike, quote: { bid, ask, quoteTsNs: BigInt(AS_OF_MS - ageMs) * 1_000_000n } };
}

/** The calls of TILE-1. */
export const TILE_1: readonly HeatmapContract[] = [
  quoted("C", 4_990, 14.8, 15.2),
  quoted("C", 5_000, 8.9, 9.1),
  quoted("C", 5_010, 4.7, 4.9),
];

const ids = fc.record({
  root: fc.constantFrom("SPX", "SPXW"),
  expiration: fc.constantFrom(TODAY, "2026-02-06"),
  right: fc.constantFrom("C" as const, "P" as const),
  strike: fc.integer({ min: -6, max: 6 }).map((steps) => SPOT + 5 * steps),
});

const cents = fc.integer({ min: 0, max: 2_000 }).map((count) => count / 100);
const ages = fc.integer({ min: -500, max: 7_000 });

/** Contracts of a small chain, of which many share a strike and some a place; some locked, one-sided, old or not quoted. */
export const contracts: fc.Arbitrary<HeatmapContract> = fc
  .record({
    base: ids,
    bid: fc.option(cents, { freq: 12 }),
    spread: fc.option(fc.integer({ min: -1, max: 12 }), { freq: 12 }),
    ageMs: fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 0, max: 900 }) }, ages),
    isQuoted: fc.integer({ min: 0, max: 12 }).map((value) => value > 0),
  })
  .map(({ base, bid, spread, ageMs, isQuoted }) => ({
    ...base,
    quote: isQuoted
      ? {
          bid,
          ask: spread === null ? null : Math.round(100 * (bid ?? 0) + 5 * spread) / 100,
          quoteTsNs: BigInt(AS_OF_MS - ageMs) * 1_000_000n,
        }
      : null,
  }));

const absurd = fc.constantFrom<number | null>(
  null,
  0,
  -0,
  -1,
  Number.NaN,
  Infinity,
  -Infinity,
  1e300,
  -1e300,
  5e-324,
  1e6,
  1e6 + 1e-9,
  Number.MAX_SAFE_INTEGER,
);
const absurdTimes = fc.constantFrom(0n, -1n, 10n ** 30n, -(10n ** 30n), 10n ** 400n, BigInt(AS_OF_MS) * 1_000_000n);

/** Contracts with anything at all in them. */
export const absurdContracts: fc.Arbitrary<HeatmapContract> = fc.oneof(
  contracts,
  fc.record({ base: contracts, bid: absurd, ask: absurd, quoteTsNs: absurdTimes }).chain(({ base, ...values }) =>
    fc.subarray(Object.entries(values)).map((some) => ({
      ...base,
      quote: { bid: 1, ask: 1.1, quoteTsNs: BigInt(AS_OF_MS) * 1_000_000n, ...Object.fromEntries(some) },
    })),
  ),
  fc
    .record({ base: contracts, strike: absurd.map((value) => value ?? 1) })
    .map(({ base, strike }) => ({ ...base, strike })),
);
