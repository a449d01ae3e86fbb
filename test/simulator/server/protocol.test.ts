import { describe, expect, it } from "vitest";
import { parsePayload } from "../../../src/index.ts";
import { until } from "../../support/until.ts";
import { TestClient } from "./client.ts";
import { closeAfterEach, hasAll, started } from "./simulators.ts";

closeAfterEach();

describe("the simulator's greeting and authentication", () => {
  it("says the provider's words, each in an array", async () => {
    const { url } = await started();
    const client = await TestClient.authenticated(url);
    expect(client.frames).toEqual([
      '[{"ev":"status","status":"connected","message":"Connected Successfully"}]',
      '[{"ev":"status","status":"auth_success","message":"authenticated"}]',
    ]);
  });

  it("refuses a bad key and drops TCP without a close frame", async () => {
    const { url, simulator } = await started({ badKeys: ["stolen"], log: { payloads: "all" } });
    const client = new TestClient(url);
    await client.hears("connected");
    client.request("auth", "stolen");
    expect(await client.ends()).toEqual({ code: 1006, reason: "" });
    expect(client.frames[1]).toBe('[{"ev":"status","status":"auth_failed","message":"authentication failed"}]');
    expect(JSON.stringify(simulator.log.entries())).not.toContain("stolen");
  });

  it("tells a plan without websocket access from a bad key", async () => {
    const { simulator } = await started({ plans: { basic: { channels: { stocks: ["T"] } } } });
    const client = new TestClient(`${simulator.url}/options`);
    await client.hears("connected");
    client.request("auth", "basic");
    expect((await client.ends()).code).toBe(1006);
    expect(client.frames[1]).toBe(
      '[{"ev":"status","status":"auth_failed","message":"Your plan doesn\'t include websocket access. Visit https://massive.com/pricing to upgrade."}]',
    );
    await TestClient.authenticated(`${simulator.url}/stocks`, "basic");
  });

  it("logs by the clock's time, whatever it takes the present to be", async () => {
    const startMs = Date.UTC(2025, 11, 22, 15);
    const { simulator, clock } = await started({ startMs, delayMs: 900_000, log: { payloads: "all" } });
    await clock.advance(100);
    const unsent = simulator.log.entries().filter(({ kind }) => kind === "unsent");
    expect(unsent.length).toBeGreaterThan(0);
    for (const { atMs } of unsent) expect(Math.abs(clock.now() - atMs)).toBeLessThanOrEqual(100);
  });

  it("ends a connection that does not authenticate in time, and leaves one that did", async () => {
    const { url, clock } = await started({ authTimeoutMs: 3_000, eventsPerSecond: 1 });
    const silent = new TestClient(url);
    await silent.hears("connected");
    const good = await TestClient.authenticated(url);
    await clock.advance(2_990);
    expect(silent.closed).toBeUndefined();
    await clock.advance(10);
    expect((await silent.ends()).code).toBe(1006);
    expect(silent.statuses()).toContain("auth_timeout: No authentication request received.");
    await clock.advance(10_000);
    expect(good.closed).toBeUndefined();
  });

  it("demands a key before a subscription, and goes on", async () => {
    const { url, simulator } = await started();
    const client = new TestClient(url);
    await client.hears("connected");
    client.request("subscribe", "T.*");
    await client.hears("auth_required");
    client.request("auth", "any");
    await client.hears("auth_success");
    expect(simulator.connections()[0]?.topics).toEqual([]);
  });

  it("answers another path with 404, and plain HTTP too", async () => {
    const { simulator } = await started();
    const client = new TestClient(`${simulator.url}/crypto?apiKey=secret`);
    await client.ends();
    expect(client.failure?.message).toBe("Unexpected server response: 404");
    expect((await fetch(`http://127.0.0.1:${simulator.port}/options`)).status).toBe(404);
    expect(JSON.stringify(simulator.log.entries())).not.toContain("secret");
  });

  it("is silent about what it does not understand", async () => {
    const { url } = await started();
    const client = await TestClient.authenticated(url);
    for (const text of [
      "{",
      "[]",
      "null",
      '{"action":"dance","params":"T.*"}',
      '{"action":"subscribe","params":["T.*"]}',
    ]) {
      client.socket.send(text);
    }
    await client.subscribes("T.*");
    expect(client.statuses().slice(2)).toEqual(["success: subscribed to: T.*"]);
  });
});

describe("the simulator's subscriptions", () => {
  it("confirms each item in the provider's words, and the end of each", async () => {
    const { url } = await started();
    const client = await TestClient.authenticated(url);
    client.request("subscribe", "T.O:SPXW251223P06870000,Q.O:SPXW251223P06870000");
    await client.hears("success: subscribed to: Q");
    client.request("unsubscribe", "T.O:SPXW251223P06870000,T.O:NEVER251223P06870000");
    await client.hears("success: unsubscribed");
    expect(client.objects().slice(2)).toEqual([
      { ev: "status", status: "success", message: "subscribed to: T.O:SPXW251223P06870000" },
      { ev: "status", status: "success", message: "subscribed to: Q.O:SPXW251223P06870000" },
      { ev: "status", status: "success", message: "unsubscribed to: T.O:SPXW251223P06870000" },
    ]);
  });

  it("puts several confirmations into one frame", async () => {
    const { url } = await started();
    const client = await TestClient.authenticated(url);
    const topics = Array.from({ length: 500 }, (_, index) => `T.X${index}`);
    await client.subscribes(topics.join());
    expect(client.frames.length - 2).toBeLessThan(100);
    expect(client.statuses().slice(2)).toEqual(topics.map((topic) => `success: subscribed to: ${topic}`));
  });

  it("says nothing about an unknown channel, and confirms an unknown ticker", async () => {
    const { url, clock } = await started();
    const client = await TestClient.authenticated(url);
    await client.subscribes("ZZ.AAPL,nonsense,T.,.X,T.O:SPY*,T.NOTATICKER");
    await clock.advance(1_000);
    expect(client.statuses().slice(2)).toEqual([
      "success: subscribed to: T.O:SPY*",
      "success: subscribed to: T.NOTATICKER",
    ]);
    expect(client.events("T")).toEqual([]);
  });

  it("splits at the first dot only", async () => {
    const { simulator } = await started();
    const client = await TestClient.authenticated(`${simulator.url}/stocks`);
    await client.subscribes("T.BRK.B");
    expect(simulator.connections()[0]?.topics).toEqual(["T.BRK.B"]);
  });

  it("knows which wildcards are documented for which class", async () => {
    const { simulator } = await started();
    const ask = async (path: string, items: string) => {
      const client = await TestClient.authenticated(`${simulator.url}/${path}`);
      await client.subscribes(items);
      return client.statuses().slice(2);
    };
    const said = (...topics: string[]) => topics.map((topic) => `success: subscribed to: ${topic}`);
    expect(await ask("options", "Q.*,V.*,T.*,A.*,AM.*")).toEqual([
      ...said("T.*", "A.*", "AM.*"),
      "error: not authorized",
    ]);
    expect(await ask("stocks", "FMV.*,V.*,T.*,Q.*,A.*,AM.*,LULD.*")).toEqual([
      ...said("T.*", "Q.*", "A.*", "AM.*", "LULD.*"),
      "error: not authorized",
    ]);
    expect(await ask("indices", "T.*,V.*,A.*,AM.*")).toEqual(said("V.*", "A.*", "AM.*"));
  });

  it("streams to each client what it subscribed to and nothing else, as the parser wants it", async () => {
    const { simulator, clock, url } = await started({ eventsPerSecond: 2_000, connectionsPerClass: 2 });
    const quoted = [...simulator.market.trueRates("Q")].sort(([, left], [, right]) => right - left)[0]?.[0] ?? "";
    const trades = await TestClient.authenticated(url);
    await trades.subscribes("T.*");
    const quotes = await TestClient.authenticated(url);
    await quotes.subscribes(`Q.${quoted}`);
    const stocks = await TestClient.authenticated(`${simulator.url}/stocks`);
    await stocks.subscribes("T.SPY,Q.SPY");
    const indices = await TestClient.authenticated(`${simulator.url}/indices`);
    await indices.subscribes("V.I:SPX");
    await clock.advance(5_000);
    const clients = [trades, quotes, stocks, indices];
    await until("all frames", () => clients.every((client, index) => hasAll(client, simulator, index + 1)));

    const symbols = (client: TestClient, channel: string) =>
      new Set(client.events(channel).map((event) => event["sym"] ?? event["T"]));
    expect(symbols(trades, "T").size).toBeGreaterThan(50);
    expect(symbols(trades, "Q").size).toBe(0);
    expect(symbols(quotes, "Q")).toEqual(new Set([quoted]));
    expect(symbols(stocks, "T")).toEqual(new Set(["SPY"]));
    expect(symbols(stocks, "Q")).toEqual(new Set(["SPY"]));
    expect(symbols(indices, "V")).toEqual(new Set(["I:SPX"]));
    expect(indices.events("V").length).toBe(5);

    for (const client of clients) {
      for (const frame of client.frames) {
        expect(parsePayload(frame, { receivedAtMs: clock.now() })).toMatchObject({ ok: true });
      }
    }
  });

  it("stops at the end of a subscription", async () => {
    const { simulator, clock, url } = await started({ eventsPerSecond: 2_000 });
    const client = await TestClient.authenticated(url);
    await client.subscribes("T.*");
    await clock.advance(500);
    client.request("unsubscribe", "T.*");
    await client.hears("success: unsubscribed to: T.*");
    const { sent } = simulator.log.totals();
    expect(sent).toBeGreaterThan(0);
    await clock.advance(500);
    expect(simulator.log.totals().sent).toBe(sent);
  });

  it("remembers and replays nothing after a reconnect", async () => {
    const { simulator, clock, url } = await started({ eventsPerSecond: 2_000 });
    const first = await TestClient.authenticated(url);
    await first.subscribes("T.*");
    await clock.advance(200);
    first.socket.close();
    await until("it is gone", () => simulator.connections().length === 0);
    await clock.advance(200);
    const second = await TestClient.authenticated(url);
    await clock.advance(200);
    expect(second.frames.length).toBe(2);
    const reconnectedAtMs = clock.now();
    await second.subscribes("T.*");
    await clock.advance(200);
    await until("data", () => second.events("T").length > 0);
    for (const event of second.events("T")) expect(Number(event["t"])).toBeGreaterThan(reconnectedAtMs - 5_000);
    expect(simulator.log.totals().unsent).toEqual({ stalled: 0, truncated: 0, closed: 0, slowConsumer: 0 });
  });

  it("stamps events with the clock, or 15 minutes behind it, where there are no option quotes", async () => {
    const stamped = async (delayMs: number, skewMs: number) => {
      const { simulator, clock, url } = await started({ eventsPerSecond: 1_000, delayMs, skewMs });
      const client = await TestClient.authenticated(url);
      client.request("subscribe", "T.*,Q.O:X");
      await client.hears("success: subscribed to: T.*");
      await clock.advance(2_000);
      await until("all frames", () => hasAll(client, simulator, 1));
      const newest = Math.max(...client.events("T").map(({ t }) => Number(t)));
      return { behindMs: clock.now() - newest, statuses: client.statuses().slice(2) };
    };
    const live = await stamped(0, 0);
    expect(live.behindMs).toBeGreaterThanOrEqual(0);
    expect(live.behindMs).toBeLessThan(500);
    expect(live.statuses).toContain("success: subscribed to: Q.O:X");
    const delayed = await stamped(900_000, 0);
    expect(delayed.behindMs - live.behindMs).toBe(900_000);
    expect(delayed.statuses).toEqual(["success: subscribed to: T.*", "error: not authorized"]);
    expect((await stamped(0, 4_000)).behindMs - live.behindMs).toBe(-4_000);
  });

  it.each([-3_600_000, 3_600_000])("follows a wall clock that steps by %i ms, without a flood", async (stepMs) => {
    const { simulator, clock, url } = await started({ eventsPerSecond: 1_000 });
    const client = await TestClient.authenticated(url);
    await client.subscribes("T.*");
    await clock.advance(1_000);
    const before = simulator.log.totals().published.options;
    clock.stepWall(stepMs);
    await clock.advance(2_000);
    await until("all frames", () => hasAll(client, simulator, 1));
    const newest = Number(client.events("T").at(-1)?.["t"]);
    expect(Math.abs(clock.now() - newest)).toBeLessThan(5_000);
    expect(simulator.log.totals().published.options - before).toBeLessThan(5_000);
    expect(simulator.log.totals().published.options - before).toBeGreaterThan(500);
  });
});
