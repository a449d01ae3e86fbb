import { mergeValues, type SubstrateUpdate, type SubstrateValues } from "../../domain/epoch/substrate.ts";
import { type Random, seededRandom } from "../../domain/random.ts";
import { check } from "../check.ts";
import {
  sampleDay,
  sampleGreeks,
  sampleLastTrade,
  sampleQuote,
  sampleRecord,
  sampleTicker,
} from "../epochs/samples.ts";
import { activateClean, type EpochTests, recordOf } from "../epochs/stores.ts";

interface Rule {
  readonly title: string;
  readonly standing: SubstrateValues;
  readonly written: SubstrateValues;
  readonly wins: boolean;
}

const rule = (title: string, standing: SubstrateValues, written: SubstrateValues, wins: boolean): Rule => ({
  title,
  standing,
  written,
  wins,
});

const quote = (quoteTsNs: bigint, bid: number) => ({ quote: sampleQuote({ quoteTsNs, bid }) });
const trade = (tradeTsNs: bigint, sequence: number | null, last: number) => ({
  trade: sampleLastTrade({ tradeTsNs, sequence, last }),
});
const greeks = (greeksTsNs: bigint, delta: number) => ({ greeks: sampleGreeks({ greeksTsNs, delta }) });
const day = (openInterestDay: string, openInterest: number) => ({ day: sampleDay({ openInterestDay, openInterest }) });

/** The same instant in nanoseconds and one more: equal as doubles. */
const T = 1_766_437_799_445_123_456n;
const LATER = T + 1n;

const RULES: readonly Rule[] = [
  rule("a newer quote replaces an older one", quote(T, 1), quote(LATER, 2), true),
  rule("an older quote, by a nanosecond, does not", quote(LATER, 1), quote(T, 2), false),
  rule("a quote of the same instant replaces the one before", quote(T, 1), quote(T, 2), true),
  rule("versions are numbers: 1000 ns is newer than 999 ns", quote(999n, 1), quote(1_000n, 2), true),
  rule("a newer trade replaces an older one", trade(T, 9, 1), trade(LATER, 1, 2), true),
  rule("an older trade does not, whatever its sequence", trade(LATER, 1, 1), trade(T, 9, 2), false),
  rule("of trades of one instant the greater sequence is newer", trade(T, 9, 1), trade(T, 10, 2), true),
  rule("of trades of one instant the smaller sequence is older", trade(T, 10, 1), trade(T, 9, 2), false),
  rule("a trade of the same instant and sequence replaces the one before", trade(T, 5, 1), trade(T, 5, 2), true),
  rule("a trade without sequence is older than one of the same instant with", trade(T, 0, 1), trade(T, null, 2), false),
  rule(
    "a trade with a sequence is newer than one of the same instant without",
    trade(T, null, 1),
    trade(T, 0, 2),
    true,
  ),
  rule("newer greeks replace older ones", greeks(T, 0.1), greeks(LATER, 0.2), true),
  rule("older greeks do not", greeks(LATER, 0.1), greeks(T, 0.2), false),
  rule("open interest of a later day replaces that of an earlier", day("2025-12-31", 1), day("2026-01-02", 2), true),
  rule("open interest of an earlier day does not", day("2026-01-02", 1), day("2025-12-31", 2), false),
  rule("the first open interest of a day stays", day("2025-12-22", 1), day("2025-12-22", 2), false),
];

/** Which of two versions wins, whoever writes it. */
export function mergeRulesTests({ test }: EpochTests): void {
  for (const { title, standing, written, wins } of RULES) {
    test(title, async (store) => {
      const { subject } = store;
      const contract = sampleTicker(0);
      for (const [index, method] of (["mergeStreamed", "mergeSnapshot"] as const).entries()) {
        const symbol = `S${index}`;
        const id = await activateClean(subject, store, "a", { symbol, records: [sampleRecord(0, standing)] });
        const result = await subject.substrate[method](id, [{ contract, ...written }]);
        check.equal(`${method} writes`, result.written, wins ? 1 : 0);
        if ("stale" in result) check.equal("stale", result.stale, wins ? 0 : 1);
        check.equal(method, await recordOf(subject, id, contract), sampleRecord(0, wins ? written : standing));
      }
    });
  }
  test("a random history of both writers ends as the domain's merge rule says", async (store) => {
    const { subject } = store;
    const id = await activateClean(subject, store, "a", { records: [sampleRecord(0), sampleRecord(1)] });
    const random = seededRandom(42);
    let expected = [sampleRecord(0), sampleRecord(1)];
    for (let step = 0; step < 60; step++) {
      const updates = Array.from({ length: 1 + random.int(4) }, () => randomUpdate(random));
      let stale = 0;
      for (const { contract, ...values } of updates) {
        expected = expected.map((record) => {
          if (record.terms.contract !== contract) return record;
          const merged = mergeValues(record, values);
          stale += merged.stale;
          return merged.record;
        });
      }
      if (random.int(2) === 0) await subject.substrate.mergeSnapshot(id, updates);
      else check.equal(`stale in step ${step}`, (await subject.substrate.mergeStreamed(id, updates)).stale, stale);
      check.equal(`records after step ${step}`, await subject.substrate.records(id), expected);
    }
  });
}

function randomUpdate(random: Random): SubstrateUpdate {
  const version = () => T + BigInt(random.int(20));
  const values: SubstrateValues[] = [
    quote(version(), random.next()),
    trade(version(), random.int(3) === 0 ? null : random.int(5), random.next()),
    greeks(version(), random.normal()),
    day(`2025-12-${10 + random.int(20)}`, random.int(1_000)),
  ];
  const chosen = values.filter(() => random.int(2) === 0);
  return Object.assign({ contract: sampleTicker(random.int(2)) }, ...chosen);
}
