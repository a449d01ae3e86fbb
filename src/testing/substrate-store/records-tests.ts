import { check } from "../check.ts";
import { sampleEpoch, sampleFullRecord, sampleQuote, sampleRecord, sampleTicker } from "../epochs/samples.ts";
import { activate, type EpochTests } from "../epochs/stores.ts";

/** `records`: all of an epoch that can be read, or nothing. */
export function recordsTests({ test, shared, unless, shortMs }: EpochTests): void {
  test("answers with all records in ticker order, bit for bit", async ({ subject, now }) => {
    const records = [sampleRecord(2), sampleFullRecord(0), sampleRecord(11), sampleFullRecord(1)];
    const id = await activate(subject, sampleEpoch(now(), "a", { records }));
    const [two, zero, eleven, one] = records;
    const ordered = [zero, one, two, eleven].flatMap((record) => record ?? []);
    check.equal("records", await subject.substrate.records(id), ordered);
  });
  test("answers with the contracts asked for, in that order, without those it does not have", async ({
    subject,
    now,
  }) => {
    const id = await activate(subject, sampleEpoch(now(), "a"));
    const asked = [sampleTicker(2), "O:SPXW251223C99999000", sampleTicker(0)];
    check.equal("some", await subject.substrate.records(id, asked), [sampleRecord(2), sampleFullRecord(0)]);
    check.equal("none", await subject.substrate.records(id, []), []);
    check.equal("unknown ones only", await subject.substrate.records(id, ["O:SPXW251223C99999000"]), []);
  });
  test("answers with null for an epoch that is unknown or only staged", async ({ subject, now }) => {
    const draft = sampleEpoch(now(), "a");
    check.equal("unknown", await subject.substrate.records(draft.id), null);
    await subject.epochs.stage(draft);
    check.equal("staged", await subject.substrate.records(draft.id), null);
    check.equal("staged, some", await subject.substrate.records(draft.id, [sampleTicker(0)]), null);
  });
  test("answers with null for an epoch past its validity, for its known contracts too", async ({
    subject,
    now,
    elapse,
  }) => {
    const id = await activate(subject, sampleEpoch(now(), "a", { validUntilMs: Math.ceil(now()) + shortMs }));
    await elapse(shortMs + 1);
    check.equal("all", await subject.substrate.records(id), null);
    check.equal("some", await subject.substrate.records(id, [sampleTicker(0)]), null);
    check.equal("had streamed updates", await subject.substrate.hadStreamedUpdates(id), false);
  });
  test("merging does not extend the life of an epoch", async ({ subject, now, elapse }) => {
    const id = await activate(subject, sampleEpoch(now(), "a", { validUntilMs: Math.ceil(now()) + shortMs }));
    const update = { contract: sampleTicker(0), quote: sampleQuote() };
    await subject.substrate.mergeStreamed(id, [update]);
    await subject.substrate.mergeSnapshot(id, [update]);
    await elapse(shortMs + 1);
    check.equal("records", await subject.substrate.records(id), null);
    const late = await subject.substrate.mergeStreamed(id, [update]);
    check.equal("late update", late, { written: 0, stale: 0, missing: [sampleTicker(0)], activeEpoch: null });
    check.equal("late snapshot", await subject.substrate.mergeSnapshot(id, [update]), { written: 0 });
    check.equal("still none", await subject.substrate.records(id), null);
  });
  shared("another client reads what one wrote", async ({ first, second, now }) => {
    const id = await activate(first, sampleEpoch(now(), "a"));
    check.equal("records", await second.substrate.records(id), sampleEpoch(now(), "a").records);
  });
  test("a superseded epoch can be read, and stays as it was", async ({ subject, now }) => {
    const { substrate } = subject;
    const old = await activate(subject, sampleEpoch(now(), "a"));
    const next = await activate(subject, sampleEpoch(now(), "b"), old);
    const updates = [sampleTicker(1), sampleTicker(0), "O:SPXW251223C99999000"].map((contract) => ({
      contract,
      quote: sampleQuote({ quoteTsNs: sampleQuote().quoteTsNs - (contract === sampleTicker(0) ? 1n : -1n) }),
    }));
    const merged = await substrate.mergeStreamed(old, updates);
    check.equal("streamed", merged, { written: 0, stale: 0, missing: [], activeEpoch: next });
    check.equal("snapshot", await substrate.mergeSnapshot(old, updates), { written: 0 });
    check.equal("records", await substrate.records(old), sampleEpoch(now(), "a").records);
    check.equal("had streamed updates", await substrate.hadStreamedUpdates(old), false);
  });
  unless("fixedLifetimes", "a superseded epoch is gone after 300 s", async ({ subject, now, elapse }) => {
    const old = await activate(subject, sampleEpoch(now(), "a"));
    await elapse(1_000);
    const validUntilMs = Math.ceil(now()) + 10_000_000;
    const next = await activate(subject, sampleEpoch(now(), "b", { validUntilMs }), old);
    await elapse(299_999);
    check.equal("just before", await subject.substrate.records(old), sampleEpoch(now(), "a").records);
    await elapse(1);
    check.equal("then", await subject.substrate.records(old), null);
    check.equal("its successor", await subject.substrate.records(next), sampleEpoch(now(), "b").records);
  });
}
