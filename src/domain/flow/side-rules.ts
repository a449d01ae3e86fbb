/**
 * The published rules that tell from prices who was the aggressor. Prices are whole millionths of a point
 * (`priceMicros`), so that a price at the middle is exactly `2 * P === B + A`; sizes are contracts.
 */

/** +1 a buy, -1 a sell, 0 nothing can be said. */
export type SideSign = 1 | -1 | 0;

/** The rules that others are made of, of which one gives the answer. */
export const RULE_STEPS = ["trade_size", "quote", "depth", "tick", "reverse_tick"] as const;

export type RuleStep = (typeof RULE_STEPS)[number];

/** What a rule says, and by which of its steps; no step decides without a sign. */
export type SideDecision =
  | { readonly sign: 1 | -1; readonly step: RuleStep }
  | { readonly sign: 0; readonly step: undefined };

/** One print: price in millionths of a point, size in contracts. */
export interface RulePrint {
  readonly price: number;
  readonly size: number;
}

/** A quote as the rules take it: prices in millionths of a point, sizes in contracts, `null` where absent. */
export interface RuleQuote {
  readonly bid: number | null;
  readonly ask: number | null;
  readonly bidSize: number | null;
  readonly askSize: number | null;
}

/** Sizes at best bid and offer, contracts; `null` where absent. */
export type RuleSizes = Pick<RuleQuote, "bidSize" | "askSize">;

/** No rule says anything. */
export const UNDECIDED: SideDecision = Object.freeze({ sign: 0, step: undefined });

const BUY: Readonly<Record<RuleStep, SideDecision>> = decisionsOf(1);
const SELL: Readonly<Record<RuleStep, SideDecision>> = decisionsOf(-1);

/**
 * Above the middle a buy, below it a sell, also outside the quote; at the middle, without either side, or crossed: nothing.
 */
export function quoteRule({ price }: RulePrint, { bid, ask }: RuleQuote): SideDecision {
  if (bid === null || ask === null || bid > ask) return UNDECIDED;
  return compared(2 * price, bid + ask, BUY.quote, SELL.quote);
}

/** Above the last different price before the print a buy, below it a sell; `null` or NaN there: nothing. */
export function tickTest({ price }: RulePrint, previousDifferent: number | null): SideDecision {
  return previousDifferent === null ? UNDECIDED : compared(price, previousDifferent, BUY.tick, SELL.tick);
}

/** Above the next different price after the print a buy, below it a sell. For recordings: a live stream has no next. */
export function reverseTickTest({ price }: RulePrint, nextDifferent: number | null): SideDecision {
  return nextDifferent === null ? UNDECIDED : compared(price, nextDifferent, BUY.reverse_tick, SELL.reverse_tick);
}

/**
 * Lee and Ready (1991): the quote rule, and where that says nothing, `tick`.
 *
 * @param tick what the tick test says, or the reverse one.
 * @example
 * ```ts
 * const quote = { bid: 4_000_000, ask: 4_200_000, bidSize: 20, askSize: 50 };
 * const print = { price: 4_100_000, size: 7 };
 * leeReady(print, quote, tickTest(print, 4_050_000)); // { sign: 1, step: "tick" }
 * ```
 */
export function leeReady(print: RulePrint, quote: RuleQuote, tick: SideDecision): SideDecision {
  const decision = quoteRule(print, quote);
  return decision.sign === 0 ? tick : decision;
}

/**
 * Ellis, Michaely and O'Hara (2000): at the ask a buy, at the bid a sell, `tick` anywhere else and at a locked quote.
 * At a price of a crossed or one-sided quote: nothing.
 */
export function ellisMichaelyOHara(print: RulePrint, quote: RuleQuote, tick: SideDecision): SideDecision {
  const isAtOne = (print.price === quote.ask) !== (print.price === quote.bid);
  return isAtOne ? quoteRule(print, quote) : tick;
}

/**
 * Chakrabarty, Li, Nguyen and Van Ness (2007): in the upper 30 % of the spread up to the ask a buy, in the lower 30 %
 * down to the bid a sell, `tick` anywhere else. The inner bounds themselves belong to the middle.
 */
export function chakrabarty(print: RulePrint, { bid, ask }: RuleQuote, tick: SideDecision): SideDecision {
  if (bid === null || ask === null) return tick;
  const price = 10 * print.price;
  if (price > 3 * bid + 7 * ask && print.price <= ask) return BUY.quote;
  if (price < 7 * bid + 3 * ask && print.price >= bid) return SELL.quote;
  return tick;
}

/**
 * Grauer, Schuster and Uhrig-Homburg: of the bid's size and not of the ask's, a buy; of the ask's only, a sell. A
 * customer's limit order stood there and was filled in full.
 */
export function tradeSizeRule({ size }: RulePrint, { bidSize, askSize }: RuleSizes): SideDecision {
  if (bidSize === askSize) return UNDECIDED;
  if (size === bidSize) return BUY.trade_size;
  return size === askSize ? SELL.trade_size : UNDECIDED;
}

/** Grauer, Schuster and Uhrig-Homburg: at the middle only, a buy where the ask is larger, a sell where the bid is. */
export function depthRule({ price }: RulePrint, { bid, ask, bidSize, askSize }: RuleQuote): SideDecision {
  if (bid === null || ask === null || bid > ask || 2 * price !== bid + ask) return UNDECIDED;
  return bidSize === null || askSize === null ? UNDECIDED : compared(askSize, bidSize, BUY.depth, SELL.depth);
}

/**
 * Grauer, Schuster and Uhrig-Homburg's stack: trade size, quote, depth, `tick`. Theirs also looks at the prices of the
 * print's own venue, takes the reverse tick test, and draws what is left at random.
 *
 * @param own sizes at the print's own venue, which the trade-size rule takes; absent where they are those of the quote.
 * @example
 * ```ts
 * const quote = { bid: 4_000_000, ask: 4_200_000, bidSize: 20, askSize: 50 };
 * stackedRule({ price: 4_200_000, size: 7 }, quote, UNDECIDED); // { sign: 1, step: "quote" }
 * stackedRule({ price: 4_200_000, size: 50 }, quote, UNDECIDED); // { sign: -1, step: "trade_size" }
 * ```
 */
export function stackedRule(
  print: RulePrint,
  quote: RuleQuote,
  tick: SideDecision,
  own: RuleSizes = quote,
): SideDecision {
  const bySize = tradeSizeRule(print, own);
  if (bySize.sign !== 0) return bySize;
  const byQuote = quoteRule(print, quote);
  if (byQuote.sign !== 0) return byQuote;
  const byDepth = depthRule(print, quote);
  return byDepth.sign === 0 ? tick : byDepth;
}

function compared(left: number, right: number, greater: SideDecision, less: SideDecision): SideDecision {
  if (left > right) return greater;
  return left < right ? less : UNDECIDED;
}

function decisionsOf(sign: 1 | -1): Readonly<Record<RuleStep, SideDecision>> {
  const of = (step: RuleStep): SideDecision => Object.freeze({ sign, step });
  return Object.freeze({
    trade_size: of("trade_size"),
    quote: of("quote"),
    depth: of("depth"),
    tick: of("tick"),
    reverse_tick: of("reverse_tick"),
  });
}
