import { captureOf, generatedFrames } from "./generated-frames.ts";
import { replayInMemory } from "./replay-in-memory.ts";
import type { BenchResult } from "./result.ts";

const BYTES = 1_000_000_000;
const TARGET_MB = 20;

/** Whether the length of a capture shows in memory: the heap at half of a generated one, and at its end. */
export async function benchReplayHeap(): Promise<readonly BenchResult[]> {
  const collect = globalThis.gc;
  if (collect === undefined) throw new TypeError("Cannot measure the heap: node must run with --expose-gc");
  const heapMb = (): number => {
    collect();
    return process.memoryUsage().heapUsed / 1e6;
  };
  let bytes = 0;
  let halfMb: number | undefined;
  function* watched() {
    for (const frame of generatedFrames(2, BYTES)) {
      bytes += frame.payload.length;
      // The line around a payload escapes its quotes: a payload has some 86 % of the bytes of its line.
      if (halfMb === undefined && bytes >= BYTES * 0.43) halfMb = heapMb();
      yield frame;
    }
    endMb = heapMb();
  }
  let endMb = Number.NaN;
  const events = await replayInMemory(captureOf(watched()), 1_000);
  const grownMb = endMb - (halfMb ?? Number.NaN);
  return [
    {
      path: `heap over a capture of 1 GB, ${(events / 1e6).toFixed(1)} M events`,
      measured: `${grownMb.toFixed(1)} MB grown (${halfMb?.toFixed(1)} at half, ${endMb.toFixed(1)} at the end)`,
      yardstick: "the heap at half, both after a forced collection",
      target: `${TARGET_MB} MB`,
      reached: Math.abs(grownMb) <= TARGET_MB,
    },
  ];
}
