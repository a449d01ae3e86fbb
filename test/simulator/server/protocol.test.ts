import { afterEach, describe, expect, it } from "vitest";
import { ManualClock } from "../../../src/adapters/memory/manual-clock.ts";
import { type Simulator, type SimulatorOptions, startSimulator } from "../../../src/simulator/index.ts";
import { until } from "../../support/until.ts";
import { TestClient } from "./client.ts";

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function started(
  options: SimulatorOptions = {},
): Promise<{ simulator: Simulator; clock: ManualClock; url: string }> {
  const clock = new ManualClock();
  const simulator = await startSimulator({ clock, kind: true, ...options });
  open.push(simulator);
  return { simulator, clock, url: `${simulator.url}/options` };
}

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
    const { url } = await started({ badKeys: ["stolen"] });
    const client = new TestClient(url);
    await client.hears("connected");
    client.request("auth", "stolen");
    expect(await client.ends()).toEqual({ code: 1006, reason: "" });
    expect(client.frames[1]).toBe('[{"ev":"status","status":"auth_failed","message":"authentication failed"}]');
  });

  it("streams what was subscribed to and nothing else", async () => {
    const { url, clock, simulator } = await started({ eventsPerSecond: 2_000 });
    const client = await TestClient.authenticated(url);
    await client.subscribes("T.*");
    await clock.advance(2_000);
    await until("trades", () => client.events("T").length === simulator.log.totals().sent);
    expect(client.events("T").length).toBeGreaterThan(100);
    expect(client.events("Q")).toEqual([]);
    const { published, unheard, sent } = simulator.log.totals();
    expect(published.options).toBe(sent + unheard.options);
  });

  it("answers another path with 404", async () => {
    const { simulator } = await started();
    const client = new TestClient(`${simulator.url}/crypto`);
    await client.ends();
    expect(client.failure?.message).toBe("Unexpected server response: 404");
  });
});
