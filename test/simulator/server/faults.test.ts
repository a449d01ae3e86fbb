import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { until } from "../../support/until.ts";
import { TestClient } from "./client.ts";
import { closeAfterEach, hasAll, type RunningSimulator, started } from "./simulators.ts";

closeAfterEach();

/** A simulator with a client that receives trades. */
async function streaming(
  options: Parameters<typeof started>[0] = {},
): Promise<RunningSimulator & { client: TestClient }> {
  const running = await started({ eventsPerSecond: 5_000, log: { payloads: "all" }, ...options });
  const client = await TestClient.authenticated(running.url);
  await client.subscribes("T.*");
  await running.clock.advance(200);
  await until("data", () => client.events("T").length > 0 && hasAll(client, running.simulator, 1));
  return { ...running, client };
}

/** Resolves when the server has certainly read what was sent before: its answer to a ping of another kind has come. */
async function pinged(client: TestClient): Promise<void> {
  const before = client.pongs;
  client.socket.ping();
  await until("a pong", () => client.pongs > before);
}

describe("faults of a simulator", () => {
  it("cut: TCP ends without a close frame, for one class only", async () => {
    const { simulator, client } = await streaming();
    const stocks = await TestClient.authenticated(`${simulator.url}/stocks`);
    simulator.inject({ kind: "cut", assetClass: "options" });
    expect((await client.ends()).code).toBe(1006);
    await pinged(stocks);
    expect(stocks.closed).toBeUndefined();
  });

  it("close: with the code and reason asked for", async () => {
    const { simulator, client } = await streaming();
    simulator.inject({ kind: "close", code: 1012, reason: "maintenance" });
    expect(await client.ends()).toEqual({ code: 1012, reason: "maintenance" });
  });

  it.each([
    ["forceDisconnect", "force_disconnect", 1001],
    ["slowConsumer", "slow_consumer", 1008],
    ["evict", "max_connections", 1008],
  ] as const)("%s: status %s and close code %i", async (kind, status, code) => {
    const { simulator, client } = await streaming();
    simulator.inject({ kind });
    expect((await client.ends()).code).toBe(code);
    expect(client.statuses().at(-1)?.split(":")[0]).toBe(status);
  });

  it("refuse: new connections are dropped or answered with 503 for a while, open ones go on", async () => {
    const { simulator, client, clock, url } = await streaming({ connectionsPerClass: 5 });
    simulator.inject({ kind: "refuse", assetClass: "options", forMs: 1_000 });
    const dropped = new TestClient(url);
    await dropped.ends();
    expect(dropped.failure?.message).toBe("socket hang up");
    simulator.inject({ kind: "refuse", forMs: 1_000, how: "http" });
    const answered = new TestClient(url);
    await answered.ends();
    expect(answered.failure?.message).toBe("Unexpected server response: 503");
    await clock.advance(1_000);
    await TestClient.authenticated(url);
    expect(client.closed).toBeUndefined();
    expect(simulator.log.entries().filter(({ kind }) => kind === "rejected").length).toBe(2);
  });

  it("stall: nothing comes, no pong either, and everything afterwards", async () => {
    const { simulator, client, clock } = await streaming();
    const before = client.frames.length;
    simulator.inject({ kind: "stall", forMs: 1_000 });
    client.socket.ping();
    await clock.advance(900);
    client.request("subscribe", "T.O:MARK");
    await until("it has read the request", () => simulator.connections()[0]?.topics.length === 2);
    expect(client.frames.length).toBe(before);
    expect(client.pongs).toBe(0);
    await clock.advance(200);
    await until("the backlog", () => hasAll(client, simulator, 1));
    expect(client.events("T").length).toBe(simulator.log.totals().sent);
    expect(simulator.log.totals().unsent.stalled).toBe(0);
    await pinged(client);
  });

  it("stall: with pongs, and what was published meanwhile never comes", async () => {
    const { simulator, client, clock } = await streaming();
    const before = client.events("T").length;
    simulator.inject({ kind: "stall", forMs: 1_000, pings: "answered", backlog: "dropped" });
    await clock.advance(900);
    await pinged(client);
    expect(client.events("T").length).toBe(before);
    const { unsent } = simulator.log.totals();
    expect(unsent.stalled).toBeGreaterThan(100);
    await clock.advance(500);
    await until("new data", () => client.events("T").length > before && hasAll(client, simulator, 1));
  });

  it("slow: no more bytes than allowed, pongs behind the data, then all of it", async () => {
    const { simulator, client, clock } = await streaming();
    const before = simulator.log.totals().bytes;
    simulator.inject({ kind: "slow", forMs: 2_000, bytesPerSecond: 10_000 });
    await clock.advance(1_000);
    const throttled = simulator.log.totals().bytes - before;
    expect(throttled).toBeGreaterThan(5_000);
    // A frame is never split: the last one may go beyond.
    expect(throttled).toBeLessThan(10_000 + 13_000);
    expect(simulator.connections()[0]?.bufferedBytes).toBeGreaterThan(10_000);
    client.socket.ping();
    client.request("subscribe", "T.O:MARK");
    await until("it has read the request", () => simulator.connections()[0]?.topics.length === 2);
    expect(client.pongs).toBe(0);
    await clock.advance(2_000);
    await until("the rest", () => hasAll(client, simulator, 1) && client.pongs === 1);
    expect(client.events("T").length).toBe(simulator.log.totals().sent);
  });

  it("garbage: something that is no JSON, and frames cut short whose events count as not sent", async () => {
    const { simulator, client, clock } = await streaming();
    simulator.inject({ kind: "garbage", frames: 2 });
    simulator.inject({ kind: "garbage", form: "truncated", frames: 2 });
    await clock.advance(500);
    await until("all frames", () => hasAll(client, simulator, 1));
    const broken = client.frames.filter((frame) => {
      try {
        JSON.parse(frame);
        return false;
      } catch {
        return true;
      }
    });
    expect(broken.filter((frame) => frame.startsWith("<html>")).length).toBe(2);
    expect(broken.filter((frame) => frame.startsWith('[{"ev":"T"')).length).toBe(2);
    const { sent, unsent } = simulator.log.totals();
    expect(client.events("T").length).toBe(sent);
    expect(unsent.truncated).toBeGreaterThan(1);
  });

  it("duplicate: the last frames once more", async () => {
    const { simulator, client } = await streaming();
    const last = client.frames.slice(-3);
    simulator.inject({ kind: "duplicate", frames: 3 });
    await until("all frames", () => hasAll(client, simulator, 1));
    expect(client.frames.slice(-3)).toEqual(last);
    expect(
      simulator.log
        .frames(1)
        .slice(-3)
        .map(({ origin, events }) => [origin, events]),
    ).toEqual(last.map(() => ["duplicate", 0]));
  });

  it("rejectKeys and noWebsocket: every key is refused for a while", async () => {
    const { simulator, clock, url } = await started();
    const refusal = async (): Promise<string | undefined> => {
      const client = new TestClient(url);
      await client.hears("connected");
      client.request("auth", "any");
      await client.ends();
      return client.statuses()[1];
    };
    simulator.inject({ kind: "rejectKeys", forMs: 1_000 });
    expect(await refusal()).toBe("auth_failed: authentication failed");
    await clock.advance(1_000);
    simulator.inject({ kind: "noWebsocket", assetClass: "options", forMs: 1_000 });
    expect(await refusal()).toContain("Your plan doesn't include websocket access.");
    await TestClient.authenticated(`${simulator.url}/stocks`);
    await clock.advance(1_000);
    await TestClient.authenticated(url);
  });

  it("withdraw: a channel is not authorized for a while", async () => {
    const { simulator, client, clock } = await streaming();
    simulator.inject({ kind: "withdraw", channels: ["Q"], forMs: 1_000 });
    await client.subscribes("T.O:A");
    client.request("subscribe", "Q.O:A");
    await client.hears("error: not authorized");
    await clock.advance(1_000);
    await client.subscribes("Q.O:A");
  });

  it("skew: event times leave the clock, and come back", async () => {
    const { simulator, client, clock } = await streaming();
    const newest = async (): Promise<number> => {
      const from = client.events("T").length;
      await clock.advance(300);
      await until("data", () => client.events("T").length > from && hasAll(client, simulator, 1));
      return (
        Math.max(
          ...client
            .events("T")
            .slice(from)
            .map(({ t }) => Number(t)),
        ) - clock.now()
      );
    };
    simulator.inject({ kind: "skew", ms: 60_000, forMs: 400 });
    expect(await newest()).toBeGreaterThan(59_000);
    await clock.advance(100);
    expect(await newest()).toBeLessThanOrEqual(0);
  });

  it("restart: everybody is cut, nobody gets in, and the same port opens again", async () => {
    const { simulator, client, clock, url } = await streaming();
    const { port } = simulator;
    const restarted = simulator.restart(1_000);
    expect((await client.ends()).code).toBe(1006);
    const early = new TestClient(url);
    await early.ends();
    expect(early.failure?.message).toContain("ECONNREFUSED");
    await clock.advance(1_000);
    await restarted;
    expect(simulator.port).toBe(port);
    const late = await TestClient.authenticated(url);
    await clock.advance(100);
    expect(late.events("T")).toEqual([]);
    await simulator.restart();
    await TestClient.authenticated(url);
  });

  it("restart: the last of overlapping ones opens the port, and a close in the meantime leaves nobody waiting", async () => {
    const { simulator, clock, url } = await started();
    const first = simulator.restart(1_000);
    const second = simulator.restart(2_000);
    await clock.advance(1_000);
    await first;
    const early = new TestClient(url);
    await early.ends();
    expect(early.failure?.message).toContain("ECONNREFUSED");
    await clock.advance(1_000);
    await second;
    await TestClient.authenticated(url);
    const third = simulator.restart(1_000);
    await simulator.close();
    await third;
  });

  it("come by a schedule, at their times", async () => {
    const { simulator, clock, client } = await streaming({
      schedule: [
        { atMs: 1_000, fault: { kind: "duplicate" } },
        { atMs: 2_000, fault: { kind: "cut" } },
      ],
    });
    await clock.advance(1_790);
    expect(client.socket.readyState).toBe(WebSocket.OPEN);
    expect(simulator.log.entries().filter(({ kind }) => kind === "fault").length).toBe(1);
    await clock.advance(10);
    expect((await client.ends()).code).toBe(1006);
  });

  it("come by chance, the same for the same seed", async () => {
    const drawn = async (seed: number) => {
      const { simulator, clock } = await started({ seed, eventsPerSecond: 1, randomFaults: { everyMs: 1_000 } });
      await clock.advance(30_000);
      return simulator.log
        .entries()
        .flatMap((entry) => (entry.kind === "fault" ? [{ atMs: entry.atMs, fault: entry.fault }] : []));
    };
    const first = await drawn(1);
    expect(first.length).toBeGreaterThan(20);
    expect(first.length).toBeLessThan(60);
    expect(new Set(first.map(({ fault }) => fault.kind)).size).toBeGreaterThan(5);
    expect(await drawn(1)).toEqual(first);
    expect(await drawn(2)).not.toEqual(first);
  });
});
