import fc from "fast-check";
import {
  type ContractTotals,
  HYDRATION_COUNTERS,
  type HydrationCounters,
  type LedgerState,
  type QuarantineRecord,
  TRADE_FLAGS,
  type TradeRecord,
} from "../../../src/domain/hydration/effects.ts";
import type { Gap } from "../../../src/domain/stream/gap.ts";
import { SAMPLE_TIME_NS } from "../../../src/testing/samples.ts";
import { clients, gaps, losses, type Place, places, times } from "./raw-log-commands.ts";
import type { Client } from "./worlds.ts";

/** A contract whose expiration stands so many days behind the day of the run. */
export interface ContractDraft {
  readonly root: string;
  readonly underlying: string;
  readonly daysAhead: number;
  readonly right: "C" | "P";
  readonly strike: number;
}

type OfContract = "contract" | "root" | "underlying" | "expiration" | "right" | "strike";

/** A print, but for its contract. */
export type PrintDraft = Omit<TradeRecord, "trade"> & { readonly trade: Omit<TradeRecord["trade"], OfContract> };

/** The effects of a step. */
export interface EffectsDraft {
  readonly trades: readonly { readonly on: ContractDraft; readonly print: PrintDraft }[];
  readonly totals: readonly { readonly on: ContractDraft; readonly sums: Omit<ContractTotals, OfContract> }[];
  readonly ledgers: readonly LedgerState[];
  readonly counters: HydrationCounters;
  readonly gaps: readonly Gap[];
  readonly quarantine: readonly QuarantineRecord[];
}

interface Common {
  readonly client: Client;
}

interface OfLease extends Common {
  readonly lost: boolean;
  readonly partition: number;
  /** That of the last acquisition, of the one before it, or one that nobody was given. */
  readonly lease: "last" | "earlier" | "forged";
}

/** A call of the hydration store. */
export type HydrationCommand =
  | (Common & {
      readonly op: "acquire";
      readonly lost: boolean;
      readonly partition: number;
      readonly owner: string;
      readonly ttlMs: number;
      readonly takeOver: boolean;
    })
  | (OfLease & { readonly op: "renew"; readonly ttlMs: number })
  | (OfLease & { readonly op: "release" })
  | (OfLease & {
      readonly op: "commit";
      /** From the cursor as it stands or from another place, or the last step once more. */
      readonly from: "cursor" | "elsewhere" | "again";
      readonly prev: Place;
      readonly next: Place;
      /** Leads nowhere: with nothing but totals and ledgers, or with everything. */
      readonly stands: "no" | "bare" | "laden";
      /** Whether sums and ledgers are left to a later step, and whether there are some all the same. */
      readonly deferred: "no" | "bare" | "laden";
      readonly effects: EffectsDraft;
    })
  | (Common & { readonly op: "checkpoint"; readonly partition: number })
  | (Common & { readonly op: "cursors" | "stateCursors" | "counters" | "tradeStreams" })
  | (Common & { readonly op: "trades"; readonly of: number; readonly on: ContractDraft; readonly limit: number })
  | (Common & { readonly op: "gaps" | "quarantine"; readonly limit: number })
  | (Common & {
      readonly op: "findOpenPrint";
      /** The print asked for, counted from the last one written; one that nobody wrote where there are fewer. */
      readonly of: number;
      readonly on: ContractDraft;
      readonly print: PrintDraft;
      readonly from: bigint;
      readonly before: bigint;
      readonly unstored: readonly PrintDraft[];
    });

/** Long enough for any test, or over at once. */
const lifetimes = fc.constantFrom(600_000, 3_600_000, 0);
const partitions = fc.nat(1);

/** Underlyings by root: they are not always what the root says. */
const UNDERLYINGS = { SPXW: "SPX", SPX: "SPX", AAPL1: "AAPL", BRKB: "BRK.B" } as const;

/** Few of each, so that prints and cancels meet. */
const contracts: fc.Arbitrary<ContractDraft> = fc
  .record({
    root: fc.constantFrom("SPXW" as const, "SPX", "AAPL1", "BRKB"),
    daysAhead: fc.constantFrom(-4_000, -1, 0, 1, 2, 400),
    right: fc.constantFrom("C" as const, "P" as const),
    strike: fc.constantFrom(6_870, 0.5),
  })
  .map((contract) => ({ ...contract, underlying: UNDERLYINGS[contract.root] }));

const instantOf = (step: number): bigint => SAMPLE_TIME_NS + BigInt(step) * 500_000n;
export const instants: fc.Arbitrary<bigint> = fc.nat(6).map(instantOf);
export const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { freq: 3 });
const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined, freq: 3 });
const numbers = fc.constantFrom(0, 7.7, 0.1 + 0.2, 5e-324, 1.7976931348623157e308, 9_007_199_254_740_991);

const prints: fc.Arbitrary<PrintDraft> = fc.record({
  trade: fc.record({
    type: fc.constant("optionTrade" as const),
    tradeTsNs: instants,
    price: fc.constantFrom(7.7, 0.1 + 0.2, 5e-324),
    size: fc.constantFrom(1, 250),
    conditions: optional(fc.subarray([227, 41, 0])),
    exchange: optional(fc.constantFrom(302, 0)),
    sequence: optional(fc.constantFrom(0, 1, 9_007_199_254_740_991)),
    receivedAtMs: times,
    side: fc.constant(undefined),
  }),
  flags: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, fc.subarray([...TRADE_FLAGS])),
  side: fc.record({
    side: fc.constantFrom("B" as const, "S" as const, "U" as const),
    method: fc.constantFrom("quote", "none"),
    confidence: maybe(fc.constantFrom(0.8125, 0, 1)),
    quoteAgeMs: maybe(fc.constantFrom(12, 0.125)),
    quoteSource: maybe(fc.constantFrom("stream" as const, "substrate" as const)),
  }),
  delta: maybe(fc.constantFrom(0, -0.4321, 1)),
  cancelsTsNs: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, instants),
});

const bucketSums = fc.record({ prints: fc.nat(9), contracts: fc.nat(99) });

const sums = fc.record({
  day: fc.constantFrom("2025-12-22", "2025-12-23"),
  prints: fc.nat(1_000),
  contracts: fc.nat(1_000),
  premiumMicros: numbers,
  boughtPrints: fc.nat(9),
  boughtContracts: fc.nat(9),
  boughtPremiumMicros: numbers,
  soldPrints: fc.nat(9),
  soldContracts: fc.nat(9),
  soldPremiumMicros: numbers,
  deltaPrints: fc.nat(9),
  ratedContracts: fc.nat(9),
  boughtEdge: numbers,
  soldEdge: fc.integer({ min: -9, max: 9 }),
  buckets: fc.option(
    fc.record({ multi_leg: bucketSums, cross: bucketSums, compression: bucketSums, late_report: bucketSums }),
    { nil: undefined },
  ),
  deltaMicros: fc.integer({ min: -9, max: 9 }),
  firstTsNs: maybe(instants),
  lastTsNs: maybe(instants),
  last: maybe(numbers),
  lastSize: maybe(fc.constantFrom(1, 3)),
  lastSaleTsNs: maybe(instants),
  rateSum: numbers,
  rateTMs: numbers,
});

const ledgers: fc.Arbitrary<LedgerState> = fc.record({
  connection: fc.constantFrom("options/0", "stocks/1"),
  epoch: fc.integer({ min: 1, max: 3 }),
  seq: fc.nat(1_000),
  maxEventTsNs: maybe(instants),
  watermarkTsNs: maybe(instants),
  lastReceivedAtMs: maybe(numbers),
  recentLagsMs: fc.array(numbers, { maxLength: 3 }),
  downSince: maybe(
    fc.record({ cause: fc.constantFrom("eviction" as const, "disconnect" as const), fromAtMs: maybe(numbers) }),
  ),
});

const refusals: fc.Arbitrary<QuarantineRecord> = fc.record({
  receivedAtMs: times,
  reason: fc.constantFrom("must be a positive integer", ""),
  path: fc.constantFrom("[3].t", ""),
  value: fc.constantFrom('"soon"', "é€😀"),
  payload: fc.constantFrom("", '[{"t":"soon é€😀\\u0000"}]'),
  src: fc.constantFrom("options/0/4/1234", "stocks/1/1/1"),
});

const counters: fc.Arbitrary<HydrationCounters> = fc.dictionary(
  fc.constantFrom(...HYDRATION_COUNTERS),
  fc.oneof(fc.nat(9), fc.constant(4_000_000_000)),
  { maxKeys: 4, noNullPrototype: true },
);

const effects: fc.Arbitrary<EffectsDraft> = fc.record({
  trades: fc.array(fc.record({ on: contracts, print: prints }), { maxLength: 5 }),
  totals: fc.array(fc.record({ on: contracts, sums }), { maxLength: 3 }),
  ledgers: fc.array(ledgers, { maxLength: 3 }),
  counters,
  gaps: fc.array(gaps, { maxLength: 2 }),
  quarantine: fc.array(refusals, { maxLength: 2 }),
});

const ofLease = {
  client: clients,
  lost: losses,
  partition: partitions,
  lease: fc.oneof(
    { weight: 16, arbitrary: fc.constant("last" as const) },
    fc.constantFrom("earlier" as const, "forged" as const),
  ),
};
const written = fc.nat(12);
const limits = fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max: 9 }) }, fc.constant(0));

export const hydrationCommands: fc.Arbitrary<HydrationCommand> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      op: fc.constant("acquire" as const),
      client: clients,
      lost: losses,
      partition: partitions,
      owner: fc.constantFrom("a", "b"),
      ttlMs: lifetimes,
      takeOver: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant("renew" as const), ...ofLease, ttlMs: lifetimes }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant("release" as const), ...ofLease }) },
  {
    weight: 12,
    arbitrary: fc.record({
      op: fc.constant("commit" as const),
      ...ofLease,
      from: fc.oneof(
        { weight: 8, arbitrary: fc.constant("cursor" as const) },
        { weight: 2, arbitrary: fc.constant("again" as const) },
        { weight: 1, arbitrary: fc.constant("elsewhere" as const) },
      ),
      prev: places,
      next: places,
      stands: fc.oneof(
        { weight: 10, arbitrary: fc.constant("no" as const) },
        { weight: 2, arbitrary: fc.constant("bare" as const) },
        { weight: 1, arbitrary: fc.constant("laden" as const) },
      ),
      deferred: fc.oneof(
        { weight: 20, arbitrary: fc.constant("no" as const) },
        { weight: 10, arbitrary: fc.constant("bare" as const) },
        { weight: 1, arbitrary: fc.constant("laden" as const) },
      ),
      effects,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ op: fc.constant("checkpoint" as const), client: clients, partition: fc.nat(2) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      op: fc.constantFrom("cursors" as const, "stateCursors" as const, "counters" as const, "tradeStreams" as const),
      client: clients,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      op: fc.constant("trades" as const),
      client: clients,
      of: written,
      on: contracts,
      limit: limits,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      op: fc.constantFrom("gaps" as const, "quarantine" as const),
      client: clients,
      limit: limits,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      op: fc.constant("findOpenPrint" as const),
      client: clients,
      of: written,
      on: contracts,
      print: prints,
      from: fc.nat(2).map(instantOf),
      before: fc.integer({ min: 2, max: 7 }).map(instantOf),
      unstored: fc.array(prints, { maxLength: 2 }),
    }),
  },
);
