import { describe, expect, it } from "vitest";
import type { LogEntry } from "../../../src/simulator/index.ts";
import { ServerLog } from "../../../src/simulator/server/server-log.ts";
import { until } from "../../support/until.ts";
import { TestClient } from "./client.ts";
import { closeAfterEach, started } from "./simulators.ts";

closeAfterEach();

/** The market events in a logged payload, as texts. */
function eventsOf(entry: LogEntry): string[] {
  if (entry.kind !== "frame" && entry.kind !== "unsent") return [];
  if (entry.kind === "frame" && entry.origin !== "feed") return [];
  const objects = JSON.parse(entry.payload ?? "[]") as { ev: string }[];
  return objects.filter(({ ev }) => ev !== "status").map((event) => JSON.stringify(event));
}

describe("the log of a simulator", () => {
  it("accounts for every published event through every fault, so that clients can be checked by it alone", async () => {
    const { simulator, clock, url } = await started({
      eventsPerSecond: 3_000,
      bufferBytes: 200_000,
      log: { payloads: "all", maxEntries: 1e6, maxCharacters: 1e9 },
    });
    const clients: TestClient[] = [];
    /** A client that lives through something, and what it is to have received. */
    const live = async (events: () => void, steps = 20): Promise<void> => {
      const client = await TestClient.authenticated(url);
      clients.push(client);
      await client.subscribes("T.*");
      await clock.advance(200);
      events();
      for (let step = 0; step < steps; step++) {
        await clock.advance(20);
        await until("it has read", () => client.closed !== undefined || client.frames.length >= handed(clients.length));
      }
      // Nobody is connected for a while.
      client.socket.close();
      await until("it is gone", () => simulator.connections().length === 0);
      await clock.advance(100);
    };
    const handed = (connection: number): number => simulator.log.frames(connection).length;
    await live(() => undefined);
    await live(() => simulator.inject({ kind: "cut" }));
    await live(() => simulator.inject({ kind: "stall", forMs: 200 }));
    await live(() => simulator.inject({ kind: "stall", forMs: 200, backlog: "dropped" }));
    await live(() => simulator.inject({ kind: "slow", forMs: 60_000, bytesPerSecond: 5_000 }));
    await live(() => simulator.inject({ kind: "garbage", form: "truncated", frames: 4 }));
    await live(() => simulator.inject({ kind: "duplicate", frames: 4 }));
    await live(() => simulator.inject({ kind: "stall", forMs: 60_000 }), 200);

    const entries = simulator.log.entries();
    const logged = entries.flatMap((entry) =>
      entry.kind === "frame" || (entry.kind === "unsent" && entry.assetClass === "options") ? eventsOf(entry) : [],
    );
    const { published, sent, unsent, unheard } = simulator.log.totals();
    expect(logged.length).toBe(published.options);
    expect(sent + unsent.stalled + unsent.truncated + unsent.closed + unsent.slowConsumer + unheard.options).toBe(
      published.options,
    );
    expect(
      Math.min(unsent.stalled, unsent.truncated, unsent.closed, unsent.slowConsumer, unheard.options),
    ).toBeGreaterThan(0);
    for (const [index, client] of clients.entries()) {
      const frames = simulator.log.frames(index + 1);
      // A connection that was cut may miss what was on its way; it never has anything else.
      expect(client.frames).toEqual(frames.slice(0, client.frames.length).map(({ payload }) => payload));
      const last = entries.find((entry) => entry.kind === "closed" && entry.connection === index + 1);
      expect(last).toBeDefined();
      if (last?.kind === "closed" && last.by === "client") expect(client.frames.length).toBe(frames.length);
    }
  });

  it("keeps no more than it is allowed to, and its sums all the same", () => {
    const log = new ServerLog({ payloads: "all", maxEntries: 10, maxCharacters: 50 });
    const seen: LogEntry[] = [];
    const end = log.listen((entry) => seen.push(entry));
    const frame = (number: number, payload: string): LogEntry => ({
      kind: "frame",
      atMs: number,
      connection: 1,
      frame: number,
      events: 2,
      statuses: 0,
      bytes: payload.length,
      origin: "feed",
      payload,
    });
    for (let number = 1; number <= 5_000; number++) log.add(frame(number, "x"));
    expect(log.entries().map((entry) => (entry.kind === "frame" ? entry.frame : 0))).toEqual(
      Array.from({ length: 10 }, (_, index) => 4_991 + index),
    );
    log.add(frame(5_001, "y".repeat(46)));
    expect(log.entries().length).toBe(5);
    end();
    log.add(frame(5_002, "z".repeat(51)));
    expect(log.entries()).toEqual([]);
    expect(log.totals()).toMatchObject({ frames: 5_002, sent: 10_004, forgotten: 5_002 });
    expect(seen.length).toBe(5_001);
  });

  it("counts without texts where none are kept", async () => {
    const { simulator, clock, url } = await started({ eventsPerSecond: 2_000 });
    const client = await TestClient.authenticated(url);
    await client.subscribes("T.*");
    await clock.advance(3_000);
    expect(JSON.stringify(simulator.log.entries())).not.toContain("payload");
    const unheard = simulator.log
      .entries()
      .filter((entry) => entry.kind === "unsent" && entry.assetClass === "options");
    expect(unheard.length).toBeGreaterThan(1);
    expect(unheard.length).toBeLessThan(6);
  });
});
