import type { EpochId, SubstrateUpdate, SubstrateValues } from "../../domain/epoch/substrate.ts";
import { check, expectDefined } from "../check.ts";
import {
  sampleDay,
  sampleEpoch,
  sampleFullRecord,
  sampleGreeks,
  sampleLastTrade,
  sampleQuote,
  sampleRecord,
  sampleTicker,
} from "../epochs/samples.ts";
import { activate, activateClean, drainDirty, type EpochTests, recordOf } from "../epochs/stores.ts";

const NEW_QUOTE: SubstrateUpdate = { contract: sampleTicker(1), quote: sampleQuote() };

/** What merging writes, marks and reports. */
export function mergeTests({ test, shared }: EpochTests): void {
  for (const method of ["mergeStreamed", "mergeSnapshot"] as const) {
    test(`${method} writes every group, bit for bit, and leaves the terms alone`, async (store) => {
      const { subject } = store;
      const id = await activateClean(subject, store, "a");
      const { terms, ...values } = sampleFullRecord(1);
      const { written } = await subject.substrate[method](id, [{ contract: terms.contract, ...values }]);
      check.equal("written", written, 1);
      check.equal("record", await recordOf(subject, id, terms.contract), sampleFullRecord(1));
    });
    test(`${method} keeps numbers at their limits`, async (store) => {
      const { subject } = store;
      const id = await activateClean(subject, store, "a");
      const contract = sampleTicker(1);
      const quote = sampleQuote({ quoteTsNs: 2n ** 63n - 1n, bid: -0, ask: Number.MAX_VALUE, bidSize: 2 ** 53 + 2 });
      const greeks = sampleGreeks({ greeksTsNs: 0n, delta: -0, gamma: Number.MIN_VALUE, theta: -1e21, vega: 1e-7 });
      await subject.substrate[method](id, [{ contract, quote, greeks }]);
      check.equal("record", await recordOf(subject, id, contract), sampleRecord(1, { quote, greeks }));
    });
    test(`${method} refuses numbers that are not finite, and writes nothing`, async (store) => {
      const { subject } = store;
      const id = await activateClean(subject, store, "a");
      const refused: readonly SubstrateValues[] = [
        { quote: sampleQuote({ bid: Number.NaN }) },
        { trade: sampleLastTrade({ last: Number.POSITIVE_INFINITY }) },
        { greeks: sampleGreeks({ iv: Number.NEGATIVE_INFINITY }) },
        { day: sampleDay({ openInterest: Number.NaN }) },
      ];
      for (const values of refused) {
        const merging = subject.substrate[method](id, [NEW_QUOTE, { contract: sampleTicker(2), ...values }]);
        await check.rejects(Object.keys(values).join(), merging, "RangeError");
      }
      check.equal("dirty", await drainDirty(subject, id), []);
      check.equal("records", await subject.substrate.records(id), sampleEpoch(store.now(), "a").records);
    });
    test(`${method} keeps the groups that an update does not name`, async (store) => {
      const { subject } = store;
      const id = await activateClean(subject, store, "a");
      const quote = sampleQuote({ quoteTsNs: sampleQuote().quoteTsNs + 1n, bid: null, bidSize: null });
      await subject.substrate[method](id, [{ contract: sampleTicker(0), quote }]);
      check.equal("record", await recordOf(subject, id, sampleTicker(0)), { ...sampleFullRecord(0), quote });
    });
    test(`${method} creates no record`, async (store) => {
      const { subject } = store;
      const id = await activateClean(subject, store, "a");
      const stranger = { contract: "O:SPXW251223C99999000", quote: sampleQuote() };
      const { written } = await subject.substrate[method](id, [stranger, NEW_QUOTE]);
      check.equal("written", written, 1);
      const contracts = (await subject.substrate.records(id))?.map((record) => record.terms.contract);
      check.equal("contracts", contracts, [sampleTicker(0), sampleTicker(1), sampleTicker(2)]);
      check.equal("unknown epoch", (await subject.substrate[method]("SPX:1:x", [NEW_QUOTE])).written, 0);
      check.equal("still unknown", await subject.substrate.records("SPX:1:x"), null);
    });
    test(`${method} of the same update twice is the same as once`, async (store) => {
      const { subject } = store;
      const id = await activateClean(subject, store, "a");
      await subject.substrate[method](id, [NEW_QUOTE]);
      const once = await subject.substrate.records(id);
      await subject.substrate[method](id, [NEW_QUOTE]);
      check.equal("records", await subject.substrate.records(id), once);
    });
    test(`${method} applies several updates of one contract in their order`, async (store) => {
      const { subject } = store;
      const id = await activateClean(subject, store, "a");
      const updates = [1, 2, 3].map((bid) => ({ contract: sampleTicker(1), quote: sampleQuote({ bid }) }));
      await subject.substrate[method](id, updates);
      check.equal("quote", (await recordOf(subject, id, sampleTicker(1))).quote, sampleQuote({ bid: 3 }));
    });
    test(`${method} of nothing writes nothing`, async (store) => {
      const { subject } = store;
      const id = await activateClean(subject, store, "a");
      check.equal("no updates", (await subject.substrate[method](id, [])).written, 0);
      check.equal("no groups", (await subject.substrate[method](id, [{ contract: sampleTicker(0) }])).written, 0);
      check.equal("dirty", await drainDirty(subject, id), []);
      check.equal("had streamed updates", await subject.substrate.hadStreamedUpdates(id), false);
    });
  }
  test("mergeStreamed names the contracts that are missing, in the order given", async (store) => {
    const { subject } = store;
    const id = await activateClean(subject, store, "a");
    const quote = sampleQuote();
    const contracts = ["O:Z", sampleTicker(2), "O:A", sampleTicker(1), "O:M"];
    const result = await subject.substrate.mergeStreamed(
      id,
      contracts.map((contract) => ({ contract, quote })),
    );
    check.equal("result", result, { written: 2, stale: 0, missing: ["O:Z", "O:A", "O:M"], activeEpoch: id });
    check.equal("dirty", await drainDirty(subject, id), [sampleTicker(1), sampleTicker(2)]);
  });
  test("mergeStreamed counts groups that are older, and contracts with at least one group written", async (store) => {
    const { subject } = store;
    const id = await activateClean(subject, store, "a");
    const oldQuote = sampleQuote({ quoteTsNs: sampleQuote().quoteTsNs - 1n, bid: 1 });
    const oldTrade = sampleLastTrade({ tradeTsNs: 1n });
    const newGreeks = sampleGreeks({ greeksTsNs: sampleGreeks().greeksTsNs + 1n, delta: 0.5 });
    const result = await subject.substrate.mergeStreamed(id, [
      { contract: sampleTicker(0), quote: oldQuote, trade: oldTrade, greeks: newGreeks },
      { contract: sampleTicker(1), quote: oldQuote },
    ]);
    check.equal("result", result, { written: 2, stale: 2, missing: [], activeEpoch: id });
    const expected = { ...sampleFullRecord(0), greeks: newGreeks };
    check.equal("record", await recordOf(subject, id, sampleTicker(0)), expected);
    const stale = await subject.substrate.mergeStreamed(id, [{ contract: sampleTicker(0), quote: oldQuote }]);
    check.equal("stale only", stale, { written: 0, stale: 1, missing: [], activeEpoch: id });
  });
  test("mergeStreamed names the epoch that is active for the symbol", async ({ subject, now }) => {
    const old = await activate(subject, sampleEpoch(now(), "a"));
    const next = await activate(subject, sampleEpoch(now(), "b"), old);
    await activate(subject, sampleEpoch(now(), "c", { symbol: "NDX" }));
    const activeFor = async (epoch: string) => (await subject.substrate.mergeStreamed(epoch, [])).activeEpoch;
    check.equal("active one", await activeFor(next), next);
    check.equal("superseded one", await activeFor(old), next);
    check.equal("unknown one", await activeFor("SPX:1:unknown"), next);
    check.equal("unknown symbol", await activeFor("RUT:1:unknown"), null);
  });
  test("mergeStreamed marks what it wrote dirty, and the epoch", async (store) => {
    const { subject } = store;
    const id = await activateClean(subject, store, "a");
    check.equal("before", await subject.substrate.hadStreamedUpdates(id), false);
    const missing = await subject.substrate.mergeStreamed(id, [{ contract: "O:A", quote: sampleQuote() }]);
    check.equal("missing", missing.written, 0);
    check.equal("after a missing one", await subject.substrate.hadStreamedUpdates(id), false);
    const stale = { contract: sampleTicker(0), quote: sampleQuote({ quoteTsNs: 1n }) };
    await subject.substrate.mergeStreamed(id, [stale, NEW_QUOTE]);
    check.equal("after a written one", await subject.substrate.hadStreamedUpdates(id), true);
    check.equal("dirty", await drainDirty(subject, id), [sampleTicker(1)]);
  });
  test("the meta data tell when the feed last brought a value", async (store) => {
    const { subject, now, elapse } = store;
    const { epochs, substrate } = subject;
    const streamedAtMs = async (epoch: EpochId) => (await epochs.meta(epoch))?.streamedAtMs;
    const id = await activateClean(subject, store, "a");
    const quoteOf = (version: bigint) => [{ contract: sampleTicker(1), quote: sampleQuote({ quoteTsNs: version }) }];
    await substrate.mergeSnapshot(id, quoteOf(5n));
    await substrate.mergeStreamed(id, [{ contract: "O:A", quote: sampleQuote() }, { contract: sampleTicker(1) }]);
    check.equal("before", await streamedAtMs(id), null);
    await substrate.mergeStreamed(id, quoteOf(6n));
    const first = expectDefined("first", await streamedAtMs(id)) ?? 0;
    check.isTrue("about now", Math.abs(first - now()) < 60_000);
    await elapse(5);
    await substrate.mergeStreamed(id, quoteOf(6n));
    const second = expectDefined("second", await streamedAtMs(id)) ?? 0;
    check.isTrue("later", second >= first + 4);
    const next = await activate(subject, sampleEpoch(now(), "b"), id);
    check.equal("superseded one", await streamedAtMs(id), second);
    check.equal("its successor", await streamedAtMs(next), null);
    const timeline = await epochs.timeline("SPX");
    check.equal(
      "timeline",
      timeline.map((meta) => meta.streamedAtMs),
      [second, null],
    );
  });
  test("a value older than what stands there is a sign of the feed, and no update", async (store) => {
    const { subject, now } = store;
    const { epochs, substrate } = subject;
    const id = await activateClean(subject, store, "a");
    const quoteOf = (quoteTsNs: bigint) => [{ contract: sampleTicker(1), quote: sampleQuote({ quoteTsNs }) }];
    await substrate.mergeSnapshot(id, quoteOf(5n));
    await drainDirty(subject, id);
    check.equal("stale", (await substrate.mergeStreamed(id, quoteOf(4n))).stale, 1);
    const heardAtMs = expectDefined("heard", (await epochs.meta(id))?.streamedAtMs) ?? 0;
    check.isTrue("about now", Math.abs(heardAtMs - now()) < 60_000);
    check.equal("updates", await substrate.hadStreamedUpdates(id), false);
    check.equal("dirty", await drainDirty(subject, id), []);
  });
  test("values that are repeated are written and marked, and are no sign of the feed", async (store) => {
    const { subject, elapse } = store;
    const { epochs, substrate } = subject;
    const streamedAtMs = async () => (await epochs.meta(id))?.streamedAtMs;
    const id = await activateClean(subject, store, "a");
    const quoteOf = (quoteTsNs: bigint) => [{ contract: sampleTicker(1), quote: sampleQuote({ quoteTsNs }) }];
    const repeated = await substrate.mergeStreamed(id, quoteOf(5n), { repeated: true });
    check.equal("result", repeated, { written: 1, stale: 0, missing: [], activeEpoch: id });
    check.equal("record", (await recordOf(subject, id, sampleTicker(1))).quote, sampleQuote({ quoteTsNs: 5n }));
    check.equal("dirty", await drainDirty(subject, id), [sampleTicker(1)]);
    check.equal("updates", await substrate.hadStreamedUpdates(id), true);
    check.equal("never heard", await streamedAtMs(), null);
    await substrate.mergeStreamed(id, quoteOf(6n), { repeated: false });
    const heardAtMs = expectDefined("heard", await streamedAtMs());
    await elapse(5);
    for (const version of [5n, 6n, 7n]) await substrate.mergeStreamed(id, quoteOf(version), { repeated: true });
    check.equal("heard before", await streamedAtMs(), heardAtMs);
  });
  test("mergeSnapshot marks only what changed as dirty, and not the epoch", async (store) => {
    const { subject } = store;
    const id = await activateClean(subject, store, "a");
    const same = { contract: sampleTicker(0), quote: sampleQuote(), greeks: sampleGreeks(), day: sampleDay() };
    await subject.substrate.mergeSnapshot(id, [same, NEW_QUOTE]);
    check.equal("first", await drainDirty(subject, id), [sampleTicker(1)]);
    await subject.substrate.mergeSnapshot(id, [same, NEW_QUOTE]);
    check.equal("again", await drainDirty(subject, id), []);
    const stale = { contract: sampleTicker(0), quote: sampleQuote({ quoteTsNs: 1n, bid: 1 }) };
    await subject.substrate.mergeSnapshot(id, [stale, { ...NEW_QUOTE, quote: sampleQuote({ askSize: null }) }]);
    check.equal("changed", await drainDirty(subject, id), [sampleTicker(1)]);
    check.equal("had streamed updates", await subject.substrate.hadStreamedUpdates(id), false);
    check.equal("first contract", await recordOf(subject, id, sampleTicker(0)), sampleFullRecord(0));
  });
  test("the epochs of one symbol, and of others, are merged apart", async ({ subject, now }) => {
    const old = await activate(subject, sampleEpoch(now(), "a"));
    const next = await activate(subject, sampleEpoch(now(), "b"), old);
    const other = await activate(subject, sampleEpoch(now(), "a", { symbol: "NDX" }));
    await subject.substrate.mergeStreamed(next, [NEW_QUOTE]);
    check.equal("old", await recordOf(subject, old, sampleTicker(1)), sampleRecord(1));
    check.equal("other", await recordOf(subject, other, sampleTicker(1)), sampleRecord(1));
    check.equal("other's mark", await subject.substrate.hadStreamedUpdates(other), false);
    check.equal("old one's mark", await subject.substrate.hadStreamedUpdates(old), false);
  });
  shared("two writers of different groups lose nothing of one another", async ({ first, second, now }) => {
    const id = await activate(first, sampleEpoch(now(), "a"));
    const step = (index: number) => ({
      quote: sampleQuote({ quoteTsNs: BigInt(index + 1), bid: index }),
      greeks: sampleGreeks({ greeksTsNs: BigInt(index + 1), delta: index / 100 }),
    });
    await Promise.all(
      Array.from({ length: 50 }, async (_, index) => {
        const { quote, greeks } = step(index);
        await Promise.all([
          first.substrate.mergeStreamed(id, [{ contract: sampleTicker(1), quote }]),
          second.substrate.mergeSnapshot(id, [{ contract: sampleTicker(1), greeks }]),
        ]);
      }),
    );
    check.equal("record", await recordOf(second, id, sampleTicker(1)), sampleRecord(1, step(49)));
  });
  shared("of 100 versions that two clients write in any order the newest stays", async ({ first, second, now }) => {
    const id = await activate(first, sampleEpoch(now(), "a"));
    await Promise.all(
      Array.from({ length: 100 }, (_, index) => {
        const version = (index * 37) % 100;
        const quote = sampleQuote({ quoteTsNs: BigInt(version + 1), bid: version });
        const { substrate } = index % 2 === 0 ? first : second;
        return substrate.mergeStreamed(id, [{ contract: sampleTicker(1), quote }]);
      }),
    );
    check.equal("bid", (await recordOf(first, id, sampleTicker(1))).quote?.bid, 99);
  });
}
