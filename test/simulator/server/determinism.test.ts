import { describe, expect, it } from "vitest";
import { ManualClock } from "../../../src/adapters/memory/manual-clock.ts";
import { type ScheduledFault, startSimulator } from "../../../src/simulator/index.ts";
import { until } from "../../support/until.ts";
import { TestClient } from "./client.ts";

const SCHEDULE: readonly ScheduledFault[] = [
  { atMs: 300, fault: { kind: "garbage" } },
  { atMs: 450, fault: { kind: "duplicate", frames: 3 } },
  { atMs: 600, fault: { kind: "garbage", form: "truncated" } },
  { atMs: 800, fault: { kind: "stall", forMs: 300 } },
];

/** One run: an options and a stocks client subscribe, the clock moves in the same steps. */
async function play(seed: number) {
  const clock = new ManualClock();
  const simulator = await startSimulator({ clock, seed, eventsPerSecond: 3_000, schedule: SCHEDULE });
  try {
    const options = await TestClient.authenticated(`${simulator.url}/options`);
    await options.subscribes("Q.O:NEVER,Q.*,T.*");
    const stocks = await TestClient.authenticated(`${simulator.url}/stocks`);
    await stocks.subscribes("T.*,Q.*");
    for (let step = 0; step < 8; step++) {
      await clock.advance(200);
      options.request("subscribe", `T.O:STEP${step}`);
      await until("the request is read", () => (simulator.connections()[0]?.topics ?? []).includes(`T.O:STEP${step}`));
    }
    await clock.advance(600);
    await until("all frames", () => {
      const { frames } = simulator.log.totals();
      return options.frames.length + stocks.frames.length === frames;
    });
    return { options: options.frames, stocks: stocks.frames };
  } finally {
    await simulator.close();
  }
}

describe("a simulator's seed", () => {
  it("decides every byte, given the same clock and clients", async () => {
    const first = await play(7);
    expect(first.options.length).toBeGreaterThan(100);
    expect(await play(7)).toEqual(first);
    expect(await play(8)).not.toEqual(first);
  });
});
