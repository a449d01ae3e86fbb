import type { EpochId, SubstrateRecord, SubstrateValues } from "../../domain/epoch/substrate.ts";
import { check, expectDefined } from "../check.ts";
import {
  sampleDay,
  sampleEpoch,
  sampleGreeks,
  sampleLastTrade,
  sampleQuote,
  sampleRecord,
  sampleTicker,
} from "../epochs/samples.ts";
import { activate, type EpochClients, type EpochTests, recordOf } from "../epochs/stores.ts";
import { during } from "../runner.ts";

const VERSION = 1_000_000n;

/** The groups of one version; open interest is that of a day after the 2nd for a later one. */
function valuesOf(version: bigint, mark: number): Required<SubstrateValues> {
  return {
    quote: sampleQuote({ quoteTsNs: version, bid: mark }),
    trade: sampleLastTrade({ tradeTsNs: version, last: mark }),
    greeks: sampleGreeks({ greeksTsNs: version, delta: mark }),
    day: sampleDay({ openInterestDay: `2025-12-0${2n + version - VERSION}`, openInterest: mark }),
  };
}

const [OLD, NEW] = [valuesOf(VERSION, 1), valuesOf(VERSION + 1n, 2)];

/** What goes over from an epoch to the one that takes its place. */
export function carryTests({ test, shared, shortMs }: EpochTests): void {
  test("each group of a shared contract has the newer of both versions after a promotion", async (store) => {
    const { subject, now } = store;
    for (const [index, group] of (["quote", "trade", "greeks", "day"] as const).entries()) {
      const symbol = `S${index}`;
      const records = [sampleRecord(0, { ...OLD, [group]: NEW[group] }), sampleRecord(1, NEW), sampleRecord(2, NEW)];
      const old = await activate(subject, sampleEpoch(now(), "a", { symbol, records }));
      const draft = [sampleRecord(1, { ...NEW, [group]: OLD[group] }), sampleRecord(0, OLD), sampleRecord(3, OLD)];
      const next = await activate(subject, sampleEpoch(now(), "b", { symbol, records: draft }), old);
      const expected = [sampleRecord(0, { ...OLD, [group]: NEW[group] }), sampleRecord(1, NEW), sampleRecord(3, OLD)];
      check.equal(`new ${group}`, await subject.substrate.records(next), expected);
      check.equal(`old ${group}`, await subject.substrate.records(old), records);
    }
  });
  test("groups that the draft does not have come from the predecessor, those that it adds stay", async (store) => {
    const { subject, now } = store;
    const { quote, trade, greeks, day } = OLD;
    const old = await activate(subject, sampleEpoch(now(), "a", { records: [sampleRecord(0, { quote, trade })] }));
    const records = [sampleRecord(0, { greeks, day })];
    const next = await activate(subject, sampleEpoch(now(), "b", { records }), old);
    check.equal("record", await recordOf(subject, next, sampleTicker(0)), sampleRecord(0, OLD));
  });
  test("of equal versions the draft's counts, but open interest stays as it was for its day", async (store) => {
    const { subject, now } = store;
    const old = await activate(subject, sampleEpoch(now(), "a", { records: [sampleRecord(0, OLD)] }));
    const same = valuesOf(VERSION, 9);
    const next = await activate(subject, sampleEpoch(now(), "b", { records: [sampleRecord(0, same)] }), old);
    const expected = sampleRecord(0, { ...same, day: OLD.day });
    check.equal("record", await recordOf(subject, next, sampleTicker(0)), expected);
  });
  test("terms are those of the draft", async ({ subject, now }) => {
    const old = await activate(subject, sampleEpoch(now(), "a", { records: [sampleRecord(0, NEW)] }));
    const { terms } = sampleRecord(0);
    const adjusted: SubstrateRecord = { terms: { ...terms, multiplier: 150 }, ...OLD };
    const next = await activate(subject, sampleEpoch(now(), "b", { records: [adjusted] }), old);
    check.equal("record", await recordOf(subject, next, sampleTicker(0)), { terms: adjusted.terms, ...NEW });
  });
  test("what is written between staging and promotion is carried over, to a forced epoch, too", async (store) => {
    const { subject, now } = store;
    const { epochs, substrate } = subject;
    const old = await activate(subject, sampleEpoch(now(), "a", { records: [sampleRecord(0, OLD)] }));
    const next = sampleEpoch(now(), "b", { forced: true, records: [sampleRecord(0, OLD)] });
    await epochs.stage(next);
    const { quote, trade, greeks, day } = NEW;
    await substrate.mergeStreamed(old, [{ contract: sampleTicker(0), quote, trade }]);
    await substrate.mergeSnapshot(old, [{ contract: sampleTicker(0), greeks, day }]);
    await epochs.promote(old, next.id);
    check.equal("record", await recordOf(subject, next.id, sampleTicker(0)), sampleRecord(0, NEW));
    check.equal("streamed", await substrate.hadStreamedUpdates(next.id), false);
  });
  test("an expired predecessor carries nothing over", async ({ subject, now, elapse }) => {
    const records = [sampleRecord(0, NEW)];
    const validUntilMs = Math.ceil(now()) + shortMs;
    const old = await activate(subject, sampleEpoch(now(), "a", { validUntilMs, records }));
    await elapse(shortMs + 1);
    const next = await activate(subject, sampleEpoch(now(), "b", { records: [sampleRecord(0, OLD)] }), old);
    check.equal("record", await recordOf(subject, next, sampleTicker(0)), sampleRecord(0, OLD));
  });
  test("a promotion that is lost carries nothing over", async ({ subject, now }) => {
    const { epochs, substrate } = subject;
    const records = [sampleRecord(0, NEW)];
    const old = await activate(subject, sampleEpoch(now(), "a", { records }));
    const next = sampleEpoch(now(), "n", { symbol: "NDX", records: [sampleRecord(0, OLD)] });
    await epochs.stage(next);
    check.equal("another symbol's", await epochs.promote(old, next.id), "lost");
    check.equal("promotion", await epochs.promote(null, next.id), "promoted");
    check.equal("records", await substrate.records(next.id), next.records);
  });
  shared("no contract is older in the new epoch than in the old while another client streams", async (store) => {
    const { first, second, now } = store;
    const records = Array.from({ length: 5 }, (_, contract) => sampleRecord(contract));
    let active = await activate(first, sampleEpoch(now(), "first", { records }));
    const promote = async (): Promise<void> => {
      for (let index = 0; index < 20; index++) {
        const next = await activate(first, sampleEpoch(now(), `e${index}`, { records }), active);
        const [before, after] = [await versionsOf(first, active), await versionsOf(first, next)];
        for (const [place, version] of before.entries()) {
          check.isTrue(`contract ${place} of ${next} is not older`, (after[place] ?? 0n) >= version);
        }
        active = next;
      }
    };
    let version = 0n;
    await during(promote(), async () => {
      version += 1n;
      const quote = sampleQuote({ quoteTsNs: version });
      const updates = records.map(({ terms }) => ({ contract: terms.contract, quote }));
      await second.substrate.mergeStreamed(active, updates);
    });
  });
}

async function versionsOf({ substrate }: EpochClients, epoch: EpochId): Promise<readonly bigint[]> {
  const records = expectDefined(`records of ${epoch}`, await substrate.records(epoch));
  return records.map(({ quote }) => quote?.quoteTsNs ?? 0n);
}
