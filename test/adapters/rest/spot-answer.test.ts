import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readSpotAnswer } from "../../../src/adapters/rest/index.ts";
import { RECEIPT_MS, useRestProvider } from "../../support/rest-provider.ts";

const rest = useRestProvider();
const TIME = 1_766_437_201_000_000_000;
const INDEX = { ticker: "I:SPX", value: 6_870.5, last_updated: TIME, session: { change: -1.5, change_percent: -0.02 } };
const UNKNOWN = { ticker: "I:APX", error: "NOT_FOUND", message: "Ticker not found." };
const STOCK = { ticker: "SPY", updated: TIME, lastTrade: { p: 687.25, t: TIME }, day: { c: 687, v: 1_000 } };

describe("a stored spot answer", () => {
  it.each([
    ["indices", { status: "DELAYED", results: [INDEX, UNKNOWN, { ...INDEX, ticker: "I:VIX", value: "1" }] }],
    ["stocks", { status: "OK", tickers: [STOCK, { ...STOCK, ticker: "QQQ", lastTrade: null, day: null }] }],
  ] as const)("of %s is read as it was when it came", async (kind, body) => {
    rest.server.answer(body);
    const asked = ("results" in body ? body.results : body.tickers).map(({ ticker }) => ticker);
    const { latencyMs: _, ...fetched } = await rest.provider[kind](asked, rest.signal);
    expect(fetched.values).toHaveLength(1);
    expect(fetched.refused.length).toBeGreaterThan(0);
    expect(readSpotAnswer(fetched.payload, RECEIPT_MS)).toEqual(fetched);
  });

  it.each([
    ["not\nJSON", 'the answer must be JSON, current value is "not\\nJSON"'],
    ["[1]", "an object with a list in 'results' (indices) or 'tickers' (stocks), current value is [1]"],
    [
      '{"results":{}}',
      "an object with a list in 'results' (indices) or 'tickers' (stocks), current value is {\"results",
    ],
    ['{"results":[7]}', "the row must have a 'ticker', it has none"],
  ])("that is %j is refused", (payload, reason) => {
    const { values, refused } = readSpotAnswer(payload, RECEIPT_MS);
    expect(values).toEqual([]);
    expect(refused).toEqual([{ symbol: "", reason: expect.stringContaining(reason) }]);
  });

  it("goes by the receipt that it is told, and by the skew", () => {
    const payload = JSON.stringify({ results: [INDEX] });
    const before = TIME / 1e6 - 6_000;
    expect(readSpotAnswer(payload, before).refused[0]?.reason).toContain("at most 5000 ms after receipt");
    const { values } = readSpotAnswer(payload, before, { maxFutureSkewMs: 6_000 });
    expect(values[0]).toMatchObject({ symbol: "SPX", value: 6_870.5, ts: before / 1_000 });
  });

  it("never throws, whatever it is", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.string(),
          fc.json().map((rows) => `{"tickers":[${rows}]}`),
        ),
        (payload) => {
          const { values, refused } = readSpotAnswer(payload, RECEIPT_MS);
          expect(values).toEqual([]);
          expect(refused.length).toBeLessThanOrEqual(1);
        },
      ),
      { seed: 20_261_127, numRuns: 300 },
    );
  });
});
