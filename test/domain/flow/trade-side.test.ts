import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SideRule } from "../../../src/domain/flow/published-accuracy.ts";
import type { QuoteSource } from "../../../src/domain/flow/quote-source.ts";
import type { TimedQuote } from "../../../src/domain/flow/quote-trail.ts";
import { type SideReach, UNLIMITED_REACH } from "../../../src/domain/flow/side-feed.ts";
import { SideHistory } from "../../../src/domain/flow/side-history.ts";
import { type SideOptions, sideOptions } from "../../../src/domain/flow/side-options.ts";
import type { SideVerdict } from "../../../src/domain/flow/side-verdict.ts";
import { rememberPrint, tradeSide } from "../../../src/domain/flow/trade-side.ts";
import { classifyConditions } from "../../../src/domain/market/conditions.ts";
import type { OptionTrade } from "../../../src/domain/market/rows.ts";

const START_MS = 1_766_437_800_000;

function ns(ms: number): bigint {
  return BigInt(START_MS + ms) * 1_000_000n;
}

function tradeOf(price: number, given: Partial<OptionTrade> = {}): OptionTrade {
  return {
    type: "optionTrade",
    contract: "O:SPXW251223P06870000",
    root: "SPXW",
    underlying: "SPX",
    expiration: "2025-12-23",
    right: "P",
    strike: 6_870,
    tradeTsNs: ns(0),
    price,
    size: 7,
    conditions: [209],
    exchange: undefined,
    sequence: undefined,
    receivedAtMs: undefined,
    side: undefined,
    ...given,
  };
}

type Sides = Partial<Omit<TimedQuote, "quoteTsNs">>;

/** A history with one quote of 4.00 x 4.20, 20 x 50, so many ms before the print unless told otherwise. */
function quoted(
  ageMs: number,
  given: Sides = {},
  source: QuoteSource = "stream",
  history = new SideHistory(),
): SideHistory {
  history.quotes.add({ quoteTsNs: ns(-ageMs), bid: 4, ask: 4.2, bidSize: 20, askSize: 50, ...given }, source);
  return history;
}

/** The history after a print at this price, a second before. */
function traded(price: number, history = new SideHistory()): SideHistory {
  rememberPrint(tradeOf(price, { tradeTsNs: ns(-1_000) }), classifyConditions([209]), history);
  return history;
}

function sideOf(trade: OptionTrade, history: SideHistory, options: Partial<SideOptions> = {}): SideVerdict {
  return tradeSide(trade, classifyConditions(trade.conditions), history, sideOptions(options));
}

describe("tradeSide", () => {
  it("tells side, method, confidence, age and source", () => {
    expect(sideOf(tradeOf(4.2), quoted(45))).toEqual({
      side: "B",
      method: "stack:quote",
      confidence: 0.665,
      quoteAgeMs: 45,
      quoteSource: "stream",
      quoteCondition: "normal",
    });
    expect(sideOf(tradeOf(4.2, { size: 50, underlying: "AAPL" }), quoted(45, {}, "substrate"))).toEqual({
      side: "S",
      method: "stack:trade_size",
      confidence: 0.7185,
      quoteAgeMs: 45,
      quoteSource: "substrate",
      quoteCondition: "normal",
    });
  });

  it.each<[SideRule, string, number | null]>([
    ["quote", "none:quote", null],
    ["tick", "tick", 0.5108],
    ["lr", "lr:tick", 0.533],
    ["emo", "emo:tick", 0.5164],
    ["clnv", "clnv:tick", 0.549],
    ["trade_size", "none:trade_size", null],
    ["depth", "depth", null],
    ["stack", "stack:depth", 0.665],
  ])("says by %s of a print at the middle: %s, %s", (rule, method, confidence) => {
    const told = sideOf(tradeOf(4.1), traded(4.05, quoted(45)), { rule });
    expect(told).toMatchObject({ side: method.startsWith("none") ? "U" : "B", method, confidence });
    expect(told.quoteAgeMs).toBe(rule === "tick" ? null : 45);
  });

  it.each<[string, readonly number[]]>([
    ["none:multi_leg", [232]],
    ["none:multi_leg", [246]],
    ["none:multi_leg", [209, 240]],
    ["none:cancel", [201]],
    ["none:late_report", [204]],
    ["none:compression", [247]],
  ])("gives no side, with %s, to a print with conditions %j", (method, conditions) => {
    const told = sideOf(tradeOf(4.2, { conditions }), traded(4.05, quoted(45)));
    expect(told).toMatchObject({ side: "U", method, confidence: null, quoteAgeMs: null, quoteSource: null });
  });

  it("gives a side to prints without conditions, with unknown ones, and out of regular hours", () => {
    for (const conditions of [undefined, [], [999], [248]]) {
      expect(sideOf(tradeOf(4.2, { conditions }), quoted(45)).side).toBe("B");
    }
  });

  it.each<[string, SideHistory, string, string]>([
    ["crossed", quoted(45, { bid: 4.3 }), "crossed", "none:crossed"],
    ["one-sided", quoted(45, { bid: null }), "oneSided", "none:one_sided"],
    ["zero-bid", quoted(45, { bid: 0 }), "oneSided", "none:one_sided"],
    ["absurd", quoted(45, { bid: Number.NaN }), "oneSided", "none:one_sided"],
    ["empty", quoted(45, { bid: undefined, ask: undefined }), "empty", "none:empty"],
    ["stale", quoted(60_001), "stale", "none:stale"],
    ["stale, of the substrate", quoted(5_001, {}, "substrate"), "stale", "none:stale"],
    ["absent", new SideHistory(), "none", "none:no_quote"],
    ["of the same ms", quoted(0), "none", "none:no_quote"],
    ["later", quoted(-1), "none", "none:no_quote"],
  ])("does not use a quote that is %s, and has the tick test instead", (_, history, quoteCondition, method) => {
    expect(sideOf(tradeOf(4.2, { size: 50 }), history)).toMatchObject({ side: "U", method, quoteCondition });
    const told = sideOf(tradeOf(4.2, { size: 50 }), traded(4.25, history));
    expect(told).toMatchObject({ side: "S", method: "tick", confidence: 0.5108, quoteCondition });
    expect(sideOf(tradeOf(4.2), history, { rule: "quote" })).toMatchObject({ side: "U", method });
  });

  it("uses quotes up to their age of staleness", () => {
    expect(sideOf(tradeOf(4.2), quoted(60_000)).method).toBe("stack:quote");
    expect(sideOf(tradeOf(4.2), quoted(5_000, {}, "substrate")).method).toBe("stack:quote");
    expect(sideOf(tradeOf(4.2), quoted(5_000, {}, "substrate"), { maxSubstrateAgeMs: 4_999 }).side).toBe("U");
  });

  it("tells a locked quote, and signs around it", () => {
    const locked = quoted(45, { bid: 4.2 });
    expect(sideOf(tradeOf(4.25), locked)).toMatchObject({ side: "B", quoteCondition: "locked" });
    expect(sideOf(tradeOf(4.2), locked)).toMatchObject({ side: "B", method: "stack:depth", quoteCondition: "locked" });
  });

  it("takes the last good quote in place of a crossed or one-sided one while it is younger than a second", () => {
    for (const bad of [{ bid: 4.3 }, { bid: 0 }, { ask: null }]) {
      const young = quoted(20, bad, "stream", quoted(999));
      expect(sideOf(tradeOf(4.2), young)).toMatchObject({ side: "B", method: "stack:quote", quoteAgeMs: 999 });
      expect(sideOf(tradeOf(4.2), young).quoteCondition).not.toBe("normal");
      const old = quoted(20, bad, "stream", quoted(1_000));
      expect(sideOf(tradeOf(4.2), old)).toMatchObject({ side: "U", quoteAgeMs: 20 });
    }
  });

  it("asks the substrate only where the stream has no quote, or a stale one", () => {
    const stored: Sides = { bid: 4.3, ask: 4.5 };
    const both = quoted(4_000, {}, "stream", quoted(45, stored, "substrate"));
    expect(sideOf(tradeOf(4.2), both)).toMatchObject({ side: "B", quoteAgeMs: 4_000, quoteSource: "stream" });
    const stale = quoted(60_001, {}, "stream", quoted(45, stored, "substrate"));
    expect(sideOf(tradeOf(4.2), stale)).toMatchObject({ side: "S", quoteAgeMs: 45, quoteSource: "substrate" });
    const bothStale = quoted(60_001, {}, "stream", quoted(5_001, stored, "substrate"));
    expect(sideOf(tradeOf(4.2), bothStale)).toMatchObject({ method: "none:stale", quoteSource: "stream" });
    // A crossed quote of the stream is the NBBO all the same.
    const crossed = quoted(20, { bid: 4.3 }, "stream", quoted(30, {}, "substrate"));
    expect(sideOf(tradeOf(4.2), crossed)).toMatchObject({ method: "none:crossed", quoteAgeMs: 20 });
  });

  it("sees nothing that is out of reach", () => {
    const conditions = classifyConditions([209]);
    const told = (history: SideHistory, reach: Partial<SideReach>) => {
      return tradeSide(tradeOf(4.2), conditions, history, sideOptions(), { ...UNLIMITED_REACH, ...reach });
    };
    expect(told(quoted(45), { stream: 45 }).method).toBe("stack:quote");
    expect(told(quoted(45), { stream: 44 })).toMatchObject({ method: "none:no_quote", quoteCondition: "none" });
    expect(told(quoted(45, {}, "substrate"), { substrate: 44 }).method).toBe("none:no_quote");
    expect(told(quoted(45, {}, "substrate"), { stream: 44 }).method).toBe("stack:quote");
    const standIn = quoted(20, { bid: 0 }, "stream", quoted(45));
    expect(told(standIn, { stream: 45 }).method).toBe("stack:quote");
    expect(told(standIn, { stream: 44 }).method).toBe("none:one_sided");
    expect(told(traded(4.05), { ticks: 1_000 }).method).toBe("tick");
    expect(told(traded(4.05), { ticks: 999 }).method).toBe("none:no_quote");
  });

  it("has Lee-Ready's confidence where there are no sizes", () => {
    const told = sideOf(tradeOf(4.2), quoted(45, { bidSize: null, askSize: undefined }));
    expect(told).toMatchObject({ side: "B", method: "stack:quote", confidence: 0.533 });
  });

  it("matches sizes only with those of the print's own venue, where both are known", () => {
    const history = quoted(45, { bidExchange: 302, askExchange: 303 });
    const print = { size: 50, exchange: 303 };
    expect(sideOf(tradeOf(4.2, print), history)).toMatchObject({ side: "S", method: "stack:trade_size" });
    expect(sideOf(tradeOf(4.2, { ...print, exchange: 302 }), history)).toMatchObject({ side: "B", confidence: 0.665 });
    expect(sideOf(tradeOf(4.2, { ...print, exchange: 304 }), history)).toMatchObject({ side: "B", confidence: 0.533 });
    expect(sideOf(tradeOf(4.2, { size: 50 }), history).side).toBe("S");
    expect(sideOf(tradeOf(4.1, { exchange: 304 }), history).method).toBe("stack:depth");
  });

  it.each([Number.NaN, Infinity, -1, 1e12])("says nothing of a price of %d", (price) => {
    expect(sideOf(tradeOf(price), traded(4.05, quoted(45)))).toMatchObject({ side: "U", method: "none:price" });
  });

  it("does not learn a tick from packages, cancels, late reports and compressions", () => {
    for (const conditions of [[232], [201], [204], [247]]) {
      const history = traded(4.05);
      const print = tradeOf(9, { tradeTsNs: ns(-1), conditions });
      rememberPrint(print, classifyConditions(conditions), history);
      expect(history.ticks.previousDifferent(1, START_MS)).toBe(4_050_000);
    }
  });

  it("lets nothing but plain figures out, whatever comes in", () => {
    const figure = fc.oneof(
      fc.constantFrom(null, undefined, 0, -0, -1, Number.NaN, Infinity, -Infinity, 1e300, 4, 4.1, 4.2),
      fc.double(),
    );
    const quote = fc.record({
      ageMs: fc.integer({ min: -5, max: 70_000 }),
      bid: figure,
      ask: figure,
      bidSize: figure,
      askSize: figure,
      source: fc.constantFrom<QuoteSource>("stream", "substrate"),
    });
    const rules = fc.constantFrom<SideRule>("quote", "tick", "lr", "emo", "clnv", "trade_size", "depth", "stack");
    fc.assert(
      fc.property(
        fc.array(quote, { maxLength: 5 }),
        figure,
        figure,
        figure,
        rules,
        (quotes, price, size, last, rule) => {
          const history = traded(last ?? 4);
          for (const { ageMs, source, ...sides } of quotes) quoted(ageMs, sides, source, history);
          const told = sideOf(tradeOf(price ?? 4.2, { size: size ?? 7 }), history, { rule });
          expect(told.confidence ?? 0.5).toBeGreaterThan(0.5 - Number.EPSILON);
          expect(told.confidence ?? 0.5).toBeLessThan(1);
          if (told.quoteAgeMs !== null) expect(told.quoteAgeMs).toBeGreaterThanOrEqual(1);
          expect(told.side === "U").toBe(told.method.startsWith("none:"));
          expect(told.method).toMatch(/^[a-z_]+(:[a-z_]+)?$/);
          expect(told.quoteSource === null).toBe(told.quoteAgeMs === null);
        },
      ),
      { seed: 7, numRuns: 3_000 },
    );
  });
});

describe("sideOptions", () => {
  it("refuses times that are not whole", () => {
    expect(() => sideOptions({ standInMs: 0.5 })).toThrow(
      new RangeError("Cannot tell sides: 'standInMs' must be a whole number of ms from 0, current value is 0.5"),
    );
  });
});
