import fc from "fast-check";
import type { ConnectionId } from "../../../src/domain/market/batch.ts";
import { GAP_CAUSES, GAP_SCOPES, type Gap } from "../../../src/domain/stream/gap.ts";
import type { RawDraft } from "../../../src/domain/stream/raw-entry.ts";
import type { RawLogRetention } from "../../../src/ports/raw-log.ts";
import { SAMPLE_TIME_MS } from "../../../src/testing/samples.ts";
import type { Client } from "./worlds.ts";

/** A cursor: that of the `fromLast`-th entry from the last one, or a place near it where no entry is. */
export interface Place {
  readonly fromLast: number;
  readonly shift: "at" | "before" | "behind" | "early" | "far" | "wrong";
}

interface Common {
  readonly client: Client;
}

/** A call of the raw log. */
export type RawLogCommand =
  | (Common & {
      readonly op: "append";
      readonly lost: boolean;
      readonly producer: string;
      /** First sequence minus the stored one: 1 goes on, less repeats, more leaves a hole. */
      readonly ahead: number;
      readonly drafts: readonly RawDraft[];
    })
  | (Common & { readonly op: "storedSeq"; readonly producer: string })
  | (Common & { readonly op: "connectionTail"; readonly connection: ConnectionId })
  | (Common & { readonly op: "read"; readonly after: Place; readonly limit: number })
  | (Common & { readonly op: "countAfter"; readonly after: Place })
  | (Common & { readonly op: "trim"; readonly lost: boolean; readonly slowestReader: Place });

/** More than any log here holds. */
const ENDLESS = 1_000_000_000;

/** Bounds that sequences of a few dozen entries run into. */
export const retentions: fc.Arbitrary<RawLogRetention> = fc.constantFrom(
  { softMaxEntries: 5, hardMaxBytes: 150 },
  { softMaxEntries: ENDLESS, hardMaxBytes: 90 },
  { softMaxEntries: 8, hardMaxBytes: ENDLESS },
  { softMaxEntries: 0, hardMaxBytes: 0 },
  { softMaxEntries: 0, hardMaxBytes: ENDLESS, maxAgeMs: 3_600_000 },
  { softMaxEntries: ENDLESS, hardMaxBytes: 200, maxAgeMs: 0 },
);

/**
 * Bytes in memory are characters, those in Redis are of UTF-8: the two agree on when a bound of bytes is reached only
 * where every character is one byte.
 */
export function isAsciiOnly({ hardMaxBytes }: RawLogRetention): boolean {
  return hardMaxBytes > 0 && hardMaxBytes < ENDLESS;
}

export const clients: fc.Arbitrary<Client> = fc.constantFrom(0, 1);
/** One reply of six is lost. */
export const losses: fc.Arbitrary<boolean> = fc.nat(5).map((drawn) => drawn === 5);
/** Times to a quarter of a millisecond, some unknown. */
export const times: fc.Arbitrary<number | undefined> = fc.option(
  fc.nat(40_000).map((quarters) => SAMPLE_TIME_MS + quarters / 4),
  { nil: undefined, freq: 3 },
);

export const places: fc.Arbitrary<Place> = fc.record({
  fromLast: fc.oneof(fc.nat(4), fc.nat(40)),
  shift: fc.oneof(
    { weight: 8, arbitrary: fc.constant("at" as const) },
    { weight: 4, arbitrary: fc.constantFrom("before" as const, "behind", "early", "far") },
    { weight: 1, arbitrary: fc.constant("wrong" as const) },
  ),
});

const tickers = fc.constantFrom("O:SPXW251223P06870000", "O:AAPL251223C00150000");

export const gaps: fc.Arbitrary<Gap> = fc
  .record({
    connection: fc.constantFrom("options/0", "stocks/1", "*"),
    fromAtMs: times,
    lengthMs: fc.option(fc.nat(4_000), { nil: undefined }),
    cause: fc.constantFrom(...GAP_CAUSES),
    scope: fc.constantFrom(...GAP_SCOPES),
    instruments: fc.option(fc.array(tickers, { maxLength: 2 }), { nil: undefined }),
  })
  .map(({ lengthMs, fromAtMs, ...gap }) => ({
    ...gap,
    fromAtMs,
    toAtMs: lengthMs === undefined ? undefined : (fromAtMs ?? SAMPLE_TIME_MS) + lengthMs / 4,
  }));

const connection = fc.record({
  class: fc.constantFrom("options" as const, "stocks" as const, "indices" as const),
  shard: fc.nat(2),
});
const place = fc.record({
  epoch: fc.integer({ min: 1, max: 3 }),
  seq: fc.integer({ min: 1, max: 1_000 }),
});
const position = fc.tuple(connection, place).map(([at, { epoch, seq }]) => ({ ...at, epoch, seq }));
const payloads = fc.constantFrom("", "[]", '[{"p":7.70,"x":"é€😀"}]', ' [ ]\r\n\t\u0000"\\', `[${"1,".repeat(20)}1]`);
const common = { position, receivedAtMs: times };

const drafts: fc.Arbitrary<RawDraft> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("frame" as const), payload: payloads, ...common }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("connected" as const, "heartbeat"), ...common }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("closed" as const), cause: fc.constantFrom(...GAP_CAUSES), ...common }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("gap" as const), gap: gaps, ...common }) },
);

const producers = fc.constantFrom("options/0", "replay/monday", "é");

export const rawLogCommands: fc.Arbitrary<RawLogCommand> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      op: fc.constant("append" as const),
      client: clients,
      lost: losses,
      producer: producers,
      ahead: fc.oneof(
        { weight: 6, arbitrary: fc.constant(1) },
        { weight: 5, arbitrary: fc.constantFrom(0, -1, -2, -6, 2, 5, 0.5) },
      ),
      drafts: fc.array(drafts, { maxLength: 6 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ op: fc.constant("storedSeq" as const), client: clients, producer: producers }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ op: fc.constant("connectionTail" as const), client: clients, connection }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      op: fc.constant("read" as const),
      client: clients,
      after: places,
      limit: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max: 12 }) }, fc.constantFrom(0, 1.5)),
    }),
  },
  { weight: 2, arbitrary: fc.record({ op: fc.constant("countAfter" as const), client: clients, after: places }) },
  {
    weight: 3,
    arbitrary: fc.record({
      op: fc.constant("trim" as const),
      client: clients,
      lost: losses,
      slowestReader: places,
    }),
  },
);
