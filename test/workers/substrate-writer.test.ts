import { describe, expect, it } from "vitest";
import type { EpochId, SubstrateUpdate } from "../../src/domain/epoch/substrate.ts";
import { UnavailableError } from "../../src/domain/errors.ts";
import { fold } from "../../src/domain/hydration/fold.ts";
import { noEffects } from "../../src/domain/hydration/fold-effects.ts";
import { HydrationState } from "../../src/domain/hydration/state.ts";
import type { EpochStore } from "../../src/ports/epoch-store.ts";
import type { MergeStreamedOptions, SubstrateStore } from "../../src/ports/substrate-store.ts";
import { sampleEpoch, sampleRecord, sampleTicker } from "../../src/testing/index.ts";
import { SubstrateWriter } from "../../src/workers/hydrator/substrate-writer.ts";
import { EntryWriter, quoteEvent } from "../support/entries.ts";
import { memoryPipeline } from "../support/pipeline.ts";

const RECHECK_MS = 1_000;
const INTERVAL_MS = 50;
const FAILURE = new UnavailableError("Cannot merge: the store must answer, it did not");

/** A writer on memory whose stores fail when they are told to, and the state that it writes from. */
function open() {
  const pipeline = memoryPipeline();
  const { epochs, substrate, clock } = pipeline.ports;
  /** How many calls work before one fails; `undefined` for all. */
  const failing: { mergesBefore?: number | undefined; activesBefore?: number | undefined } = {};
  const calls: EpochId[] = [];
  /** Of each call that worked. */
  const repeated: (boolean | undefined)[] = [];
  /** How long a merge takes. */
  const slow = { ms: 0 };
  const asked = { count: 0 };
  const store: SubstrateStore = Object.create(substrate, {
    mergeStreamed: {
      async value(epoch: EpochId, updates: readonly SubstrateUpdate[], options?: MergeStreamedOptions) {
        calls.push(epoch);
        await pipeline.clock.advance(slow.ms);
        if (failing.mergesBefore === 0) {
          failing.mergesBefore = undefined;
          throw FAILURE;
        }
        if (failing.mergesBefore !== undefined) failing.mergesBefore -= 1;
        repeated.push(options?.repeated);
        return substrate.mergeStreamed(epoch, updates, options);
      },
    },
  });
  const epochStore: EpochStore = Object.create(epochs, {
    allActive: {
      async value() {
        asked.count += 1;
        if (failing.activesBefore === 0) {
          failing.activesBefore = undefined;
          throw FAILURE;
        }
        return epochs.allActive();
      },
    },
  });
  const writer = new SubstrateWriter({ substrate: store, epochs: epochStore, clock }, RECHECK_MS, INTERVAL_MS);
  const state = new HydrationState();
  const entries = new EntryWriter();
  const counts = noEffects().counters;
  return {
    ...pipeline,
    failing,
    slow,
    calls,
    repeated,
    asked,
    writer,
    counts: () => [counts.hydrated, counts.geometry_miss, counts.stale_skip],
    /** Folds a quote for each of these contracts; `write` writes what moved, twice the same. */
    quote(bids: Readonly<Record<string, number>>): () => Promise<void> {
      const events = Object.entries(bids).map(([sym, bp]) => quoteEvent(clock.now(), { sym, bp, ap: bp + 1 }));
      const entry = entries.frame(clock.now(), events).entries.at(-1);
      if (entry === undefined) throw new Error("an entry was just written");
      fold(state, entry, noEffects());
      writer.mark(state.takeMoved());
      return () => writer.write(state, counts);
    },
    recheck: () => writer.write(state, counts),
    async activate(hash: string, expected: EpochId | null, contracts: number, symbol = "SPX"): Promise<EpochId> {
      const records = Array.from({ length: contracts }, (_, index) => sampleRecord(index));
      const draft = sampleEpoch(clock.now(), hash, { records, symbol });
      await epochs.stage(draft);
      expect(await epochs.promote(expected, draft.id)).toBe("promoted");
      return draft.id;
    },
    bids: async (epoch: EpochId) => (await substrate.records(epoch))?.map(({ quote }) => quote?.bid),
  };
}

const [A, B] = [sampleTicker(0), sampleTicker(1)];

describe("the values of a new epoch", () => {
  it("are all written by the try after one that failed", async () => {
    const scene = open();
    const first = await scene.activate("a", null, 2);
    await scene.quote({ [A]: 10, [B]: 11 })();
    expect(await scene.bids(first)).toEqual([10, 11]);
    const second = await scene.activate("b", first, 3);
    await scene.clock.advance(RECHECK_MS);
    scene.failing.mergesBefore = 0;
    const write = scene.quote({ [A]: 20 });
    await expect(write()).rejects.toBe(FAILURE);
    await write();
    expect(await scene.bids(second)).toEqual([20, 11, undefined]);
    expect(scene.counts()).toEqual([4, 0, 0]);
  });

  it("are all written after a failure while the feed is quiet", async () => {
    const scene = open();
    const first = await scene.activate("a", null, 2);
    await scene.quote({ [A]: 10, [B]: 11 })();
    const second = await scene.activate("b", first, 3);
    await scene.clock.advance(RECHECK_MS);
    scene.failing.mergesBefore = 0;
    await expect(scene.recheck()).rejects.toBe(FAILURE);
    await scene.recheck();
    expect(await scene.bids(second)).toEqual([10, 11, undefined]);
    await scene.recheck();
    expect(scene.calls).toEqual([first, second, second]);
  });

  it("are all written where the merge that told of it worked and the one behind it failed", async () => {
    const scene = open();
    const first = await scene.activate("a", null, 2);
    await scene.quote({ [A]: 10, [B]: 11 })();
    const second = await scene.activate("b", first, 2);
    // No time has passed: the old epoch is still taken for the active one.
    scene.failing.mergesBefore = 1;
    const write = scene.quote({ [A]: 20 });
    await expect(write()).rejects.toBe(FAILURE);
    await write();
    expect(scene.calls).toEqual([first, first, second, second]);
    expect(await scene.bids(second)).toEqual([20, 11]);
    expect(scene.counts()).toEqual([4, 0, 0]);
  });

  it("are written at once where asking for it failed first", async () => {
    const scene = open();
    const first = await scene.activate("a", null, 1);
    scene.failing.activesBefore = 0;
    const write = scene.quote({ [A]: 10 });
    await expect(write()).rejects.toBe(FAILURE);
    await write();
    expect(await scene.bids(first)).toEqual([10]);
  });
});

it("values are repeated where none of them moved, and news once, however often the write is tried", async () => {
  const scene = open();
  const first = await scene.activate("a", null, 2);
  await scene.quote({ [A]: 10, [B]: 11 })();
  const second = await scene.activate("b", first, 2);
  await scene.clock.advance(RECHECK_MS);
  await scene.recheck();
  const third = await scene.activate("c", second, 2);
  scene.failing.mergesBefore = 0;
  const write = scene.quote({ [A]: 20 });
  await expect(write()).rejects.toBe(FAILURE);
  await write();
  const fourth = await scene.activate("d", third, 2);
  await scene.clock.advance(RECHECK_MS);
  await scene.recheck();
  // The second epoch is taken for the active one until it says that it is not.
  expect(scene.calls).toEqual([first, second, second, second, third, fourth]);
  expect(scene.repeated).toEqual([false, true, false, false, true]);
});

it("the outcome of a write that failed for another underlying is counted once", async () => {
  const scene = open();
  const ndx = "O:NDXP251222P25000000";
  await scene.activate("a", null, 1);
  await scene.activate("n", null, 0, "NDX");
  scene.failing.mergesBefore = 1;
  const write = scene.quote({ [A]: 10, [B]: 11, [ndx]: 1 });
  await expect(write()).rejects.toBe(FAILURE);
  expect(scene.counts()).toEqual([0, 0, 0]);
  await write();
  expect(scene.counts()).toEqual([1, 2, 0]);
});

it("all underlyings are asked for in one call per recheck", async () => {
  const scene = open();
  const first = await scene.activate("a", null, 1);
  await scene.activate("n", null, 0, "NDX");
  await scene.quote({ [A]: 10, "O:NDXP251222P25000000": 1, "O:RUTW251222P02500000": 1 })();
  await scene.recheck();
  expect(scene.asked.count).toBe(1);
  await scene.clock.advance(RECHECK_MS);
  await scene.recheck();
  expect(scene.asked.count).toBe(2);
  expect(await scene.bids(first)).toEqual([10]);
});

it("what moves within the interval is due at its end, and written once, with its last value", async () => {
  const scene = open();
  const epoch = await scene.activate("a", null, 2);
  expect(scene.writer.dueInMs(false)).toBe(Number.POSITIVE_INFINITY);
  const write = scene.quote({ [A]: 10 });
  expect(scene.writer.dueInMs(false)).toBe(0);
  await write();
  scene.quote({ [A]: 11 });
  expect(scene.writer.dueInMs(false)).toBe(INTERVAL_MS);
  await scene.clock.advance(INTERVAL_MS - 1);
  scene.quote({ [A]: 12, [B]: 20 });
  expect(scene.writer.dueInMs(false)).toBe(1);
  await scene.clock.advance(1);
  expect(scene.writer.dueInMs(false)).toBe(0);
  await scene.recheck();
  expect(scene.writer.dueInMs(false)).toBe(Number.POSITIVE_INFINITY);
  expect(scene.calls).toHaveLength(2);
  expect(await scene.bids(epoch)).toEqual([12, 20]);
});

describe("when the next write is due", () => {
  it.each([
    { tookMs: 0, dueInMs: 50, behindMs: 50 },
    { tookMs: 3, dueInMs: 50 - 3, behindMs: 50 - 3 },
    { tookMs: 12, dueInMs: 50 - 12, behindMs: 15 * 12 },
    { tookMs: 13, dueInMs: 3 * 13, behindMs: 15 * 13 },
    { tookMs: 63, dueInMs: 3 * 63, behindMs: 1_000 - 63 },
    { tookMs: 249, dueInMs: 3 * 249, behindMs: 1_000 - 249 },
    { tookMs: 251, dueInMs: 1_000 - 251, behindMs: 1_000 - 251 },
    { tookMs: 5_000, dueInMs: 0, behindMs: 0 },
  ])("is in $dueInMs ms after one that took $tookMs ms, with a backlog in $behindMs ms", async (times) => {
    const { tookMs, dueInMs, behindMs } = times;
    const scene = open();
    await scene.activate("a", null, 2);
    scene.slow.ms = tookMs;
    await scene.quote({ [A]: 10 })();
    expect(scene.writer.dueInMs(false)).toBe(Number.POSITIVE_INFINITY);
    scene.quote({ [A]: 11 });
    expect(scene.writer.dueInMs(false)).toBe(dueInMs);
    expect(scene.writer.dueInMs(true)).toBe(behindMs);
  });
});
