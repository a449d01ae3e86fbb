import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { BusMessage } from "../../src/ports/message-bus.ts";
import { type FaultPorts, openFaultPorts } from "../support/redis/fault-ports.ts";
import { type OwnRedis, startOwnRedis } from "../support/redis/test-redis.ts";
import { until } from "../support/until.ts";

let redis: OwnRedis;
beforeAll(async () => {
  redis = await startOwnRedis();
});
afterAll(() => redis.stop());

let ports: FaultPorts;
let stop: AbortController;
beforeEach(async () => {
  ports = openFaultPorts(redis.url, { commandTimeoutMs: 500, connectTimeoutMs: 500 });
  stop = new AbortController();
  await ports.connection.ready();
});
afterEach(async () => {
  stop.abort();
  await ports.close();
});

async function listen(channel: string): Promise<string[]> {
  const heard: string[] = [];
  const hear = (message: BusMessage): void => void heard.push(message.kind === "resync" ? "resync" : message.body);
  await ports.bus.subscribe(channel, hear, stop.signal);
  return heard;
}

async function killSubscribers(): Promise<void> {
  const client = new Redis(redis.url);
  try {
    expect(await client.call("CLIENT", "KILL", "TYPE", "pubsub")).toBe(1);
  } finally {
    client.disconnect();
  }
}

const resyncs = (heard: readonly string[]): number => heard.filter((what) => what === "resync").length;

/** Publishes as soon as that works. */
async function publish(channel: string, body: string): Promise<void> {
  await ports.connection.ready();
  await ports.bus.publish(channel, body);
}

describe("a subscription", () => {
  it("whose connection is killed hears a resync, and messages again, each once and in order", async () => {
    const a = await listen("a");
    const b = await listen("b");
    await publish("a", "a1");
    await publish("b", "b1");
    await until("they are heard", () => a.includes("a1") && b.includes("b1"));
    for (const round of [2, 3]) {
      await killSubscribers();
      await until("both are told", () => resyncs(a) === round && resyncs(b) === round);
      await publish("a", `a${round}`);
      await publish("b", `b${round}`);
      await until("both hear", () => a.includes(`a${round}`) && b.includes(`b${round}`));
    }
    expect(a).toEqual(["resync", "a1", "resync", "a2", "resync", "a3"]);
    expect(b).toEqual(["resync", "b1", "resync", "b2", "resync", "b3"]);
  });

  it("hears a resync when Redis was restarted, and messages again", async () => {
    const heard = await listen("a");
    await publish("a", "before");
    await until("it is heard", () => heard.includes("before"));
    await redis.restart();
    await until("it is told", () => resyncs(heard) === 2);
    await publish("a", "after");
    await until("it is heard again", () => heard.includes("after"));
    expect(heard).toEqual(["resync", "before", "resync", "after"]);
  });

  it("that comes while Redis is away stands when it is back", async () => {
    await redis.kill();
    await until("the loss is noticed", () => ports.connection.state.kind === "connecting");
    await expect(ports.bus.publish("a", "lost")).rejects.toMatchObject({ code: "STRIKEWIRE_UNAVAILABLE" });
    const listening = listen("a");
    await redis.restart();
    const heard = await listening;
    await publish("a", "after");
    await until("it is heard", () => heard.includes("after"));
    expect(heard).toEqual(["resync", "after"]);
  });

  it("that ended while its connection was away hears nothing any more", async () => {
    const others = await listen("b");
    const heard = await listen("a");
    stop.abort();
    stop = new AbortController();
    const again = await listen("b");
    await killSubscribers();
    await until("the other is told", () => resyncs(again) === 2);
    await publish("a", "a");
    await publish("b", "b");
    await until("the other hears", () => again.includes("b"));
    expect(heard).toEqual(["resync"]);
    expect(others).toEqual(["resync"]);
  });
});
