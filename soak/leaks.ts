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
/** How far the usual number may move without a leak. One is left for each fault, or it is none. */
const SPARE = { sockets: 1, timers: 3, listeners: 1 } as const;

/**
 * Whether the samples show a leak. Sockets, timers and listeners are counted: the usual number in the last quarter, against
 * that of the first half. What opens and closes moves the most and the least there are, what is left moves the median.
 */
export function watchSamples(samples: readonly ProcessSample[]): readonly Watch[] {
  const early = samples.slice(0, Math.floor(samples.length / 2));
  const late = samples.slice(Math.floor((samples.length * 3) / 4));
  const counted = (what: keyof typeof SPARE, count: (sample: ProcessSample) => number): Watch => {
    const allowed = median(early.map(count)) + SPARE[what];
    const seen = median(late.map(count));
    return { what: `${what}, last quarter`, seen: String(seen), allowed: String(allowed), isGood: seen <= allowed };
  };
  return [
    counted("sockets", ({ resources }) => resources["TCPSocketWrap"] ?? 0),
    counted("timers", ({ resources }) => resources["Timeout"] ?? 0),
    counted("listeners", ({ listeners }) => listeners),
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

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

export function mib(bytes: number): string {
  return `${(bytes / MIB).toFixed(1)} MiB`;
}
