import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shortenedText, shortenedValue } from "../../src/cli/shortened-text.ts";

describe("shortenedText", () => {
  it("keeps a text up to the limit, and puts dots for the rest of a longer one", () => {
    expect(shortenedText("1234567890", 10)).toBe("1234567890");
    expect(shortenedText("12345678901", 10)).toBe("1234567...");
  });

  it.each([
    ['abcdef\\"ghijk', 10, "abcdef..."],
    ['abcde\\"ghijk', 10, 'abcde\\"...'],
    ["abcdef\\\\ghijk", 10, "abcdef..."],
    ["abcd\\\\\\nghijk", 10, "abcd\\\\..."],
    ["ab\\u001bcdefgh", 10, "ab..."],
    ["a\\u001bcdefgh", 10, "a\\u001b..."],
    ["abcdef\u{1f600}ghijk", 10, "abcdef..."],
  ])("cuts %j before what %d characters would split", (text, maxLength, shown) => {
    expect(shortenedText(text, maxLength)).toBe(shown);
  });
});

describe("shortenedValue", () => {
  it("closes a text again, and nothing else", () => {
    expect(shortenedValue('"O:SPX"', 7)).toBe('"O:SPX"');
    expect(shortenedValue('"O:SPXW251223P06870000"', 12)).toBe('"O:SPXW2..."');
    expect(shortenedValue("[1,2,3,4,5,6]", 8)).toBe("[1,2,...");
  });

  it("shows any text as JSON that still reads, of at most the length", () => {
    const texts = fc.string({ unit: "binary", maxLength: 60 });
    const property = fc.property(texts, fc.integer({ min: 6, max: 60 }), (text, maxLength) => {
      const shown = shortenedValue(JSON.stringify(text), maxLength);
      expect(shown.length).toBeLessThanOrEqual(maxLength);
      expect(text.startsWith(JSON.parse(shown).replace(/\.\.\.$/, ""))).toBe(true);
    });
    fc.assert(property, { seed: 42, numRuns: 2_000 });
  });
});
