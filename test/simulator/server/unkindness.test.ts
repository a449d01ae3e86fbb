import { describe, expect, it } from "vitest";
import { until } from "../../support/until.ts";
import { TestClient } from "./client.ts";
import { closeAfterEach, hasAll, started } from "./simulators.ts";

closeAfterEach();

const isSuccess = (text: string): boolean => text.startsWith("success");

describe("the simulator's unkindness", () => {
  it("respells some events: fields in another order, and 12.0 for 12", async () => {
    const { url, clock, simulator } = await started({ kind: false, eventsPerSecond: 2_000 });
    const client = await TestClient.authenticated(url);
    await client.subscribes("T.*");
    await clock.advance(2_000);
    await until("all frames", () => hasAll(client, simulator, 1));
    const orders = client.events("T").map((event) =>
      Object.keys(event)
        .filter((name) => name !== "c")
        .join(),
    );
    const usual = orders.filter((order) => order === "ev,sym,x,p,s,t,q").length;
    expect(usual / orders.length).toBeGreaterThan(0.8);
    expect(usual / orders.length).toBeLessThan(0.97);
    expect(orders.every((order) => order.startsWith("ev,"))).toBe(true);
    expect(client.frames.some((frame) => /"s":\d+\.0[,}]/.test(frame))).toBe(true);
  });

  it("says errors before the confirmations of their request, or late", async () => {
    const { url, clock } = await started({ kind: false, connectionsPerClass: 100, eventsPerSecond: 1 });
    let early = 0;
    let late = 0;
    for (let round = 0; round < 12; round++) {
      const client = await TestClient.authenticated(url);
      client.request("subscribe", "T.O:A,Q.*,T.O:B");
      await client.hears("success: subscribed to: T.O:B");
      if (client.statuses().some((text) => text.startsWith("error"))) {
        early += 1;
        expect(client.statuses().findIndex(isSuccess)).toBe(3);
      } else {
        late += 1;
        await clock.advance(500);
        await client.hears("error: not authorized");
      }
      expect(client.statuses().filter(isSuccess).length).toBe(2);
    }
    expect(early).toBeGreaterThan(0);
    expect(late).toBeGreaterThan(0);
  });

  it("does not answer a repeated subscription, and delivers once all the same", async () => {
    const { url, clock, simulator } = await started({
      unkindness: { unansweredRepeats: true },
      eventsPerSecond: 2_000,
    });
    const client = await TestClient.authenticated(url);
    await client.subscribes("T.*");
    const busy = [...simulator.market.trueRates("T")].sort(([, left], [, right]) => right - left)[0]?.[0] ?? "";
    await client.subscribes(`T.*,T.${busy}`);
    await client.subscribes("T.*,T.O:MARK");
    expect(client.statuses().filter((text) => text.endsWith("T.*")).length).toBe(1);
    await clock.advance(2_000);
    await until("all frames", () => hasAll(client, simulator, 1));
    const { published, unheard } = simulator.log.totals();
    expect(client.events("T").length).toBe(published.options - unheard.options);
  });

  it("answers it where it is kind", async () => {
    const { url } = await started();
    const client = await TestClient.authenticated(url);
    await client.subscribes("T.*");
    await client.subscribes("T.*,T.O:MARK");
    expect(client.statuses().filter((text) => text.endsWith("T.*")).length).toBe(2);
  });

  it("puts statuses among the data once data flows", async () => {
    const { url, clock, simulator } = await started({ unkindness: { mixedFrames: true }, eventsPerSecond: 5_000 });
    const client = await TestClient.authenticated(url);
    await client.subscribes("T.*");
    for (let round = 0; round < 20; round++) {
      await clock.advance(100);
      client.request("subscribe", `T.O:X${round}`);
      await until("the request is read", () => simulator.connections()[0]?.topics.length === round + 2);
    }
    await clock.advance(100);
    await until("all frames", () => hasAll(client, simulator, 1));
    expect(client.statuses().length).toBe(23);
    const kindsOf = (frame: string) => new Set((JSON.parse(frame) as { ev: string }[]).map(({ ev }) => ev));
    const mixed = client.frames.filter((frame) => kindsOf(frame).size > 1);
    expect(mixed.length).toBeGreaterThan(2);
    expect(mixed.length).toBeLessThan(20);
  });
});
