import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  chakrabarty,
  depthRule,
  ellisMichaelyOHara,
  leeReady,
  quoteRule,
  type RulePrint,
  type RuleQuote,
  reverseTickTest,
  type SideDecision,
  type SideSign,
  stackedRule,
  tickTest,
  tradeSizeRule,
} from "../../../src/domain/flow/side-rules.ts";
import { priceMicros } from "../../../src/domain/market/price-micros.ts";

type Price = number | null;

function quoteOf(bid: Price, ask: Price, bidSize: Price = null, askSize: Price = null): RuleQuote {
  return { bid: bid === null ? null : priceMicros(bid), ask: ask === null ? null : priceMicros(ask), bidSize, askSize };
}

function printOf(price: number, size = 1): RulePrint {
  return { price: priceMicros(price), size };
}

function tickOf(print: RulePrint, previous: Price): SideDecision {
  return tickTest(print, previous === null ? null : priceMicros(previous));
}

function reverseTickOf(print: RulePrint, next: Price): SideDecision {
  return reverseTickTest(print, next === null ? null : priceMicros(next));
}

const RULES: Readonly<Record<string, (print: RulePrint, quote: RuleQuote, tick: SideDecision) => SideDecision>> = {
  quote: quoteRule,
  leeReady,
  ellisMichaelyOHara,
  chakrabarty,
  depth: depthRule,
  tradeSize: tradeSizeRule,
  stack: stackedRule,
};

describe("the rules at bid 4.00 for 20, ask 4.20 for 50, after a trade at 4.05", () => {
  const quote = quoteOf(4, 4.2, 20, 50);

  it.each<[number, number, string, string, string, string, string, string, string]>([
    [4.2, 7, "+1 quote", "+1 quote", "+1 quote", "+1 quote", "0", "0", "+1 quote"],
    [4.2, 50, "+1 quote", "+1 quote", "+1 quote", "+1 quote", "0", "-1 trade_size", "-1 trade_size"],
    [4.0, 20, "-1 quote", "-1 quote", "-1 quote", "-1 quote", "0", "+1 trade_size", "+1 trade_size"],
    [4.12, 7, "+1 quote", "+1 quote", "+1 tick", "+1 tick", "0", "0", "+1 quote"],
    [4.15, 7, "+1 quote", "+1 quote", "+1 tick", "+1 quote", "0", "0", "+1 quote"],
    [4.1, 7, "0", "+1 tick", "+1 tick", "+1 tick", "+1 depth", "0", "+1 depth"],
    [4.25, 7, "+1 quote", "+1 quote", "+1 tick", "+1 tick", "0", "0", "+1 quote"],
    [4.02, 7, "-1 quote", "-1 quote", "-1 tick", "-1 quote", "0", "0", "-1 quote"],
  ])("say of a print at %f of %i: %s, %s, %s, %s, %s, %s, %s", (price, size, ...expected) => {
    const print = printOf(price, size);
    const tick = tickOf(print, 4.05);
    const told = Object.values(RULES).map((rule) => shown(rule(print, quote, tick)));
    const [byQuote, lr, emo, clnv, depth, tradeSize, stack] = expected;
    expect(told).toEqual([byQuote, lr, emo, clnv, depth, tradeSize, stack]);
  });
});

function shown({ sign, step }: SideDecision): string {
  return step === undefined ? "0" : `${sign > 0 ? "+1" : "-1"} ${step}`;
}

// What github.com/KarelZe/tclf (7a35ec3) tests by rule. What it fills at random is 0 here.
describe("the published edge cases", () => {
  it.each<[number, Price, Price, SideSign]>([
    [1.5, 1, 3, -1],
    [2.5, 1, 3, 1],
    [1.5, 3, 1, 0],
    [2.5, 3, 1, 0],
    [1, null, 1, 0],
    [3, null, null, 0],
    [1, 1, 3, -1],
    [3, 1, 3, 1],
    [1, 1, 1, 0],
    [3, 2, 4, 0],
  ])("of the quote rule: %f at %f x %f is %i", (price, bid, ask, expected) => {
    expect(quoteRule(printOf(price), quoteOf(bid, ask)).sign).toBe(expected);
  });

  it.each<[number, Price, SideSign]>([
    [1, 2, -1],
    [2, 1, 1],
    [1, 1, 0],
    [1, null, 0],
  ])("of the tick tests: %f against %f is %i", (price, other, expected) => {
    expect(tickOf(printOf(price), other).sign).toBe(expected);
    expect(reverseTickOf(printOf(price), other).sign).toBe(expected);
  });

  it.each<[number, number, number, Price, SideSign]>([
    [1, 1, 3, 0, -1],
    [3, 1, 3, 0, 1],
    [1, 1, 1, 0, 1],
    [3, 2, 4, 4, -1],
  ])("of Lee-Ready and EMO: %f at %f x %f against %f is %i", (price, bid, ask, other, expected) => {
    const print = printOf(price);
    for (const tick of [tickOf(print, other), reverseTickOf(print, other)]) {
      expect(leeReady(print, quoteOf(bid, ask), tick).sign).toBe(expected);
      expect(ellisMichaelyOHara(print, quoteOf(bid, ask), tick).sign).toBe(expected);
    }
  });

  it("of EMO: at the bid of a quote without an ask nothing is said, whatever the tick", () => {
    const print = printOf(1);
    expect(ellisMichaelyOHara(print, quoteOf(1, null), tickOf(print, 0)).sign).toBe(0);
    expect(ellisMichaelyOHara(printOf(3), quoteOf(3, 1), tickOf(printOf(3), 0)).sign).toBe(0);
  });

  it.each<[number, number, SideSign, string]>([
    [5, 0, 1, "tick"],
    [0, 1, -1, "tick"],
    [2.9, 1, 1, "quote"],
    [2.3, 3, -1, "tick"],
    [1.7, 0, 1, "tick"],
    [1.3, 1, -1, "quote"],
  ])("of CLNV: %f at 1 x 3 against %f is %i", (price, other, expected, step) => {
    const print = printOf(price);
    expect(chakrabarty(print, quoteOf(1, 3), tickOf(print, other))).toEqual({ sign: expected, step });
    expect(chakrabarty(print, quoteOf(1, 3), reverseTickOf(print, other)).sign).toBe(expected);
  });

  it.each<[number, Price, Price, SideSign]>([
    [1, 1, 3, -1],
    [3, 1, 3, 1],
    [1, 1, 1, 0],
    [3, null, 3, 1],
    [1, null, 2, 0],
  ])("of the trade-size rule: %i against an ask of %f and a bid of %f is %i", (size, askSize, bidSize, expected) => {
    expect(tradeSizeRule(printOf(4, size), { bidSize, askSize }).sign).toBe(expected);
  });

  it.each<[number, number, number, number, number, SideSign]>([
    [2, 1, 4, 4, 4, 1],
    [1, 2, 4, 4, 4, -1],
    [2, 1, 2, 4, 3, 0],
    [2, 1, 2, 4, 2, 0],
    [2, 1, 4, 2, 2, 0],
  ])("of the depth rule: sizes %i, %i at ask %f, bid %f, a print at %f is %i", (a, b, ask, bid, price, expected) => {
    expect(depthRule(printOf(price), quoteOf(bid, ask, b, a)).sign).toBe(expected);
  });
});

describe("the rules", () => {
  it("compare without the rounding of doubles", () => {
    expect((0.15 + 0.3) / 2).not.toBe(0.225);
    expect(quoteRule(printOf(0.225), quoteOf(0.15, 0.3)).sign).toBe(0);
    expect(depthRule(printOf(0.225), quoteOf(0.15, 0.3, 1, 2)).sign).toBe(1);
  });

  it("leave the inner bounds of CLNV to the tick test", () => {
    for (const price of [4.14, 4.06]) {
      const print = printOf(price);
      expect(chakrabarty(print, quoteOf(4, 4.2), tickOf(print, 4.1)).step).toBe("tick");
    }
    expect(chakrabarty(printOf(4.141), quoteOf(4, 4.2), tickOf(printOf(4.141), null)).sign).toBe(1);
    expect(chakrabarty(printOf(4.059), quoteOf(4, 4.2), tickOf(printOf(4.059), null)).sign).toBe(-1);
  });

  it("sign above and below a locked quote, and at it by depth, then by tick", () => {
    const locked = quoteOf(4, 4, 10, 20);
    expect(stackedRule(printOf(4.1), locked, tickOf(printOf(4.1), null)).step).toBe("quote");
    expect(stackedRule(printOf(4), locked, tickOf(printOf(4), 4.1))).toEqual({ sign: 1, step: "depth" });
    expect(stackedRule(printOf(4), quoteOf(4, 4, 10, 10), tickOf(printOf(4), 4.1))).toEqual({ sign: -1, step: "tick" });
  });

  it("take sizes of the print's own venue for the trade-size rule alone", () => {
    const quote = quoteOf(4, 4.2, 20, 50);
    const print = printOf(4.1, 20);
    expect(stackedRule(print, quote, tickOf(print, null)).step).toBe("trade_size");
    expect(stackedRule(print, quote, tickOf(print, null), { bidSize: null, askSize: null }).step).toBe("depth");
  });

  const micros = fc.integer({ min: 0, max: 40 }).map((cents) => cents * 10_000);
  const size = fc.option(fc.integer({ min: 1, max: 4 }), { nil: null });
  const side = fc.option(micros, { nil: null, freq: 8 });
  const cases = fc.record({
    print: fc.record({ price: micros, size: fc.integer({ min: 1, max: 4 }) }),
    quote: fc.record({ bid: side, ask: side, bidSize: size, askSize: size }),
    previous: side,
  });

  it("give the opposite sign when prices are mirrored and the sides change roles", () => {
    const MIRROR = 400_000;
    const mirrored = (price: Price) => (price === null ? null : MIRROR - price);
    fc.assert(
      fc.property(cases, ({ print, quote, previous }) => {
        const mirrorPrint = { ...print, price: MIRROR - print.price };
        const mirrorQuote = {
          bid: mirrored(quote.ask),
          ask: mirrored(quote.bid),
          bidSize: quote.askSize,
          askSize: quote.bidSize,
        };
        for (const [name, rule] of Object.entries(RULES)) {
          const { sign, step } = rule(print, quote, tickTest(print, previous));
          const mirror = rule(mirrorPrint, mirrorQuote, tickTest(mirrorPrint, mirrored(previous)));
          expect([name, mirror.sign + sign, mirror.step]).toEqual([name, 0, step]);
        }
      }),
      { seed: 7, numRuns: 2_000 },
    );
  });

  it("do not depend on the scale of prices nor on where they start", () => {
    fc.assert(
      fc.property(
        cases,
        fc.integer({ min: 1, max: 1_000 }),
        fc.integer({ min: 0, max: 1e12 }),
        ({ print, quote, previous }, factor, offset) => {
          const moved = (price: Price) => (price === null ? null : offset + factor * price);
          const movedPrint = { ...print, price: offset + factor * print.price };
          const movedQuote = { ...quote, bid: moved(quote.bid), ask: moved(quote.ask) };
          for (const rule of Object.values(RULES)) {
            const told = rule(print, quote, tickTest(print, previous));
            expect(rule(movedPrint, movedQuote, tickTest(movedPrint, moved(previous)))).toBe(told);
          }
        },
      ),
      { seed: 7, numRuns: 1_000 },
    );
  });
});
