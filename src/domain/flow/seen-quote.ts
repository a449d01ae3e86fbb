import { priceMicros } from "../market/price-micros.ts";
import { type NbboState, nbboState } from "../market/rows.ts";
import {
  type QuoteSource,
  type QuoteTrail,
  quoteAgeMs,
  quotesEndNs,
  type SourcedQuote,
  startOfMs,
} from "./quote-trail.ts";
import type { SideOptions } from "./side-options.ts";
import type { RuleQuote, RuleSizes } from "./side-rules.ts";

/** What stood against a print: how bid and ask stand to one another, or that the quote is `stale`, or that there is `none`. */
export type QuoteCondition = NbboState | "stale" | "none";

/** A quote as it looked at the time of a print. */
export interface SeenQuote {
  /** In whole numbers. */
  readonly sides: RuleQuote;
  /** Its sizes as far as they stood at the print's own venue, or nobody knows where. */
  readonly own: RuleSizes;
  readonly ageMs: number;
  readonly source: QuoteSource;
  readonly condition: QuoteCondition;
}

const NOTHING_SEEN = Object.freeze({ prevailing: undefined, used: undefined });

/** Millionths of a point; ten times as many are whole numbers still. */
const MOST_MICROS = 4e14;

/**
 * The quote that prevailed at a print, and the one that can be used: the same, or where that is crossed, one-sided or
 * empty, the last one before it from the same source that is not, while younger than `standInMs`; `undefined` where there
 * is none.
 *
 * Quotes of the stream go before those of the substrate: where a contract is streamed, that is all that is looked at.
 * Only where the stream has none, or a stale one, the substrate is asked.
 *
 * @param reachMs quotes that are older count as if they were not there.
 */
export function seenQuotes(
  quotes: QuoteTrail,
  tradeTsNs: bigint,
  exchange: number | undefined,
  options: SideOptions,
  reachMs: Readonly<Record<QuoteSource, number>>,
): { readonly prevailing: SeenQuote | undefined; readonly used: SeenQuote | undefined } {
  const startNs = startOfMs(tradeTsNs);
  const endNs = quotesEndNs(startNs, options.minQuoteAgeMs);
  const newest = quotes.lastBefore(endNs);
  if (newest === undefined) return NOTHING_SEEN;
  const last = (source: QuoteSource): SeenQuote | undefined => {
    const entry = newest.source === source ? newest : quotes.lastBefore(endNs, (earlier) => earlier.source === source);
    const seen = entry === undefined ? undefined : seenQuote(entry, startNs, exchange, options);
    return seen === undefined || seen.ageMs > reachMs[source] ? undefined : seen;
  };
  const streamed = last("stream");
  let prevailing = streamed;
  if (streamed === undefined || streamed.condition === "stale") {
    const stored = last("substrate");
    if (streamed === undefined || (stored !== undefined && stored.condition !== "stale")) prevailing = stored;
  }
  if (prevailing === undefined) return NOTHING_SEEN;
  if (isUsable(prevailing.condition)) return { prevailing, used: prevailing };
  if (prevailing.ageMs >= options.standInMs) return { prevailing, used: undefined };

  const { source } = prevailing;
  let used: SeenQuote | undefined;
  quotes.lastBefore(endNs, (earlier) => {
    if (earlier.source !== source) return false;
    const seen = seenQuote(earlier, startNs, exchange, options);
    if (seen.ageMs >= options.standInMs || seen.ageMs > reachMs[source]) return true;
    if (isUsable(seen.condition)) used = seen;
    return used !== undefined;
  });
  return { prevailing, used };
}

/** Whether the rules can be held against a quote that stands so. */
export function isUsable(condition: QuoteCondition): boolean {
  return condition === "normal" || condition === "locked";
}

/** A price in millionths of a point; `null` for one that is absent, below 0, not finite or absurd. */
export function usableMicros(price: number | null | undefined): number | null {
  if (price === null || price === undefined) return null;
  const micros = priceMicros(price);
  return micros >= 0 && micros <= MOST_MICROS ? micros : null;
}

function seenQuote(
  { quote, source }: SourcedQuote,
  startNs: bigint,
  exchange: number | undefined,
  options: SideOptions,
): SeenQuote {
  const bid = usableMicros(quote.bid);
  const ask = usableMicros(quote.ask);
  const bidSize = usableSize(quote.bidSize);
  const askSize = usableSize(quote.askSize);
  const sides = { bid, ask, bidSize, askSize };
  const isBidElsewhere = isElsewhere(quote.bidExchange, exchange);
  const isAskElsewhere = isElsewhere(quote.askExchange, exchange);
  const ageMs = quoteAgeMs(quote, startNs);
  const mostMs = source === "stream" ? options.maxStreamAgeMs : options.maxSubstrateAgeMs;
  return {
    sides,
    own:
      isBidElsewhere || isAskElsewhere
        ? { bidSize: isBidElsewhere ? null : bidSize, askSize: isAskElsewhere ? null : askSize }
        : sides,
    ageMs,
    source,
    condition: ageMs > mostMs ? "stale" : nbboState(bid ?? undefined, ask ?? undefined),
  };
}

function usableSize(size: number | null | undefined): number | null {
  return size !== null && size !== undefined && size > 0 && size < Infinity ? size : null;
}

function isElsewhere(quoted: number | undefined, traded: number | undefined): boolean {
  return quoted !== undefined && traded !== undefined && quoted !== traded;
}
