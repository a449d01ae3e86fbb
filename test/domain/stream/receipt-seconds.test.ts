import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { msOfSecondsText, receiptMs, receiptSeconds, secondsText } from "../../../src/domain/stream/receipt-seconds.ts";

describe("receipt times in seconds", () => {
  it("become the exact millisecond that they were written from", () => {
    expect(receiptMs(1700000000.123)).toBe(1_700_000_000_123);
    expect(receiptMs(1766437799.5)).toBe(1_766_437_799_500);
    expect(receiptMs(0.001)).toBe(1);
  });

  it("keep microseconds", () => {
    expect(receiptMs(1700000000.123456)).toBe(1_700_000_000_123.456);
  });

  it("come back as they were, to the microsecond, for every instant up to the last", () => {
    const micros = fc.integer({ min: 1, max: 4_294_967_295_000_000 });
    fc.assert(
      fc.property(micros, (us) => {
        expect(receiptMs(receiptSeconds(us / 1e3))).toBe(us / 1e3);
      }),
      { seed: 42, numRuns: 2_000 },
    );
  });
});

describe("receipt times as text", () => {
  it.each([
    [1_766_437_799_500.125, "1766437799.500125"],
    [1_766_437_799_000, "1766437799"],
    [1_766_437_799_010, "1766437799.01"],
    [5, "0.005"],
    [0.25, "0.00025"],
    [-1_500, "-1.5"],
  ])("of %d ms are %s", (ms, text) => {
    expect(secondsText(ms)).toBe(text);
    expect(msOfSecondsText(text)).toBe(ms);
  });

  it("come back bit for bit", () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 4_102_444_799_999, noNaN: true }), (ms) => {
        expect(msOfSecondsText(secondsText(ms))).toBe(ms);
      }),
      { seed: 42, numRuns: 2_000 },
    );
  });

  it.each(["", "1.", ".5", "1e3", "soon", "1,5"])("are not %j", (text) => {
    expect(msOfSecondsText(text)).toBeUndefined();
  });
});
