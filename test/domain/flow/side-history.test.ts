import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SideCells } from "../../../src/domain/flow/side-cells.ts";
import { SideFeed } from "../../../src/domain/flow/side-feed.ts";
import { SideHistory } from "../../../src/domain/flow/side-history.ts";
import { QUOTE_FIELDS, writeQuote } from "../../../src/domain/market/quote-numbers.ts";

const quoteAt = (ms: number) => ({ quoteTsNs: BigInt(ms) * 1_000_000n, bid: ms, ask: ms + 1, bidSize: 1, askSize: 2 });

describe("SideHistory", () => {
  it("takes the quotes of many contracts at once as it takes one after the other", () => {
    const given = fc.record({ contract: fc.nat(2), ms: fc.integer({ min: 1, max: 12 }), bid: fc.nat(9) });
    fc.assert(
      fc.property(fc.array(fc.array(given, { maxLength: 8 }), { maxLength: 12, size: "max" }), (frames) => {
        const [one, all] = [new SideCells(3), new SideCells(3)];
        const [oneByOne, atOnce] = [new SideHistory(one), new SideHistory(all)];
        const places = Array.from({ length: 3 }, () => [one.open(), all.open()] as const);
        for (const frame of frames) {
          const feed = new SideFeed();
          const numbers = new Float64Array(frame.length * QUOTE_FIELDS);
          for (const [index, { contract, ms, bid }] of frame.entries()) {
            const quote = { ...quoteAt(ms), bid, sequence: bid };
            oneByOne.turnTo(places[contract]?.[0] ?? 0).quotes.add(quote, "stream");
            oneByOne.quoteFeed = feed;
            writeQuote(numbers, index * QUOTE_FIELDS, quote, ms, 0);
          }
          const at = Int32Array.from(frame, ({ contract }) => places[contract]?.[1] ?? 0);
          atOnce.addEach(at, numbers, frame.length, feed);
          for (const [mine, theirs] of places) {
            const [expected, told] = [oneByOne.turnTo(mine), atOnce.turnTo(theirs)];
            expect([told.quotes.size, told.quoteFeed]).toEqual([expected.quotes.size, expected.quoteFeed]);
            for (let ms = 1; ms <= 13; ms++) {
              const before = BigInt(ms) * 1_000_000n;
              expect(told.quotes.prevailing(before)).toEqual(expected.quotes.prevailing(before));
            }
          }
        }
      }),
      { seed: 42, numRuns: 300 },
    );
  });

  it("keeps the contracts of its cells apart, however many there come to be", () => {
    const cells = new SideCells(2);
    const history = new SideHistory(cells);
    const [one, other] = [new SideFeed(), new SideFeed()];
    const places = Array.from({ length: 300 }, () => cells.open());
    for (const [index, place] of places.entries()) {
      history.turnTo(place);
      expect([history.quotes.size, history.quoteFeed, history.ticks.lastMs]).toEqual([0, undefined, Number.NaN]);
      for (const ms of [1, 2, 3]) history.quotes.add(quoteAt(1_000 * index + ms), "stream");
      history.ticks.add(index, index + 1);
      history.quoteFeed = index % 2 === 0 ? one : other;
      history.printFeed = index % 2 === 0 ? other : one;
    }
    for (const [index, place] of places.entries()) {
      history.turnTo(place);
      expect(history.quotes.size).toBe(2);
      expect(history.quotes.latest?.quote).toMatchObject(quoteAt(1_000 * index + 3));
      expect(history.ticks.previousDifferent(-1, index + 1)).toBe(index);
      expect([history.quoteFeed, history.printFeed]).toEqual(index % 2 === 0 ? [one, other] : [other, one]);
    }
  });

  it("gives the place and the quotes of a contract that is closed to the next, of whom nothing is known", () => {
    const cells = new SideCells(2);
    const history = new SideHistory(cells);
    const place = cells.open();
    history.turnTo(place).quotes.add(quoteAt(5), "stream");
    history.ticks.add(7, 5);
    history.quotes.forgetBefore(5);
    expect(history.quotes.size).toBe(1);
    history.quotes.forgetBefore(6);
    expect([history.quotes.size, history.quotes.latest]).toEqual([0, undefined]);
    history.quotes.add(quoteAt(1), "substrate");
    expect(history.quotes.latest).toMatchObject({ quote: { bid: 1 }, source: "substrate" });
    cells.close(place);
    expect(cells.open()).toBe(place);
    history.turnTo(place);
    expect([history.quotes.size, history.ticks.previousDifferent(8, 9), history.printFeed]).toEqual([
      0,
      null,
      undefined,
    ]);
  });

  it("gives memory back where most quotes were forgotten, and keeps the others", () => {
    const cells = new SideCells(2);
    const history = new SideHistory(cells);
    const places = Array.from({ length: 1_000 }, () => cells.open());
    for (const [index, place] of places.entries()) history.turnTo(place).quotes.add(quoteAt(index), "stream");
    const full = cells.rings.length;
    cells.compact();
    expect(cells.rings.length).toBe(full);
    for (const place of places) history.turnTo(place).quotes.forgetBefore(990);
    cells.compact();
    expect(cells.rings.length).toBeLessThan(full / 50);
    for (const [index, place] of places.entries()) {
      const { quotes } = history.turnTo(place);
      expect(quotes.latest?.quote.bid).toBe(index < 990 ? undefined : index);
      quotes.add(quoteAt(2_000 + index), "stream");
      expect(quotes.latest?.quote.bid).toBe(2_000 + index);
    }
  });

  it("leaves nothing behind of a contract that is written to after it was closed", () => {
    const cells = new SideCells(2);
    const history = new SideHistory(cells);
    for (let round = 0; round < 50; round++) {
      const place = cells.open();
      history.turnTo(place).quotes.add(quoteAt(1), "stream");
      cells.close(place);
      history.quotes.add(quoteAt(2), "stream");
    }
    expect(cells.rings.length).toBeLessThan(1_000);
  });

  it.each([undefined, 0, 302, 2 ** 20 - 2])("keeps an exchange of %j", (exchange) => {
    const { quotes } = new SideHistory();
    quotes.add({ ...quoteAt(5), bidExchange: exchange, askExchange: 303 }, "stream");
    quotes.add({ ...quoteAt(6), bidExchange: 303, askExchange: exchange }, "substrate");
    expect(quotes.prevailing(6_000_000n)?.quote).toMatchObject({ bidExchange: exchange, askExchange: 303 });
    expect(quotes.latest?.quote).toMatchObject({ bidExchange: 303, askExchange: exchange });
  });

  it.each([0.5, -1, 2 ** 20 - 1, Number.NaN])("keeps no exchange of %d", (exchange) => {
    const { quotes } = new SideHistory();
    quotes.add({ ...quoteAt(5), bidExchange: exchange, askExchange: exchange }, "stream");
    expect(quotes.latest?.quote).toMatchObject({ bidExchange: undefined, askExchange: undefined });
  });
});
