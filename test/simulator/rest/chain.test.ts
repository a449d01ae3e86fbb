import { describe, expect, it } from "vitest";
import { until } from "../../support/until.ts";
import { TestClient, type WireObject } from "../server/client.ts";
import { closeAfterEach, hasAll, started } from "../server/simulators.ts";
import { allRowsOf, ask, type Row, rowsOf, tickersOf } from "./rest-client.ts";

closeAfterEach();

interface StockRow {
  readonly lastTrade: { readonly p: number };
}

/** A Friday morning in New York. */
const START_MS = Date.UTC(2025, 11, 19, 15);
const CHAIN = "/v3/snapshot/options/I:SPX";

function isLater(one: WireObject, other: WireObject): boolean {
  const [t, before] = [Number(one["t"]), Number(other["t"])];
  return t > before || (t === before && Number(one["q"]) >= Number(other["q"]));
}

describe("the simulator's option chain", () => {
  it("has the provider's shape", async () => {
    const { simulator, clock } = await started({ startMs: START_MS, eventsPerSecond: 3_000 });
    await clock.advance(5_000);
    const rows = await allRowsOf(simulator, `${CHAIN}?limit=250&expiration_date=2025-12-19`);
    const whole = rows.find(({ last_trade, greeks }) => last_trade !== undefined && greeks !== undefined);
    expect(whole).toEqual({
      break_even_price: expect.any(Number),
      day: {
        open: expect.any(Number),
        high: expect.any(Number),
        low: expect.any(Number),
        close: expect.any(Number),
        volume: expect.any(Number),
        vwap: expect.any(Number),
        change: expect.any(Number),
        change_percent: expect.any(Number),
        previous_close: expect.any(Number),
        last_updated: expect.any(Number),
      },
      details: {
        ticker: expect.stringMatching(/^O:SPXW?251219[CP]\d{8}$/),
        contract_type: expect.stringMatching(/^(call|put)$/),
        exercise_style: "european",
        expiration_date: "2025-12-19",
        strike_price: expect.any(Number),
        shares_per_contract: 100,
      },
      greeks: {
        delta: expect.any(Number),
        gamma: expect.any(Number),
        theta: expect.any(Number),
        vega: expect.any(Number),
      },
      implied_volatility: expect.any(Number),
      last_quote: {
        bid: expect.any(Number),
        ask: expect.any(Number),
        bid_size: expect.any(Number),
        ask_size: expect.any(Number),
        bid_exchange: 302,
        ask_exchange: 302,
        midpoint: expect.any(Number),
        last_updated: expect.any(Number),
        timeframe: "REAL-TIME",
      },
      last_trade: expect.objectContaining({
        price: expect.any(Number),
        size: expect.any(Number),
        exchange: 302,
        sip_timestamp: expect.any(Number),
        timeframe: "REAL-TIME",
      }),
      open_interest: expect.any(Number),
      underlying_asset: {
        ticker: "I:SPX",
        value: expect.any(Number),
        change_to_break_even: expect.any(Number),
        last_updated: expect.any(Number),
        timeframe: "REAL-TIME",
      },
    });
    expect(rows.some(({ last_trade, day }) => last_trade === undefined && Object.keys(day ?? {}).length === 0)).toBe(
      true,
    );
    expect(rows.some(({ greeks }) => greeks === undefined)).toBe(true);
    for (const { greeks, details } of rows) {
      if (greeks !== undefined) expect(Math.sign(greeks.delta)).toBe(details?.contract_type === "call" ? 1 : -1);
    }
  });

  it("shows the prices and times that the stream published, with all digits of the ns", async () => {
    const { simulator, clock, url } = await started({
      startMs: START_MS,
      eventsPerSecond: 500,
      log: { payloads: "all" },
    });
    const client = await TestClient.authenticated(url);
    await client.subscribes("T.*");
    await clock.advance(20_000);
    await until("all frames", () => hasAll(client, simulator, 1));
    // Prints that are late, or take one back, are nobody's last and in no volume.
    const trades = client.events("T");
    const isCounted = ({ c }: WireObject): boolean => !((c ?? []) as number[]).some((id) => id >= 201 && id <= 207);
    const uncounted = trades.filter((one) => !isCounted(one)).map(({ sym }) => String(sym));
    const watched = new Set([...uncounted, String(trades.findLast(isCounted)?.["sym"])]);
    expect(watched.size).toBeGreaterThan(5);
    let compared = 0;
    for (const ticker of watched) {
      const prints = trades.filter((one) => one["sym"] === ticker && isCounted(one));
      const underlying = simulator.market.contract(ticker)?.underlying ?? "";
      const prefix = underlying === "SPX" || underlying === "NDX" ? "I:" : "";
      const { text, body } = await ask(simulator, `/v3/snapshot/options/${prefix}${underlying}/${ticker}`);
      const { last_trade, day } = (body?.results ?? {}) as Row;
      expect(day?.volume ?? 0).toBe(prints.reduce((sum, { s }) => sum + Number(s), 0));
      if (prints.length === 0) expect(last_trade).toBeUndefined();
      else {
        const last = prints.reduce((newest, one) => (isLater(one, newest) ? one : newest));
        expect(last_trade).toMatchObject({ price: last["p"], size: last["s"], exchange: last["x"] });
        expect(/"sip_timestamp":(\d+)/.exec(text)?.[1]?.slice(0, -6)).toBe(String(last["t"]));
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(3);
  });

  it("agrees with the spot endpoints and the index stream", async () => {
    const { simulator, clock } = await started({ startMs: START_MS });
    const indices = await TestClient.authenticated(`${simulator.url}/indices`);
    await indices.subscribes("V.I:SPX");
    await clock.advance(3_500);
    await until("values", () => indices.events("V").length === 3);
    const value = indices.events("V").at(-1);
    const [row] = await rowsOf(simulator, `${CHAIN}?limit=1`);
    const [index] = await rowsOf(simulator, "/v3/snapshot/indices?ticker.any_of=I:SPX");
    const [unified] = await rowsOf(simulator, "/v3/snapshot?ticker.any_of=I:SPX");
    expect(row?.underlying_asset?.value).toBe(value?.["val"]);
    expect(index?.value).toBe(value?.["val"]);
    expect(unified).toEqual(index);
    expect(Math.floor((index?.last_updated ?? 0) / 1e6)).toBe(value?.["t"]);
    const spy = await ask(simulator, "/v2/snapshot/locale/us/markets/stocks/tickers/SPY");
    const [spyRow] = await rowsOf(simulator, "/v3/snapshot/options/SPY?limit=1");
    expect(spyRow?.underlying_asset?.price).toBe((spy.body?.["ticker"] as StockRow | undefined)?.lastTrade.p);
  });

  it("holds to strikes, dates, types, order and limits, whatever else is asked", async () => {
    const { simulator } = await started({ startMs: START_MS });
    const query =
      "strike_price.gte=6800&strike_price.lt=6900&expiration_date.gt=2025-12-19&expiration_date.lte=2025-12-22";
    const rows = await allRowsOf(
      simulator,
      `${CHAIN}?${query}&contract_type=put&sort=strike_price&order=desc&limit=7&as_of=2020-01-01`,
    );
    const expected = simulator.market
      .contracts()
      .filter(
        ({ underlying, strike, expiration, right }) =>
          underlying === "SPX" && strike >= 6800 && strike < 6900 && expiration === "2025-12-22" && right === "P",
      )
      .sort((left, right) => right.strike - left.strike)
      .map(({ ticker }) => ticker);
    expect(tickersOf(rows)).toEqual(expected);
    expect(await rowsOf(simulator, CHAIN)).toHaveLength(10);
    expect(await rowsOf(simulator, `${CHAIN}?limit=250`)).toHaveLength(250);
    expect(await ask(simulator, `${CHAIN}?limit=251`)).toMatchObject({ status: 400, body: { status: "ERROR" } });
    expect((await ask(simulator, `${CHAIN}?strike_price.gte=x`)).status).toBe(400);
    expect(await rowsOf(simulator, "/v3/snapshot/options/NOSUCH")).toEqual([]);
    expect(await ask(simulator, `${CHAIN}/O:SPXW251219C00000001`)).toMatchObject({
      status: 404,
      body: { status: "NOT_FOUND", message: "Ticker not found." },
    });
  });

  it("pages by a cursor without a key, on its own origin", async () => {
    const { simulator } = await started({ startMs: START_MS });
    const response = await fetch(`${simulator.restUrl}${CHAIN}?limit=5&apiKey=secret`);
    const { next_url } = (await response.json()) as { readonly next_url: string };
    expect(new URL(next_url).origin).toBe(simulator.restUrl);
    expect(next_url).not.toContain("secret");
    expect(Buffer.from(new URL(next_url).searchParams.get("cursor") ?? "", "base64url").toString()).not.toContain(
      "secret",
    );
    expect((await fetch(next_url)).status).toBe(401);
    expect((await fetch(`${next_url}&apiKey=secret`)).status).toBe(200);
  });

  it("lists both roots of a third Friday at the same strikes", async () => {
    const { simulator } = await started({ startMs: Date.UTC(2025, 11, 18, 15) });
    const rows = await rowsOf(simulator, `${CHAIN}?expiration_date=2025-12-19&strike_price=6900&limit=250`);
    expect(tickersOf(rows)).toEqual([
      "O:SPX251219C06900000",
      "O:SPX251219P06900000",
      "O:SPXW251219C06900000",
      "O:SPXW251219P06900000",
    ]);
  });
});

describe("the simulator's chain through the day", () => {
  it("loses what settles, in the chain, the list and the stream", async () => {
    const closeMs = Date.UTC(2025, 11, 19, 21);
    const { simulator, clock, url } = await started({ startMs: closeMs - 2_000, log: { payloads: "all" } });
    const client = await TestClient.authenticated(url);
    await client.subscribes("T.*");
    const today = `${CHAIN}?expiration_date=2025-12-19`;
    const listed = "/v3/reference/options/contracts?underlying_ticker=SPX&expiration_date=2025-12-19";
    expect((await rowsOf(simulator, today)).length).toBe(10);
    await clock.advance(2_000);
    expect(await rowsOf(simulator, today)).toEqual([]);
    expect(await rowsOf(simulator, listed)).toEqual([]);
    expect((await rowsOf(simulator, `${listed}&expired=true`)).length).toBe(10);
    const before = client.frames.length;
    await clock.advance(5_000);
    await until("all frames", () => hasAll(client, simulator, 1));
    const later = client.frames.slice(before).join();
    expect(later).toContain('"ev":"T"');
    expect(later).not.toMatch(/O:[A-Z]+251219/);
  });

  it("shows new strikes when they are listed, in the chain and in the stream", async () => {
    const { simulator, clock, url } = await started({
      startMs: START_MS,
      eventsPerSecond: 5_000,
      log: { payloads: "all" },
      market: {
        listings: [{ atMs: 3_000, underlying: "SPX", root: "SPXW", expiration: "2025-12-22", strikes: [6_877, 6_880] }],
      },
    });
    const client = await TestClient.authenticated(url);
    await client.subscribes("T.*,Q.O:SPXW251222C06877000");
    const strike = `${CHAIN}?strike_price=6877`;
    await clock.advance(2_900);
    expect(await rowsOf(simulator, strike)).toEqual([]);
    expect(simulator.market.contract("O:SPXW251222C06877000")).toBeUndefined();
    expect(client.frames.join()).not.toContain('06877000","x');
    await clock.advance(200);
    expect(tickersOf(await rowsOf(simulator, strike))).toEqual(["O:SPXW251222C06877000", "O:SPXW251222P06877000"]);
    expect(tickersOf(await rowsOf(simulator, `/v3/reference/options/contracts?strike_price=6877`))).toHaveLength(2);
    await clock.advance(20_000);
    await until("all frames", () => hasAll(client, simulator, 1));
    expect(client.events("Q").some(({ sym }) => sym === "O:SPXW251222C06877000")).toBe(true);
  });

  it("changes open interest once, in the morning, and flips it there on demand", async () => {
    const sixEastern = Date.UTC(2025, 11, 22, 11);
    const { simulator, clock } = await started({ startMs: sixEastern, eventsPerSecond: 1, tickMs: 10_000 });
    const path = `${CHAIN}?limit=250&expiration_date=2025-12-26`;
    const read = async (): Promise<readonly number[]> =>
      (await rowsOf(simulator, path)).map(({ open_interest }) => open_interest ?? -1);
    const before = await read();
    await clock.advance(30 * 60_000);
    expect(await read()).toEqual(before);
    await clock.advance(2 * 3_600_000);
    const after = await read();
    const changed = after.filter((value, index) => value !== before[index]).length;
    expect(changed).toBeGreaterThan(after.length * 0.9);
    expect(await read()).toEqual(after);
    simulator.inject({ kind: "restOpenInterest", requests: 4 });
    const answers = [await read(), await read(), await read(), await read()];
    expect(answers.filter((one) => JSON.stringify(one) === JSON.stringify(after))).toHaveLength(2);
    expect(answers.filter((one) => JSON.stringify(one) === JSON.stringify(before))).toHaveLength(2);
    expect(await read()).toEqual(after);
  });

  it("comes in twenty thousand contracts, each once", async () => {
    const { simulator } = await started({ startMs: START_MS, chainSize: 20_000 });
    const rows = await allRowsOf(simulator, `${CHAIN}?limit=250`);
    expect(rows.length).toBeGreaterThanOrEqual(20_000);
    expect(rows.length).toBeLessThan(20_500);
    expect(new Set(tickersOf(rows)).size).toBe(rows.length);
    expect(new Set(rows.map(({ details }) => details?.expiration_date)).size).toBeGreaterThan(20);
  });
});
