import type { ProcessSample } from "./source-lines.ts";

/** One thing that was watched. */
export interface Watch {
  readonly what: string;
  readonly seen: string;
  readonly allowed: string;
  readonly isGood: boolean;
}

const MIB = 1_048_576;
/** Prints are remembered for a minute and the log for two, so that a heap is only flat when it is older than that. */
const SHORTEST_FLAT_SEC = 480;
/** By how much the heap of the last quarter may exceed that of the third. */
const HEAP_SHARE = 0.05;
const HEAP_BYTES = 4 * MIB;
/** A connection that is being replaced, and a wait or two for it. */
const SPARE_SOCKETS = 1;
const SPARE_TIMERS = 4;

/**
 * Whether the samples show a leak. Sockets, timers and listeners are counted: a process that opens one for each fault has
 * dozens more in the second half than it had in the first.
 */
export function watchSamples(samples: readonly ProcessSample[]): readonly Watch[] {
  const half = samples.slice(Math.floor(samples.length / 2));
  const early = samples.slice(1, Math.floor(samples.length / 2));
  const counted = (what: string, spare: number, count: (sample: ProcessSample) => number): Watch => {
    const allowed = Math.max(0, ...early.map(count)) + spare;
    const seen = Math.max(0, ...half.map(count));
    return { what, seen: String(seen), allowed: `${allowed}`, isGood: early.length > 0 && seen <= allowed };
  };
  return [
    counted("sockets at most, second half", SPARE_SOCKETS, ({ resources }) => resources["TCPSocketWrap"] ?? 0),
    counted("timers at most, second half", SPARE_TIMERS, ({ resources }) => resources["Timeout"] ?? 0),
    counted("listeners at most, second half", 0, ({ listeners }) => listeners),
    heapWatch(samples),
    {
      what: "RSS at most",
      seen: mib(Math.max(...samples.map(({ rssBytes }) => rssBytes))),
      allowed: "told only",
      isGood: true,
    },
  ];
}

function heapWatch(samples: readonly ProcessSample[]): Watch {
  const quarter = Math.floor(samples.length / 4);
  const most = (part: readonly ProcessSample[]): number => Math.max(0, ...part.map(({ heapBytes }) => heapBytes));
  const third = most(samples.slice(2 * quarter, 3 * quarter));
  const last = most(samples.slice(3 * quarter));
  const allowed = third * (1 + HEAP_SHARE) + HEAP_BYTES;
  const isJudged = (samples.at(-1)?.atSec ?? 0) >= SHORTEST_FLAT_SEC;
  return {
    what: "heap after collection, last quarter against the third",
    seen: `${mib(last)} against ${mib(third)}`,
    allowed: isJudged ? `${mib(allowed)}` : `told only: judged from ${SHORTEST_FLAT_SEC} s on`,
    isGood: !isJudged || last <= allowed,
  };
}

export function mib(bytes: number): string {
  return `${(bytes / MIB).toFixed(1)} MiB`;
}
