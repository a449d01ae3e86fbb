import { restClient, websocketClient } from "@massive.com/client-js";
import { describe, expect, it } from "vitest";
import { until } from "../../support/until.ts";
import { closeAfterEach, started } from "../server/simulators.ts";

closeAfterEach();

/** As much of its socket as is used here: it comes without types. */
interface ClientSocket {
  onmessage: (message: { readonly data: unknown }) => void;
  send(text: string): void;
  close(): void;
}

const START_MS = Date.UTC(2025, 11, 19, 15);

describe("the provider's own client for JavaScript", () => {
  it("reads a chain by pages, its odd order included", async () => {
    const { simulator, clock } = await started({ startMs: START_MS });
    await clock.advance(2_000);
    const asked = { underlyingAsset: "I:SPX", expirationDate: "2025-12-22", limit: 250 } as const;
    const paging = restClient("any", simulator.restUrl, { pagination: true });
    const { results, status } = await paging.getOptionsChain(asked);
    expect(status).toBe("OK");
    const tickers = (results ?? []).map(({ details }) => details?.ticker ?? "");
    const listed = simulator.market
      .contracts()
      .filter(({ underlying, expiration }) => underlying === "SPX" && expiration === "2025-12-22");
    expect(listed.length).toBeGreaterThan(250);
    expect([...tickers].sort()).toEqual(listed.map(({ ticker }) => ticker).sort());
    // Later pages stand before earlier ones.
    const first = await restClient("any", simulator.restUrl).getOptionsChain(asked);
    expect(tickers.slice(-250)).toEqual((first.results ?? []).map(({ details }) => details?.ticker));
    expect(first.next_url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v3\/snapshot\/options\/I(:|%3A)SPX\?cursor=[\w-]+$/);
  });

  it("reads one contract, spots, the contract list and the market's status", async () => {
    const { simulator, clock } = await started({ startMs: START_MS });
    await clock.advance(2_000);
    const client = restClient("any", simulator.restUrl);
    const [contract] = simulator.market.contracts();
    const single = await client.getOptionContract({
      underlyingAsset: "I:SPX",
      optionContract: contract?.ticker ?? "",
    });
    expect(single.results?.details?.ticker).toBe(contract?.ticker);

    const indices = await client.getIndicesSnapshot({ tickerAnyOf: "I:SPX,I:VIX" });
    expect(indices.results?.map(({ ticker }) => ticker)).toEqual(["I:SPX", "I:VIX"]);
    const unified = await client.getSnapshots({ tickerAnyOf: `I:SPX,SPY,${contract?.ticker}`, limit: 250 });
    expect(unified.results?.map(({ type }) => type)).toEqual(["indices", "options", "stocks"]);

    // It repeats array parameters, of which the provider sees one.
    const stocks = await client.getStocksSnapshotTickers({ tickers: ["SPY", "QQQ"] });
    expect(stocks.tickers?.map(({ ticker }) => ticker)).toEqual(["SPY"]);
    expect((await client.getStocksSnapshotTicker({ stocksTicker: "QQQ" })).ticker?.ticker).toBe("QQQ");

    const listed = await restClient("any", simulator.restUrl, { pagination: true }).listOptionsContracts({
      underlyingTicker: "SPX",
      limit: 1_000,
    });
    expect(new Set(listed.results?.map(({ ticker }) => ticker)).size).toBe(
      simulator.market.contracts().filter(({ underlying }) => underlying === "SPX").length,
    );
    expect((await client.getMarketStatus()).market).toBe("open");
    expect((await client.getMarketHolidays())[0]).toMatchObject({ date: "2025-12-24", status: "early-close" });
    expect(simulator.log.totals().answers).toEqual({ 200: simulator.log.totals().requests });
    expect(JSON.stringify(simulator.log.entries())).not.toContain("apiKey");
  });

  it("fails with the provider's text for a key that is none", async () => {
    const { simulator } = await started({ badKeys: ["stolen"] });
    const failure = await restClient("stolen", simulator.restUrl)
      .getOptionsChain({ underlyingAsset: "I:SPX" })
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ response: { status: 401, data: { error: "Unknown API Key" } } });
  });

  it("authenticates on the socket, subscribes and receives", async () => {
    const { simulator, clock } = await started({ startMs: START_MS });
    const socket: ClientSocket = websocketClient("any", simulator.url).options();
    const heard: Record<string, unknown>[] = [];
    socket.onmessage = ({ data }) => {
      heard.push(...(JSON.parse(String(data)) as Record<string, unknown>[]));
    };
    const says = (message: string): Promise<void> =>
      until(message, () => heard.some((one) => one["message"] === message));
    await says("authenticated");
    socket.send(JSON.stringify({ action: "subscribe", params: "T.*" }));
    await says("subscribed to: T.*");
    await clock.advance(1_000);
    await until("a trade", () => heard.some(({ ev }) => ev === "T"));
    socket.close();
    await until("it is gone", () => simulator.connections().length === 0);
  });
});
