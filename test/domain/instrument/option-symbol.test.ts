import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatOptionTicker, parseOptionTicker } from "../../../src/domain/instrument/option-symbol.ts";
import { underlyingOfRoot } from "../../../src/domain/instrument/underlying.ts";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const root = fc
  .tuple(
    fc.constantFrom(...LETTERS),
    fc.string({ unit: fc.constantFrom(...LETTERS, ..."0123456789"), minLength: 0, maxLength: 5 }),
  )
  .map(([first, rest]) => first + rest);
const expiration = fc
  .integer({ min: Date.UTC(2000, 0, 1) / 86_400_000, max: Date.UTC(2099, 11, 31) / 86_400_000 })
  .map((day) => new Date(day * 86_400_000).toISOString().slice(0, 10));
const parts = fc.record({
  root,
  expiration,
  right: fc.constantFrom("C" as const, "P" as const),
  strikeThousandths: fc.integer({ min: 1, max: 99_999_999 }),
});

describe("parseOptionTicker", () => {
  it("reads every part of an index option", () => {
    expect(parseOptionTicker("O:SPXW251223P06870000")).toStrictEqual({
      ticker: "O:SPXW251223P06870000",
      root: "SPXW",
      underlying: "SPX",
      expiration: "2025-12-23",
      right: "P",
      strike: 6870,
      strikeThousandths: 6_870_000,
    });
  });

  it.each([
    ["O:AAPL1251219C00150000", "AAPL1", 150],
    ["O:A251219C00000001", "A", 0.001],
    ["O:ABC123251219C99999999", "ABC123", 99_999.999],
    ["O:X00080550251219C00080550", undefined, undefined],
    ["O:C251219C251219C00080550", undefined, undefined],
    ["O:BRKB251219P00080550", "BRKB", 80.55],
  ])("takes the root from what the fixed tail of %s leaves", (ticker, expectedRoot, strike) => {
    const contract = parseOptionTicker(ticker);
    expect(contract?.root).toBe(expectedRoot);
    expect(contract?.strike).toBe(strike);
  });

  it.each([
    ["no prefix", "SPXW251223P06870000"],
    ["a lower-case prefix", "o:SPXW251223P06870000"],
    ["no root", "O:251223P06870000"],
    ["a root that starts with a digit", "O:1AAPL251223P06870000"],
    ["a root of seven characters", "O:ABCDEFG251223P06870000"],
    ["a lower-case root", "O:spxw251223P06870000"],
    ["a padded root", "O:SPXW  251223P06870000"],
    ["a right that is neither C nor P", "O:SPXW251223X06870000"],
    ["seven strike digits", "O:SPXW251223P0687000"],
    ["a strike of 0", "O:SPXW251223P00000000"],
    ["text behind the strike", "O:SPXW251223P06870000 "],
    ["a line break behind the strike", "O:SPXW251223P06870000\n"],
    ["digits of another script", "O:SPXW251223P0687000\u0660"],
    ["an index", "I:SPX"],
    ["nothing", ""],
  ])("refuses a ticker with %s", (_, ticker) => {
    expect(parseOptionTicker(ticker)).toBeUndefined();
  });

  it("reads nine digits behind the right as no ticker at all", () => {
    expect(parseOptionTicker("O:AAPL211022C000150000")).toBeUndefined();
  });

  it.each([
    ["240229", "2024-02-29"],
    ["000229", "2000-02-29"],
    ["250228", "2025-02-28"],
    ["250229", undefined],
    ["240230", undefined],
    ["251231", "2025-12-31"],
    ["251232", undefined],
    ["251301", undefined],
    ["250001", undefined],
    ["250100", undefined],
    ["250430", "2025-04-30"],
    ["250431", undefined],
    ["991231", "2099-12-31"],
  ])("reads the date %s as %s", (digits, expected) => {
    expect(parseOptionTicker(`O:SPX${digits}C00100000`)?.expiration).toBe(expected);
  });

  it("knows exactly the days of the calendar", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 99 }),
        fc.integer({ min: 0, max: 14 }),
        fc.integer({ min: 0, max: 33 }),
        (year, month, day) => {
          const digits = [year, month, day].map((part) => String(part).padStart(2, "0"));
          const date = new Date(Date.UTC(2000 + year, month - 1, day));
          const exists =
            date.getUTCFullYear() === 2000 + year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
          expect(parseOptionTicker(`O:SPX${digits.join("")}C00100000`)?.expiration).toBe(
            exists ? `20${digits.join("-")}` : undefined,
          );
        },
      ),
      { seed: 42, numRuns: 2_000 },
    );
  });

  it("asks the resolver first and falls back to the root where it does not know", () => {
    const asked: string[][] = [];
    const resolver = (askedRoot: string, ticker: string) => {
      asked.push([askedRoot, ticker]);
      return askedRoot === "AAPL1" ? "AAPL" : undefined;
    };
    expect(parseOptionTicker("O:AAPL1251219C00150000", resolver)?.underlying).toBe("AAPL");
    expect(parseOptionTicker("O:SPXW251219C06000000", resolver)?.underlying).toBe("SPX");
    expect(asked).toEqual([
      ["AAPL1", "O:AAPL1251219C00150000"],
      ["SPXW", "O:SPXW251219C06000000"],
    ]);
  });

  it("reads back what formatOptionTicker writes", () => {
    fc.assert(
      fc.property(parts, (given) => {
        const ticker = formatOptionTicker(given);
        expect(parseOptionTicker(ticker)).toStrictEqual({
          ticker,
          underlying: underlyingOfRoot(given.root),
          strike: given.strikeThousandths / 1000,
          ...given,
        });
      }),
      { seed: 42, numRuns: 1_000 },
    );
  });

  it("accepts nothing that formatOptionTicker would write differently", () => {
    const nearTicker = fc
      .tuple(parts, fc.nat(24), fc.constantFrom(..."0129ACOPZ: a"))
      .map(([given, index, character]) => {
        const ticker = formatOptionTicker(given);
        return ticker.slice(0, index) + character + ticker.slice(index + 1);
      });
    fc.assert(
      fc.property(nearTicker, (ticker) => {
        const contract = parseOptionTicker(ticker);
        if (contract !== undefined) expect(formatOptionTicker(contract)).toBe(ticker);
      }),
      { seed: 42, numRuns: 2_000 },
    );
  });
});

describe("formatOptionTicker", () => {
  const given = { root: "SPXW", expiration: "2025-12-23", right: "P", strikeThousandths: 6_870_000 } as const;

  it("pads the strike to eight digits", () => {
    expect(formatOptionTicker({ ...given, strikeThousandths: 80_550 })).toBe("O:SPXW251223P00080550");
  });

  it.each([
    ["", "SPXWEEK", "1AAPL", "spxw", "SP X", "SPX\n"].map((value) => ({ root: value })),
    ["2025-02-29", "2025-13-01", "1999-12-31", "2100-01-01", "251223", ""].map((value) => ({ expiration: value })),
    [0, -1, 1.5, 100_000_000, Number.NaN, Number.POSITIVE_INFINITY].map((value) => ({ strikeThousandths: value })),
  ])("refuses parts that no ticker can carry", (...impossible) => {
    for (const part of impossible) expect(() => formatOptionTicker({ ...given, ...part })).toThrow(RangeError);
  });

  it("refuses a right that is neither call nor put", () => {
    const right = "X" as "C";
    expect(() => formatOptionTicker({ ...given, right })).toThrow(
      `Cannot format an option ticker: 'right' must be "C" or "P", current value is X`,
    );
  });
});
