import fc from "fast-check";
import type { SubstrateRecord, SubstrateValues } from "../../../../src/domain/epoch/substrate.ts";
import { EXCHANGE_CALENDAR } from "../../../../src/domain/market/trading-calendar.ts";
import { recordTimes } from "../../../../src/domain/model/definition/model-inputs.ts";
import type { ModelMoment } from "../../../../src/domain/model/definition/model-run.ts";

/** 14:00 in New York. */
export const AS_OF_MS = Date.UTC(2026, 0, 7, 19);
export const TODAY = "2026-01-07";
export const SPOT = 6_850;
export const LIMITS = { maxAgeMs: 60_000, spotStaleMs: 5_000, chainStaleMs: 45_000 } as const;

const NS_PER_MS = 1_000_000n;

/** Nanoseconds of an instant some ms before that of the tests. */
export function agoNs(ageMs: number): bigint {
  return BigInt(AS_OF_MS - ageMs) * NS_PER_MS;
}

/** A contract of SPX. */
export function record(
  right: "C" | "P",
  strike: number,
  values: SubstrateValues = {},
  { root = "SPXW", expiration = TODAY }: { readonly root?: string; readonly expiration?: string } = {},
): SubstrateRecord {
  const date = expiration.slice(2).replaceAll("-", "");
  const contract = `O:${root}${date}${right}${String(Math.round(strike * 1_000)).padStart(8, "0")}`;
  const terms = { contract, underlying: "SPX", root, expiration, strike, right, multiplier: 100, style: null };
  return { terms, ...values };
}

/** Everything about a contract, as a chain brings it. */
export function values(overrides: SubstrateValues = {}, ageMs = 1_000): SubstrateValues {
  return {
    quote: { quoteTsNs: agoNs(ageMs), bid: 9.9, ask: 10.1, bidSize: 5, askSize: 7 },
    trade: { tradeTsNs: agoNs(ageMs), sequence: null, last: 10, size: 2, volume: 250 },
    greeks: {
      greeksTsNs: agoNs(ageMs),
      delta: null,
      gamma: 0.002,
      theta: -1,
      vega: 2,
      iv: 0.15,
      source: "provider",
    },
    day: { openInterestDay: TODAY, openInterest: 1_000 },
    ...overrides,
  };
}

/** Records by contract; of several of one contract the last one. */
export function byContract(records: Iterable<SubstrateRecord>): ReadonlyMap<string, SubstrateRecord> {
  return new Map([...records].map((one) => [one.terms.contract, one]));
}

/** The instant of the tests, with these records. */
export function moment(
  records: ReadonlyMap<string, SubstrateRecord>,
  overrides: Partial<ModelMoment> = {},
): ModelMoment {
  return {
    symbol: "SPX",
    epoch: "SPX:1767812400:abc",
    asOfMs: AS_OF_MS,
    tradingDay: TODAY,
    calendar: EXCHANGE_CALENDAR,
    spotPts: SPOT,
    spotMs: AS_OF_MS - 500,
    records,
    dealerPositions: null,
    dealerAccuracy: null,
    dealerPositionsMs: null,
    times: recordTimes(records.values()),
    ...overrides,
  };
}

const absurd = fc.constantFrom(
  ...[0, -0, -1, 1e-320, 5e-324, 1e9, 1e15, 1e308, -1e308, Number.MAX_VALUE, 0.5, 7, Number.MAX_SAFE_INTEGER],
);
const sane = (least: number, most: number): fc.Arbitrary<number> =>
  fc.double({ min: least, max: most, noNaN: true, noDefaultInfinity: true });
const number = (least: number, most: number): fc.Arbitrary<number> =>
  fc.oneof({ weight: 6, arbitrary: sane(least, most) }, { weight: 1, arbitrary: absurd });
const orNull = (value: fc.Arbitrary<number>): fc.Arbitrary<number | null> => fc.option(value, { freq: 10 });
const cents = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 6_000 }).map((count) => count / 100) },
  { weight: 1, arbitrary: absurd },
);
const times = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: -1_000, max: 70_000 }).map(agoNs) },
  { weight: 1, arbitrary: fc.constantFrom(1n, agoNs(86_400_000), 10n ** 30n) },
);

const arbitraryValues: fc.Arbitrary<SubstrateValues> = fc
  .record({
    quote: fc.option(
      fc
        .record({
          quoteTsNs: times,
          bid: orNull(cents),
          spread: fc.option(fc.integer({ min: -2, max: 40 }), { freq: 12 }),
          bidSize: orNull(number(0, 100)),
          askSize: orNull(number(0, 100)),
        })
        .map(({ bid, spread, ...rest }) => ({
          ...rest,
          bid,
          ask: spread === null ? null : Math.round(100 * (bid ?? 0) + 5 * spread) / 100,
        })),
      { freq: 10 },
    ),
    trade: fc.option(
      fc.record({
        tradeTsNs: times,
        sequence: fc.constant(null),
        last: cents,
        size: number(0, 100),
        volume: number(0, 5_000),
      }),
      { freq: 6 },
    ),
    greeks: fc.option(
      fc.record({
        greeksTsNs: times,
        delta: orNull(number(-1, 1)),
        gamma: orNull(number(0, 0.05)),
        theta: orNull(number(-10, 0)),
        vega: orNull(number(0, 10)),
        iv: orNull(number(0, 1)),
        source: fc.constantFrom("provider" as const, "model" as const),
      }),
      { freq: 6 },
    ),
    day: fc.option(
      fc.record({
        openInterestDay: fc.constantFrom(TODAY, "2026-01-06"),
        openInterest: orNull(number(0, 20_000)),
      }),
      { freq: 8 },
    ),
  })
  .map(({ quote, trade, greeks, day }) => ({
    ...(quote === null ? {} : { quote }),
    ...(trade === null ? {} : { trade }),
    ...(greeks === null ? {} : { greeks }),
    ...(day === null ? {} : { day }),
  }));

/** Contracts of a small chain of three series with anything for values: nulls, zeros, crossed quotes, absurd greeks, any age. */
export const arbitraryRecord: fc.Arbitrary<SubstrateRecord> = fc
  .record({
    series: fc.constantFrom(
      { root: "SPXW", expiration: TODAY },
      { root: "SPXW", expiration: "2026-01-16" },
      { root: "SPX", expiration: "2026-01-16" },
    ),
    right: fc.constantFrom("C" as const, "P" as const),
    strike: fc.integer({ min: -5, max: 5 }).map((steps) => SPOT + 5 * steps),
    given: arbitraryValues,
  })
  .map(({ series, right, strike, given }) => record(right, strike, given, series));
