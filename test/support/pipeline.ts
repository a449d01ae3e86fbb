import { ManualClock, MemoryDatabase, type MemoryPorts, openMemory } from "../../src/adapters/memory/index.ts";
import type { RawDraft } from "../../src/domain/stream/raw-entry.ts";
import { SAMPLE_MS } from "./entries.ts";

/** One memory database and a set of clients for a hydrator. */
export function memoryPipeline(retention?: { softMaxEntries: number; hardMaxBytes: number }) {
  const clock = new ManualClock(SAMPLE_MS);
  const database = new MemoryDatabase({ clock });
  const open = (): MemoryPorts => openMemory({ clock, database, ...(retention === undefined ? {} : { retention }) });
  return { clock, database, open, ports: open() };
}

export type MemoryPipeline = ReturnType<typeof memoryPipeline>;

/** Appends drafts one by one, each when the clock shows its receipt time, so that cursors carry honest times. */
export async function appendAtReceipt(pipeline: MemoryPipeline, drafts: readonly RawDraft[]): Promise<void> {
  const { clock, ports } = pipeline;
  for (const [index, draft] of drafts.entries()) {
    const aheadMs = (draft.receivedAtMs ?? clock.now()) - clock.now();
    if (aheadMs > 0) await clock.advance(aheadMs);
    await ports.log.append("test", index + 1, [draft]);
  }
}

/** Resolves when the hydrators have worked off the whole log. Lets promises run, no time pass. */
export async function hydrated(pipeline: MemoryPipeline, partition = 0): Promise<void> {
  const { clock, ports } = pipeline;
  for (;;) {
    const cursor = (await ports.store.cursors()).get(partition);
    if (cursor !== undefined && (await ports.log.countAfter(cursor)) === 0) return;
    await clock.advance(0);
  }
}

/** Everything that hydration promises to make of a log, whoever made it and in how many steps. */
export async function outcome(pipeline: MemoryPipeline) {
  const { store, snapshots } = pipeline.ports;
  const streams = await store.tradeStreams();
  const { totals, ledgers } = await store.checkpoint(0);
  const { takeovers: _takeovers, hydrated: _hydrated, ...counters } = await store.counters();
  const underlyings = [...new Set(streams.map(({ underlying }) => underlying))];
  return {
    trades: await Promise.all(streams.map(async (stream) => [stream, await store.trades(stream, 100_000)])),
    totals: [...totals].sort((a, b) => (a.contract < b.contract ? -1 : 1)),
    ledgers,
    counters,
    gaps: await store.gaps(10_000),
    quarantine: await store.quarantine(10_000),
    flows: await Promise.all(underlyings.map((underlying) => snapshots.flow(underlying))),
    grids: await Promise.all(streams.map(({ underlying, expiration }) => snapshots.grid(underlying, expiration))),
  };
}
