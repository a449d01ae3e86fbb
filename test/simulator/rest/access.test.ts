import { describe, expect, it } from "vitest";
import { closeAfterEach, started } from "../server/simulators.ts";
import { ask, rowsOf, tickersOf } from "./rest-client.ts";

closeAfterEach();

const START_MS = Date.UTC(2025, 11, 19, 15);
const CHAIN = "/v3/snapshot/options/I:SPX";
const STOCKS = "/v2/snapshot/locale/us/markets/stocks/tickers";

describe("access to the simulator's requests", () => {
  it("takes the key from the header or the query, and refuses others", async () => {
    const { simulator } = await started({ badKeys: ["stolen"], startMs: START_MS });
    const statusOf = async (path: string, headers: Record<string, string> = {}): Promise<number> =>
      (await fetch(simulator.restUrl + path, { headers })).status;
    expect(await statusOf(CHAIN)).toBe(401);
    expect(await statusOf(`${CHAIN}?apiKey=any`)).toBe(200);
    expect(await statusOf(CHAIN, { Authorization: "Bearer any" })).toBe(200);
    expect(await ask(simulator, CHAIN, "stolen")).toMatchObject({
      status: 401,
      type: "application/json",
      body: { status: "ERROR", error: "Unknown API Key", request_id: expect.stringMatching(/^[0-9a-f]{32}$/) },
    });
    expect(await ask(simulator, "/v3/nothing")).toMatchObject({
      status: 404,
      type: "text/plain; charset=utf-8",
      text: "404 page not found\n",
    });
    const cursors = ["x", "bnVsbA", Buffer.from('{"query":"","after":[],"page":1}').toString("base64url")];
    for (const cursor of cursors) expect((await ask(simulator, `${CHAIN}?cursor=${cursor}`)).status).toBe(400);
    for (const path of ["//", "/v3/snapshot/options/%E0%A4%A", "/v3/snapshot/options//"]) {
      expect((await ask(simulator, path)).status).toBe(path.endsWith("/") ? 404 : 200);
    }
    expect(JSON.stringify(simulator.log.entries())).not.toMatch(/stolen|Bearer|apiKey/);
  });

  it("refuses what a plan has not, and leaves out what it does not include", async () => {
    const { simulator, clock } = await started({
      startMs: START_MS,
      eventsPerSecond: 3_000,
      plans: {
        shares: { channels: { stocks: ["T", "Q"] } },
        trades: { channels: { options: ["T"], indices: ["V"] }, delayed: ["indices"] },
        bare: { channels: { options: [] } },
      },
    });
    await clock.advance(3_000);
    expect(await ask(simulator, CHAIN, "shares")).toMatchObject({ status: 403, body: { status: "NOT_AUTHORIZED" } });
    expect((await ask(simulator, "/v3/reference/options/contracts", "shares")).status).toBe(403);
    expect((await ask(simulator, "/v3/snapshot/indices", "shares")).status).toBe(403);
    expect((await ask(simulator, STOCKS, "shares")).status).toBe(200);
    expect((await ask(simulator, STOCKS, "trades")).status).toBe(403);
    const rows = await rowsOf(simulator, `${CHAIN}?limit=250&expiration_date=2025-12-19`, "trades");
    expect(rows.some(({ last_quote }) => last_quote !== undefined)).toBe(false);
    const traded = rows.find(({ last_trade }) => last_trade !== undefined);
    expect(traded?.last_trade?.["timeframe"]).toBe("REAL-TIME");
    expect(traded?.underlying_asset?.timeframe).toBe("DELAYED");
    const [bare] = await rowsOf(simulator, `${CHAIN}?limit=1`, "bare");
    expect(bare?.underlying_asset).toEqual({ ticker: "I:SPX" });
    expect(await rowsOf(simulator, "/v3/snapshot?ticker.any_of=I:SPX", "bare")).toEqual([
      { error: "NOT_ENTITLED", message: "Not entitled to this ticker.", ticker: "I:SPX" },
    ]);
  });

  it("has no quotes on a delayed feed, and says that it is delayed", async () => {
    const { simulator } = await started({ startMs: START_MS, delayMs: 900_000 });
    const [row] = await rowsOf(simulator, `${CHAIN}?limit=1`);
    expect(row?.last_quote).toBeUndefined();
    expect(row?.underlying_asset?.timeframe).toBe("DELAYED");
  });
});

describe("the simulator's spots", () => {
  it("answer bad tickers as elements, and only one of repeated parameters", async () => {
    const { simulator, clock } = await started({ startMs: START_MS });
    await clock.advance(3_000);
    expect(await rowsOf(simulator, "/v3/snapshot/indices?ticker.any_of=I:SPX,I:NOPE")).toEqual([
      { error: "NOT_FOUND", message: "Ticker not found.", ticker: "I:NOPE" },
      expect.objectContaining({
        ticker: "I:SPX",
        type: "indices",
        market_status: "regular_trading",
        timeframe: "REAL-TIME",
        session: {
          change: expect.any(Number),
          change_percent: expect.any(Number),
          close: expect.any(Number),
          high: expect.any(Number),
          low: expect.any(Number),
          open: expect.any(Number),
          previous_close: 6878.5,
        },
      }),
    ]);
    expect(tickersOf(await rowsOf(simulator, "/v3/snapshot?ticker.any_of=QQQ&ticker.any_of=SPY"))).toEqual(["QQQ"]);
    expect(tickersOf(await rowsOf(simulator, "/v3/snapshot?type=indices&order=desc"))).toEqual([
      "I:VIX",
      "I:SPX",
      "I:NDX",
    ]);
    expect(tickersOf(await rowsOf(simulator, "/v3/snapshot?ticker.gte=QQ&ticker.lt=R"))).toEqual(["QQQ"]);
    expect(await rowsOf(simulator, "/v3/snapshot?type=options")).toHaveLength(10);
    const eleven = simulator.market
      .contracts()
      .slice(0, 11)
      .map(({ ticker }) => ticker);
    expect(await rowsOf(simulator, `/v3/snapshot?ticker.any_of=${eleven.join()}`)).toHaveLength(10);
  });

  it("show shares in the old style", async () => {
    const { simulator, clock } = await started({ startMs: START_MS, eventsPerSecond: 3_000 });
    await clock.advance(5_000);
    const { body } = await ask(simulator, `${STOCKS}?tickers=SPY,QQQ,NOPE`);
    expect(body).toMatchObject({ count: 2, status: "OK" });
    const [spy] = (body?.["tickers"] ?? []) as readonly Record<string, unknown>[];
    const bar = Object.fromEntries(["o", "h", "l", "c", "v", "vw"].map((name) => [name, expect.any(Number)]));
    expect(spy).toEqual({
      ticker: "SPY",
      todaysChange: expect.any(Number),
      todaysChangePerc: expect.any(Number),
      updated: expect.any(Number),
      day: bar,
      prevDay: bar,
      min: { ...bar, av: expect.any(Number), n: expect.any(Number), t: START_MS },
      lastTrade: expect.objectContaining({ i: expect.any(String), p: expect.any(Number), s: expect.any(Number) }),
      lastQuote: {
        P: expect.any(Number),
        S: expect.any(Number),
        p: expect.any(Number),
        s: expect.any(Number),
        t: expect.any(Number),
      },
    });
    expect((await ask(simulator, `${STOCKS}/spy`)).status).toBe(404);
  });
});

describe("the simulator's hours", () => {
  it("publishes nothing off hours, and answers with what was last published", async () => {
    // Friday, 16:10 in New York: shares go on, options until 16:15.
    const startMs = Date.UTC(2025, 11, 19, 21, 10);
    const { simulator, clock } = await started({ startMs, hours: "regular", tickMs: 1_000, eventsPerSecond: 50 });
    await clock.advance(6 * 60_000);
    const { options, stocks } = simulator.log.totals().published;
    expect(options).toBeGreaterThan(0);
    await clock.advance(60_000);
    const later = simulator.log.totals().published;
    expect(later.options).toBe(options);
    expect(later.stocks).toBeGreaterThan(stocks);
    expect((await ask(simulator, "/v1/marketstatus/now")).body).toMatchObject({
      market: "extended-hours",
      afterHours: true,
      earlyHours: false,
      serverTime: "2025-12-19T16:17:00-05:00",
    });
    const [index] = await rowsOf(simulator, "/v3/snapshot/indices?ticker.any_of=I:SPX");
    expect(index?.["market_status"]).toBe("closed");
    expect(index?.last_updated).toBeLessThan(1e6 * (startMs + 5 * 60_000));
    expect((await rowsOf(simulator, `${CHAIN}?limit=250`)).length).toBe(250);
  });

  it("counts requests by status and bytes", async () => {
    const { simulator, clock } = await started({ startMs: START_MS });
    const { text } = await ask(simulator, `${CHAIN}?limit=3&apiKey=secret`);
    await ask(simulator, "/nothing");
    expect(simulator.log.requests()).toEqual([
      {
        kind: "request",
        atMs: clock.now(),
        method: "GET",
        path: CHAIN,
        query: "limit=3",
        page: 1,
        status: 200,
        bytes: text.length,
        faults: [],
      },
      expect.objectContaining({ path: "/nothing", status: 404 }),
    ]);
    expect(simulator.log.totals()).toMatchObject({
      requests: 2,
      answerBytes: text.length + 19,
      answers: { 200: 1, 404: 1 },
    });
  });

  it("answers the same for the same seed and steps", async () => {
    const texts = await Promise.all(
      [1, 1, 2].map(async (seed) => {
        const { simulator, clock } = await started({ startMs: START_MS, seed });
        await clock.advance(2_000);
        const paths = [`${CHAIN}?limit=250`, "/v3/snapshot/indices", STOCKS, "/v3/snapshot?type=stocks"];
        const answers: string[] = [];
        for (const path of paths) answers.push((await ask(simulator, path)).text.replaceAll(simulator.restUrl, ""));
        return answers.join("\n");
      }),
    );
    expect(texts[1]).toBe(texts[0]);
    expect(texts[2]).not.toBe(texts[0]);
  });
});
