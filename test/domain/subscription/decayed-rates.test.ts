import { describe, expect, it } from "vitest";
import type { EquityTrade } from "../../../src/domain/market/rows.ts";
import { DecayedRates, rateTerm } from "../../../src/domain/subscription/decayed-rates.ts";

const SECOND = 1_000;

/** Events every 100 ms, in the middle of each stretch. */
function feed(rates: DecayedRates, instrument: string, fromMs: number, toMs: number, x = 1): void {
  for (let atMs = fromMs + 50; atMs < toMs; atMs += 100) rates.add(instrument, atMs, x);
}

const perSec = (rates: DecayedRates, atMs: number, instrument = "A") => rates.estimates(atMs).get(instrument)?.perSec;

describe("DecayedRates", () => {
  it("tells a steady rate from the first second on and keeps telling it", () => {
    const rates = new DecayedRates({ halfLifeSec: 60 });
    rates.watch("A", 0);
    for (let second = 0; second < 600; second++) {
      feed(rates, "A", second * SECOND, (second + 1) * SECOND, 2);
      expect(perSec(rates, (second + 1) * SECOND)).toBeCloseTo(20, 3);
    }
  });

  it("knows nothing before a second was observed", () => {
    const rates = new DecayedRates({ halfLifeSec: 1e9 });
    rates.watch("A", 0);
    rates.add("A", 5, 1);
    expect(perSec(rates, 999)).toBeUndefined();
    expect(perSec(rates, 1_000)).toBeCloseTo(1, 6);
    expect(perSec(rates, 0, "NEVER")).toBeUndefined();
  });

  it("has estimates with half-lives far below a second too", () => {
    const rates = new DecayedRates({ halfLifeSec: 0.1 });
    rates.watch("A", 0);
    feed(rates, "A", 0, 10 * SECOND);
    expect(perSec(rates, 10 * SECOND)).toBeGreaterThan(5);
  });

  it("moves half of the way to a new rate in a half-life", () => {
    const rates = new DecayedRates({ halfLifeSec: 60 });
    rates.watch("A", 0);
    feed(rates, "A", 0, 6_000 * SECOND);
    expect(perSec(rates, 6_060 * SECOND)).toBeCloseTo(5, 3);
  });

  it("measures silence as 0 while it watches", () => {
    const rates = new DecayedRates();
    rates.watch("A", 0);
    expect(rates.estimates(5 * SECOND).get("A")).toEqual({ perSec: 0, ageMs: 0 });
  });

  it("freezes the rate of what is not watched, and tells its age", () => {
    const rates = new DecayedRates();
    rates.watch("A", 0);
    feed(rates, "A", 0, 20 * SECOND);
    rates.unwatch("A", 20 * SECOND);
    const frozen = rates.estimates(20 * SECOND).get("A");
    expect(frozen?.ageMs).toBe(0);
    expect(rates.add("A", 21 * SECOND, 1_000)).toBe(false);
    for (const laterMs of [1, 60 * SECOND, 1e12]) {
      expect(rates.estimates(20 * SECOND + laterMs).get("A")).toEqual({ perSec: frozen?.perSec, ageMs: laterMs });
    }
  });

  it("goes on from the frozen rate, which counts the less the older it is", () => {
    const resumedAfter = (absenceMs: number): number[] => {
      const rates = new DecayedRates({ halfLifeSec: 60 });
      rates.watch("A", 0);
      feed(rates, "A", 0, 600 * SECOND);
      rates.unwatch("A", 600 * SECOND);
      const atMs = 600 * SECOND + absenceMs;
      rates.watch("A", atMs);
      return [perSec(rates, atMs) ?? Number.NaN, perSec(rates, atMs + 10 * SECOND) ?? Number.NaN];
    };
    const [soon, soonAfter] = resumedAfter(SECOND);
    const [late, lateAfter] = resumedAfter(3_600 * SECOND);
    expect(soon).toBeCloseTo(10, 3);
    expect(late).toBeCloseTo(10, 3);
    expect(soonAfter).toBeGreaterThan(8);
    expect(lateAfter).toBeLessThan(1);
    expect(resumedAfter(1e15)[0]).toBeCloseTo(10, 3);
  });

  it("takes the word of another measurement until it has its own", () => {
    const rates = new DecayedRates();
    rates.assume("A", 50, 2 * SECOND);
    expect(rates.estimates(10 * SECOND).get("A")).toEqual({ perSec: expect.closeTo(50, 9), ageMs: 8 * SECOND });
    rates.assume("A", 40, 3 * SECOND);
    rates.watch("A", 10 * SECOND);
    rates.assume("A", 70, 11 * SECOND);
    expect(perSec(rates, 10 * SECOND)).toBeCloseTo(40, 9);
    feed(rates, "A", 10 * SECOND, 30 * SECOND);
    expect(perSec(rates, 30 * SECOND)).toBeLessThan(13);
    rates.unwatch("A", 30 * SECOND);
    rates.assume("A", 70, 31 * SECOND);
    expect(perSec(rates, 31 * SECOND)).toBeLessThan(13);
  });

  it("counts a watch or an unwatch that is repeated once", () => {
    const [once, twice] = [new DecayedRates(), new DecayedRates()];
    for (const rates of [once, twice]) {
      rates.watch("A", 0);
      feed(rates, "A", 0, 5 * SECOND);
      if (rates === twice) rates.watch("A", 5 * SECOND);
      rates.unwatch("A", 6 * SECOND);
      if (rates === twice) rates.unwatch("A", 9 * SECOND);
    }
    expect(twice.estimates(10 * SECOND)).toEqual(once.estimates(10 * SECOND));
  });

  it("forgets what is gone", () => {
    const rates = new DecayedRates();
    rates.watch("A", 0);
    rates.forget("A");
    expect(rates.size).toBe(0);
    expect(rates.add("A", 1, 1)).toBe(false);
  });

  it("refuses times and terms that are no numbers", () => {
    const rates = new DecayedRates();
    rates.watch("A", 0);
    expect(() => rates.add("A", 1, -1)).toThrow("'x' must be finite and not below 0, current value is -1");
    expect(() => rates.add("A", Number.NaN, 1)).toThrow("'atMs' must be finite, current value is NaN");
    expect(() => rates.watch("B", Number.POSITIVE_INFINITY)).toThrow(RangeError);
    expect(() => rates.assume("B", Number.NaN, 0)).toThrow(RangeError);
    expect(() => new DecayedRates({ halfLifeSec: 0 })).toThrow("'halfLifeSec'");
  });
});

describe("rateTerm", () => {
  const trade: EquityTrade = {
    type: "equityTrade",
    symbol: "AAPL",
    tradeTsNs: 1n,
    price: 1,
    size: 300,
    decimalSize: undefined,
    conditions: undefined,
    exchange: undefined,
    sequence: undefined,
    tradeId: undefined,
    tape: undefined,
    trfId: undefined,
    trfTsNs: undefined,
    receivedAtMs: undefined,
  };

  it("counts rows, or what was traded", () => {
    expect(rateTerm(trade, "events")).toBe(1);
    expect(rateTerm(trade, "contracts")).toBe(300);
    const value = {
      type: "indexValue",
      symbol: "I:SPX",
      valueTsNs: 1n,
      value: 5_000,
      receivedAtMs: undefined,
    } as const;
    expect(rateTerm(value, "events")).toBe(1);
    expect(rateTerm(value, "contracts")).toBeUndefined();
  });
});
