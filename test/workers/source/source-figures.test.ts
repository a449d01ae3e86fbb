import { describe, expect, it } from "vitest";
import { SourceCounts } from "../../../src/workers/source/source-counts.ts";
import { SourceFigures } from "../../../src/workers/source/source-figures.ts";
import { quoteEvent } from "../../support/entries.ts";
import { MemorySource } from "../../support/source.ts";

const OPTIONS = { class: "options", shard: 0 } as const;
const STOCKS = { class: "stocks", shard: 0 } as const;

function figuresOf(
  source: MemorySource,
  others = { coverage: (): number | undefined => undefined, conflated: () => 0 },
) {
  const part = { url: "wss://feed.test", parts: [] };
  const planned = [OPTIONS, STOCKS].map((connection) => ({ ...part, connection }));
  const counts = new SourceCounts();
  return { counts, figures: new SourceFigures(planned, source.manager.workers, counts, others) };
}

/** A source of two connections, options and stocks. */
async function twoConnections() {
  const config = { wsResources: ["options_trades", "equity_trades"] } as const;
  const source = new MemorySource({ config });
  const own = figuresOf(source);
  source.run();
  const first = await source.connected();
  const second = await source.connected();
  const [options, stocks] = first.url.endsWith("options") ? [first, second] : [second, first];
  return { source, options, stocks, ...own };
}

describe("SourceFigures", () => {
  it("knows no watermark before every connection has one, and then tells the lowest", async () => {
    const { source, options, stocks, figures } = await twoConnections();
    expect(figures.gauges()).toEqual({
      subs_wanted: 2,
      subs_active: 2,
      subs_seen: 0,
      coverage: null,
      last_event_ts: null,
      watermark_ns: null,
    });
    const firstMs = source.clock.now();
    await source.trade(options);
    expect(figures.gauges()).toMatchObject({ subs_seen: 1, last_event_ts: firstMs / 1_000, watermark_ns: null });
    const secondMs = source.clock.now();
    await source.trade(stocks, { sym: "AAPL" });
    expect(figures.gauges()).toMatchObject({
      subs_seen: 2,
      last_event_ts: secondMs / 1_000,
      watermark_ns: `${firstMs}000000`,
    });
    expect(figures.connections().map(([connection, { state }]) => [connection, state])).toEqual([
      [OPTIONS, "streaming"],
      [STOCKS, "streaming"],
    ]);
    expect(await source.finish()).toBeUndefined();
  });

  it("adds up what is counted at the connections and beside them, each once", async () => {
    const source = new MemorySource({ config: { wsResources: ["options_trades", "equity_trades"] } });
    let conflated = 0;
    const { counts, figures } = figuresOf(source, { coverage: () => 0.25, conflated: () => conflated });
    const [first, second] = source.manager.workers;
    first?.counts.add("trades", 3);
    second?.counts.add("trades", 4);
    counts.add("churn", 2);
    conflated = 5;
    expect(figures.takeCounts()).toEqual({ trades: 7, churn: 2, conflated: 5 });
    expect(figures.takeCounts()).toEqual({});
    conflated = 6;
    expect(figures.takeCounts()).toEqual({ conflated: 1 });
    expect(figures.gauges().coverage).toBe(0.25);
  });

  it("has a sample of the last frame with rows, once", async () => {
    const source = new MemorySource({ config: { wsResources: ["options_trades"] } });
    const { figures } = figuresOf(source);
    source.run();
    const peer = await source.connected();
    expect(figures.takeSample()).toBeUndefined();
    const frame = JSON.stringify([quoteEvent(source.clock.now())]);
    peer.send(frame);
    await source.clock.advance(5);
    peer.send("[]");
    await source.clock.advance(5);
    expect([figures.takeSample(), figures.takeSample()]).toEqual([frame, undefined]);
    expect(await source.finish()).toBeUndefined();
  });
});
