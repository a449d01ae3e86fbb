import type { EpochId } from "../../domain/epoch/substrate.ts";
import { check } from "../check.ts";
import { sampleEpoch, sampleRecord } from "../epochs/samples.ts";
import { activate, type EpochTests, LONG_MS } from "../epochs/stores.ts";

/** Validity, renewal and what is left of an epoch after its end. */
export function lifeTests({ test, unless, shortMs }: EpochTests): void {
  test("an epoch past its validity is not active and has nothing dirty", async ({ subject, now, elapse }) => {
    const { epochs } = subject;
    const validUntilMs = Math.ceil(now()) + shortMs;
    const id = await activate(subject, sampleEpoch(now(), "a", { validUntilMs }));
    await elapse(shortMs + 1);
    const other = await activate(subject, sampleEpoch(now(), "a", { symbol: "NDX", records: [] }));
    check.equal("active", await epochs.active("SPX"), null);
    check.equal("all active", [...(await epochs.allActive())], [["NDX", other]]);
    check.equal("dirty epochs", await epochs.dirtyEpochs(), []);
    check.equal("dirty contracts", (await epochs.takeDirty(id, "a", LONG_MS)).contracts, []);
    check.equal("meta", (await epochs.meta(id))?.validUntilMs, validUntilMs);
  });
  test("renewing keeps an epoch alive", async ({ subject, now, elapse }) => {
    const { epochs, substrate } = subject;
    const draft = sampleEpoch(now(), "a", { validUntilMs: Math.ceil(now()) + shortMs });
    await activate(subject, draft);
    const validUntilMs = Math.ceil(now()) + LONG_MS;
    await epochs.renew(draft.id, validUntilMs);
    await elapse(shortMs + 1);
    check.equal("active", await epochs.active("SPX"), draft.id);
    check.equal("meta", (await epochs.meta(draft.id))?.validUntilMs, validUntilMs);
    check.equal("records", await substrate.records(draft.id), draft.records);
    check.equal("dirty epochs", await epochs.dirtyEpochs(), [draft.id]);
  });
  test("renewing never shortens a life", async ({ subject, now, elapse }) => {
    const { epochs, substrate } = subject;
    const draft = sampleEpoch(now(), "a");
    await activate(subject, draft);
    await epochs.renew(draft.id, Math.ceil(now()) + 1);
    await epochs.renew(draft.id, 0);
    await elapse(shortMs);
    check.equal("meta", (await epochs.meta(draft.id))?.validUntilMs, draft.validUntilMs);
    check.equal("records", await substrate.records(draft.id), draft.records);
  });
  test("renewing until a time that is no whole milliseconds is refused", async ({ subject, now }) => {
    const { epochs } = subject;
    const draft = sampleEpoch(now(), "a");
    await activate(subject, draft);
    for (const validUntilMs of [Number.NaN, Number.POSITIVE_INFINITY, draft.validUntilMs + 0.5]) {
      await check.rejects(String(validUntilMs), epochs.renew(draft.id, validUntilMs), "RangeError");
    }
    check.equal("meta", (await epochs.meta(draft.id))?.validUntilMs, draft.validUntilMs);
  });
  test("renewing does not bring back what has expired", async ({ subject, now, elapse }) => {
    const { epochs, substrate } = subject;
    const id = await activate(subject, sampleEpoch(now(), "a", { validUntilMs: Math.ceil(now()) + shortMs }));
    await elapse(shortMs + 1);
    await epochs.renew(id, Math.ceil(now()) + LONG_MS);
    check.equal("active", await epochs.active("SPX"), null);
    check.equal("records", await substrate.records(id), null);
  });
  test("renewing has no effect on an epoch that is superseded, staged or unknown", async ({ subject, now }) => {
    const { epochs } = subject;
    const old = await activate(subject, sampleEpoch(now(), "a"));
    const next = await activate(subject, sampleEpoch(now(), "b"), old);
    const staged = sampleEpoch(now(), "c");
    await epochs.stage(staged);
    const before = await epochs.meta(old);
    const later = staged.validUntilMs + LONG_MS;
    for (const id of [old, staged.id, "SPX:1:unknown"]) await epochs.renew(id, later);
    check.equal("superseded", await epochs.meta(old), before);
    check.equal("staged", await epochs.meta(staged.id), null);
    check.equal("unknown", await epochs.meta("SPX:1:unknown"), null);
    check.equal("active", await epochs.active("SPX"), next);
    await epochs.promote(next, staged.id);
    check.equal("promoted later", (await epochs.meta(staged.id))?.validUntilMs, staged.validUntilMs);
  });
  for (const [title, expectation] of [
    ["that none is active", () => null],
    ["the expired one", (id: EpochId) => id],
  ] as const) {
    test(`an expired epoch can be replaced by who expects ${title}`, async ({ subject, now, elapse }) => {
      const { epochs, substrate } = subject;
      const old = await activate(subject, sampleEpoch(now(), "a", { validUntilMs: Math.ceil(now()) + shortMs }));
      await elapse(shortMs + 1);
      const next = await activate(subject, sampleEpoch(now(), "b"), expectation(old));
      check.equal("active", await epochs.active("SPX"), next);
      check.equal("expired records do not come back", await substrate.records(old), null);
      check.isTrue("it is superseded", ((await epochs.meta(old))?.supersededAtMs ?? null) !== null);
      check.equal(
        "timeline",
        (await epochs.timeline("SPX")).map((meta) => meta.id),
        [old, next],
      );
    });
  }
  test("a staged epoch past its validity cannot be promoted", async ({ subject, now, elapse }) => {
    const draft = sampleEpoch(now(), "a", { validUntilMs: Math.ceil(now()) + shortMs });
    await subject.epochs.stage(draft);
    await elapse(shortMs + 1);
    check.equal("promotion", await subject.epochs.promote(null, draft.id), "lost");
    check.equal("active", await subject.epochs.active("SPX"), null);
  });
  test("a timeline keeps the last 1,000 promotions, oldest first", async ({ subject, now }) => {
    const { epochs } = subject;
    let expected: EpochId | null = null;
    const ids: EpochId[] = [];
    for (let index = 0; index < 1_003; index++) {
      const draft = sampleEpoch(now(), `e${index}`, { records: [sampleRecord(0)], forced: index % 2 === 1 });
      expected = await activate(subject, draft, expected);
      ids.push(expected);
    }
    const timeline = await epochs.timeline("SPX");
    check.equal(
      "ids",
      timeline.map((meta) => meta.id),
      ids.slice(3),
    );
    check.equal(
      "forced",
      timeline.slice(0, 3).map((meta) => meta.forced),
      [true, false, true],
    );
    check.equal("newest", timeline[999] ?? null, await epochs.meta(ids[1_002] ?? ""));
  });
  unless("fixedLifetimes", "the meta data of a superseded epoch is kept for 24 h", async ({ subject, now, elapse }) => {
    const { epochs } = subject;
    const old = await activate(subject, sampleEpoch(now(), "a"));
    await elapse(500);
    await activate(subject, sampleEpoch(now(), "b", { validUntilMs: now() + 1e9 }), old);
    await elapse(86_399_999);
    check.equal("just before", (await epochs.meta(old))?.id, old);
    await elapse(1);
    check.equal("then", await epochs.meta(old), null);
    check.equal("timeline", (await epochs.timeline("SPX")).length, 2);
  });
}
