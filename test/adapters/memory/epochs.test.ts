import { describe, expect, it } from "vitest";
import {
  ManualClock,
  MemoryDatabase,
  MemoryEpochStore,
  MemorySubstrateStore,
} from "../../../src/adapters/memory/index.ts";
import { sampleEpoch, sampleQuote, sampleRecord, sampleTicker } from "../../../src/testing/index.ts";

async function open() {
  const clock = new ManualClock();
  const database = new MemoryDatabase({ clock });
  const epochs = new MemoryEpochStore(database);
  const substrate = new MemorySubstrateStore(database);
  const draft = sampleEpoch(clock.now(), "a");
  await epochs.stage(draft);
  await epochs.promote(null, draft.id);
  return { clock, epochs, substrate, draft };
}

describe("memory epochs", () => {
  it("expire at the instant that their meta data name, and not before", async () => {
    const { clock, epochs, substrate, draft } = await open();
    await clock.advance(draft.validUntilMs - clock.now() - 1);
    expect(await epochs.active("SPX")).toBe(draft.id);
    expect(await substrate.records(draft.id)).not.toBeNull();
    await clock.advance(1);
    expect(await epochs.active("SPX")).toBeNull();
    expect(await substrate.records(draft.id)).toBeNull();
  });

  it("take a lease back at its last millisecond and not before", async () => {
    const { clock, epochs, draft } = await open();
    const lease = await epochs.takeDirty(draft.id, "a", 100);
    await clock.advance(99);
    expect(await epochs.dirtyEpochs()).toEqual([]);
    await clock.advance(1);
    expect(await epochs.dirtyEpochs()).toEqual([draft.id]);
    expect(await epochs.settle(lease)).toBe("expired");
  });

  it("settle a lease in its last millisecond", async () => {
    const { clock, epochs, draft } = await open();
    const lease = await epochs.takeDirty(draft.id, "a", 100);
    await clock.advance(99);
    expect(await epochs.settle(lease)).toBe("settled");
  });

  it("are reached by no later change of what was staged or merged", async () => {
    const clock = new ManualClock();
    const database = new MemoryDatabase({ clock });
    const epochs = new MemoryEpochStore(database);
    const substrate = new MemorySubstrateStore(database);
    const quote = { ...sampleQuote() };
    const terms = { ...sampleRecord(0).terms };
    const draft = { ...sampleEpoch(clock.now(), "a"), records: [{ terms, quote }] };
    await epochs.stage(draft);
    quote.bid = 999;
    terms.strike = 999;
    draft.records.length = 0;
    draft.dormantCount = 999;
    await epochs.promote(null, draft.id);
    expect(await substrate.records(draft.id)).toEqual([sampleRecord(0, { quote: sampleQuote() })]);
    expect((await epochs.meta(draft.id))?.dormantCount).toBe(2);

    const streamed = { ...sampleQuote({ bid: 5 }) };
    const updates = [{ contract: sampleTicker(0), quote: streamed }];
    await substrate.mergeStreamed(draft.id, updates);
    await substrate.mergeSnapshot(draft.id, updates);
    streamed.bid = 999;
    updates.length = 0;
    expect(await substrate.records(draft.id)).toEqual([sampleRecord(0, { quote: sampleQuote({ bid: 5 }) })]);
  });

  it("are reached by no change of what they answered", async () => {
    const { epochs, substrate, draft } = await open();
    const lease = await epochs.takeDirty(draft.id, "a", 10_000);
    const lent = [...lease.contracts];
    if (Array.isArray(lease.contracts)) lease.contracts.length = 0;
    await substrate.mergeStreamed(draft.id, [{ contract: sampleTicker(1), quote: sampleQuote() }]);
    const answers = async () => [
      await substrate.records(draft.id),
      await substrate.records(draft.id, [sampleTicker(1)]),
      await epochs.meta(draft.id),
      await epochs.timeline("SPX"),
      await epochs.dirtyEpochs(),
    ];
    const before = structuredClone(await answers());
    for (const answer of await answers()) if (answer !== null) tamper(answer);
    expect(await answers()).toEqual(before);
    expect(lent).toEqual([sampleTicker(0), sampleTicker(1), sampleTicker(2)]);
  });

  it("return what was lent even where the borrower emptied its list", async () => {
    const { clock, epochs, draft } = await open();
    const lease = await epochs.takeDirty(draft.id, "a", 100);
    if (Array.isArray(lease.contracts)) lease.contracts.length = 0;
    await clock.advance(100);
    expect((await epochs.takeDirty(draft.id, "b", 100)).contracts.length).toBe(3);
  });
});

/** Empties and overwrites whatever lets itself be changed. */
function tamper(value: object): void {
  for (const [name, field] of Object.entries(value)) {
    if (typeof field === "object" && field !== null) tamper(field);
    Reflect.set(value, name, "tampered");
  }
  if (Array.isArray(value)) Reflect.set(value, "length", 0);
}
