import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { receiptMs, receiptSeconds } from "../../../src/adapters/capture/receipt-seconds.ts";

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
