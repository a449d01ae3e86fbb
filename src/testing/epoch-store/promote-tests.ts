import type { EpochDraft, EpochId, EpochMeta } from "../../domain/epoch/substrate.ts";
import { check, expectDefined } from "../check.ts";
import { sampleEpoch, sampleFullRecord, sampleRecord, sampleTicker } from "../epochs/samples.ts";
import { activate, type EpochClients, type EpochTests, LONG_MS } from "../epochs/stores.ts";
import { during, type SharedStore } from "../runner.ts";

/** `stage`, `promote`, and what they change for readers. */
export function promoteTests({ test, shared }: EpochTests): void {
  test("a new store has no epochs", async ({ subject: { epochs } }) => {
    check.equal("active", await epochs.active("SPX"), null);
    check.equal("all active", [...(await epochs.allActive())], []);
    check.equal("meta", await epochs.meta("SPX:1:a"), null);
    check.equal("timeline", await epochs.timeline("SPX"), []);
    check.equal("dirty epochs", await epochs.dirtyEpochs(), []);
  });
  test("a staged epoch is visible nowhere", async ({ subject, now }) => {
    const { epochs, substrate } = subject;
    const draft = sampleEpoch(now(), "a");
    await epochs.stage(draft);
    check.equal("active", await epochs.active("SPX"), null);
    check.equal("meta", await epochs.meta(draft.id), null);
    check.equal("timeline", await epochs.timeline("SPX"), []);
    check.equal("dirty epochs", await epochs.dirtyEpochs(), []);
    check.equal("dirty contracts", (await epochs.takeDirty(draft.id, "a", LONG_MS)).contracts, []);
    const update = { contract: sampleTicker(0), quote: { ...sampleQuoteOf(draft) } };
    const merged = await substrate.mergeStreamed(draft.id, [update]);
    check.equal("merge", merged, { written: 0, stale: 0, missing: [sampleTicker(0)], activeEpoch: null });
  });
  test("promotion makes records, meta data, timeline and dirty contracts visible", async ({ subject, now }) => {
    const { epochs, substrate } = subject;
    const draft = sampleEpoch(now(), "a", { forced: true, dormantCount: 3 });
    await epochs.stage(draft);
    check.equal("promotion", await epochs.promote(null, draft.id), "promoted");
    check.equal("active", await epochs.active("SPX"), draft.id);
    check.equal("meta", await epochs.meta(draft.id), metaOf(draft));
    check.equal("timeline", await epochs.timeline("SPX"), [metaOf(draft)]);
    check.equal("records", await substrate.records(draft.id), draft.records);
    check.equal("dirty epochs", await epochs.dirtyEpochs(), [draft.id]);
    const dirty = await epochs.takeDirty(draft.id, "a", LONG_MS);
    check.equal("dirty contracts", dirty.contracts, [sampleTicker(0), sampleTicker(1), sampleTicker(2)]);
  });
  test("staging an epoch again replaces what was staged", async ({ subject, now }) => {
    const { epochs, substrate } = subject;
    await epochs.stage(sampleEpoch(now(), "a"));
    const draft = sampleEpoch(now(), "a", { dormantCount: 9, records: [sampleRecord(5), sampleFullRecord(2)] });
    await epochs.stage(draft);
    await epochs.promote(null, draft.id);
    check.equal("meta", await epochs.meta(draft.id), metaOf(draft));
    check.equal("records", await substrate.records(draft.id), [sampleFullRecord(2), sampleRecord(5)]);
    const dirty = await epochs.takeDirty(draft.id, "a", LONG_MS);
    check.equal("dirty contracts", dirty.contracts, [sampleTicker(2), sampleTicker(5)]);
  });
  test("an epoch that is active or was cannot be staged again", async ({ subject, now }) => {
    const { epochs, substrate } = subject;
    const old = sampleEpoch(now(), "a");
    await activate(subject, old);
    await check.rejects("active", epochs.stage({ ...old, records: [] }), "TypeError");
    await activate(subject, sampleEpoch(now(), "b"), old.id);
    await check.rejects("superseded", epochs.stage({ ...old, records: [] }), "TypeError");
    check.equal("records", await substrate.records(old.id), old.records);
  });
  test("a draft that is none is refused, and nothing is staged", async ({ subject, now }) => {
    const { epochs } = subject;
    const draft = sampleEpoch(now(), "a");
    const strike = { ...sampleRecord(0), terms: { ...sampleRecord(0).terms, strike: Number.NaN } };
    const refused: readonly [Partial<EpochDraft>, "RangeError" | "TypeError"][] = [
      [{ validUntilMs: draft.validUntilMs + 0.5 }, "RangeError"],
      [{ createdAtMs: Number.NaN }, "RangeError"],
      [{ dormantCount: -1 }, "RangeError"],
      [{ records: [strike] }, "RangeError"],
      [{ records: [sampleRecord(0, { quote: { ...sampleQuoteOf(draft), ask: Number.NaN } })] }, "RangeError"],
      [{ symbol: "I:SPX" }, "TypeError"],
      [{ symbol: "NDX" }, "TypeError"],
    ];
    for (const [overrides, kind] of refused) {
      await check.rejects(Object.keys(overrides).join(), epochs.stage({ ...draft, ...overrides }), kind);
    }
    check.equal("promotion", await epochs.promote(null, draft.id), "lost");
  });
  test("an epoch without contracts is an epoch, with nothing dirty", async ({ subject, now }) => {
    const { epochs, substrate } = subject;
    const id = await activate(subject, sampleEpoch(now(), "a", { records: [] }));
    check.equal("active", await epochs.active("SPX"), id);
    check.equal("records", await substrate.records(id), []);
    check.equal("dirty epochs", await epochs.dirtyEpochs(), []);
    const next = await activate(subject, sampleEpoch(now(), "b"), id);
    check.equal("superseded", await substrate.records(id), []);
    check.equal("next", await epochs.active("SPX"), next);
  });
  test("promotion supersedes the predecessor", async ({ subject, now, elapse }) => {
    const { epochs, substrate } = subject;
    const old = sampleEpoch(now(), "a");
    const next = sampleEpoch(now(), "b");
    await activate(subject, old);
    await elapse(2);
    await activate(subject, next, old.id);
    check.equal("active", await epochs.active("SPX"), next.id);
    const superseded = expectDefined("meta", await epochs.meta(old.id));
    const supersededAtMs = expectDefined("superseded at", superseded.supersededAtMs);
    check.isTrue("superseded after it was created", supersededAtMs > old.createdAtMs);
    const expected = { ...metaOf(old), supersededAtMs, validUntilMs: supersededAtMs + 300_000 };
    check.equal("predecessor", superseded, expected);
    check.equal("its records", await substrate.records(old.id), old.records);
    check.equal("timeline", await epochs.timeline("SPX"), [expected, metaOf(next)]);
    check.equal("dirty epochs", await epochs.dirtyEpochs(), [next.id]);
    check.equal("dirty contracts of it", (await epochs.takeDirty(old.id, "a", LONG_MS)).contracts, []);
  });
  test("symbols have epochs of their own", async ({ subject, now }) => {
    const spx = await activate(subject, sampleEpoch(now(), "a"));
    const ndx = await activate(subject, sampleEpoch(now(), "a", { symbol: "NDX" }));
    const { epochs } = subject;
    check.equal("SPX", await epochs.active("SPX"), spx);
    check.equal("all", [...(await epochs.allActive())].sort(), [
      ["NDX", ndx],
      ["SPX", spx],
    ]);
    check.equal("NDX", await epochs.active("NDX"), ndx);
    check.equal(
      "timelines",
      [await idsOf(epochs.timeline("SPX")), await idsOf(epochs.timeline("NDX"))],
      [[spx], [ndx]],
    );
    check.equal("dirty epochs", [...(await epochs.dirtyEpochs())].sort(), [ndx, spx].sort());
  });
  test("promotion is lost where another epoch is active, and nothing has changed", async ({ subject, now }) => {
    const { epochs } = subject;
    const active = await activate(subject, sampleEpoch(now(), "a"));
    const next = sampleEpoch(now(), "b");
    await epochs.stage(next);
    const before = await stateOf(subject, [active, next.id]);
    check.equal("none expected", await epochs.promote(null, next.id), "lost");
    check.equal("another expected", await epochs.promote("SPX:1:other", next.id), "lost");
    check.equal("state", await stateOf(subject, [active, next.id]), before);
    check.equal("right one", await epochs.promote(active, next.id), "promoted");
  });
  test("promotion is lost where one is expected and none was ever active", async ({ subject, now }) => {
    const draft = sampleEpoch(now(), "a");
    await subject.epochs.stage(draft);
    check.equal("promotion", await subject.epochs.promote("SPX:1:other", draft.id), "lost");
    check.equal("active", await subject.epochs.active("SPX"), null);
  });
  test("promotion is lost where the epoch was not staged, and nothing has changed", async ({ subject, now }) => {
    const { epochs } = subject;
    const active = await activate(subject, sampleEpoch(now(), "a"));
    const before = await stateOf(subject, [active]);
    check.equal("unknown", await epochs.promote(active, "SPX:1:unknown"), "lost");
    check.equal("state", await stateOf(subject, [active]), before);
  });
  test("a promotion repeated after a lost reply is lost and changes nothing", async ({ subject, now }) => {
    const { epochs } = subject;
    const old = await activate(subject, sampleEpoch(now(), "a"));
    const next = await activate(subject, sampleEpoch(now(), "b"), old);
    const before = await stateOf(subject, [old, next]);
    check.equal("repeat", await epochs.promote(old, next), "lost");
    check.equal("in place of itself", await epochs.promote(next, next), "lost");
    check.equal("back", await epochs.promote(next, old), "lost");
    check.equal("state", await stateOf(subject, [old, next]), before);
  });
  shared("of 20 workers that promote an epoch each exactly one wins", async (store) => {
    const { first, second } = store;
    const expected = await activate(first, sampleEpoch(store.now(), "old"));
    const drafts = Array.from({ length: 20 }, (_, index) => sampleEpoch(store.now(), `next${index}`));
    const results = await race(store, drafts, expected);
    check.equal("winners", results.filter((result) => result === "promoted").length, 1);
    const winner = drafts[results.indexOf("promoted")]?.id;
    check.equal("active", await second.epochs.active("SPX"), winner ?? null);
    check.equal("timeline", await idsOf(first.epochs.timeline("SPX")), [expected, winner ?? ""]);
    check.equal("dirty epochs", await first.epochs.dirtyEpochs(), [winner ?? ""]);
  });
  shared("of 20 workers that promote the same epoch exactly one wins", async (store) => {
    const { first, second } = store;
    const draft = sampleEpoch(store.now(), "same");
    const drafts = Array.from({ length: 20 }, () => draft);
    const results = await race(store, drafts, null);
    check.equal("winners", results.filter((result) => result === "promoted").length, 1);
    check.equal("timeline", await idsOf(second.epochs.timeline("SPX")), [draft.id]);
    check.equal("records", await first.substrate.records(draft.id), draft.records);
  });
  shared("a reader never sees an active epoch without all of its records", async ({ first, second, now }) => {
    const write = async (): Promise<void> => {
      let expected: EpochId | null = null;
      for (let index = 0; index < 20; index++) {
        const records = Array.from({ length: 30 }, (_, contract) => sampleRecord(contract));
        expected = await activate(first, sampleEpoch(now(), `e${index}`, { records }), expected);
      }
    };
    await during(write(), async () => {
      const active = await second.epochs.active("SPX");
      if (active === null) return;
      check.equal("records", (await second.substrate.records(active))?.length, 30);
      check.equal("meta", (await second.epochs.meta(active))?.contractCount, 30);
    });
  });
}

/** The meta data of an active epoch. */
function metaOf({ records, ...draft }: EpochDraft): EpochMeta {
  return { ...draft, contractCount: records.length, supersededAtMs: null, streamedAtMs: null };
}

function sampleQuoteOf(draft: EpochDraft): NonNullable<EpochDraft["records"][number]["quote"]> {
  return expectDefined("quote", draft.records[0]?.quote);
}

async function idsOf(metas: Promise<readonly EpochMeta[]>): Promise<readonly EpochId[]> {
  return (await metas).map((meta) => meta.id);
}

async function stateOf({ epochs, substrate }: EpochClients, ids: readonly EpochId[]): Promise<unknown> {
  const ofEach: unknown[] = [];
  for (const id of ids) ofEach.push([await epochs.meta(id), await substrate.records(id)]);
  return [await epochs.active("SPX"), await epochs.timeline("SPX"), await epochs.dirtyEpochs(), ofEach];
}

async function race(
  { first, second }: SharedStore<EpochClients>,
  drafts: readonly EpochDraft[],
  expected: EpochId | null,
): Promise<readonly ("promoted" | "lost")[]> {
  for (const draft of drafts) await first.epochs.stage(draft);
  return Promise.all(
    drafts.map((draft, index) => (index % 2 === 0 ? first : second).epochs.promote(expected, draft.id)),
  );
}
