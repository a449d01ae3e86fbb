import { describe, expect, it } from "vitest";
import { seededRandom } from "../../../src/domain/random.ts";
import { createMarket, encodeEvent } from "../../../src/simulator/index.ts";
import { loopedSource } from "../../../src/simulator/server/looped-source.ts";
import { until } from "../../support/until.ts";
import { TestClient } from "./client.ts";
import { closeAfterEach, hasAll, started } from "./simulators.ts";

closeAfterEach();

const startMs = Date.UTC(2025, 11, 22, 15);
const config = { startMs, stockEventsPerSecond: 200, indexIntervalMs: 100 };
const LOOP_MS = 500;

describe("a looped market", () => {
  it("is the market itself in its first round, whatever the steps", () => {
    const events = createMarket(config, seededRandom(3)).advance(startMs + LOOP_MS);
    const looped = loopedSource(createMarket(config, seededRandom(3)), LOOP_MS);
    const due = [7, 8, 120, 121, LOOP_MS].flatMap((afterMs) => looped.advance(startMs + afterMs));
    expect(looped.nowMs).toBe(startMs + LOOP_MS);
    expect(due.map((one) => one.write(0))).toEqual(events.map(encodeEvent));
    expect(due.map(({ publishedAtMs }) => publishedAtMs)).toEqual(events.map(({ publishedAtMs }) => publishedAtMs));
  });

  it("repeats itself with later times, larger sequence numbers and new trade ids", () => {
    const looped = loopedSource(createMarket(config, seededRandom(3)), LOOP_MS);
    const rounds = [1, 2, 3].map((round) => looped.advance(startMs + round * LOOP_MS));
    const [first = [], second = [], third = []] = rounds;
    expect(first.length).toBeGreaterThan(300);
    expect([second.length, third.length]).toEqual([first.length, first.length]);
    const read = (texts: typeof first) => texts.map((one) => JSON.parse(one.write(60_000)) as Record<string, unknown>);
    const [before, after] = [read(first), read(third)];
    for (const [index, event] of before.entries()) {
      const again = after[index] ?? {};
      expect(Number(again["t"]) - Number(event["t"])).toBe(2 * LOOP_MS);
      if (event["ev"] !== "V") expect(Number(again["q"]) - Number(event["q"])).toBe(2_000_000);
      // Quotes of stocks have indicators in this field.
      if (typeof event["i"] === "string") expect(again["i"]).not.toBe(event["i"]);
      const { t: _t, q: _q, i: _i, trft: _trft, ...rest } = event;
      expect(again).toMatchObject(rest);
    }
  });

  it("serves clients with event times that keep up with the clock", async () => {
    const { url, clock, simulator } = await started({ loopMs: 300, eventsPerSecond: 3_000 });
    const client = await TestClient.authenticated(url);
    await client.subscribes("T.*");
    await clock.advance(3_000);
    await until("all frames", () => hasAll(client, simulator, 1));
    const times = client.events("T").map(({ t }) => Number(t));
    expect(times.length).toBeGreaterThan(1_000);
    expect(clock.now() - Math.max(...times)).toBeLessThan(300);
  });
});
