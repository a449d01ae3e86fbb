import { describe, expect, it } from "vitest";
import type { GreeksGroup, SubstrateValues } from "../../../../src/domain/epoch/substrate.ts";
import { blackScholesPrice } from "../../../../src/domain/model/black-scholes.ts";
import { contractGreeks, type GreeksMoment } from "../../../../src/domain/model/gex/contract-greeks.ts";
import { AS_OF_MS, agoNs, record, SPOT } from "../definition/records.ts";

const YEARS = 120 / 525_600;
const IV = 0.16;
const moment: GreeksMoment = {
  spot: SPOT,
  atMs: AS_OF_MS,
  years: YEARS,
  rate: 0.04,
  dividendYield: 0.012,
  tick: 0.05,
  freshMs: 45_000,
  maxAgeMs: 60_000,
};
/** Out of the money as a call. */
const STRIKE = SPOT + 10;
const PRICE = blackScholesPrice("C", {
  ...{ spot: SPOT, strike: STRIKE, years: YEARS, rate: 0.04, dividendYield: 0.012 },
  volatility: IV,
});

const quote = (ageMs: number, price = PRICE): SubstrateValues => ({
  quote: { quoteTsNs: agoNs(ageMs), bid: price - 0.05, ask: price + 0.05, bidSize: 1, askSize: 1 },
});
const greeks = (ageMs: number, overrides: Partial<GreeksGroup> = {}): SubstrateValues => ({
  greeks: {
    ...{ greeksTsNs: agoNs(ageMs), delta: 0.31, gamma: 0.004, theta: null, vega: null, iv: 0.14, source: "provider" },
    ...overrides,
  },
});

/** Of the put of a strike whose call has values, too. */
function ofPut(put: SubstrateValues, call: SubstrateValues = {}, overrides: Partial<GreeksMoment> = {}) {
  const P = record("P", STRIKE, put);
  return contractGreeks(P, { C: record("C", STRIKE, call), P }, { ...moment, ...overrides });
}

describe("the greeks of a contract", () => {
  it("are the provider's own where they are fresh", () => {
    const own = { delta: 0.31, gamma: 0.004, iv: 0.14, origin: "provider" };
    expect(ofPut(greeks(45_000), quote(0))).toEqual(own);
    expect(ofPut(greeks(-500), quote(0))).toEqual(own);
  });

  it("are computed from the out-of-the-money quote of the strike where they are not", () => {
    const result = ofPut(greeks(45_001), quote(0));
    expect(result).toMatchObject({ delta: null, gamma: null, origin: "model_quote" });
    expect(result.iv).toBeCloseTo(IV, 9);
    expect(ofPut({}, quote(60_000)).iv).toBeCloseTo(IV, 9);
    // The quote of the contract itself, in the money, says next to nothing about volatility.
    expect(ofPut(quote(0))).toMatchObject({ iv: null, origin: "none" });
  });

  it("are computed from the provider's last volatility where there is no quote to go by", () => {
    const last = { delta: null, gamma: null, iv: 0.14, origin: "model_provider_iv" };
    expect(ofPut(greeks(45_001))).toEqual(last);
    expect(ofPut(greeks(60_000), quote(60_001))).toEqual(last);
    expect(ofPut(greeks(60_001), quote(60_001))).toEqual({ ...last, iv: null, origin: "none" });
  });

  it("of a provider that gives a volatility and no gamma are computed from that", () => {
    expect(ofPut(greeks(0, { gamma: null }), quote(0))).toEqual({
      delta: 0.31,
      gamma: null,
      iv: 0.14,
      origin: "model_provider_iv",
    });
  });

  it("take no absurd volatility for one", () => {
    for (const iv of [0, 0.009, 5.1, -1, null]) {
      const result = ofPut(greeks(0, { iv }), quote(0));
      expect(result).toMatchObject({ gamma: 0.004, origin: "provider" });
      expect(result.iv).toBeCloseTo(IV, 9);
    }
    expect(ofPut(greeks(0, { iv: 99, gamma: null })).origin).toBe("none");
  });

  it("are said to be from what stands in for an absurd gamma", () => {
    for (const gamma of [-0.004, 1e300]) {
      expect(ofPut(greeks(0, { gamma }), quote(0))).toMatchObject({ gamma, iv: 0.14, origin: "model_provider_iv" });
      expect(ofPut(greeks(0, { gamma, iv: null }), quote(0)).origin).toBe("model_quote");
      expect(ofPut(greeks(0, { gamma, iv: null })).origin).toBe("none");
    }
  });

  it("are none once the contract has settled, or where that is not known", () => {
    for (const years of [0, null]) expect(ofPut({}, quote(0), { years }).origin).toBe("none");
  });
});
