import { describe, expect, it, vi } from "vitest";
import { tablesOf } from "../../../src/adapters/memory/database.ts";
import { ManualClock, MemoryDatabase, MemoryLogger, MemoryMessageBus } from "../../../src/adapters/memory/index.ts";
import type { BusMessage } from "../../../src/ports/message-bus.ts";

const never = new AbortController().signal;
const texts = (heard: readonly BusMessage[]): string[] =>
  heard.map((message) => (message.kind === "message" ? message.body : "(resync)"));

async function open() {
  const clock = new ManualClock();
  const database = new MemoryDatabase({ clock });
  const logger = new MemoryLogger();
  const bus = new MemoryMessageBus(database, { logger });
  const heard: BusMessage[] = [];
  await bus.subscribe("c", (message) => heard.push(message), never);
  return { clock, database, logger, bus, heard };
}

describe("a memory message bus", () => {
  it("never calls a listener from within publish or subscribe", async () => {
    const { clock, bus, heard } = await open();
    const published = bus.publish("c", "one");
    expect(texts(heard)).toEqual(["(resync)"]);
    await published;
    await clock.advance(0);
    expect(texts(heard)).toEqual(["(resync)", "one"]);
    const late: BusMessage[] = [];
    const subscribing = bus.subscribe("c", (message) => late.push(message), never);
    expect(late).toEqual([]);
    await subscribing;
    expect(texts(late)).toEqual(["(resync)"]);
  });

  it("loses what was on its way when connections drop, and says resync", async () => {
    const { clock, database, bus, heard } = await open();
    void bus.publish("c", "lost");
    database.dropBusConnections();
    void bus.publish("c", "kept");
    await clock.advance(0);
    expect(texts(heard)).toEqual(["(resync)", "(resync)", "kept"]);
  });

  it("says resync once where the connection drops before the first one was heard", async () => {
    const { database, bus } = await open();
    const heard: BusMessage[] = [];
    const subscribing = bus.subscribe("c", (message) => heard.push(message), never);
    database.dropBusConnections();
    await subscribing;
    expect(texts(heard)).toEqual(["(resync)"]);
  });

  it("lets a listener publish, and delivers that after what it is hearing", async () => {
    const { clock, bus } = await open();
    const heard: string[] = [];
    await bus.subscribe(
      "echo",
      (message) => {
        if (message.kind === "resync") return;
        if (message.body === "ping") void bus.publish("echo", "pong");
        heard.push(message.body);
      },
      never,
    );
    void bus.publish("echo", "ping");
    void bus.publish("echo", "other");
    await clock.advance(0);
    expect(heard).toEqual(["ping", "other", "pong"]);
  });

  it("tells its logger of a listener that throws", async () => {
    const { clock, bus, logger } = await open();
    const failure = new Error("no");
    const thrower = (): void => {
      throw failure;
    };
    await bus.subscribe("c", thrower, never);
    await bus.publish("c", "one");
    await clock.advance(0);
    const entry = { level: "error", message: "A bus listener threw", error: failure, fields: { channel: "c" } };
    expect(logger.entries).toEqual([entry, entry]);
  });

  it("leaves nothing behind when a subscription ends", async () => {
    const { database, bus } = await open();
    const controller = new AbortController();
    const removed = vi.spyOn(controller.signal, "removeEventListener");
    await bus.subscribe("c", () => {}, controller.signal);
    await bus.subscribe("c2", () => {}, never);
    expect(tablesOf(database).bus.subscriptions).toBe(3);
    controller.abort();
    expect(tablesOf(database).bus.subscriptions).toBe(2);
    expect(removed).toHaveBeenCalledTimes(1);
    await bus.close();
    expect(tablesOf(database).bus.subscriptions).toBe(0);
  });

  it("rejects a subscription whose client closes before its first resync, and calls nobody", async () => {
    const { bus } = await open();
    const heard: BusMessage[] = [];
    const subscribing = bus.subscribe("c", (message) => heard.push(message), never);
    const outcome = expect(subscribing).rejects.toThrow(
      "Cannot subscribe to a channel: the adapter must be open, it was closed",
    );
    await bus.close();
    await outcome;
    expect(heard).toEqual([]);
  });
});
