import type { TradeSide } from "../hydration/effects.ts";
import type { TradeConditionFlags } from "../market/conditions.ts";
import { priceMicros } from "../market/price-micros.ts";
import { type NbboState, nbboState, type OptionTrade } from "../market/rows.ts";
import { underlyingKind } from "../market/session.ts";
import type { SideHistory } from "./nbbo-book.ts";
import { publishedAccuracy, type SideRule } from "./published-accuracy.ts";
import { type QuoteSource, type QuoteTrail, quoteAgeMs, type SourcedQuote, type TimedQuote } from "./quote-trail.ts";
import { DEFAULT_SIDE_OPTIONS, type SideOptions } from "./side-options.ts";
import {
  chakrabarty,
  depthRule,
  ellisMichaelyOHara,
  leeReady,
  quoteRule,
  type RulePrint,
  type RuleQuote,
  type RuleSizes,
  type RuleStep,
  type SideDecision,
  stackedRule,
  tickTest,
  tradeSizeRule,
  UNDECIDED,
} from "./side-rules.ts";

/** What stood against a print: how bid and ask stand to one another, or that the quote is `stale`, or that there is `none`. */
export type QuoteCondition = NbboState | "stale" | "none";

/**
 * Why a print has no side: a leg of a package (`multi_leg`), a `cancel`, a `late_report` whose time tells nothing, a
 * `compression` trade, no usable `price`; a quote that is not there (`no_quote`) or cannot be used (`stale`, `crossed`,
 * `one_sided`, `empty`), with no tick either; or a rule that says nothing, by its name.
 */
export type UnsignedReason =
  | "multi_leg"
  | "cancel"
  | "late_report"
  | "compression"
  | "price"
  | "no_quote"
  | "stale"
  | "crossed"
  | "one_sided"
  | "empty"
  | SideRule;

/**
 * Which rule gave the side, and by which step: `lr:quote`, `stack:trade_size`, `quote` where both are one; `none:` and a
 * reason where there is no side. Where no quote was usable, a rule that falls back on the tick test is called `tick`.
 */
export type SideMethod = SideRule | `${SideRule}:${RuleStep}` | `none:${UnsignedReason}`;

/** The side of a print, with the quote that it was held against. */
export interface SideVerdict extends TradeSide {
  readonly method: SideMethod;
  /** Where the quote came from; `null` where there was none, or none was looked for. */
  readonly quoteSource: QuoteSource | null;
  /**
   * How the quote stood that prevailed at the print. Where a slightly older one took its place, age and source are that
   * one's.
   */
  readonly quoteCondition: QuoteCondition;
}

/** Millionths of a point; ten times as many are whole numbers still. */
const MOST_MICROS = 4e14;
const COMPRESSION = 247;

const NO_STEP_OF: ReadonlySet<SideRule> = new Set(["quote", "tick", "trade_size", "depth"]);
const FALLS_BACK_ON_TICK: ReadonlySet<SideRule> = new Set(["tick", "lr", "emo", "clnv", "stack"]);
const UNUSABLE: Readonly<Record<QuoteCondition, UnsignedReason | undefined>> = Object.freeze({
  normal: undefined,
  locked: undefined,
  crossed: "crossed",
  oneSided: "one_sided",
  empty: "empty",
  stale: "stale",
  none: "no_quote",
});

/**
 * Tells who was the aggressor of a print, from the quote that stood before it and the prices traded before it. Changes
 * nothing: see `rememberPrint`.
 *
 * Legs of packages, cancels, late reports and compressions get no side. Where the quote is crossed, one-sided, empty,
 * stale or absent, and no usable one is younger than `standInMs`, only the tick test is left, with its own confidence.
 *
 * @example
 * ```ts
 * const history = sideHistory();
 * const quote = { quoteTsNs: 1_766_437_799_000_000_000n, bid: 4, ask: 4.2, bidSize: 20, askSize: 50 };
 * history.quotes.add(quote, "stream");
 * // of a print of 7 at 4.20, 45 ms later:
 * // { side: "B", method: "stack:quote", confidence: 0.665, quoteAgeMs: 45, quoteSource: "stream", ... }
 * ```
 */
export function tradeSide(
  trade: OptionTrade,
  conditions: TradeConditionFlags,
  history: SideHistory,
  options: SideOptions = DEFAULT_SIDE_OPTIONS,
): SideVerdict {
  const excluded = exclusionOf(trade, conditions);
  if (excluded !== undefined) return EXCLUDED[excluded];
  const price = usableMicros(trade.price);
  if (price === null) return EXCLUDED.price;

  const { rule } = options;
  const { tradeTsNs } = trade;
  const print: RulePrint = { price, size: trade.size };
  const tick = FALLS_BACK_ON_TICK.has(rule)
    ? tickTest(print, history.ticks.previousDifferent(price, tradeTsNs))
    : UNDECIDED;
  const looksAtQuotes = rule !== "tick";
  const prevailing = looksAtQuotes ? history.quotes.prevailing(tradeTsNs, options.minQuoteAgeMs) : undefined;
  const quoteCondition = conditionOf(prevailing, tradeTsNs, options);
  const unusable = UNUSABLE[quoteCondition];
  const replacement = looksAtQuotes && unusable !== undefined ? standIn(history.quotes, tradeTsNs, options) : undefined;
  const used = unusable === undefined ? prevailing : replacement;

  let decision: SideDecision;
  let applied: SideRule = rule;
  let reason: UnsignedReason = rule;
  if (used !== undefined) {
    const quote = ruleQuote(used.quote);
    const own = ownSizes(used.quote, quote, trade.exchange);
    decision = decide(rule, print, quote, own, tick);
    // Without sizes the stack is hardly more than the quote rule and then the tick test.
    if (rule === "stack" && own.bidSize === null && own.askSize === null) applied = "lr";
  } else {
    decision = tick;
    applied = "tick";
    if (looksAtQuotes) reason = unusable ?? rule;
  }
  const told = used ?? prevailing;
  const kind = underlyingKind(trade.underlying);
  return {
    side: decision.sign === 0 ? "U" : decision.sign > 0 ? "B" : "S",
    method:
      decision.sign === 0
        ? `none:${reason}`
        : used === undefined || NO_STEP_OF.has(applied)
          ? applied
          : `${rule}:${decision.step}`,
    confidence: decision.sign === 0 ? null : publishedAccuracy(applied, kind),
    quoteAgeMs: told === undefined ? null : quoteAgeMs(told.quote, tradeTsNs),
    quoteSource: told?.source ?? null,
    quoteCondition,
  };
}

/**
 * Remembers the price of a print for the tick test of those that follow. Legs of packages, whose prices are set together,
 * cancels, late reports and prints that set no last sale are passed over.
 */
export function rememberPrint(trade: OptionTrade, conditions: TradeConditionFlags, history: SideHistory): void {
  const { cancel, lateReport, multiLeg, countsOpenClose, extendedHours } = conditions;
  if (cancel || lateReport || multiLeg || !(countsOpenClose || extendedHours)) return;
  history.ticks.add(priceMicros(trade.price), trade.tradeTsNs);
}

function exclusionOf(
  { conditions: ids }: OptionTrade,
  { cancel, lateReport, multiLeg, countsOpenClose }: TradeConditionFlags,
): keyof typeof EXCLUDED | undefined {
  if (cancel) return "cancel";
  if (lateReport) return "late_report";
  if (multiLeg) return "multi_leg";
  return !countsOpenClose && ids?.includes(COMPRESSION) === true ? "compression" : undefined;
}

function decide(rule: SideRule, print: RulePrint, quote: RuleQuote, own: RuleSizes, tick: SideDecision): SideDecision {
  switch (rule) {
    case "quote":
      return quoteRule(print, quote);
    case "tick":
      return tick;
    case "lr":
      return leeReady(print, quote, tick);
    case "emo":
      return ellisMichaelyOHara(print, quote, tick);
    case "clnv":
      return chakrabarty(print, quote, tick);
    case "trade_size":
      return tradeSizeRule(print, own);
    case "depth":
      return depthRule(print, quote);
    case "stack":
      return stackedRule(print, quote, tick, own);
  }
}

function conditionOf(entry: SourcedQuote | undefined, tradeTsNs: bigint, options: SideOptions): QuoteCondition {
  if (entry === undefined) return "none";
  const { quote, source } = entry;
  const mostMs = source === "stream" ? options.maxStreamAgeMs : options.maxSubstrateAgeMs;
  if (quoteAgeMs(quote, tradeTsNs) > mostMs) return "stale";
  return stateOf(quote);
}

function standIn(quotes: QuoteTrail, tradeTsNs: bigint, options: SideOptions): SourcedQuote | undefined {
  let isYoung = true;
  const found = quotes.findBefore(tradeTsNs, options.minQuoteAgeMs, (quote) => {
    isYoung = quoteAgeMs(quote, tradeTsNs) < options.standInMs;
    return !isYoung || UNUSABLE[stateOf(quote)] === undefined;
  });
  return isYoung ? found : undefined;
}

function stateOf({ bid, ask }: TimedQuote): NbboState {
  return nbboState(usableMicros(bid) ?? undefined, usableMicros(ask) ?? undefined);
}

/** The quote in whole numbers. */
function ruleQuote({ bid, ask, bidSize, askSize }: TimedQuote): RuleQuote {
  return {
    bid: usableMicros(bid),
    ask: usableMicros(ask),
    bidSize: usableSize(bidSize),
    askSize: usableSize(askSize),
  };
}

/** A size that stands at another venue than the print's cannot have been filled by it. */
function ownSizes({ bidExchange, askExchange }: TimedQuote, sizes: RuleSizes, exchange: number | undefined): RuleSizes {
  const isBidElsewhere = isElsewhere(bidExchange, exchange);
  const isAskElsewhere = isElsewhere(askExchange, exchange);
  if (!isBidElsewhere && !isAskElsewhere) return sizes;
  return {
    bidSize: isBidElsewhere ? null : sizes.bidSize,
    askSize: isAskElsewhere ? null : sizes.askSize,
  };
}

function isElsewhere(quoted: number | undefined, traded: number | undefined): boolean {
  return quoted !== undefined && traded !== undefined && quoted !== traded;
}

function usableSize(size: number | null | undefined): number | null {
  return size !== null && size !== undefined && size > 0 && size < Infinity ? size : null;
}

function usableMicros(price: number | null | undefined): number | null {
  if (price === null || price === undefined) return null;
  const micros = priceMicros(price);
  return micros >= 0 && micros <= MOST_MICROS ? micros : null;
}

function excludedFor<Reason extends UnsignedReason>(reason: Reason): SideVerdict {
  return Object.freeze({
    side: "U",
    method: `none:${reason}`,
    confidence: null,
    quoteAgeMs: null,
    quoteSource: null,
    quoteCondition: "none",
  });
}

const EXCLUDED = Object.freeze({
  multi_leg: excludedFor("multi_leg"),
  cancel: excludedFor("cancel"),
  late_report: excludedFor("late_report"),
  compression: excludedFor("compression"),
  price: excludedFor("price"),
});
