import { nbboState } from "../market/nbbo-state.ts";
import { priceMicros } from "../market/price-micros.ts";
import { ASK, ASK_SIZE, askExchange, BID, BID_SIZE, bidExchange, T_MS } from "../market/quote-numbers.ts";
import type { QuoteSource } from "./quote-source.ts";
import { type QuoteTrail, sourceOf } from "./quote-trail.ts";
import type { SideOptions } from "./side-options.ts";
import type { RuleQuote, RuleSizes } from "./side-rules.ts";
import type { QuoteCondition } from "./side-verdict.ts";

/** A quote that a print is held against, in whole numbers. Good until the next print is asked about. */
export interface SeenQuote extends RuleQuote {
  /** Whether the rules can use it. */
  readonly isUsable: boolean;
  /** Its sizes as far as they stood at the print's own venue, or nobody knows where. */
  readonly own: RuleSizes;
  readonly ageMs: number;
  readonly source: QuoteSource;
  /** Of the quote that prevailed; where another one stands in for it, only this is of that one. */
  readonly condition: QuoteCondition;
}

/** The same, to write to. */
type Open<T> = { -readonly [Name in keyof T]: T[Name] };

// One of each serves all prints: made for each they would cost as much as the rules.
const own: Open<RuleSizes> = { bidSize: null, askSize: null };
const seen: Open<SeenQuote> = {
  bid: null,
  ask: null,
  bidSize: null,
  askSize: null,
  isUsable: false,
  own,
  ageMs: 0,
  source: "stream",
  condition: "none",
};

/** Millionths of a point; ten times as many are whole numbers still. */
const MOST_MICROS = 4e14;

/**
 * The quote that prevailed at a print. Where that is crossed, one-sided or empty, the last one before it from the same
 * source that is not takes its place, while younger than `standInMs`. `undefined` where there is none.
 *
 * Quotes of the stream go before those of the substrate: where a contract is streamed, that is all that is looked at.
 * Only where the stream has none, or a stale one, the substrate is asked.
 *
 * @param tMs event time of the print.
 * @param reachMs quotes that are older count as if they were not there.
 */
export function seenQuote(
  quotes: QuoteTrail,
  tMs: number,
  exchange: number | undefined,
  options: SideOptions,
  reachMs: Readonly<Record<QuoteSource, number>>,
): SeenQuote | undefined {
  const { size, numbers } = quotes;
  if (size === 0) return undefined;
  const endMs = tMs - options.minQuoteAgeMs + 1;
  let source: QuoteSource = "stream";
  let place = lastOf(source, quotes, endMs, tMs - reachMs.stream);
  let offset = place < 0 ? -1 : quotes.offsetOf(place);
  let condition = place < 0 ? "none" : conditionOf(numbers, offset, tMs, options.maxStreamAgeMs);
  if (place < 0 || condition === "stale") {
    const stored = lastOf("substrate", quotes, endMs, tMs - reachMs.substrate);
    const storedOffset = stored < 0 ? -1 : quotes.offsetOf(stored);
    const stands = stored < 0 ? "none" : conditionOf(numbers, storedOffset, tMs, options.maxSubstrateAgeMs);
    if (stored >= 0 && (place < 0 || stands !== "stale")) {
      source = "substrate";
      place = stored;
      offset = storedOffset;
      condition = stands;
    }
  }
  if (place < 0) return undefined;
  let isUsed = isUsable(condition);
  if (!isUsed && tMs - (numbers[offset + T_MS] ?? 0) < options.standInMs) {
    const used = standIn(source, quotes, place, tMs, options, reachMs[source]);
    isUsed = used !== place;
    offset = quotes.offsetOf(used);
  }
  see(numbers, offset, exchange);
  seen.isUsable = isUsed;
  seen.ageMs = tMs - (numbers[offset + T_MS] ?? 0);
  seen.source = source;
  seen.condition = condition;
  return seen;
}

/** The place of the newest quote of a source before `endMs`; -1 where it is older than `oldestMs`, or not there. */
function lastOf(source: QuoteSource, quotes: QuoteTrail, endMs: number, oldestMs: number): number {
  const { numbers } = quotes;
  for (let place = quotes.size - 1; place >= 0; place--) {
    const offset = quotes.offsetOf(place);
    const tMs = numbers[offset + T_MS] ?? 0;
    if (tMs < oldestMs) return -1;
    if (tMs < endMs && sourceOf(numbers, offset) === source) return place;
  }
  return -1;
}

/** The place of the last usable quote before the one at `place` of the same source; `place` where that is too old. */
function standIn(
  source: QuoteSource,
  quotes: QuoteTrail,
  place: number,
  tMs: number,
  options: SideOptions,
  mostAgeMs: number,
): number {
  const { numbers } = quotes;
  const staleMs = source === "stream" ? options.maxStreamAgeMs : options.maxSubstrateAgeMs;
  for (let earlier = place - 1; earlier >= 0; earlier--) {
    const offset = quotes.offsetOf(earlier);
    if (sourceOf(numbers, offset) !== source) continue;
    const ageMs = tMs - (numbers[offset + T_MS] ?? 0);
    if (ageMs >= options.standInMs || ageMs > mostAgeMs) return place;
    if (isUsable(conditionOf(numbers, offset, tMs, staleMs))) return earlier;
  }
  return place;
}

/** Whether the rules can be held against a quote that stands so. */
export function isUsable(condition: QuoteCondition): boolean {
  return condition === "normal" || condition === "locked";
}

/** A price in millionths of a point; `null` for one that is NaN, below 0, not finite or absurd. */
export function usableMicros(price: number): number | null {
  const micros = priceMicros(price);
  return micros >= 0 && micros <= MOST_MICROS ? micros : null;
}

function conditionOf(numbers: Float64Array, offset: number, tMs: number, staleMs: number): QuoteCondition {
  if (tMs - (numbers[offset + T_MS] ?? 0) > staleMs) return "stale";
  const bid = usableMicros(numbers[offset + BID] ?? Number.NaN) ?? undefined;
  return nbboState(bid, usableMicros(numbers[offset + ASK] ?? Number.NaN) ?? undefined);
}

/** Reads prices and sizes. */
function see(numbers: Float64Array, offset: number, exchange: number | undefined): void {
  seen.bid = usableMicros(numbers[offset + BID] ?? Number.NaN);
  seen.ask = usableMicros(numbers[offset + ASK] ?? Number.NaN);
  seen.bidSize = usableSize(numbers[offset + BID_SIZE] ?? Number.NaN);
  seen.askSize = usableSize(numbers[offset + ASK_SIZE] ?? Number.NaN);
  own.bidSize = isElsewhere(bidExchange(numbers, offset), exchange) ? null : seen.bidSize;
  own.askSize = isElsewhere(askExchange(numbers, offset), exchange) ? null : seen.askSize;
}

/** @param size NaN where it is absent. */
function usableSize(size: number): number | null {
  return size > 0 && size < Infinity ? size : null;
}

function isElsewhere(quoted: number | undefined, traded: number | undefined): boolean {
  return traded !== undefined && quoted !== undefined && quoted !== traded;
}
