import { describe, expect, it } from "vitest";
import { judgeInputs } from "../../../../src/domain/model/definition/freshness.ts";
import { type ModelInputName, recordTimes } from "../../../../src/domain/model/definition/model-inputs.ts";
import { AS_OF_MS, agoNs, LIMITS, record, TODAY, values } from "./records.ts";

function judged(
  inputs: readonly (ModelInputName | readonly ModelInputName[])[],
  { spotAgeMs = 0 as number | null, records = [record("C", 6_850, values({}, 0))] } = {},
) {
  const spotMs = spotAgeMs === null ? null : AS_OF_MS - spotAgeMs;
  return judgeInputs(inputs, { asOfMs: AS_OF_MS, tradingDay: TODAY, spotMs, records: recordTimes(records) }, LIMITS);
}

const quotedAgo = (ageMs: number) => [record("C", 6_850, values({}, ageMs)), record("P", 6_850, values({}, 9e6))];

describe("the inputs of a model", () => {
  it.each([
    [0, "live", []],
    [5_000, "live", []],
    [5_001, "stale", ["spot_stale"]],
    [60_000, "stale", ["spot_stale"]],
    [60_001, "none", ["spot_too_old"]],
    [null, "none", ["spot_missing"]],
    // The clocks of two machines differ.
    [-2_000, "live", []],
  ])("with a spot %s ms old are %s", (spotAgeMs, status, reasons) => {
    expect(judged(["spot"], { spotAgeMs })).toEqual({ status, reasons });
  });

  it.each([
    [45_000, "live", []],
    [45_001, "stale", ["quotes_stale"]],
    [60_000, "stale", ["quotes_stale"]],
    [60_001, "none", ["quotes_too_old"]],
  ])("are as old as the newest quote: %s ms", (ageMs, status, reasons) => {
    expect(judged(["quotes"], { records: quotedAgo(ageMs) })).toEqual({ status, reasons });
  });

  it("tell all that is wrong, and are as bad as the worst", () => {
    const given = { spotAgeMs: 6_000, records: quotedAgo(70_000) };
    expect(judged(["spot", "quotes"], given)).toEqual({ status: "none", reasons: ["spot_stale", "quotes_too_old"] });
  });

  it("that stand in for one another are as good as the best", () => {
    const greeks = { greeksTsNs: agoNs(90_000), delta: null, gamma: 1, theta: null, vega: null, iv: null };
    const records = [record("C", 6_850, values({ greeks: { ...greeks, source: "provider" } }, 50_000))];
    expect(judged(["greeks"], { records })).toEqual({ status: "none", reasons: ["greeks_too_old"] });
    expect(judged([["greeks", "quotes"]], { records })).toEqual({ status: "stale", reasons: ["quotes_stale"] });
    expect(judged([["greeks", "quotes"]])).toEqual({ status: "live", reasons: [] });
    expect(judged([["greeks", "quotes"]], { records: [record("C", 6_850)] })).toEqual({
      status: "none",
      reasons: ["greeks_missing"],
    });
  });

  it("have open interest of the trading day, or are stale, however long", () => {
    const day = (openInterestDay: string, openInterest: number | null = 5) => [
      record("C", 6_850, { day: { openInterestDay, openInterest } }),
    ];
    expect(judged(["open_interest"], { records: day(TODAY) }).status).toBe("live");
    expect(judged(["open_interest"], { records: day("2025-12-01") })).toEqual({
      status: "stale",
      reasons: ["open_interest_stale"],
    });
    expect(judged(["open_interest"], { records: day(TODAY, null) })).toEqual({
      status: "none",
      reasons: ["open_interest_missing"],
    });
  });

  it("of an epoch without contracts lack nothing but a spot", () => {
    const inputs = ["spot", "quotes", "greeks", "trades", "open_interest"] as const;
    expect(judged(inputs, { records: [] })).toEqual({ status: "live", reasons: [] });
    expect(judged(inputs, { records: [], spotAgeMs: null }).reasons).toEqual(["spot_missing"]);
  });
});

describe("the times of records", () => {
  it("are those of values that are there", () => {
    const quote = { quoteTsNs: agoNs(1), bid: null, ask: null, bidSize: 1, askSize: 1 };
    const times = recordTimes([
      record("C", 6_850, values({}, 3_000)),
      record("P", 6_850, values({}, 2_000)),
      record("C", 6_855, { quote, day: { openInterestDay: "2026-01-06", openInterest: 3 } }),
      record("P", 6_855),
    ]);
    const both = { oldestMs: AS_OF_MS - 3_000, newestMs: AS_OF_MS - 2_000, contracts: 2 };
    expect(times).toEqual({
      contracts: 4,
      quotes: both,
      trades: both,
      greeks: both,
      openInterest: { oldestDay: "2026-01-06", newestDay: TODAY, contracts: 3 },
    });
  });
});
