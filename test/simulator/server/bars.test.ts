import { describe, expect, it } from "vitest";
import { until } from "../../support/until.ts";
import { TestClient } from "./client.ts";
import { closeAfterEach, hasAll, started } from "./simulators.ts";

type Event = Readonly<Record<string, unknown>>;

closeAfterEach();

/** What counts in a bar of options, from the prints themselves. */
function counted(trades: readonly Event[], sym: string, fromMs: number, toMs: number): readonly Event[] {
  return trades.filter(({ sym: own, t, c }) => {
    const isOut = ((c as number[] | undefined) ?? []).some((id) => id >= 201 && id <= 207);
    return own === sym && !isOut && (t as number) >= fromMs && (t as number) < toMs;
  });
}

describe("bars", () => {
  /** The first whole minute begins a second later. */
  const startMs = Date.UTC(2025, 11, 22, 15) - 1_000;

  it("tell the prints of each second and minute as a client recounts them, once each", async () => {
    const { simulator, clock, url } = await started({ eventsPerSecond: 600, quotesPerTrade: 1, startMs });
    const client = await TestClient.authenticated(url);
    await client.subscribes("T.*,A.*,AM.*");
    await clock.advance(62_500);
    await until("all frames", () => hasAll(client, simulator, 1));
    const trades = client.events("T");
    for (const [channel, lengthMs] of [
      ["A", 1_000],
      ["AM", 60_000],
    ] as const) {
      const bars = client.events(channel);
      expect(bars.length).toBeGreaterThan(100);
      expect(new Set(bars.map(({ sym, s }) => `${sym} ${s}`)).size).toBe(bars.length);
      let whole = 0;
      for (const bar of bars.slice(0, 400)) {
        const { sym, s, e, v, o, c, h, l, vw } = bar as Record<string, number> & { sym: string };
        expect((e ?? 0) - (s ?? 0)).toBe(lengthMs);
        const prints = counted(trades, sym, s ?? 0, e ?? 0);
        const sizes = prints.map((print) => print["s"] as number);
        const prices = prints.map((print) => print["p"] as number);
        // What is reported after the end of a window is in none.
        if (sizes.reduce((sum, size) => sum + size, 0) !== v) continue;
        whole += 1;
        expect([h, l]).toEqual([Math.max(...prices), Math.min(...prices)]);
        expect([prices[0], prices.at(-1)]).toEqual([o, c]);
        const notional = prints.reduce((sum, print) => sum + (print["p"] as number) * (print["s"] as number), 0);
        expect(vw).toBeCloseTo(notional / (v ?? 0), 3);
      }
      expect(whole / Math.min(400, bars.length)).toBeGreaterThan(0.9);
    }
    const { published, sent } = simulator.log.totals();
    expect(published.options).toBeGreaterThanOrEqual(sent);
  });

  it("have the fields of the provider's samples, in their order, and those of indices no volume", async () => {
    const { simulator, clock } = await started({ eventsPerSecond: 2_000 });
    const fieldsOf = async (path: string, topics: string): Promise<readonly string[]> => {
      const client = await TestClient.authenticated(`${simulator.url}/${path}`);
      await client.subscribes(topics);
      await clock.advance(3_000);
      await until("a bar", () => client.events("A").length > 0);
      return Object.keys(client.events("A")[0] ?? {});
    };
    const full = ["ev", "sym", "v", "av", "op", "vw", "o", "c", "h", "l", "a", "z", "s", "e"];
    expect(await fieldsOf("options", "A.*")).toEqual(full);
    expect(await fieldsOf("stocks", "A.SPY")).toEqual(full);
    expect(await fieldsOf("indices", "A.I:SPX")).toEqual(["ev", "sym", "op", "o", "c", "h", "l", "s", "e"]);
  });
});
