import { describe, expect, it } from "vitest";
import type { MemoryFeedPeer } from "../../../src/adapters/memory/index.ts";
import type { Gap } from "../../../src/domain/stream/gap.ts";
import { quoteEvent, tradeEvent } from "../../support/entries.ts";
import { MemorySource } from "../../support/source.ts";

const TICKER = "O:SPXW251223P06870000";

function status(peer: MemoryFeedPeer, ...messages: readonly string[]): void {
  peer.send(JSON.stringify(messages.map((message) => ({ ev: "status", status: "success", message }))));
}

/** The link does not hold a topic any more. */
function drop(source: MemorySource, peer: MemoryFeedPeer, topic: string): void {
  (source.provider.topicsOf(peer) as Set<string>).delete(topic);
}

async function gapsOf(source: MemorySource): Promise<readonly Gap[]> {
  return (await source.stored()).flatMap((draft) => (draft.kind === "gap" ? [draft.gap] : []));
}

/** Prints and quotes, one of each a second, of what the link still holds. */
async function stream(source: MemorySource, peer: MemoryFeedPeer, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    const nowMs = source.clock.now();
    const held = source.provider.topicsOf(peer);
    const events = [
      ...(held.has("T.*") ? [tradeEvent(nowMs)] : []),
      ...(held.has(`Q.${TICKER}`) ? [quoteEvent(nowMs)] : []),
    ];
    if (events.length > 0) peer.send(JSON.stringify(events));
    await source.clock.advance(1_000);
  }
}

describe("a subscription that is lost on a living link", () => {
  it("is asked for again where the provider took it back, and what was missed meanwhile is a gap", async () => {
    const source = new MemorySource().run();
    const peer = await source.connected();
    await stream(source, peer, 5);
    drop(source, peer, "T.*");
    status(peer, "unsubscribed to: T.*");
    const lostAtMs = source.clock.now();
    await source.clock.advance(5_000);
    expect([...source.provider.topicsOf(peer)]).toEqual(["T.*"]);
    await stream(source, peer, 1);
    await source.finish();
    const gaps = await gapsOf(source);
    expect(gaps).toMatchObject([
      { connection: "options/0", cause: "unsubscribed", scope: "trades", fromAtMs: lostAtMs },
    ]);
    expect(gaps[0]?.toAtMs).toBeLessThan(lostAtMs + 1_000);
    expect(source.batches.flatMap(({ meta }) => meta.gap ?? [])).toEqual(gaps);
    expect(source.feed.attempts).toBe(1);
  });

  it("is found by its silence, told by the answer to one more request, while the rest of the link goes on", async () => {
    const wsResources = ["options_trades", "options_quotes"] as const;
    const source = new MemorySource({ config: { wsResources, wsMode: "firehose" } }).run();
    const peer = await source.connected();
    await stream(source, peer, 30);
    expect([...source.provider.topicsOf(peer)]).toEqual(["T.*", `Q.${TICKER}`]);
    const lastTradeAtMs = source.clock.now() - 1_000;
    drop(source, peer, "T.*");
    await stream(source, peer, 60);
    expect([...source.provider.topicsOf(peer)].sort()).toEqual([`Q.${TICKER}`, "T.*"]);
    await source.finish();
    const gaps = await gapsOf(source);
    expect(gaps).toMatchObject([{ cause: "unsubscribed", scope: "trades", fromAtMs: lastTradeAtMs }]);
    expect(gaps[0]?.toAtMs).toBeGreaterThanOrEqual(lastTradeAtMs + 30_000);
    expect(gaps[0]?.toAtMs).toBeLessThan(lastTradeAtMs + 35_000);
    expect(source.feed.attempts).toBe(1);
  });

  it("is asked for again every few minutes where a reconnect did not bring it back, and is a gap up to then", async () => {
    const other = "T.O:SPXW251223P06880000";
    let isRefused = false;
    const authorizes = (topic: string): boolean => topic !== other || !isRefused;
    const source = new MemorySource({ config: { wsMode: "targeted" }, provider: { authorizes } }).run();
    await source.ports.subscriptions.change({ added: [`T.${TICKER}`, other], removed: [] });
    const first = await source.connected();
    expect(source.provider.topicsOf(first).size).toBe(2);
    isRefused = true;
    first.cut();
    await source.clock.advance(1_000);
    const second = await source.connected();
    const askedAtMs = source.clock.now() - 20;
    await source.clock.advance(120_000);
    expect([...source.provider.topicsOf(second)]).toEqual([`T.${TICKER}`]);
    isRefused = false;
    await source.clock.advance(300_000);
    expect(source.provider.topicsOf(second).size).toBe(2);
    await source.finish();
    const [, gap] = await gapsOf(source);
    expect(gap).toMatchObject({ cause: "unsubscribed", scope: "instruments", instruments: [other.slice(2)] });
    expect(Math.abs((gap?.fromAtMs ?? 0) - askedAtMs)).toBeLessThan(20);
    expect(gap?.toAtMs).toBeGreaterThan(askedAtMs + 300_000);
    const told = source.logger.entries.filter(({ message }) => message.startsWith("Topics were never confirmed"));
    expect(told).toHaveLength(1);
  });

  it("is not made up where nothing is published, as after the close: what is held is not answered", async () => {
    const source = new MemorySource().run();
    const peer = await source.connected();
    await stream(source, peer, 30);
    const asked = peer.received.length;
    await source.clock.advance(3_600_000);
    // After 30, 60, ... s and then every 10 min.
    expect(peer.received.length - asked).toBeGreaterThan(5);
    expect(peer.received.length - asked).toBeLessThan(12);
    await stream(source, peer, 2);
    await source.finish();
    expect(await gapsOf(source)).toEqual([]);
    expect(source.feed.attempts).toBe(1);
  });
});
