import { describe, expect, it } from "vitest";
import { spotValueSchema } from "../../../src/domain/context/spot.ts";
import type { SpotAnswer } from "../../../src/ports/spot-provider.ts";
import { RECEIPT_MS, useRestProvider } from "../../support/rest-provider.ts";
import { reply } from "../../support/scripted-rest.ts";

const rest = useRestProvider();
const TIME = 1_766_437_201_000_000_000;

function fetchIndices(symbols: readonly string[], body: string | object): Promise<SpotAnswer> {
  rest.server.answer(body);
  return rest.provider.indices(symbols, rest.signal);
}

function fetchStocks(symbols: readonly string[], body: string | object): Promise<SpotAnswer> {
  rest.server.answer(body);
  return rest.provider.stocks(symbols, rest.signal);
}

async function stock(row: object): Promise<SpotAnswer> {
  return fetchStocks(["SPY"], { status: "OK", tickers: [{ ticker: "SPY", updated: TIME, ...row }] });
}

describe("indices", () => {
  it("come in one request, read from the provider's documented sample", async () => {
    const body = `{"request_id": "6a7e466379af0a71039d60cc78e72282", "results": [{"last_updated": 1679597116344223581, "market_status": "closed", "name": "Dow Jones Industrial Average", "session": {"change": -50.01, "change_percent": -1.45, "close": 3822.39, "high": 3834.41, "low": 38217.11, "open": 3827.38, "previous_close": 3812.19}, "ticker": "I:DJI", "timeframe": "REAL-TIME", "type": "indices", "value": 3822.39}, {"error": "NOT_FOUND", "message": "Ticker not found.", "ticker": "I:APx"}, {"error": "NOT_ENTITLED", "message": "Not entitled to this ticker.", "ticker": "I:APy"}], "status": "OK"}`;
    const answer = await fetchIndices(["I:DJI", "I:APx", "I:APy", "I:SPX", "I:DJI"], body);
    expect(rest.server.requests.map(({ url }) => url)).toEqual([
      "/v3/snapshot/indices?ticker.any_of=I:DJI,I:APx,I:APy,I:SPX&limit=250",
    ]);
    expect(answer).toEqual({
      values: [
        {
          symbol: "DJI",
          value: 3_822.39,
          volume: null,
          ts: RECEIPT_MS / 1_000,
          as_of_ns: "1679597116344223581",
          timeframe: "REAL-TIME",
          source: "rest",
          change: -50.01,
          change_pct: -1.45,
        },
      ],
      refused: [
        { symbol: "I:APx", reason: "NOT_FOUND: Ticker not found." },
        { symbol: "I:APy", reason: "NOT_ENTITLED: Not entitled to this ticker." },
        { symbol: "I:SPX", reason: "it must be answered, it was not" },
      ],
      payload: body,
      receivedAtMs: RECEIPT_MS,
      latencyMs: 0,
    });
    expect(spotValueSchema.parse(answer.values[0])).toEqual(answer.values[0]);
  });

  it("may lack everything but value and time", async () => {
    const { values, refused } = await fetchIndices(["I:SPX"], {
      results: [{ ticker: "I:SPX", value: 6_871, last_updated: TIME, session: null, timeframe: null }],
    });
    expect(refused).toEqual([]);
    expect(values[0]).toMatchObject({ value: 6_871, change: null, change_pct: null, timeframe: null });
  });

  it("are delayed where the row or the answer says so", async () => {
    const row = { ticker: "I:SPX", value: 1, last_updated: TIME, timeframe: "DELAYED" };
    expect((await fetchIndices(["I:SPX"], { results: [row] })).values[0]?.timeframe).toBe("DELAYED");
    const whole = { status: "DELAYED", results: [{ ...row, timeframe: "REAL-TIME" }] };
    expect((await fetchIndices(["I:SPX"], whole)).values[0]?.timeframe).toBe("DELAYED");
  });

  it.each([
    ["no value", { last_updated: TIME }, "'value' must be there"],
    ["no time", { value: 1 }, "the time of the value must be there"],
    ["a text", { value: "1", last_updated: TIME }, "'value' must be a finite number"],
    ["a time to come", { value: 1, last_updated: (RECEIPT_MS + 5_001) * 1e6 }, "at most 5000 ms after receipt"],
  ])("are refused with %s, the others stay", async (_, row, text) => {
    const { values, refused } = await fetchIndices(["I:SPX", "I:VIX"], {
      results: [
        { ticker: "I:SPX", ...row },
        { ticker: "I:VIX", value: 15, last_updated: TIME },
      ],
    });
    expect(values.map(({ symbol }) => symbol)).toEqual(["VIX"]);
    expect(refused).toEqual([{ symbol: "I:SPX", reason: expect.stringContaining(text) }]);
  });

  it("that nobody asked for are refused, and an answer may lack its list", async () => {
    const foreign = await fetchIndices(["I:SPX"], { results: [{ ticker: "I:NDX", value: 1, last_updated: TIME }, 7] });
    expect(foreign.values).toEqual([]);
    expect(foreign.refused.map(({ symbol }) => symbol)).toEqual(["I:NDX", "", "I:SPX"]);
    expect((await fetchIndices(["I:SPX"], {})).refused).toHaveLength(1);
  });

  it("are 250 at most, and at least one", async () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => `I:X${index}`);
    expect(rest.provider.maxSymbols).toBe(250);
    await expect(fetchIndices(many(251), {})).rejects.toBeInstanceOf(RangeError);
    await expect(fetchIndices([], {})).rejects.toBeInstanceOf(RangeError);
    await expect(fetchIndices(["SPX"], {})).rejects.toBeInstanceOf(TypeError);
    await expect(fetchIndices(["I:A,I:B"], {})).rejects.toBeInstanceOf(TypeError);
    expect((await fetchIndices(many(250), {})).refused).toHaveLength(250);
    expect(rest.server.requests).toHaveLength(1);
  });

  it("reject where no answer comes", async () => {
    rest.server.answer(reply(503, "busy"));
    await expect(rest.provider.indices(["I:SPX"], rest.signal)).rejects.toMatchObject({ reason: "server" });
  });
});

describe("stocks", () => {
  it("come in one request, read from the provider's documented sample", async () => {
    const body = `{"count": 1, "status": "OK", "tickers": [{"day": {"c": 20.506, "dv": "37216.0", "h": 20.64, "l": 20.506, "o": 20.64, "v": 37216, "vw": 20.616}, "lastQuote": {"P": 20.6, "S": 22, "p": 20.5, "s": 13, "t": 1605192959994246100}, "lastTrade": {"c": [14, 41], "ds": "2416.0", "i": "71675577320245", "p": 20.506, "s": 2416, "t": 1605192894630916601, "x": 4}, "min": {"av": 37216, "c": 20.506, "dav": "37216.0", "dv": "5000.0", "h": 20.506, "l": 20.506, "n": 1, "o": 20.506, "t": 1684428600000, "v": 5000, "vw": 20.5105}, "prevDay": {"c": 20.63, "h": 21, "l": 20.5, "o": 20.79, "v": 292738, "vw": 20.6939}, "ticker": "BCAT", "todaysChange": -0.124, "todaysChangePerc": -0.601, "updated": 1605192894630916600}]}`;
    const answer = await fetchStocks(["BCAT", "BRK.B"], body);
    expect(rest.server.requests[0]?.url).toBe("/v2/snapshot/locale/us/markets/stocks/tickers?tickers=BCAT,BRK.B");
    expect(answer).toMatchObject({
      values: [
        {
          symbol: "BCAT",
          value: 20.506,
          volume: 37_216,
          as_of_ns: "1605192894630916601",
          timeframe: null,
          source: "rest",
          change: -0.124,
          change_pct: -0.601,
        },
      ],
      refused: [{ symbol: "BRK.B", reason: "it must be answered, it was not" }],
      payload: body,
    });
    expect(spotValueSchema.parse(answer.values[0])).toEqual(answer.values[0]);
  });

  it("without trades in the plan stand at the last minute, else at the day", async () => {
    const minute = await stock({ min: { c: 2, v: 1 }, day: { c: 3, v: 10 } });
    expect(minute.values[0]).toMatchObject({ value: 2, volume: 10, as_of_ns: String(TIME) });
    const day = await stock({ lastTrade: null, min: { c: 0 }, day: { c: 3, v: 10.5 } });
    expect(day.values[0]).toMatchObject({ value: 3, volume: 10.5, as_of_ns: String(TIME) });
  });

  it("are delayed where the answer says so", async () => {
    const row = { ticker: "SPY", updated: TIME, day: { c: 3, v: 1 } };
    const { values } = await fetchStocks(["SPY"], { status: "DELAYED", tickers: [row] });
    expect(values[0]?.timeframe).toBe("DELAYED");
  });

  const cleared = { o: 0, h: 0, l: 0, c: 0, v: 0, vw: 0 };

  it("that are cleared for the night are missing, not 0", async () => {
    const { values, refused } = await stock({
      day: cleared,
      min: { ...cleared, av: 0, t: 0 },
      lastTrade: { p: 0, t: 0 },
      prevDay: { c: 20 },
      todaysChange: 0,
      todaysChangePerc: 0,
    });
    expect(values).toEqual([]);
    expect(refused).toEqual([{ symbol: "SPY", reason: expect.stringContaining("missing or cleared") }]);
  });

  it("with a trade beside a cleared day have neither volume nor change, unless there is one", async () => {
    const trade = { p: 690, t: TIME };
    const quiet = await stock({ lastTrade: trade, day: cleared, todaysChange: 0, todaysChangePerc: 0 });
    expect(quiet.values[0]).toMatchObject({ value: 690, volume: null, change: null, change_pct: null });
    const early = await stock({ lastTrade: trade, day: cleared, todaysChange: 1.5, todaysChangePerc: 0.2 });
    expect(early.values[0]).toMatchObject({ value: 690, volume: null, change: 1.5, change_pct: 0.2 });
    const flat = await stock({ lastTrade: trade, day: { c: 690, v: 5 }, todaysChange: 0, todaysChangePerc: 0 });
    expect(flat.values[0]).toMatchObject({ volume: 5, change: 0, change_pct: 0 });
  });

  it("are refused without a time, the others stay", async () => {
    const { values, refused } = await fetchStocks(["SPY", "QQQ"], {
      tickers: [
        { ticker: "SPY", lastTrade: { p: 690 }, updated: TIME },
        { ticker: "QQQ", lastTrade: { p: 620, t: TIME, c: null } },
      ],
    });
    expect(values.map(({ symbol }) => symbol)).toEqual(["QQQ"]);
    expect(refused.map(({ symbol }) => symbol)).toEqual(["SPY"]);
    await expect(fetchStocks(["I:SPX"], {})).rejects.toBeInstanceOf(TypeError);
  });
});

describe("a unified snapshot", () => {
  it("reads the provider's documented sample", async () => {
    const body = `{"request_id": "abc123", "results": [{"break_even_price": 171.075, "details": {"contract_type": "call", "exercise_style": "american", "expiration_date": "2022-10-14", "shares_per_contract": 100, "strike_price": 5, "underlying_ticker": "NCLH"}, "fmv": 0.05, "fmv_last_updated": 1636573458757383400, "greeks": {"delta": 0.5520187372272933, "gamma": 0.00706756515659829, "theta": -0.018532772783847958, "vega": 0.7274811132998142}, "implied_volatility": 0.3048997097864957, "last_quote": {"ask": 21.25, "ask_exchange": 12, "ask_size": 110, "bid": 20.9, "bid_exchange": 10, "bid_size": 172, "last_updated": 1636573458756383501, "midpoint": 21.075, "timeframe": "REAL-TIME"}, "last_trade": {"conditions": [209], "exchange": 316, "price": 0.05, "sip_timestamp": 1675280958783136800, "size": 2, "timeframe": "REAL-TIME"}, "market_status": "closed", "name": "NCLH $5 Call", "open_interest": 8921, "session": {"change": -0.05, "change_percent": -1.07, "close": 6.65, "high": 7.01, "low": 5.42, "open": 6.7, "previous_close": 6.71, "volume": 67}, "ticker": "O:NCLH221014C00005000", "type": "options"}, {"last_trade": {"exchange": 316, "id": "4064", "last_updated": 1675280958783136801, "price": 0.05, "size": 2, "timeframe": "REAL-TIME"}, "market_status": "closed", "name": "Apple Inc.", "ticker": "AAPL", "type": "stocks"}, {"error": "NOT_FOUND", "message": "Ticker not found.", "ticker": "TSLAAPL"}], "status": "OK"}`;
    rest.server.answer(body);
    const tickers = ["O:NCLH221014C00005000", "AAPL", "TSLAAPL"];
    const { snapshots, refused, payload } = await rest.provider.unifiedSnapshot(tickers, rest.signal);
    expect(rest.server.requests[0]?.url).toBe(
      "/v3/snapshot?ticker.any_of=O:NCLH221014C00005000,AAPL,TSLAAPL&limit=250",
    );
    expect(payload).toBe(body);
    expect(refused).toEqual([{ symbol: "TSLAAPL", reason: "NOT_FOUND: Ticker not found." }]);
    expect(snapshots).toMatchObject([
      {
        ticker: "O:NCLH221014C00005000",
        type: "options",
        marketStatus: "closed",
        session: { open: 6.7, previousClose: 6.71, volume: 67, changePercent: -1.07, price: undefined },
        quote: { bid: 20.9, ask: 21.25, bidSize: 172, askSize: 110, quoteTsNs: 1_636_573_458_756_383_501n },
        trade: { price: 0.05, size: 2, conditions: [209], tradeTsNs: 1_675_280_958_783_136_800n },
        greeks: { delta: 0.5520187372272933 },
        impliedVolatility: 0.3048997097864957,
        openInterest: 8_921,
      },
      {
        ticker: "AAPL",
        trade: { tradeTsNs: 1_675_280_958_783_136_801n },
        quote: undefined,
        session: undefined,
        greeks: undefined,
        value: undefined,
        openInterest: undefined,
      },
    ]);
  });

  it("takes 1 to 250 tickers", async () => {
    await expect(rest.provider.unifiedSnapshot([], rest.signal)).rejects.toBeInstanceOf(RangeError);
    await expect(rest.provider.unifiedSnapshot(["A,B"], rest.signal)).rejects.toBeInstanceOf(TypeError);
  });
});
