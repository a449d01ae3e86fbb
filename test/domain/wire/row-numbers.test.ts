import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { QUOTE_FIELDS, writeQuote } from "../../../src/domain/market/quote-numbers.ts";
import { parsePayload, takesFastPath } from "../../../src/domain/wire/parse-payload.ts";
import { RowNumbers } from "../../../src/domain/wire/row-numbers.ts";

const SAMPLE_T = 1_766_437_799_445;

describe("RowNumbers", () => {
  const [a, b] = ["O:SPXW251223P06870000", "O:SPXW251223P06875000"];
  const trade = (sym: string, t = SAMPLE_T): object => ({ ev: "T", sym, t, p: 7.7, s: 1 });
  const quote = (sym: string, more: object = {}): object => ({ ev: "Q", sym, t: SAMPLE_T, ...more });
  const numbersOf = (payload: string) => {
    const numbers = new RowNumbers();
    const parsed = parsePayload(payload, { numbers });
    const { quoteCount, tradeCount } = numbers;
    return {
      parsed,
      quoteHints: [...numbers.quoteHints.subarray(0, quoteCount)],
      quotes: [...numbers.quotes.subarray(0, quoteCount * QUOTE_FIELDS)],
      tradeHints: [...numbers.tradeHints.subarray(0, tradeCount)],
      tradeMs: [...numbers.tradeMs.subarray(0, tradeCount)],
    };
  };

  it("have hints that go with symbols, and those of other symbols are others", () => {
    const events = [trade(a), quote(b), trade(b), quote(a), trade(a)];
    const { tradeHints, quoteHints } = numbersOf(JSON.stringify(events));
    expect(tradeHints).toEqual([quoteHints[1], quoteHints[0], quoteHints[1]]);
    expect(tradeHints[0]).not.toBe(tradeHints[1]);
    expect(numbersOf(JSON.stringify([quote(b)])).quoteHints).toEqual([tradeHints[1]]);
  });

  it("are those of the rows, however many there are, on either path", () => {
    const value = fc.option(fc.integer({ min: 0, max: 40 }).map((ticks) => ticks / 20));
    const size = fc.option(fc.integer({ min: 0, max: 500 }));
    const exchange = fc.option(fc.constantFrom(0, 302, 2 ** 20 - 2, 2 ** 20 - 1, 5_000_000));
    const given = fc.oneof(
      fc.record({
        ev: fc.constant("Q"),
        bp: value,
        ap: value,
        bs: size,
        as: size,
        bx: exchange,
        ax: exchange,
        q: size,
      }),
      fc.record({ ev: fc.constant("T"), p: fc.constant(7.7), s: fc.constant(1) }),
    );
    const list = fc.array(fc.tuple(given, fc.constantFrom(a, b, "SPY"), fc.integer({ min: 0, max: 9 })), {
      minLength: 1,
      maxLength: 60,
      size: "max",
    });
    fc.assert(
      fc.property(list, fc.boolean(), (events, isOdd) => {
        const all: object[] = events.map(([event, sym, after]) => ({ ...event, sym, t: SAMPLE_T + after }));
        if (isOdd) all.push({ ev: "AM" });
        const payload = JSON.stringify(all);
        expect(takesFastPath(payload)).toBe(!isOdd);
        const { parsed, quotes, quoteHints, tradeMs, tradeHints } = numbersOf(payload);
        if (!parsed.ok) throw parsed.error;
        const rows = parsed.batches.flatMap((batch) => batch.rows);
        const expected = rows.flatMap((row) => {
          if (row.type !== "nbbo") return [];
          const numbers = new Float64Array(QUOTE_FIELDS);
          writeQuote(numbers, 0, row, Number(row.quoteTsNs / 1_000_000n), 0);
          return [...numbers];
        });
        expect(quotes).toEqual(expected);
        const trades = rows.flatMap((row) => (row.type === "optionTrade" ? Number(row.tradeTsNs / 1_000_000n) : []));
        expect(tradeMs).toEqual(trades);
        expect([quoteHints.length, tradeHints.length]).toEqual([expected.length / QUOTE_FIELDS, trades.length]);
        if (isOdd) expect([...quoteHints, ...tradeHints].every((hint) => hint === 0)).toBe(true);
      }),
      { seed: 42, numRuns: 200 },
    );
  });

  it("are none where a payload has no such rows", () => {
    const numbers = new RowNumbers();
    for (const other of ['{"ev":"AM"}', '[{"ev":"V","T":"I:SPX","val":1,"t":1766437799445}]', "[]"]) {
      expect(parsePayload(JSON.stringify([trade(a), quote(a)]), { numbers }).ok).toBe(true);
      expect([numbers.quoteCount, numbers.tradeCount]).toEqual([1, 1]);
      expect(parsePayload(other, { numbers }).ok).toBe(true);
      expect([numbers.quoteCount, numbers.tradeCount]).toEqual([0, 0]);
    }
  });

  it("are none of a payload that is refused, whatever was read of it before", () => {
    const numbers = new RowNumbers();
    const good = JSON.stringify([trade(a), quote(a)]);
    const refused: readonly (readonly [string | Uint8Array, object])[] = [
      [good, { maxFrameBytes: 10 }],
      [Uint8Array.of(0xff, 0xfe), {}],
      [good.slice(0, -3), {}],
      [JSON.stringify([trade(a), quote(a), { ...trade(a), p: -1 }]), { onInvalid: "fail" }],
    ];
    for (const [payload, context] of refused) {
      expect(parsePayload(good, { numbers }).ok).toBe(true);
      expect(parsePayload(payload, { ...context, numbers }).ok).toBe(false);
      expect([numbers.quoteCount, numbers.tradeCount]).toEqual([0, 0]);
    }
  });

  it("do not keep the memory of one large payload", () => {
    const numbers = new RowNumbers();
    const large = Array.from({ length: 3_000 }, (_, index) => (index % 2 === 0 ? trade(a) : quote(b)));
    for (const events of [large, [trade(a), quote(a)], [trade(a), quote(a)]]) {
      expect(parsePayload(JSON.stringify(events), { numbers }).ok).toBe(true);
      expect([numbers.quoteCount, numbers.tradeCount]).toEqual([events.length / 2, events.length / 2]);
    }
    expect([numbers.quotes.length, numbers.tradeMs.length].every((length) => length <= 1_024)).toBe(true);
  });
});
