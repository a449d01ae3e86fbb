import type { TradeConditionFlags } from "../market/conditions.ts";
import { eventMs } from "../market/event-ms.ts";
import { priceMicros } from "../market/price-micros.ts";
import type { OptionTrade } from "../market/rows.ts";
import { type UnderlyingKind, underlyingKind } from "../market/session.ts";
import { publishedAccuracy, type SideRule } from "./published-accuracy.ts";
import { type SeenQuote, seenQuote, usableMicros } from "./seen-quote.ts";
import { type SideReach, UNLIMITED_REACH } from "./side-feed.ts";
import type { SideHistory } from "./side-history.ts";
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
import {
  METHODS,
  type QuoteCondition,
  type SideMethod,
  type SideVerdict,
  UNSIGNED,
  UNSIGNED_ALONE,
  type UnsignedReason,
} from "./side-verdict.ts";

const COMBINES_RULES: Readonly<Record<SideRule, boolean>> = Object.freeze({
  quote: false,
  tick: false,
  lr: true,
  emo: true,
  clnv: true,
  trade_size: false,
  depth: false,
  stack: true,
});

/** Stands for what the tick test will say. */
const TICK: SideDecision = Object.freeze({ ...UNDECIDED });

/** Verdicts without a quote are the same for many prints. */
const TICK_ALONE = Object.freeze({ index: ticksAlone("index"), equity: ticksAlone("equity") });

/**
 * Tells who was the aggressor of a print, from the quote that stood before it and the prices traded before it, by whole ms:
 * the stream has no finer times. Changes nothing: see `rememberPrint`.
 *
 * Legs of packages, cancels, late reports and compressions get no side. Where the quote is crossed, one-sided, empty,
 * stale or absent, and no usable one is younger than `standInMs`, only the tick test is left, with its own confidence.
 *
 * @param reachMs what is older counts as if it were not there.
 *
 * @example
 * ```ts
 * const history = new SideHistory();
 * const quote = { quoteTsNs: 1_766_437_799_000_000_000n, bid: 4, ask: 4.2, bidSize: 20, askSize: 50 };
 * history.quotes.add(quote, "stream");
 * // of a print of 7 SPX options at 4.20, 45 ms later:
 * // { side: "B", method: "stack:quote", confidence: 0.665, quoteAgeMs: 45, quoteSource: "stream", ... }
 * ```
 */
export function tradeSide(
  trade: OptionTrade,
  conditions: TradeConditionFlags,
  history: SideHistory,
  options: SideOptions = DEFAULT_SIDE_OPTIONS,
  reachMs: SideReach = UNLIMITED_REACH,
): SideVerdict {
  return verdictOn(trade, eventMs(trade.tradeTsNs), usableMicros(trade.price), conditions, history, options, reachMs);
}

/**
 * Remembers the price of a print for the tick test of those that follow. Legs of packages, whose prices are set together,
 * cancels, late reports and prints that set no last sale are passed over.
 */
export function rememberPrint(trade: OptionTrade, conditions: TradeConditionFlags, history: SideHistory): void {
  if (setsTick(conditions)) history.ticks.add(priceMicros(trade.price), eventMs(trade.tradeTsNs));
}

/**
 * Tells the side of a print as `tradeSide` does, and remembers its price as `rememberPrint` does: for who takes print after
 * print.
 *
 * @param tMs event time of the print, whole ms.
 */
export function takePrint(
  trade: OptionTrade,
  tMs: number,
  conditions: TradeConditionFlags,
  history: SideHistory,
  options: SideOptions,
  reachMs: SideReach,
): SideVerdict {
  const price = usableMicros(trade.price);
  const verdict = verdictOn(trade, tMs, price, conditions, history, options, reachMs);
  if (setsTick(conditions)) history.ticks.add(price ?? priceMicros(trade.price), tMs);
  return verdict;
}

function setsTick({ cancel, lateReport, multiLeg, countsOpenClose, extendedHours }: TradeConditionFlags): boolean {
  return !cancel && !lateReport && !multiLeg && (countsOpenClose || extendedHours);
}

/** @param price in millionths of a point; `null` where it is no price. */
function verdictOn(
  trade: OptionTrade,
  tMs: number,
  price: number | null,
  conditions: TradeConditionFlags,
  history: SideHistory,
  options: SideOptions,
  reachMs: SideReach,
): SideVerdict {
  const excluded = exclusionOf(conditions);
  if (excluded !== undefined) return UNSIGNED_ALONE[excluded];
  if (price === null) return UNSIGNED_ALONE.price;

  const { rule } = options;
  const print: RulePrint = { price, size: trade.size };
  const seen = rule === "tick" ? undefined : seenQuote(history.quotes, tMs, trade.exchange, options, reachMs);
  const isUsable = seen?.isUsable === true;
  // Most prints never come to the tick test.
  const ruled = isUsable
    ? decide(rule, print, seen, seen.own, TICK)
    : COMBINES_RULES[rule] || rule === "tick"
      ? TICK
      : UNDECIDED;
  const decision = ruled === TICK ? tickTest(print, history.ticks.previousDifferent(price, tMs, reachMs.ticks)) : ruled;
  if (rule === "tick") return verdictOf(decision, "tick", "tick", "tick", trade.underlying, undefined);
  if (!isUsable) {
    return verdictOf(decision, "tick", "tick", unusable(seen?.condition ?? "none", rule), trade.underlying, seen);
  }
  const method = COMBINES_RULES[rule] && decision.sign !== 0 ? methodOf(rule, decision.step) : rule;
  // Without sizes the stack is hardly more than the quote rule and then the tick test.
  const isSizeless = rule === "stack" && seen.own.bidSize === null && seen.own.askSize === null;
  return verdictOf(decision, method, isSizeless ? "lr" : rule, rule, trade.underlying, seen);
}

function exclusionOf({ cancel, lateReport, multiLeg, compression }: TradeConditionFlags): UnsignedReason | undefined {
  if (cancel) return "cancel";
  if (lateReport) return "late_report";
  if (multiLeg) return "multi_leg";
  return compression ? "compression" : undefined;
}

function decide(rule: SideRule, print: RulePrint, sides: RuleQuote, own: RuleSizes, tick: SideDecision): SideDecision {
  switch (rule) {
    case "quote":
      return quoteRule(print, sides);
    case "tick":
      return tick;
    case "lr":
      return leeReady(print, sides, tick);
    case "emo":
      return ellisMichaelyOHara(print, sides, tick);
    case "clnv":
      return chakrabarty(print, sides, tick);
    case "trade_size":
      return tradeSizeRule(print, own);
    case "depth":
      return depthRule(print, sides);
    case "stack":
      return stackedRule(print, sides, tick, own);
  }
}

/** By name and not by a key that changes from print to print: that engines look up each time. */
function methodOf(rule: SideRule, step: RuleStep): SideMethod {
  const methods = METHODS[rule];
  switch (step) {
    case "trade_size":
      return methods.trade_size;
    case "quote":
      return methods.quote;
    case "depth":
      return methods.depth;
    case "tick":
      return methods.tick;
    case "reverse_tick":
      return methods.reverse_tick;
  }
}

/** Why a quote that stands so is of no use. */
function unusable(condition: QuoteCondition, rule: SideRule): UnsignedReason {
  switch (condition) {
    case "none":
      return "no_quote";
    case "oneSided":
      return "one_sided";
    case "stale":
    case "crossed":
    case "empty":
      return condition;
    case "normal":
    case "locked":
      return rule;
  }
}

function verdictOf(
  { sign }: SideDecision,
  method: SideMethod,
  applied: SideRule,
  reason: UnsignedReason,
  underlying: string,
  quote: SeenQuote | undefined,
): SideVerdict {
  if (sign === 0 && quote === undefined) return UNSIGNED_ALONE[reason];
  const kind = underlyingKind(underlying);
  if (quote === undefined) return sign > 0 ? TICK_ALONE[kind].buy : TICK_ALONE[kind].sell;
  return {
    side: sign === 0 ? "U" : sign > 0 ? "B" : "S",
    method: sign === 0 ? UNSIGNED[reason] : method,
    confidence: sign === 0 ? null : publishedAccuracy(applied, kind),
    quoteAgeMs: quote.ageMs,
    quoteSource: quote.source,
    quoteCondition: quote.condition,
  };
}

function ticksAlone(kind: UnderlyingKind): { readonly buy: SideVerdict; readonly sell: SideVerdict } {
  const of = (side: "B" | "S"): SideVerdict => {
    return Object.freeze({
      ...UNSIGNED_ALONE.no_quote,
      side,
      method: "tick",
      confidence: publishedAccuracy("tick", kind),
    });
  };
  return Object.freeze({ buy: of("B"), sell: of("S") });
}
