import { readFileSync } from "node:fs";
import { type MemoryPorts, openMemory } from "../../src/adapters/memory/index.ts";
import { SYSTEM_CLOCK } from "../../src/adapters/system/index.ts";
import { FrameSequencer } from "../../src/domain/stream/frame-sequencer.ts";
import type { RawDraft } from "../../src/domain/stream/raw-entry.ts";
import { caughtUp } from "../../src/workers/hydrator/caught-up.ts";
import { WsHydrator } from "../../src/workers/hydrator/ws-hydrator.ts";
import { memoryPipeline, outcome } from "./pipeline.ts";

const NEVER = new AbortController().signal;

/** The bundled capture as a live source would have appended it: trades, quotes, cancels, repeats, a reconnect, bad frames. */
export function captureDrafts(): readonly RawDraft[] {
  const sequencer = new FrameSequencer("options");
  const lines = readFileSync("captures/synthetic.jsonl", "utf8").trimEnd().split("\n");
  const drafts = lines.flatMap((line) => {
    const { ts, payload }: { ts: number; payload: string } = JSON.parse(line);
    return sequencer.push({ receivedAtMs: Math.round(ts * 1_000), payload });
  });
  return [...drafts, ...sequencer.finish()];
}

type Hydrated = Pick<MemoryPorts, "store" | "snapshots">;
export type HydrationOutcome = Awaited<ReturnType<typeof outcome>>;

/** Everything that hydration made, whoever made it and where it stands. An absent counter is 0, and so is left out. */
export async function outcomeIn({ store, snapshots }: Hydrated): Promise<HydrationOutcome> {
  const pipeline = memoryPipeline();
  const made = await outcome({ ...pipeline, ports: { ...pipeline.ports, store, snapshots } });
  return { ...made, counters: Object.fromEntries(Object.entries(made.counters).filter(([, sum]) => sum !== 0)) };
}

/** What an undisturbed run makes of these drafts, in memory. */
export async function undisturbed(drafts: readonly RawDraft[]): Promise<HydrationOutcome> {
  const memory = openMemory({ clock: SYSTEM_CLOCK });
  await memory.log.append("undisturbed", 1, drafts);
  const stop = new AbortController();
  const hydrating = new WsHydrator(memory, { owner: "undisturbed" }).run(stop.signal);
  await caughtUp(memory, 0, NEVER);
  stop.abort();
  await hydrating;
  return outcomeIn(memory);
}
