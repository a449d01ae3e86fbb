import fc from "fast-check";
import type { SubstrateValues } from "../../../src/domain/epoch/substrate.ts";
import { instants, maybe } from "./hydration-commands.ts";
import { clients, losses } from "./raw-log-commands.ts";
import type { Client } from "./worlds.ts";

/** Values for the sample contract of this index. */
export interface ValuesDraft {
  readonly contract: number;
  readonly values: SubstrateValues;
}

interface Common {
  readonly client: Client;
}

interface Lossy extends Common {
  readonly lost: boolean;
}

interface OfEpoch {
  /** Counted from the last one that was staged; where there are fewer, an epoch that nobody knows. */
  readonly epoch: number;
}

/** A call of the epochs and their records. */
export type EpochCommand =
  | (Lossy & {
      readonly op: "stage";
      readonly symbol: string;
      /** Under a new id, or under that of the symbol's last one. */
      readonly fresh: boolean;
      /** Counted from the beginning of the test, ms; less than 0 for a draft that has expired. */
      readonly validForMs: number;
      readonly forced: boolean;
      readonly dormantCount: number;
      readonly records: readonly ValuesDraft[];
    })
  | (Lossy & OfEpoch & { readonly op: "promote"; readonly expected: "active" | "none" | "other" })
  | (Lossy & OfEpoch & { readonly op: "renew"; readonly validForMs: number })
  | (Common & { readonly op: "active" | "timeline"; readonly symbol: string })
  | (Common & { readonly op: "dirtyEpochs" | "allActive" })
  | (Common & OfEpoch & { readonly op: "meta" | "hadStreamedUpdates" })
  | (Lossy & OfEpoch & { readonly op: "takeDirty"; readonly owner: string; readonly leaseMs: number })
  /** The lease is counted from the last one. */
  | (Lossy & { readonly op: "settle"; readonly lease: number })
  | (Lossy &
      OfEpoch & {
        readonly op: "mergeStreamed" | "mergeRepeated" | "mergeSnapshot";
        readonly updates: readonly ValuesDraft[];
      })
  | (Common & OfEpoch & { readonly op: "records"; readonly contracts: readonly number[] | undefined });

/** How many contracts there are; one more is known to no epoch. */
const CONTRACTS = 5;

const numbers = fc.constantFrom(0, 9.75, 0.1 + 0.2, 5e-324, -1.7976931348623157e308, 9_007_199_254_740_991);
const values: fc.Arbitrary<SubstrateValues> = fc.record(
  {
    quote: fc.record({
      quoteTsNs: instants,
      bid: maybe(numbers),
      ask: maybe(numbers),
      bidSize: maybe(fc.nat(50)),
      askSize: maybe(fc.nat(50)),
    }),
    trade: fc.record({
      tradeTsNs: instants,
      sequence: maybe(fc.nat(3)),
      last: numbers,
      size: fc.nat(9),
      volume: fc.nat(900),
    }),
    greeks: fc.record({
      greeksTsNs: instants,
      delta: maybe(numbers),
      gamma: maybe(numbers),
      theta: fc.oneof({ weight: 40, arbitrary: maybe(numbers) }, fc.constant(Number.NaN)),
      vega: maybe(numbers),
      iv: maybe(numbers),
      source: fc.constantFrom("provider" as const, "model"),
    }),
    day: fc.record({
      openInterestDay: fc.constantFrom("2025-12-22", "2025-12-23", "2025-12-24"),
      openInterest: maybe(fc.nat(3_141)),
    }),
  },
  { requiredKeys: [], noNullPrototype: true },
);
const symbols = fc.constantFrom("SPX", "SPX", "NDX");
const contractValues = fc.record({ contract: fc.nat(CONTRACTS - 1), values });
const epochs = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(5));
/** Less and more than a superseded epoch has left, and much more. */
const validities = fc.constantFrom(200_000, 3_600_000, 90_000_000);
const lossy = { client: clients, lost: losses };

export const epochCommands: fc.Arbitrary<EpochCommand> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      op: fc.constant("stage" as const),
      ...lossy,
      symbol: symbols,
      fresh: fc.nat(3).map((drawn) => drawn > 0),
      validForMs: fc.oneof({ weight: 9, arbitrary: validities }, fc.constant(-1_000)),
      forced: fc.boolean(),
      dormantCount: fc.nat(3),
      records: fc.array(contractValues, { maxLength: 6 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      op: fc.constant("promote" as const),
      ...lossy,
      epoch: epochs,
      expected: fc.oneof(
        { weight: 6, arbitrary: fc.constant("active" as const) },
        fc.constantFrom("none" as const, "other"),
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ op: fc.constant("renew" as const), ...lossy, epoch: epochs, validForMs: validities }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ op: fc.constantFrom("active" as const, "timeline"), client: clients, symbol: symbols }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constantFrom("dirtyEpochs" as const, "allActive"), client: clients }) },
  {
    weight: 2,
    arbitrary: fc.record({
      op: fc.constantFrom("meta" as const, "hadStreamedUpdates"),
      client: clients,
      epoch: epochs,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      op: fc.constant("takeDirty" as const),
      ...lossy,
      epoch: epochs,
      owner: fc.constantFrom("a", "b"),
      leaseMs: fc.oneof({ weight: 9, arbitrary: fc.constant(600_000) }, fc.constant(0)),
    }),
  },
  { weight: 3, arbitrary: fc.record({ op: fc.constant("settle" as const), ...lossy, lease: fc.nat(3) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      op: fc.constantFrom("mergeStreamed" as const, "mergeRepeated", "mergeSnapshot"),
      ...lossy,
      epoch: epochs,
      updates: fc.array(fc.record({ contract: fc.nat(CONTRACTS), values }), { maxLength: 5 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      op: fc.constant("records" as const),
      client: clients,
      epoch: epochs,
      contracts: fc.option(fc.array(fc.nat(CONTRACTS), { maxLength: 4 }), { nil: undefined }),
    }),
  },
);
