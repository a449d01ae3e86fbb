import { describe, expect, it, vi } from "vitest";
import { ConfigError } from "../../../src/domain/config/config-error.ts";
import { UnavailableError } from "../../../src/domain/errors.ts";
import { formatOptionTicker } from "../../../src/domain/instrument/option-symbol.ts";
import { ConnectionManager } from "../../../src/workers/source/connection-manager.ts";
import { quoteEvent, tradeEvent } from "../../support/entries.ts";
import { MemorySource } from "../../support/source.ts";

const QUOTES = { wsResources: ["options_trades", "options_quotes"] } as const;

function contract(strike: number): string {
  return formatOptionTicker({ root: "SPXW", expiration: "2025-12-23", right: "P", strikeThousandths: strike * 1_000 });
}

/** Lets each of the first `count` strikes print, the nth `n` times. */
async function printStrikes(source: MemorySource, count: number): Promise<void> {
  const [peer] = source.feed.links;
  for (let n = 1; n <= count; n++) {
    const trades = Array.from({ length: n }, () => tradeEvent(source.clock.now(), { sym: contract(6_000 + n) }));
    peer?.send(JSON.stringify(trades));
  }
  await source.clock.advance(1_000);
}

describe("a source in the mode firehose", () => {
  it("shares one connection between trades and quotes of options, and says so", async () => {
    const source = new MemorySource({ config: QUOTES }).run();
    await source.connected();
    expect(source.manager.notes).toEqual([expect.stringContaining("share one connection of the class options")]);
    expect(source.logger.entries.some(({ message }) => message === source.manager.notes[0])).toBe(true);
    expect(source.feed.openLinks).toBe(1);
    await source.finish();
  });

  it("opens a connection for each class, and for each resource type where the account allows it", async () => {
    const wsResources = ["options_trades", "options_quotes", "equity_trades", "equity_quotes", "index_values"] as const;
    const source = new MemorySource({ config: { wsResources, wsConnectionsPerClass: 2 } }).run();
    await source.connected();
    const held = source.feed.links.map((peer) => [new URL(peer.url).pathname, ...source.provider.topicsOf(peer)]);
    expect(held).toEqual([
      ["/options", "T.*"],
      ["/options"],
      ["/stocks", "T.*"],
      ["/stocks", "Q.*"],
      ["/indices", "V.*"],
    ]);
    expect(source.manager.workers.map(({ resourceType, shardId }) => [resourceType, shardId])).toEqual([
      ["options_trades", 0],
      ["options_quotes", 1],
      ["equity_trades", 0],
      ["equity_quotes", 1],
      ["index_values", 0],
    ]);
    await source.finish();
  });

  it("subscribes to quotes of the contracts that trade most, by difference and without a reconnect", async () => {
    const config = { ...QUOTES, wsQuoteCap: 4, schedTopN: 3, schedExplorationFraction: 0 };
    const source = new MemorySource({ config }).run();
    const peer = await source.connected();
    await printStrikes(source, 8);
    await source.clock.advance(6_000);
    const topics = [...source.provider.topicsOf(peer)];
    expect(topics).toHaveLength(4);
    expect(topics).toEqual(expect.arrayContaining(["T.*", ...[8, 7, 6].map((n) => `Q.${contract(6_000 + n)}`)]));
    expect(source.feed.attempts).toBe(1);
    expect(source.manager.scheduler?.statistics().coverage.share).toBeGreaterThan(0.5);
    await source.finish();
  });

  it("keeps quotes of the busiest where the wall clock is set: no rate has changed", async () => {
    const config = { ...QUOTES, wsQuoteCap: 4, schedTopN: 3, schedExplorationFraction: 0.25, schedExploreRounds: 1 };
    const source = new MemorySource({ config }).run();
    const peer = await source.connected();
    await printStrikes(source, 8);
    const busiest = [8, 7, 6].map((n) => `Q.${contract(6_000 + n)}`);
    const reserved = () => busiest.filter((topic) => source.provider.topicsOf(peer).has(topic)).length;
    const quoteFor = async (seconds: number): Promise<void> => {
      for (let second = 0; second < seconds; second++) {
        const quotes = Array.from({ length: 8 }, (_, index) => index + 1)
          .filter((n) => source.provider.topicsOf(peer).has(`Q.${contract(6_000 + n)}`))
          .flatMap((n) =>
            Array.from({ length: n }, () => quoteEvent(source.clock.now(), { sym: contract(6_000 + n) })),
          );
        if (quotes.length > 0) peer.send(JSON.stringify(quotes));
        await source.clock.advance(1_000);
      }
    };
    await quoteFor(120);
    expect(reserved()).toBe(3);
    source.clock.stepWall(1_800_000);
    let least = 3;
    for (let round = 0; round < 12; round++) {
      await quoteFor(5);
      least = Math.min(least, reserved());
    }
    expect(least).toBe(3);
    await source.finish();
  });

  it("never asks for more contracts than a connection may hold, and explores the rest in turns", async () => {
    const config = { ...QUOTES, wsQuoteCap: 5, schedTopN: 2, schedExplorationFraction: 0.4, schedExploreRounds: 1 };
    const source = new MemorySource({ config }).run();
    const peer = await source.connected();
    await printStrikes(source, 12);
    const visited = new Set<string>();
    let most = 0;
    for (let round = 0; round < 12; round++) {
      await source.clock.advance(5_000);
      const quoted = [...source.provider.topicsOf(peer)].filter((topic) => topic.startsWith("Q."));
      most = Math.max(most, quoted.length);
      for (const topic of quoted) visited.add(topic);
    }
    expect(most).toBeLessThanOrEqual(5);
    expect(visited.size).toBe(12);
    expect(source.feed.attempts).toBe(1);
    await source.finish();
  });
});

describe("a source in the mode targeted", () => {
  it("follows the wanted topics without a reconnect", async () => {
    const source = new MemorySource({ config: { ...QUOTES, wsMode: "targeted" } }).run();
    const { subscriptions } = source.ports;
    await subscriptions.change({ added: [`T.${contract(6_000)}`, `Q.${contract(6_000)}`, "T.AAPL"], removed: [] });
    const peer = await source.connected();
    await source.clock.advance(6_000);
    const held = (): readonly string[] => [...source.provider.topicsOf(peer)].sort();
    expect(held()).toEqual([`Q.${contract(6_000)}`, `T.${contract(6_000)}`]);

    await subscriptions.change({ added: [`T.${contract(6_001)}`], removed: [`T.${contract(6_000)}`] });
    await source.clock.advance(10);
    expect(held()).toEqual([`Q.${contract(6_000)}`, `T.${contract(6_001)}`]);

    expect(source.feed.attempts).toBe(1);
    await source.finish();
  });

  it("tells its absence up to when its topics were confirmed, however late it learns of them", async () => {
    const config = { wsMode: "targeted" } as const;
    const before = new MemorySource({ config }).run();
    await before.ports.subscriptions.change({ added: [`T.${contract(6_000)}`], removed: [] });
    await before.trade(await before.connected());
    await before.finish();
    const source = new MemorySource({ config, beside: before });
    const startedAtMs = source.clock.now();
    const unread = vi.spyOn(source.ports.subscriptions, "wanted").mockRejectedValue(new UnavailableError("away"));
    source.run();
    const peer = await source.connected();
    await source.clock.advance(20_000);
    expect(source.manager.workers[0]?.phase).toBe("subscribing");
    unread.mockRestore();
    await source.clock.advance(10_000);
    expect([...source.provider.topicsOf(peer)]).toEqual([`T.${contract(6_000)}`]);
    await source.finish();
    const [gap] = (await source.stored()).flatMap((draft) => (draft.kind === "gap" ? [draft.gap] : []));
    expect(gap?.cause).toBe("absence");
    expect(gap?.toAtMs).toBeGreaterThan(startedAtMs + 20_000);
  });

  it("is up with an empty set of wanted topics, once it was read", async () => {
    const source = new MemorySource({ config: { wsMode: "targeted" } }).run();
    await source.connected();
    expect(source.manager.workers[0]?.phase).toBe("streaming");
    await source.finish();
  });

  it("is switched to and back while it runs", async () => {
    const source = new MemorySource().run();
    const peer = await source.connected();
    expect([...source.provider.topicsOf(peer)]).toEqual(["T.*"]);
    source.manager.setMode("targeted");
    source.manager.want([`T.${contract(6_000)}`]);
    await source.clock.advance(20);
    expect([...source.provider.topicsOf(peer)]).toEqual([`T.${contract(6_000)}`]);
    source.manager.setMode("firehose");
    await source.clock.advance(20);
    expect([...source.provider.topicsOf(peer)]).toEqual(["T.*"]);
    expect(source.feed.attempts).toBe(1);
    await source.finish();
  });

  it("is not switched to where the settings do not allow it", async () => {
    const source = new MemorySource({ config: { wsMode: "targeted", wsShardCount: 2, wsConnectionsPerClass: 2 } });
    expect(() => source.manager.setMode("firehose")).toThrow(ConfigError);
    expect(() => source.manager.setMode("everything" as "firehose")).toThrow(ConfigError);
  });

  it("warns once of wanted topics that no resource type of it carries", async () => {
    const source = new MemorySource({ config: { wsMode: "targeted" } }).run();
    await source.connected();
    const warnings = () => source.logger.entries.filter(({ message }) => message.startsWith("Some wanted topics"));
    source.manager.want([`T.${contract(6_000)}`]);
    expect(warnings()).toEqual([]);
    source.manager.want([`T.${contract(6_000)}`, "T.AAPL", "V.I:SPX"]);
    source.manager.want([`T.${contract(6_001)}`, "T.AAPL"]);
    expect(warnings()).toMatchObject([{ fields: { topics: 2, such_as: "T.AAPL" } }]);
    await source.finish();
  });

  it("resumes all that is wanted after a reconnect, in requests within the chunk", async () => {
    const source = new MemorySource({ config: { wsMode: "targeted", wsSubscribeChunk: 10 } }).run();
    const topics = Array.from({ length: 35 }, (_, n) => `T.${contract(6_000 + n)}`);
    source.manager.want(topics);
    const first = await source.connected();
    expect(source.provider.topicsOf(first).size).toBe(35);
    first.cut();
    await source.clock.advance(1_000);
    const second = await source.connected();
    expect([...source.provider.topicsOf(second)].sort()).toEqual(topics);
    const requests = second.received.filter((text) => text.includes("subscribe"));
    expect(requests).toHaveLength(4);
    await source.finish();
  });

  it("refuses a text that is no topic, and keeps what it had", async () => {
    const source = new MemorySource({ config: { wsMode: "targeted" } }).run();
    await source.connected();
    expect(() => source.manager.want(["T.AAPL,Q.*"])).toThrow(TypeError);
    await source.finish();
  });
});

describe("a source with a bad configuration", () => {
  it("is not made: every problem is told at once, without the key", () => {
    const make = (): unknown => {
      const config = { apiKey: "secret", wsQuoteCap: 5_000, wsShardCount: 3, wsReconnectJitter: -1 };
      return new ConnectionManager(config, { feed: new MemorySource().feed, clock: new MemorySource().clock });
    };
    expect(make).toThrow(ConfigError);
    expect(make).toThrow(/wsQuoteCap[\s\S]*wsShardCount|wsShardCount[\s\S]*wsQuoteCap/);
    expect(make).toThrow(/wsReconnectJitter/);
    expect(make).not.toThrow("secret");
  });

  it("warns of what is no setting, and names the nearest one", () => {
    const source = new MemorySource({ config: { wsQuoteCup: 5 } as { wsQuoteCap?: number } });
    const warnings = source.logger.entries.filter(({ level }) => level === "warn");
    expect(warnings.map(({ message }) => message)).toEqual([
      "wsQuoteCup is not a setting, the nearest one is wsQuoteCap",
    ]);
  });

  it("needs a key", () => {
    const { feed, clock } = new MemorySource();
    expect(() => new ConnectionManager({}, { feed, clock })).toThrow(/apiKey must be/);
  });
});
