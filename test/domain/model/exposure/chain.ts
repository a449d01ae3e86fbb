import fc from "fast-check";
import type { ExposureContract } from "../../../../src/domain/model/exposure/contract.ts";

/** One contract of the reference's chain, with what it adds. */
export interface ReferenceRow {
  readonly contract: ExposureContract;
  readonly gamma: number;
  readonly vanna: number;
  readonly charm: number;
  readonly gex: number;
  readonly vex: number;
  readonly chex: number;
}

export const SPOT = 5_000;
/** The day on which `E0` expires. */
export const TODAY = "2026-01-07";
export const LATER = "2026-02-06";

const E0_YEARS = 180 / 525_600;
const E1_YEARS = 30 / 365;

export const BASE: ExposureContract = {
  root: "SPXW",
  expiration: TODAY,
  right: "C",
  strike: 5_000,
  multiplier: 100,
  openInterest: 1_000,
  volume: null,
  dealerPosition: null,
  iv: 0.15,
  delta: null,
  gamma: null,
  greeksSource: null,
  years: E1_YEARS,
  rate: 0.05,
  dividendYield: 0.013,
};

type Printed = readonly [
  series: "E0" | "E1",
  right: "C" | "P",
  strike: number,
  openInterest: number,
  iv: number,
  gamma: number,
  vanna: number,
  charm: number,
  gex: number,
  vex: number,
  chex: number,
];

const PRINTED: readonly Printed[] = [
  ["E1", "C", 4900, 1000, 0.16, 0.001510160717, -1.047284584, 0.7490912642, 37_754_017.9, -5_236_422.92, 1_026_152.42],
  ["E1", "P", 4900, 8000, 0.17, 0.001442268891, -0.9356139117, 0.6967601538, -288_453_778, 37_424_556.5, -7_635_727.71],
  [
    "E1",
    "C",
    5000,
    5000,
    0.14,
    0.001976693627,
    -0.1578260274,
    -0.2242843524,
    247_086_703,
    -3_945_650.68,
    -1_536_194.19,
  ],
  [
    "E1",
    "P",
    5000,
    6000,
    0.145,
    0.001908875166,
    -0.1433008908,
    -0.2327456718,
    -286_331_275,
    4_299_026.72,
    1_912_978.12,
  ],
  ["E1", "C", 5100, 9000, 0.125, 0.002010099128, 1.399322845, -1.431697755, 452_272_304, 62_969_528.0, -17_651_068.2],
  ["E1", "P", 5100, 1500, 0.13, 0.001948777938, 1.30838342, -1.403896309, -73_079_172.7, -9_812_875.65, 2_884_718.44],
  ["E0", "C", 4990, 1500, 0.12, 0.02378406129, -1.994103416, 344.977503, 891_902_298, -14_955_775.6, 708_857_883],
  ["E0", "P", 4990, 2500, 0.13, 0.02333256071, -1.805383868, 338.3427236, -1_458_285_040, 22_567_298.4, -1_158_707_960],
  [
    "E0",
    "C",
    5000,
    4000,
    0.11,
    0.03919453156,
    -0.01888341768,
    -4.211773928,
    3_919_453_160,
    -377_668.354,
    -23_078_213.3,
  ],
  [
    "E0",
    "P",
    5000,
    3500,
    0.115,
    0.03749048148,
    -0.01696310312,
    -4.094097632,
    -3_280_417_130,
    296_854.305,
    19_629_235.2,
  ],
  ["E0", "C", 5010, 3000, 0.105, 0.02438850663, 2.307871923, -358.3066417, 1_829_138_000, 34_618_078.9, -1_472_493_050],
  ["E0", "P", 5010, 1000, 0.11, 0.02438491558, 2.202848311, -358.2995036, -609_622_889, -11_014_241.6, 490_821_238],
];

/** The chain of GEX-4, in the order in which it is printed. */
export const REFERENCE_CHAIN: readonly ReferenceRow[] = PRINTED.map(
  ([series, right, strike, openInterest, iv, gamma, vanna, charm, gex, vex, chex]) => ({
    contract: {
      ...BASE,
      expiration: series === "E0" ? TODAY : LATER,
      years: series === "E0" ? E0_YEARS : E1_YEARS,
      right,
      strike,
      openInterest,
      iv,
    },
    gamma,
    vanna,
    charm,
    gex,
    vex,
    chex,
  }),
);

export const CHAIN: readonly ExposureContract[] = REFERENCE_CHAIN.map(({ contract }) => contract);

/** Contracts of a small chain, of which many share a strike and some a place. */
export const contracts: fc.Arbitrary<ExposureContract> = fc.record({
  root: fc.constantFrom("SPX", "SPXW"),
  expiration: fc.constantFrom(TODAY, LATER),
  right: fc.constantFrom("C" as const, "P" as const),
  strike: fc.integer({ min: -8, max: 8 }).map((steps) => SPOT + 25 * steps),
  multiplier: fc.constant(100),
  openInterest: fc.option(fc.nat(20_000), { freq: 8 }),
  volume: fc.option(fc.nat(20_000), { freq: 8 }),
  dealerPosition: fc.option(fc.integer({ min: -5_000, max: 5_000 }), { freq: 8 }),
  iv: fc.option(fc.double({ min: 0.08, max: 0.4, noNaN: true }), { freq: 8 }),
  delta: fc.constant(null),
  gamma: fc.option(fc.double({ min: 0, max: 0.05, noNaN: true }), { freq: 2 }),
  greeksSource: fc.constantFrom("provider" as const, "model" as const),
  years: fc.option(fc.double({ min: 0, max: 0.2, noNaN: true }), { freq: 8 }),
  rate: fc.constant(0.05),
  dividendYield: fc.constant(0.013),
});

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
  Number.MAX_SAFE_INTEGER,
);
const absurdNumber = absurd.map((value) => value ?? 1);

/** Contracts with anything at all in them. */
export const absurdContracts: fc.Arbitrary<ExposureContract> = fc.oneof(
  contracts,
  fc
    .record({
      base: contracts,
      openInterest: absurd,
      volume: absurd,
      dealerPosition: absurd,
      iv: absurd,
      delta: absurd,
      gamma: absurd,
      years: absurd,
    })
    .chain(({ base, ...values }) =>
      // One or a few of the values at a time, so that not every contract fails at the first.
      fc.subarray(Object.entries(values)).map((some) => ({ ...base, ...Object.fromEntries(some) })),
    ),
  fc
    .record({ base: contracts, strike: absurdNumber, multiplier: absurdNumber, rate: absurdNumber })
    .map(({ base, ...terms }) => ({ ...base, ...terms })),
);
