import type { BrokenEvent, CaptureItem, OtherEvent } from "./capture-item.ts";

const MS_PER_YEAR = 365 * 86_400_000;

/** How a good print is made into a bad one. */
const BREAKAGES: Readonly<Record<BrokenEvent, (text: string) => string>> = {
  stringPrice: (text) => text.replace(/"p":([\d.]+)/, '"p":"$1"'),
  negativeSize: (text) => text.replace(/"s":(\d+)/, '"s":-$1'),
  // A date that looks like one and is in no calendar.
  impossibleDate: (text) => text.replace(/\d{6}([CP]\d{8})/, "260230$1"),
  farFuture: (text) => text.replace(/"t":(\d+)/, (_, t: string) => `"t":${Number(t) + MS_PER_YEAR}`),
};

/** When each comes, in ms after the start. */
const BROKEN_AFTER_MS: readonly (readonly [BrokenEvent, number])[] = [
  ["stringPrice", 61_000],
  ["negativeSize", 128_000],
  ["impossibleDate", 197_000],
  ["farFuture", 316_000],
];

const AM_AFTER_MS = 90_000;
const FMV_AFTER_MS = 350_000;

/** One event of each broken kind: a copy of the print before it, spoilt in one place. */
export function brokenEvents(items: readonly CaptureItem[], startMs: number): readonly CaptureItem[] {
  return BROKEN_AFTER_MS.flatMap(([fault, afterMs]) => {
    const before = items.findLast((item) => item.kind === "trade" && item.publishedAtMs <= startMs + afterMs);
    if (before === undefined) return [];
    const text = BREAKAGES[fault](before.text);
    return [{ kind: "broken", fault, publishedAtMs: startMs + afterMs, text } satisfies CaptureItem];
  });
}

/** A minute bar and a fair market value, of the contract last quoted. */
export function otherEvents(items: readonly CaptureItem[], startMs: number): readonly CaptureItem[] {
  const make = (ev: OtherEvent, afterMs: number, write: (ticker: string, atMs: number) => string): CaptureItem[] => {
    const atMs = startMs + afterMs;
    const quoted = items.findLast((item) => item.kind === "quote" && item.publishedAtMs <= atMs);
    if (quoted?.kind !== "quote") return [];
    return [{ kind: "other", ev, publishedAtMs: atMs, text: write(quoted.ticker, atMs) }];
  };
  return [
    ...make("AM", AM_AFTER_MS, (sym, atMs) => {
      const s = Math.floor(atMs / 60_000) * 60_000 - 60_000;
      const bar = { v: 42, av: 1_804, op: 6.1, vw: 7.4512, o: 7.4, c: 7.5, h: 7.6, l: 7.4, a: 7.0214, z: 3 };
      return JSON.stringify({ ev: "AM", sym, ...bar, s, e: s + 60_000 });
    }),
    // Nanoseconds, which no double holds: put together as text.
    ...make("FMV", FMV_AFTER_MS, (sym, atMs) => `{"ev":"FMV","fmv":7.65,"sym":"${sym}","t":${atMs}000417}`),
  ];
}
