import { MemoryDatabase, openMemory } from "../src/adapters/memory/index.ts";
import { SYSTEM_CLOCK } from "../src/adapters/system/index.ts";
import type { CaptureSource } from "../src/ports/capture.ts";
import { caughtUp } from "../src/workers/hydrator/caught-up.ts";
import { WsHydrator } from "../src/workers/hydrator/ws-hydrator.ts";
import { ReplayWorker } from "../src/workers/replay/replay-worker.ts";

/** Replays a capture at full speed into memory and hydrates it to the end. @returns the option events counted. */
export async function replayInMemory(capture: CaptureSource, maxTradesPerStream: number): Promise<number> {
  const database = new MemoryDatabase({ clock: SYSTEM_CLOCK, maxTradesPerStream });
  // A small log: what is measured is the way through it, not how much of it can be kept.
  const memory = openMemory({
    clock: SYSTEM_CLOCK,
    database,
    retention: { softMaxEntries: 10_000, hardMaxBytes: 1e9 },
  });
  const stop = new AbortController();
  const hydrating = new WsHydrator(memory, { owner: "bench" }).run(stop.signal);
  const replay = new ReplayWorker({ ...memory, capture }, { producer: "bench", maxLagEntries: 5_000 });
  await Promise.race([replay.run(stop.signal), hydrating]);
  await caughtUp(memory, 0, stop.signal);
  stop.abort();
  await hydrating;
  return (await memory.store.counters()).events ?? 0;
}
