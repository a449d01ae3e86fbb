import type { ParsedFrame } from "../wire/frame.ts";

/** How many events a frame holds, by type; `other` is everything that makes no row. */
export interface FrameContent {
  readonly trades: number;
  readonly quotes: number;
  readonly values: number;
  readonly other: number;
}

/** What frames hold together, while it is being summed up. */
export interface FrameContentSum {
  trades: number;
  quotes: number;
  values: number;
  other: number;
}

/** A control entry, or an empty frame. */
export const NO_EVENTS: FrameContent = Object.freeze({ trades: 0, quotes: 0, values: 0, other: 0 });

/** A frame of which nothing can be told but that it came. */
const ONE_OTHER: FrameContent = Object.freeze({ trades: 0, quotes: 0, values: 0, other: 1 });

const TYPE = '"ev":"';
const NAME = '"ev"';
const BETWEEN = "},{";
const QUOTE = 0x22;

/** Adds what a frame holds. */
export function addContent(sum: FrameContentSum, content: FrameContent): void {
  sum.trades += content.trades;
  sum.quotes += content.quotes;
  sum.values += content.values;
  sum.other += content.other;
}

/** All events of a frame. */
export function eventsIn({ trades, quotes, values, other }: FrameContent): number {
  return trades + quotes + values + other;
}

/** Whether a frame holds quotes and nothing else: the first that can be done without, since the next ones replace them. */
export function isQuotesOnly({ trades, quotes, values, other }: FrameContent): boolean {
  return quotes > 0 && trades + values + other === 0;
}

/** What a parsed frame holds. Refused events count as other. */
export function contentOf({ batches, statuses, ignored, rejected }: ParsedFrame): FrameContent {
  const sum: FrameContentSum = { trades: 0, quotes: 0, values: 0, other: statuses.length + rejected.length };
  if (ignored.size > 0) for (const count of ignored.values()) sum.other += count;
  for (const { rows } of batches) {
    const type = rows[0]?.type;
    if (type === "nbbo") sum.quotes += rows.length;
    else if (type === "indexValue") sum.values += rows.length;
    else sum.trades += rows.length;
  }
  return sum;
}

/**
 * What a frame holds, told without parsing it: an overloaded source has no time to read what it gives up. By the types
 * that the events claim, valid or not; a frame that shows to be no JSON counts as one other event.
 *
 * @example
 * ```ts
 * countEvents('[{"ev":"Q","sym":"O:SPY251219C00650000"},{"ev":"T","sym":"O:SPY251219C00650000"}]');
 * // { trades: 1, quotes: 1, values: 0, other: 0 }
 * ```
 */
export function countEvents(payload: string): FrameContent {
  // Objects one behind the other, none in another, each with one type: everything else is spelled unusually.
  if (!payload.startsWith("[{") || !payload.endsWith("}]") || payload.includes("\\")) return countByParsing(payload);
  const sum: FrameContentSum = { trades: 0, quotes: 0, values: 0, other: 0 };
  for (let start = 1; ; ) {
    const next = payload.indexOf("{", start + 1);
    if (next >= 0 && !payload.startsWith(BETWEEN, next - 2)) return countByParsing(payload);
    const end = next < 0 ? payload.length : next;
    const at = payload.indexOf(TYPE, start);
    if (at < 0 || at > end) return countByParsing(payload);
    const again = payload.indexOf(NAME, at + TYPE.length);
    if (again >= 0 && again < end) return countByParsing(payload);
    const type = at + TYPE.length;
    addType(sum, payload.charCodeAt(type + 1) === QUOTE ? payload.charAt(type) : "");
    if (next < 0) return sum;
    start = next;
  }
}

function addType(sum: FrameContentSum, type: unknown): void {
  if (type === "T") sum.trades += 1;
  else if (type === "Q") sum.quotes += 1;
  else if (type === "V") sum.values += 1;
  else sum.other += 1;
}

/** The spelling is unusual. */
function countByParsing(payload: string): FrameContent {
  let frame: unknown;
  try {
    frame = JSON.parse(payload);
  } catch {
    return ONE_OTHER;
  }
  const sum: FrameContentSum = { trades: 0, quotes: 0, values: 0, other: 0 };
  for (const event of Array.isArray(frame) ? frame : [frame]) {
    addType(sum, typeof event === "object" && event !== null ? Reflect.get(event, "ev") : undefined);
  }
  return sum;
}
