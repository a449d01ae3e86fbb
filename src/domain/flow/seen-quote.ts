import { priceMicros } from "../market/price-micros.ts";
import { type NbboState, nbboState } from "../market/rows.ts";
import {
  ASK,
  ASK_EXCHANGE,
  ASK_SIZE,
  BID,
  BID_EXCHANGE,
  BID_SIZE,
  type QuoteSource,
  type QuoteTrail,
} from "./quote-trail.ts";
import type { SideOptions } from "./side-options.ts";
import type { RuleQuote, RuleSizes } from "./side-rules.ts";

/** What stood against a print: how bid and ask stand to one another, or that the quote is `stale`, or that there is `none`. */
export type QuoteCondition = NbboState | "stale" | "none";

/** A quote that a print is held against. */
export interface SeenQuote {
  /** In whole numbers; `undefined` where no rule can use them. */
  readonly sides: RuleQuote | undefined;
  /** Its sizes as far as they stood at the print's own venue, or nobody knows where. */
  readonly own: RuleSizes;
  readonly ageMs: number;
  readonly source: QuoteSource;
  /** Of the quote that prevailed; where another one stands in for it, only this is of that one. */
  readonly condition: QuoteCondition;
}

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
  const endMs = tMs - options.minQuoteAgeMs + 1;
  let source: QuoteSource = "stream";
  let place = lastOf(source, quotes, endMs, tMs - reachMs.stream);
  let condition = place < 0 ? "none" : conditionOf(quotes, place, tMs, options.maxStreamAgeMs);
  if (place < 0 || condition === "stale") {
    const stored = lastOf("substrate", quotes, endMs, tMs - reachMs.substrate);
    const stands = stored < 0 ? "none" : conditionOf(quotes, stored, tMs, options.maxSubstrateAgeMs);
    if (stored >= 0 && (place < 0 || stands !== "stale")) {
      source = "substrate";
      place = stored;
      condition = stands;
    }
  }
  if (place < 0) return undefined;
  const isStandInWanted = !isUsable(condition) && tMs - quotes.tMsAt(place) < options.standInMs;
  const used = isStandInWanted ? standIn(source, quotes, place, tMs, options, reachMs[source]) : place;
  const isUsed = isUsable(condition) || used !== place;
  return seenAt(quotes, used, tMs, exchange, source, condition, isUsed);
}

/** The place of the newest quote of a source before `endMs`; -1 where it is older than `oldestMs`, or not there. */
function lastOf(source: QuoteSource, quotes: QuoteTrail, endMs: number, oldestMs: number): number {
  let place = quotes.placeBefore(endMs);
  while (place >= 0 && quotes.sourceAt(place) !== source) place = quotes.placeBefore(endMs, place);
  return place >= 0 && quotes.tMsAt(place) < oldestMs ? -1 : place;
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
  const staleMs = source === "stream" ? options.maxStreamAgeMs : options.maxSubstrateAgeMs;
  for (let earlier = place; ; ) {
    earlier = quotes.placeBefore(Number.POSITIVE_INFINITY, earlier);
    if (earlier < 0) return place;
    if (quotes.sourceAt(earlier) !== source) continue;
    const ageMs = tMs - quotes.tMsAt(earlier);
    if (ageMs >= options.standInMs || ageMs > mostAgeMs) return place;
    if (isUsable(conditionOf(quotes, earlier, tMs, staleMs))) return earlier;
  }
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

function conditionOf(quotes: QuoteTrail, place: number, tMs: number, staleMs: number): QuoteCondition {
  if (tMs - quotes.tMsAt(place) > staleMs) return "stale";
  const bid = usableMicros(quotes.fieldAt(place, BID)) ?? undefined;
  return nbboState(bid, usableMicros(quotes.fieldAt(place, ASK)) ?? undefined);
}

function seenAt(
  quotes: QuoteTrail,
  place: number,
  tMs: number,
  exchange: number | undefined,
  source: QuoteSource,
  condition: QuoteCondition,
  isUsed: boolean,
): SeenQuote {
  const bidSize = usableSize(quotes.fieldAt(place, BID_SIZE));
  const askSize = usableSize(quotes.fieldAt(place, ASK_SIZE));
  const sides = {
    bid: usableMicros(quotes.fieldAt(place, BID)),
    ask: usableMicros(quotes.fieldAt(place, ASK)),
    bidSize,
    askSize,
  };
  const isBidElsewhere = isElsewhere(quotes.fieldAt(place, BID_EXCHANGE), exchange);
  const isAskElsewhere = isElsewhere(quotes.fieldAt(place, ASK_EXCHANGE), exchange);
  return {
    sides: isUsed ? sides : undefined,
    own:
      isBidElsewhere || isAskElsewhere
        ? { bidSize: isBidElsewhere ? null : bidSize, askSize: isAskElsewhere ? null : askSize }
        : sides,
    ageMs: tMs - quotes.tMsAt(place),
    source,
    condition,
  };
}

/** @param size NaN where it is absent. */
function usableSize(size: number): number | null {
  return size > 0 && size < Infinity ? size : null;
}

/** @param quoted NaN where it is absent. */
function isElsewhere(quoted: number, traded: number | undefined): boolean {
  return traded !== undefined && quoted !== traded && !Number.isNaN(quoted);
}
