import { describe, expect, it } from "vitest";
import { until } from "../../support/until.ts";
import { TestClient } from "./client.ts";
import { closeAfterEach, started } from "./simulators.ts";

closeAfterEach();

const MAX_CONNECTIONS =
  '[{"ev":"status","status":"max_connections","message":"Maximum number of websocket connections exceeded. You have reached the connection limit for your account. Please contact support at https://polygon.io/contact to increase your limit."}]';

describe("the simulator's connection limit", () => {
  it("evicts the oldest connection of the class, whatever the key, and keeps the newcomer", async () => {
    const { url, simulator } = await started();
    const old = await TestClient.authenticated(url, "one");
    const stocks = await TestClient.authenticated(`${simulator.url}/stocks`, "one");
    const unauthenticated = new TestClient(url);
    await unauthenticated.hears("connected");
    const newcomer = await TestClient.authenticated(url, "two");
    expect((await old.ends()).code).toBe(1008);
    expect(old.frames.at(-1)).toBe(MAX_CONNECTIONS);
    await newcomer.subscribes("T.*");
    expect([newcomer.closed, stocks.closed, unauthenticated.closed]).toEqual([undefined, undefined, undefined]);
  });

  it("counts accounts apart, and up to the limit", async () => {
    const { url, simulator } = await started({ plans: { other: { account: "else" } }, connectionsPerClass: 2 });
    const clients = [];
    for (const key of ["a", "other", "b", "c"]) clients.push(await TestClient.authenticated(url, key));
    await clients[0]?.ends();
    expect(simulator.connections().map(({ id }) => id)).toEqual([2, 3, 4]);
  });

  it("can evict the newcomer, after the answer to its first request", async () => {
    const { url } = await started({ evicts: "newest" });
    const old = await TestClient.authenticated(url);
    const newcomer = await TestClient.authenticated(url);
    newcomer.request("subscribe", "T.*");
    expect((await newcomer.ends()).code).toBe(1008);
    expect(
      newcomer
        .statuses()
        .slice(2)
        .map((text) => text.split(":")[0]),
    ).toEqual(["success", "max_connections"]);
    await old.subscribes("T.*");
  });
});

describe("the simulator's limit on option quotes", () => {
  it("refuses the 1,001st contract by an error that names no item, until one is given up", async () => {
    const { url, simulator } = await started();
    const topics = simulator.market
      .contracts()
      .slice(0, 1_001)
      .map(({ ticker }) => `Q.${ticker}`);
    const client = await TestClient.authenticated(url);
    client.request("subscribe", topics.join());
    await client.hears("error");
    expect(client.statuses().filter((text) => text.startsWith("success")).length).toBe(1_000);
    expect(client.statuses().filter((text) => text.startsWith("error"))).toEqual([
      "error: maximum number of option contracts exceeded",
    ]);
    client.request("unsubscribe", topics[0] ?? "");
    await client.subscribes(topics[1_000] ?? "");
    await client.subscribes("T.*");
  });
});

describe("the simulator's buffer", () => {
  it("kills a consumer that does not read, and says what it did not send", async () => {
    const { url, clock, simulator } = await started({
      eventsPerSecond: 50_000,
      bufferBytes: 100_000,
      log: { payloads: "all" },
    });
    const client = await TestClient.authenticated(url);
    await client.subscribes("T.*");
    client.socket.pause();
    for (let steps = 0; simulator.connections().length > 0 && steps < 3_000; steps++) {
      expect(simulator.connections()[0]?.bufferedBytes ?? 0).toBeLessThanOrEqual(100_000);
      await clock.advance(10);
    }
    await until("the end is logged", () => simulator.log.entries().some(({ kind }) => kind === "closed"));
    const closed = simulator.log.entries().find((entry) => entry.kind === "closed");
    expect(closed).toMatchObject({ by: "server", reason: "slow consumer" });
    const last = simulator.log.frames(1).at(-1);
    expect(last?.payload).toBe('[{"ev":"status","status":"slow_consumer","message":"slow consumer"}]');
    const { unsent } = simulator.log.totals();
    expect(unsent.slowConsumer).toBeGreaterThan(0);
    client.socket.resume();
    await client.ends();
  });

  it("leaves one alone that reads", async () => {
    const { url, clock, simulator } = await started({ eventsPerSecond: 50_000, bufferBytes: 1_000_000 });
    const client = await TestClient.authenticated(url);
    await client.subscribes("T.*");
    for (let steps = 0; steps < 100; steps++) {
      await clock.advance(10);
      await until("it has read", () => simulator.connections()[0]?.bufferedBytes === 0);
    }
    expect(client.closed).toBeUndefined();
    await until("all of it", () => client.events("T").length === simulator.log.totals().sent);
    expect(client.events("T").length).toBeGreaterThan(5_000);
  });

  it("does not keep a server from closing", async () => {
    const { url, clock, simulator } = await started({ eventsPerSecond: 50_000 });
    const client = await TestClient.authenticated(url);
    await client.subscribes("T.*");
    client.socket.pause();
    await clock.advance(500);
    await simulator.close();
    expect(simulator.connections()).toEqual([]);
    client.socket.resume();
    await client.ends();
  });
});
