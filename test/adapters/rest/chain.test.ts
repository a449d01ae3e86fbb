import { describe, expect, it } from "vitest";
import type { ChainFetch, ChainQuery } from "../../../src/ports/chain-provider.ts";
import { RECEIPT_MS, useRestProvider } from "../../support/rest-provider.ts";
import { chainRow, page } from "../../support/rest-rows.ts";

const rest = useRestProvider();
const PUT = "O:SPXW251223P06870000";

function fetchRows(rows: readonly object[], query: Partial<ChainQuery> = {}): Promise<ChainFetch> {
  return fetchText(JSON.stringify(page(rows)), query);
}

function fetchText(body: string, query: Partial<ChainQuery> = {}): Promise<ChainFetch> {
  rest.server.answer(body);
  return rest.provider.snapshot({ underlying: "I:SPX", ...query }, rest.signal);
}

async function recordOf(over: Readonly<Record<string, unknown>>) {
  const { contracts, refused } = await fetchRows([chainRow(over)]);
  expect(refused).toEqual([]);
  return contracts[0]?.record;
}

async function reasonOf(row: object, query: Partial<ChainQuery> = {}): Promise<string> {
  const { contracts, refused, complete } = await fetchRows([row, chainRow({}, "O:SPXW251223P06900000")], query);
  expect(complete).toBe(true);
  expect(contracts.map(({ record }) => record.terms.contract)).toEqual(["O:SPXW251223P06900000"]);
  expect(refused).toHaveLength(1);
  return refused[0]?.reason ?? "";
}

const details = (over: Readonly<Record<string, unknown>>): object => {
  const row = chainRow() as { readonly details: object };
  return { ...row, details: { ...row.details, ...over } };
};

describe("a query", () => {
  it("becomes parameters with an explicit limit", async () => {
    await fetchRows([], { expiration: "2025-12-23", right: "P", strikes: { from: 6_800.5, to: 6_950 } });
    await fetchRows([], { underlying: "AAPL", right: "C" });
    await fetchRows([], { underlying: "BRK/B" });
    expect(rest.server.requests.map(({ url }) => url)).toEqual([
      "/v3/snapshot/options/I:SPX?expiration_date=2025-12-23&contract_type=put&strike_price.gte=6800.5&strike_price.lte=6950&order=asc&sort=ticker&limit=250",
      "/v3/snapshot/options/AAPL?contract_type=call&order=asc&sort=ticker&limit=250",
      "/v3/snapshot/options/BRK%2FB?order=asc&sort=ticker&limit=250",
    ]);
  });

  it.each([
    { underlying: "" },
    { underlying: "X:SPX" },
    { underlying: "../../v1" },
    { expiration: "2025-02-30" },
    { expiration: "23.12.2025" },
    { right: "call" as "C" },
    { strikes: { from: 2, to: 1 } },
    { strikes: { from: -1, to: 1 } },
    { strikes: { from: Number.NaN, to: 1 } },
    { strikes: { from: 1, to: Number.POSITIVE_INFINITY } },
  ])("that no chain can answer is a TypeError: %j", async (query) => {
    await expect(fetchRows([], query)).rejects.toBeInstanceOf(TypeError);
    expect(rest.server.requests).toHaveLength(0);
  });
});

describe("a contract", () => {
  it("has its terms, its groups, its exact strike and its own text", async () => {
    const row = `{"details": {"ticker":"${PUT}", "contract_type":"put","exercise_style":"european",
      "expiration_date":"2025-12-23","shares_per_contract":100.0,"strike_price":6870.0},
      "day":{"volume":868.0,"last_updated":1766437200000000000},
      "last_quote":{"bid":15.1,"ask":15.3,"bid_size":8.0,"ask_size":40,"last_updated":1766437201000000123},
      "last_trade":{"price":15.2,"size":2.0,"sip_timestamp":1766437200500000789,"conditions":[209]},
      "greeks":{"delta":-0.45,"gamma":0.002,"theta":-3.1,"vega":1.2},"implied_volatility":0.15,
      "open_interest":1543.0,"underlying_asset":{"ticker":"I:SPX","value":6871.25,"last_updated":1766437201000000001}}`;
    const fetched = await fetchText(`{"status":"OK","results":[ ${row} ]}`);
    expect(fetched).toEqual({
      contracts: [
        {
          record: {
            terms: {
              contract: PUT,
              underlying: "SPX",
              root: "SPXW",
              expiration: "2025-12-23",
              strike: 6_870,
              right: "P",
              multiplier: 100,
              style: "european",
            },
            quote: { quoteTsNs: 1_766_437_201_000_000_123n, bid: 15.1, ask: 15.3, bidSize: 8, askSize: 40 },
            trade: { tradeTsNs: 1_766_437_200_500_000_789n, sequence: null, last: 15.2, size: 2, volume: 868 },
            greeks: {
              greeksTsNs: BigInt(RECEIPT_MS) * 1_000_000n,
              delta: -0.45,
              gamma: 0.002,
              theta: -3.1,
              vega: 1.2,
              iv: 0.15,
              source: "provider",
            },
            day: { openInterestDay: "2025-12-22", openInterest: 1_543 },
          },
          strikeThousandths: 6_870_000,
          json: row,
          timeframe: null,
        },
      ],
      complete: true,
      failure: undefined,
      refused: [],
      flawed: [],
      latencyMs: 0,
      receivedAtMs: RECEIPT_MS,
      pages: [`{"status":"OK","results":[ ${row} ]}`],
      spot: { value: 6_871.25, valueTsNs: 1_766_437_201_000_000_001n },
    });
  });

  it.each(["day", "greeks", "implied_volatility", "last_quote", "last_trade", "open_interest", "underlying_asset"])(
    "may lack %s, or have null there",
    async (field) => {
      for (const absent of [undefined, null]) {
        const fetched = await fetchRows([chainRow({ [field]: absent })]);
        const record = fetched.contracts[0]?.record;
        expect(fetched.refused).toEqual([]);
        expect(record?.quote === undefined).toBe(field === "last_quote");
        expect(record?.trade === undefined).toBe(field === "last_trade" || field === "day");
        expect(record?.greeks?.delta).toBe(field === "greeks" ? null : -0.45);
        expect(record?.greeks?.iv).toBe(field === "implied_volatility" ? null : 0.15);
        expect(record?.day === undefined).toBe(field === "open_interest");
        expect(fetched.spot === null).toBe(field === "underlying_asset");
        expect(Object.values(record ?? {})).not.toContain(undefined);
      }
    },
  );

  it("may have nothing but its details", async () => {
    const { details: only } = chainRow() as { readonly details: object };
    expect((await fetchRows([{ details: only }])).contracts[0]?.record).toEqual({ terms: expect.anything() });
    expect(await recordOf({ greeks: {}, implied_volatility: null })).not.toHaveProperty("greeks");
  });

  it("keeps a real 0, and a side that is missing as null", async () => {
    const quote = { bid: 0, ask: 0.05, bid_size: 0, last_updated: 1_766_437_201_000_000_000 };
    const record = await recordOf({ last_quote: quote, open_interest: 0 });
    expect(record?.quote).toMatchObject({ bid: 0, ask: 0.05, bidSize: 0, askSize: null });
    expect(record?.day).toEqual({ openInterestDay: "2025-12-22", openInterest: 0 });
  });

  it("has no quote that nobody dates", async () => {
    expect(await recordOf({ last_quote: { bid: 1, ask: 2 } })).not.toHaveProperty("quote");
    expect(await recordOf({ last_quote: { bid: 1, ask: 2, last_updated: 0 } })).not.toHaveProperty("quote");
    expect(await recordOf({ last_quote: { last_updated: 1_766_437_201_000_000_000 } })).not.toHaveProperty("quote");
  });

  it.each([
    ["the bar of another day", { day: { volume: 868, last_updated: 1_766_178_000_000_000_000 } }],
    ["a bar without a time", { day: { volume: 868 } }],
    ["no volume", { day: { last_updated: 1_766_437_200_000_000_000 } }],
    ["no time of the trade", { last_trade: { price: 1, size: 1 } }],
    ["no size", { last_trade: { price: 1, sip_timestamp: 1_766_437_200_000_000_000 } }],
    [
      "a print that sets no last sale",
      { last_trade: { price: 1, size: 1, sip_timestamp: 1_766_437_200_000_000_000, conditions: [204] } },
    ],
  ])("has no trade with %s", async (_, over) => {
    expect(await recordOf(over)).not.toHaveProperty("trade");
  });

  it("has a trade with the volume of a past day where bar and trade are both of it", async () => {
    const record = await recordOf({
      day: { volume: 12, last_updated: 1_766_178_000_000_000_000 },
      last_trade: { price: 1, size: 3, sip_timestamp: 1_766_170_000_000_000_000 },
    });
    expect(record?.trade).toEqual({
      tradeTsNs: 1_766_170_000_000_000_000n,
      sequence: null,
      last: 1,
      size: 3,
      volume: 12,
    });
  });

  it("pins open interest to the trading day of its receipt", async () => {
    await rest.clock.advance(2 * 3_600_000 - 2_001);
    expect((await recordOf({}))?.day?.openInterestDay).toBe("2025-12-22");
    await rest.clock.advance(1);
    // 18:00 in New York: the next session.
    expect((await recordOf({}))?.day?.openInterestDay).toBe("2025-12-23");
  });

  it("takes times in other units by their magnitude", async () => {
    const at = async (time: number) =>
      (await recordOf({ last_quote: { bid: 1, last_updated: time } }))?.quote?.quoteTsNs;
    expect(await at(1_766_437_201)).toBe(1_766_437_201_000_000_000n);
    expect(await at(1_766_437_201_123)).toBe(1_766_437_201_123_000_000n);
    expect(await at(1_766_437_201_123_456)).toBe(1_766_437_201_123_456_000n);
  });

  it("is delayed where quote, trade or the answer says so", async () => {
    const frame = async (quote: unknown, trade: unknown, status = "OK") => {
      const row = chainRow({ last_quote: { timeframe: quote }, last_trade: { timeframe: trade } });
      return (await fetchText(JSON.stringify({ ...page([row]), status }))).contracts[0]?.timeframe;
    };
    expect(await frame("REAL-TIME", "DELAYED")).toBe("DELAYED");
    expect(await frame("DELAYED", undefined)).toBe("DELAYED");
    expect(await frame("REAL-TIME", undefined)).toBe("REAL-TIME");
    expect(await frame("SOMETIME", null)).toBeNull();
    expect(await frame("REAL-TIME", "REAL-TIME", "DELAYED")).toBe("DELAYED");
  });

  it("that comes twice is the later one", async () => {
    const fetched = await fetchRows([chainRow({ open_interest: 1 }), chainRow({ open_interest: 2 })]);
    expect(fetched.contracts.map(({ record }) => record.day?.openInterest)).toEqual([2]);
  });

  it("keeps the underlying of the request, whatever its root", async () => {
    const rows = ["O:SPX251219C06870000", "O:SPXW251223C06870000"].map((ticker) => chainRow({}, ticker));
    const { contracts } = await fetchRows(rows);
    expect(contracts.map(({ record }) => [record.terms.root, record.terms.underlying])).toEqual([
      ["SPX", "SPX"],
      ["SPXW", "SPX"],
    ]);
    rest.server.answer(
      page([chainRow({ underlying_asset: { ticker: "AAPL", price: 250 } }, "O:AAPL1251219C00150000")]),
    );
    const adjusted = await rest.provider.snapshot({ underlying: "AAPL" }, rest.signal);
    expect(adjusted.contracts[0]?.record.terms).toMatchObject({ root: "AAPL1", underlying: "AAPL" });
  });

  it("tells the newest price of the underlying", async () => {
    const at = (value: number, time: number) => ({ underlying_asset: { ticker: "I:SPX", value, last_updated: time } });
    const { spot } = await fetchRows([
      chainRow(at(2, 1_766_437_201_000_000_000)),
      chainRow(at(1, 1_766_437_200_000_000_000), "O:SPXW251223P06900000"),
      chainRow({ underlying_asset: { value: 3 } }, "O:SPXW251223P06910000"),
    ]);
    expect(spot).toEqual({ value: 2, valueTsNs: 1_766_437_201_000_000_000n });
  });
});

describe("a contract with values that cannot be read", () => {
  it.each([
    ["a text for a price", chainRow({ last_quote: { bid: "12" } }), "'last_quote.bid' must be a number"],
    ["a negative price", chainRow({ last_trade: { price: -1 } }), "'last_trade.price'"],
    ["a time that is a fraction", chainRow({ last_quote: { last_updated: 1.5 } }), "'last_quote.last_updated'"],
    [
      "a time to come",
      chainRow({ last_quote: { bid: 1, last_updated: (RECEIPT_MS + 5_001) * 1e6 } }),
      "at most 5000 ms after receipt",
    ],
    ["a list for an object", chainRow({ greeks: [], implied_volatility: undefined }), "'greeks' must be an object"],
  ])("%s: it is there all the same, without them", async (_, row, text) => {
    const { contracts, refused, flawed, complete } = await fetchRows([row]);
    expect({ refused, complete, contracts: contracts.length }).toEqual({ refused: [], complete: true, contracts: 1 });
    expect(flawed).toEqual([{ ticker: "O:SPXW251223P06870000", reason: expect.stringContaining(text) }]);
    const [{ record } = { record: undefined }] = contracts;
    expect(record?.day).toMatchObject({ openInterest: 1_543 });
    const left = ["quote", "trade", "greeks"].filter((group) => record !== undefined && group in record);
    expect(left).toHaveLength(2);
  });

  it("has none at all of them, and still is a contract", async () => {
    const over = { last_quote: 1, last_trade: 1, greeks: 1, implied_volatility: "x", open_interest: -1, day: 1 };
    const { contracts, flawed } = await fetchRows([chainRow({ ...over, underlying_asset: [] })]);
    expect(contracts.map(({ record }) => Object.keys(record))).toEqual([["terms"]]);
    expect(flawed).toHaveLength(1);
  });

  it("gives the underlying no price of a time to come", async () => {
    const { spot } = await fetchRows([
      chainRow({ underlying_asset: { ticker: "I:SPX", value: 1, last_updated: (RECEIPT_MS + 5_001) * 1e6 } }),
    ]);
    expect(spot).toBeNull();
  });
});

describe("a row that is refused", () => {
  it.each([
    ["another expiration", chainRow({}, "O:SPXW251224P06870000"), { expiration: "2025-12-23" }, "2025-12-24"],
    ["the other side", chainRow({}, "O:SPXW251223C06870000"), { right: "P" as const }, "right must be P"],
    ["a strike below", chainRow({}, "O:SPXW251223P06869999"), { strikes: { from: 6_870, to: 6_900 } }, "6869.999"],
    ["a strike above", chainRow({}, "O:SPXW251223P06900001"), { strikes: { from: 6_870, to: 6_900 } }, "6900.001"],
    ["another underlying", chainRow({ underlying_asset: { ticker: "I:NDX" } }), {}, "underlying must be I:SPX"],
    ["another index by its root", chainRow({}, "O:NDXP251223P06870000"), {}, "current value is NDX by its root"],
    ["no details", { details: null }, {}, "'details' must be an object"],
    ["no ticker", details({ ticker: undefined }), {}, "'details.ticker' must be a string"],
    ["nine strike digits", details({ ticker: "O:AAPL211022C000150000" }), {}, "O:AAPL211022C000150000"],
    ["a contradicted type", details({ contract_type: "call" }), {}, "'contract_type' must be put"],
    ["neither call nor put", details({ contract_type: "other" }), {}, "'contract_type' must be put"],
    ["a contradicted date", details({ expiration_date: "2025-12-24" }), {}, "'expiration_date' must be 2025-12-23"],
    ["a date that no calendar has", details({ expiration_date: "2025-02-30" }), {}, "must be a date YYYY-MM-DD"],
    ["a contradicted strike", details({ strike_price: 6_870.5 }), {}, "'strike_price' must be 6870"],
    ["no multiplier", details({ shares_per_contract: undefined }), {}, "'shares_per_contract'"],
    ["no object", [1], {}, "the row must be an object"],
  ])("%s: the others stay", async (_, row, query, text) => {
    expect(await reasonOf(row, query)).toContain(text);
  });

  it("names its ticker as far as it has one", async () => {
    const { refused } = await fetchText(`{"results":[1,{"details":{"ticker":"O:${"X".repeat(500)}"}},{"details":[]}]}`);
    expect(refused.map(({ ticker }) => ticker.length)).toEqual([0, 67, 0]);
  });
});

describe("the provider's documented sample", () => {
  it("is refused, since its ticker is malformed, and read with the ticker that its details describe", async () => {
    const sample = (ticker: string): string =>
      `{"request_id": "6a7e466379af0a71039d60cc78e72282", "results": [{"break_even_price": 151.2, "day": {"change": 4.5, "change_percent": 6.76, "close": 120.73, "high": 120.81, "last_updated": 1605195918507251817, "low": 118.9, "open": 119.32, "previous_close": 119.12, "volume": 868, "vwap": 119.31}, "details": {"contract_type": "call", "exercise_style": "american", "expiration_date": "2022-01-21", "shares_per_contract": 100, "strike_price": 150, "ticker": "${ticker}"}, "fmv": 0.05, "fmv_last_updated": 1605195918508251600, "greeks": {"delta": 1, "gamma": 0, "theta": 0.00229, "vega": 0}, "implied_volatility": 5, "last_quote": {"ask": 120.3, "ask_size": 4, "bid": 120.28, "bid_size": 8, "last_updated": 1605195918507251817, "midpoint": 120.29, "timeframe": "REAL-TIME"}, "last_trade": {"conditions": [209], "decimal_size": "2.0", "exchange": 316, "price": 0.05, "sip_timestamp": 1675280958783136800, "size": 2, "timeframe": "REAL-TIME"}, "open_interest": 1543, "underlying_asset": {"change_to_break_even": 4.2, "last_updated": 1605195918507251700, "price": 147, "ticker": "AAPL", "timeframe": "DELAYED"}}], "status": "OK"}`;
    const malformed = await fetchText(sample("O:AAPL211022C000150000"), { underlying: "AAPL" });
    expect(malformed.contracts).toEqual([]);
    expect(malformed.refused).toEqual([
      { ticker: "O:AAPL211022C000150000", reason: expect.stringContaining("'ticker' must be an option ticker") },
    ]);
    const { contracts, spot } = await fetchText(sample("O:AAPL220121C00150000"), { underlying: "AAPL" });
    expect(contracts[0]?.record).toMatchObject({
      terms: { contract: "O:AAPL220121C00150000", multiplier: 100, style: "american" },
      // As the provider's file has it; JSON.parse would have made it ...251700.
      quote: { quoteTsNs: 1_605_195_918_507_251_817n, bid: 120.28, ask: 120.3 },
      greeks: { delta: 1, gamma: 0, theta: 0.00229, vega: 0, iv: 5 },
      day: { openInterest: 1_543 },
    });
    // Its bar is of 2020 and its trade of 2023.
    expect(contracts[0]?.record).not.toHaveProperty("trade");
    expect(spot).toEqual({ value: 147, valueTsNs: 1_605_195_918_507_251_700n });
  });
});
