import { describe, expect, it } from "vitest";
import { MemoryLogger } from "../../../src/adapters/memory/index.ts";
import type { ContractQuery, ListedContract } from "../../../src/ports/reference-provider.ts";
import { useRestProvider } from "../../support/rest-provider.ts";
import { reply } from "../../support/scripted-rest.ts";

const rest = useRestProvider();

async function collect(
  query: ContractQuery,
  provider = rest.provider,
): Promise<readonly (readonly ListedContract[])[]> {
  const pages: (readonly ListedContract[])[] = [];
  for await (const contracts of provider.contracts(query, rest.signal)) pages.push(contracts);
  return pages;
}

const listed = (ticker: string, over: Readonly<Record<string, unknown>> = {}): object => ({
  ticker,
  underlying_ticker: "SPX",
  shares_per_contract: 100,
  exercise_style: "european",
  ...over,
});

describe("expirations", () => {
  it("are found by one small request each", async () => {
    const dates = ["2025-12-22", "2025-12-23", "2025-12-24", "2025-12-26"];
    rest.server.answer((response, { url }) => {
      const query = new URL(url, rest.server.origin).searchParams;
      const next = dates.find(
        (date) => date >= (query.get("expiration_date.gte") ?? "") && date > (query.get("expiration_date.gt") ?? ""),
      );
      response.end(
        JSON.stringify({
          results: next === undefined ? undefined : [{ expiration_date: next }],
          next_url: `${rest.server.origin}/more`,
        }),
      );
    });
    expect(await rest.provider.expirations("I:SPX", "2025-12-22", 3, rest.signal)).toEqual(dates.slice(0, 3));
    const base = "/v3/reference/options/contracts?underlying_ticker=SPX";
    const tail = "order=asc&sort=expiration_date&limit=1&expired=false";
    expect(rest.server.requests.map(({ url }) => url)).toEqual([
      `${base}&expiration_date.gte=2025-12-22&${tail}`,
      `${base}&expiration_date.gt=2025-12-22&${tail}`,
      `${base}&expiration_date.gt=2025-12-23&${tail}`,
    ]);
    expect(await rest.provider.expirations("SPX", "2025-12-24", 9, rest.signal)).toEqual(dates.slice(2));
    expect(rest.server.requests).toHaveLength(6);
  });

  it("that do not lead on are an error, not a loop", async () => {
    rest.server.answer({ results: [{ expiration_date: "2025-12-22" }] });
    const found = rest.provider.expirations("SPX", "2025-12-22", 5, rest.signal);
    await expect(found).rejects.toMatchObject({ reason: "invalid" });
    expect(rest.server.requests).toHaveLength(2);
    rest.server.answer({ results: [{ expiration_date: "2026-12-99" }] });
    await expect(rest.provider.expirations("SPX", "2025-12-22", 1, rest.signal)).rejects.toMatchObject({
      reason: "invalid",
    });
    rest.server.answer({ results: [{}] });
    await expect(rest.provider.expirations("SPX", "2025-12-22", 5, rest.signal)).rejects.toMatchObject({
      reason: "invalid",
    });
  });

  it("are asked for by a date and a count", async () => {
    await expect(rest.provider.expirations("SPX", "today", 5, rest.signal)).rejects.toBeInstanceOf(TypeError);
    await expect(rest.provider.expirations("s p x", "2025-12-22", 5, rest.signal)).rejects.toBeInstanceOf(TypeError);
    await expect(rest.provider.expirations("SPX", "2025-12-22", 0, rest.signal)).rejects.toBeInstanceOf(RangeError);
  });
});

describe("contracts", () => {
  it("are read from the provider's documented sample, deliverables told apart", async () => {
    rest.server.answer(
      `{"request_id": "603902c0-a5a5-406f-bd08-f030f92418fa", "results": [{"cfi": "OCASPS", "contract_type": "call", "exercise_style": "american", "expiration_date": "2021-11-19", "primary_exchange": "BATO", "shares_per_contract": 100, "strike_price": 85, "ticker": "O:AAPL211119C00085000", "underlying_ticker": "AAPL"}, {"additional_underlyings": [{"amount": 44, "type": "equity", "underlying": "VMW"}, {"amount": 6.53, "type": "currency", "underlying": "USD"}], "cfi": "OCASPS", "contract_type": "call", "exercise_style": "american", "expiration_date": "2021-11-19", "primary_exchange": "BATO", "shares_per_contract": 100, "strike_price": 90, "ticker": "O:AAPL211119C00090000", "underlying_ticker": "AAPL"}], "status": "OK"}`,
    );
    const plain = {
      contract: "O:AAPL211119C00085000",
      underlying: "AAPL",
      root: "AAPL",
      expiration: "2021-11-19",
      strike: 85,
      right: "C",
      multiplier: 100,
      style: "american",
      isAdjusted: false,
    };
    const adjusted = { ...plain, contract: "O:AAPL211119C00090000", strike: 90, isAdjusted: true };
    expect(await collect({ underlying: "AAPL" })).toEqual([[plain, adjusted]]);
  });

  it("come page by page, as the query says", async () => {
    rest.server.answer(
      {
        results: [listed("O:SPXW251223C06870000")],
        next_url: `${rest.server.origin}/v3/reference/options/contracts?cursor=1`,
      },
      { results: [listed("O:SPXW251224C06870000"), listed("O:SPX251224C06870000")] },
    );
    const query = { underlying: "SPX", expirations: { from: "2025-12-23", to: "2025-12-24" }, right: "C" } as const;
    const pages = await collect(query);
    expect(pages.map((page) => page.map(({ contract }) => contract))).toEqual([
      ["O:SPXW251223C06870000"],
      ["O:SPXW251224C06870000", "O:SPX251224C06870000"],
    ]);
    expect(rest.server.requests.map(({ url }) => url)).toEqual([
      "/v3/reference/options/contracts?underlying_ticker=SPX&expiration_date.gte=2025-12-23&expiration_date.lte=2025-12-24&contract_type=call&order=asc&sort=ticker&limit=1000&expired=false",
      "/v3/reference/options/contracts?cursor=1",
    ]);
  });

  it("that are none, or were not asked for, are left out and told to the logger", async () => {
    const logger = new MemoryLogger();
    rest.server.answer({
      results: [
        listed("O:AAPL211022C000150000"),
        listed("O:SPXW251223C06870000", { underlying_ticker: "NDX" }),
        listed("O:SPXW251223P06870000"),
        listed("O:SPXW251231C06870000"),
        listed("O:SPXW251223C06875000", { shares_per_contract: null }),
        listed("O:SPXW251223C06880000"),
      ],
    });
    const query = { underlying: "SPX", expirations: { to: "2025-12-30" }, right: "C" } as const;
    const [contracts] = await collect(query, rest.make({ logger }));
    expect(contracts?.map(({ contract }) => contract)).toEqual(["O:SPXW251223C06880000"]);
    expect(logger.entries.map(({ fields }) => fields["ticker"])).toEqual([
      "O:AAPL211022C000150000",
      "O:SPXW251223C06870000",
      "O:SPXW251223P06870000",
      "O:SPXW251231C06870000",
      "O:SPXW251223C06875000",
    ]);
  });

  it("reject where a page fails", async () => {
    rest.server.answer({ results: [], next_url: `${rest.server.origin}/x` }, reply(429, "", { "retry-after": "3" }));
    await expect(collect({ underlying: "SPX" })).rejects.toMatchObject({ reason: "rate_limited", retryAfterMs: 3_000 });
  });
});

describe("market status", () => {
  it("is read from the provider's documented sample", async () => {
    rest.server.answer(
      `{"afterHours": true, "currencies": {"crypto": "open", "fx": "open"}, "earlyHours": false, "exchanges": {"nasdaq": "extended-hours", "nyse": "extended-hours", "otc": "closed"}, "market": "extended-hours", "serverTime": "2020-11-10T17:37:37-05:00"}`,
    );
    expect(await rest.provider.marketStatus(rest.signal)).toEqual({
      stocks: "extended",
      indices: new Map(),
      serverTimeMs: Date.UTC(2020, 10, 10, 22, 37, 37),
    });
    expect(rest.server.requests[0]?.url).toBe("/v1/marketstatus/now");
  });

  it("tells groups of indices, and no time where there is none with an offset", async () => {
    rest.server.answer({
      market: "open",
      indicesGroups: { s_and_p: "open", nasdaq: "closed", msci: "sleeping", cgi: null },
      serverTime: "2020-11-10T17:37:37",
    });
    const status = await rest.provider.marketStatus(rest.signal);
    expect(status.stocks).toBe("open");
    expect([...status.indices]).toEqual([
      ["s_and_p", "open"],
      ["nasdaq", "closed"],
    ]);
    expect(status.serverTimeMs).toBeNull();
  });

  it.each([{}, { market: "maybe" }, { exchanges: [] }, []])("cannot be read from %j", async (body) => {
    rest.server.answer(body);
    await expect(rest.provider.marketStatus(rest.signal)).rejects.toMatchObject({ reason: "invalid" });
  });
});

describe("holidays", () => {
  it("are read from the provider's documented sample", async () => {
    rest.server.answer(
      `[{"date": "2020-11-26", "exchange": "NYSE", "name": "Thanksgiving", "status": "closed"}, {"close": "2020-11-27T18:00:00.000Z", "date": "2020-11-27", "exchange": "NASDAQ", "name": "Thanksgiving", "open": "2020-11-27T14:30:00.000Z", "status": "early-close"}, {"date": "soon"}]`,
    );
    expect(await rest.provider.upcomingHolidays(rest.signal)).toEqual([
      { exchange: "NYSE", name: "Thanksgiving", date: "2020-11-26", status: "closed", openAtMs: null, closeAtMs: null },
      {
        exchange: "NASDAQ",
        name: "Thanksgiving",
        date: "2020-11-27",
        status: "early-close",
        openAtMs: Date.UTC(2020, 10, 27, 14, 30),
        closeAtMs: Date.UTC(2020, 10, 27, 18),
      },
    ]);
    expect(rest.server.requests[0]?.url).toBe("/v1/marketstatus/upcoming");
  });

  it("cannot be read from what is no list", async () => {
    rest.server.answer({ results: [] });
    await expect(rest.provider.upcomingHolidays(rest.signal)).rejects.toMatchObject({ reason: "invalid" });
  });
});
