import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NbboBook } from "../../../src/domain/flow/nbbo-book.ts";
import type { QuoteSource } from "../../../src/domain/flow/quote-source.ts";
import { QuoteTrail, type TimedQuote } from "../../../src/domain/flow/quote-trail.ts";
import { TickTrail } from "../../../src/domain/flow/tick-trail.ts";
import { eventMs } from "../../../src/domain/market/event-ms.ts";

const NS_PER_MS = 1_000_000n;
const START_MS = 1_766_437_800_000;

function ns(ms: number): bigint {
  return BigInt(START_MS + ms) * NS_PER_MS;
}

function at(ms: number): number {
  return START_MS + ms;
}

function quoteAt(ms: number, bid: number, sequence?: number): TimedQuote {
  return { quoteTsNs: ns(ms), bid, ask: bid + 1, bidSize: 1, askSize: 1, sequence };
}

function trailOf(quotes: readonly (readonly [TimedQuote, QuoteSource])[], depth?: number): QuoteTrail {
  const trail = new QuoteTrail(depth);
  for (const [quote, source] of quotes) trail.add(quote, source);
  return trail;
}

describe("QuoteTrail", () => {
  it("finds the quote that stood before a print, and leaves out those of its own ms unless told otherwise", () => {
    const trail = trailOf([
      [quoteAt(10, 1), "stream"],
      [quoteAt(20, 2), "stream"],
    ]);
    expect(trail.prevailing(ns(10))).toBeUndefined();
    expect(trail.prevailing(ns(11))?.quote.bid).toBe(1);
    expect(trail.prevailing(ns(20))?.quote.bid).toBe(1);
    expect(trail.prevailing(ns(20), 0)?.quote.bid).toBe(2);
    expect(trail.prevailing(ns(21))?.quote.bid).toBe(2);
    expect(trail.prevailing(ns(24), 5)?.quote.bid).toBe(1);
    expect(trail.prevailing(ns(25), 5)?.quote.bid).toBe(2);
  });

  it("compares in whole ms, since the stream has no finer times", () => {
    const late = { ...quoteAt(20, 2), quoteTsNs: ns(20) + 999_999n };
    const trail = trailOf([[late, "substrate"]]);
    expect(trail.prevailing(ns(20) + 999_999n)).toBeUndefined();
    expect(trail.prevailing(ns(20), 0)?.quote).toEqual(late);
    expect(trail.prevailing(ns(21))?.quote).toEqual(late);
    const ages = [ns(20), ns(20) + 999_999n, ns(21), ns(21) + 5n].map((tsNs) => eventMs(tsNs) - trail.tMsAt(0));
    expect(ages).toEqual([0, 0, 1, 1]);
  });

  it("keeps the source, and of one instant the stream's quote, the higher sequence, the later arrival", () => {
    const [low, high] = [quoteAt(10, 1, 5), quoteAt(10, 2, 9)];
    for (const order of [
      [low, high],
      [high, low],
    ]) {
      const trail = trailOf(order.map((quote) => [quote, "stream"] as const));
      expect(trail.latest).toEqual({ quote: high, source: "stream" });
      expect(trail.size).toBe(1);
    }
    const substrate = quoteAt(10, 3, 100);
    expect(
      trailOf([
        [substrate, "substrate"],
        [low, "stream"],
      ]).latest?.source,
    ).toBe("stream");
    expect(
      trailOf([
        [low, "stream"],
        [substrate, "substrate"],
      ]).latest?.source,
    ).toBe("stream");
    const [first, second] = [quoteAt(10, 1), quoteAt(10, 2)];
    expect(
      trailOf([
        [first, "stream"],
        [second, "stream"],
      ]).latest?.quote,
    ).toEqual(second);
  });

  it("answers alike in whatever order quotes arrive", () => {
    const quotes = fc.uniqueArray(
      fc.record({
        ms: fc.integer({ min: 0, max: 30 }),
        sequence: fc.integer({ min: 1, max: 1_000 }),
        source: fc.constantFrom<QuoteSource>("stream", "substrate"),
      }),
      { selector: ({ sequence }) => sequence, minLength: 1, maxLength: 40 },
    );
    fc.assert(
      fc.property(
        quotes.chain((given) => fc.tuple(fc.constant(given), fc.shuffledSubarray(given, { minLength: given.length }))),
        fc.integer({ min: 0, max: 2 }),
        fc.integer({ min: 1, max: 12 }),
        ([given, shuffled], minAgeMs, depth) => {
          const [one, other] = [given, shuffled].map((order) =>
            trailOf(
              order.map(({ ms, sequence, source }) => [quoteAt(ms, sequence, sequence), source]),
              depth,
            ),
          );
          for (let ms = 0; ms < 35; ms++) {
            const told = one?.prevailing(ns(ms), minAgeMs);
            expect(other?.prevailing(ns(ms), minAgeMs)).toEqual(told);
            if (told !== undefined) expect(ns(ms) - told.quote.quoteTsNs).toBeGreaterThanOrEqual(ns(minAgeMs) - ns(0));
          }
          expect(one?.size).toBeLessThanOrEqual(depth);
        },
      ),
      { seed: 7, numRuns: 500 },
    );
  });

  it("forgets the oldest, and then says nothing of their time", () => {
    const trail = new QuoteTrail(3);
    for (let ms = 0; ms < 10; ms++) trail.add(quoteAt(ms, ms), "stream");
    expect(trail.size).toBe(3);
    expect(trail.prevailing(ns(8))?.quote.bid).toBe(7);
    expect(trail.prevailing(ns(7))).toBeUndefined();
    trail.add(quoteAt(2, 2), "stream");
    expect([trail.size, trail.prevailing(ns(7))]).toEqual([3, undefined]);
  });

  it.each([0, -1, 1.5, Number.NaN])("refuses a depth of %d", (depth) => {
    expect(() => new QuoteTrail(depth)).toThrow(RangeError);
  });
});

describe("TickTrail", () => {
  it("tells the last different price", () => {
    const ticks = new TickTrail();
    expect(ticks.previousDifferent(5, at(0))).toBeNull();
    ticks.add(5, at(0));
    expect(ticks.previousDifferent(5, at(1))).toBeNull();
    expect(ticks.previousDifferent(6, at(1))).toBe(5);
    ticks.add(6, at(1));
    ticks.add(6, at(2));
    expect(ticks.previousDifferent(6, at(3))).toBe(5);
    expect(ticks.previousDifferent(5, at(3))).toBe(6);
    expect(ticks.previousDifferent(7, at(3))).toBe(6);
  });

  it("says nothing of a print that others overtook, and does not learn from it", () => {
    const ticks = new TickTrail();
    ticks.add(5, at(5));
    expect(ticks.previousDifferent(6, at(4))).toBeNull();
    ticks.add(9, at(4));
    ticks.add(Number.NaN, at(6));
    expect(ticks.previousDifferent(6, at(5))).toBe(5);
  });

  it("does not reach behind the age asked for: of the price that differs, the last time it was paid", () => {
    const ticks = new TickTrail();
    ticks.add(5, at(0));
    ticks.add(5, at(10));
    ticks.add(6, at(20));
    ticks.add(6, at(30));
    expect([20, 19].map((mostAgeMs) => ticks.previousDifferent(6, at(30), mostAgeMs))).toEqual([5, null]);
    expect([10, 9].map((mostAgeMs) => ticks.previousDifferent(7, at(40), mostAgeMs))).toEqual([6, null]);
  });

  it("starts a day afresh", () => {
    const ticks = new TickTrail();
    ticks.add(5, at(5));
    ticks.reset();
    expect(ticks.previousDifferent(6, at(6))).toBeNull();
  });

  it("finds what a search through all prints finds", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 50 }), (prices) => {
        const ticks = new TickTrail();
        for (const [index, price] of prices.entries()) {
          const found = prices.slice(0, index).findLast((earlier) => earlier !== price) ?? null;
          expect(ticks.previousDifferent(price, at(index))).toBe(found);
          ticks.add(price, at(index));
        }
      }),
      { seed: 7 },
    );
  });
});

describe("NbboBook", () => {
  it("keeps contracts apart", () => {
    const book = new NbboBook();
    book.add("A", quoteAt(1, 1), "stream");
    book.add("B", quoteAt(1, 2), "substrate");
    expect(book.prevailing("A", ns(2))?.quote.bid).toBe(1);
    expect(book.prevailing("B", ns(2))).toMatchObject({ quote: { bid: 2 }, source: "substrate" });
    expect(book.prevailing("C", ns(2))).toBeUndefined();
    book.forget("A");
    expect([book.prevailing("A", ns(2)), book.size]).toEqual([undefined, 1]);
  });

  it("stays within its bound, and forgets what moved longest ago, quoted or traded", () => {
    const book = new NbboBook({ maxContracts: 8, quotesPerContract: 2 });
    for (let index = 0; index < 8; index++) book.add(`${index}`, quoteAt(index, 1), "stream");
    book.add("0", quoteAt(100, 1), "stream");
    book.historyOf("1").ticks.add(5, at(101));
    book.add("8", quoteAt(9, 1), "stream");
    const remembered = Array.from({ length: 9 }, (_, index) => book.prevailing(`${index}`, ns(200)) !== undefined);
    expect(remembered).toEqual([true, true, false, false, true, true, true, true, true]);
    for (let index = 0; index < 1_000; index++) {
      book.add(`${index % 50}`, quoteAt(200 + index, 1), "stream");
      expect(book.size).toBeLessThanOrEqual(8);
    }
  });

  it.each([{ maxContracts: 0 }, { quotesPerContract: 1.5 }])("refuses %o", (options) => {
    const [[name, value] = ["", 0]] = Object.entries(options);
    const message = `Cannot create an NBBO book: '${name}' must be a whole number above 0, current value is ${value}`;
    expect(() => new NbboBook(options)).toThrow(new RangeError(message));
  });
});
