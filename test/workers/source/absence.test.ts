import { describe, expect, it } from "vitest";
import type { MemoryFeedPeer } from "../../../src/adapters/memory/index.ts";
import type { WsConfig } from "../../../src/domain/config/strikewire-config.ts";
import type { Gap } from "../../../src/domain/stream/gap.ts";
import { tradeEvent } from "../../support/entries.ts";
import { MemorySource, type SourceSetup } from "../../support/source.ts";

const A = "O:SPXW251223P06870000";
const B = "O:SPXW251223P06880000";
const FIREHOSE: Partial<WsConfig> = { wsResources: ["options_trades", "options_quotes"], wsMode: "firehose" };
/** Connections outlive the tests that begin with a source that is killed: nobody hears of what is behind it. */
const ABSENT_MS = 60_000;

async function gapsOf(source: MemorySource): Promise<readonly Gap[]> {
  return (await source.stored()).flatMap((draft) => (draft.kind === "gap" ? [draft.gap] : []));
}

/** A source that had run and was killed a minute ago: no word of its end is in the log. */
async function killed(
  setup: SourceSetup,
): Promise<{ readonly before: MemorySource; readonly lastReceiptAtMs: number }> {
  const before = new MemorySource(setup).ingest();
  const peer = await before.connected();
  await before.trade(peer);
  await before.clock.advance(3_000);
  await before.trade(peer);
  const lastReceiptAtMs = before.clock.now() - 20;
  kill(before, peer);
  await before.clock.advance(ABSENT_MS);
  return { before, lastReceiptAtMs };
}

/** From here on it reaches nobody. */
function kill(source: MemorySource, peer: MemoryFeedPeer): void {
  source.ports.log.append = () => new Promise(() => undefined);
  source.ports.sourceStatus.putConnection = () => new Promise(() => undefined);
  source.feed.refuse(undefined, 1_000_000);
  peer.cut();
}

/** Advances until the link holds a topic. @returns when. */
async function untilHeld(source: MemorySource, peer: MemoryFeedPeer, topic: string): Promise<number> {
  while (!source.provider.topicsOf(peer).has(topic)) await source.clock.advance(5);
  return source.clock.now();
}

describe("the gap of our own absence", () => {
  it("goes on for quotes until those that are chosen first are confirmed, and for trades no longer", async () => {
    const { before, lastReceiptAtMs } = await killed({ config: FIREHOSE });
    const source = new MemorySource({ config: FIREHOSE, beside: before }).ingest();
    const peer = await source.connected();
    const tradesAtMs = source.clock.now();
    await source.trade(peer);
    await source.trade(peer, { sym: B });
    const quotesAtMs = await untilHeld(source, peer, `Q.${A}`);
    await source.clock.advance(20);
    expect(quotesAtMs - tradesAtMs).toBeGreaterThan(500);
    const gaps = await gapsOf(source);
    expect(gaps).toMatchObject([
      { cause: "absence", scope: "all", fromAtMs: lastReceiptAtMs },
      { connection: "options/0", cause: "absence", scope: "quotes", fromAtMs: gaps[0]?.toAtMs, instruments: undefined },
    ]);
    expect(gaps[0]?.toAtMs).toBeLessThanOrEqual(tradesAtMs);
    expect(Math.abs((gaps[1]?.toAtMs ?? 0) - quotesAtMs)).toBeLessThanOrEqual(10);
    await source.clock.advance(60_000);
    await source.finish();
    expect(await gapsOf(source)).toHaveLength(2);
  });

  it("goes on for quotes as long as nothing trades that they could be chosen by, up to the end", async () => {
    const { before } = await killed({ config: FIREHOSE });
    const source = new MemorySource({ config: FIREHOSE, beside: before }).ingest();
    await source.connected();
    await source.clock.advance(300_000);
    await source.finish();
    const [all, quotes, ...others] = await gapsOf(source);
    expect(others).toEqual([]);
    expect(quotes).toMatchObject({ cause: "absence", scope: "quotes", fromAtMs: all?.toAtMs });
    expect((quotes?.toAtMs ?? 0) - (all?.toAtMs ?? 0)).toBeGreaterThan(298_000);
  });

  it("goes on for quotes through a disconnect before they were chosen, each part with its cause", async () => {
    const { before } = await killed({ config: FIREHOSE });
    const source = new MemorySource({ config: FIREHOSE, beside: before }).ingest();
    const first = await source.connected();
    await source.trade(first);
    first.cut();
    await source.clock.advance(1_000);
    const second = await source.connected();
    await untilHeld(source, second, `Q.${A}`);
    await source.clock.advance(5_000);
    await source.finish();
    const gaps = await gapsOf(source);
    // By the time the link is back they are chosen, and confirmed with all the rest.
    expect(gaps.map(({ cause, scope }) => `${cause} ${scope}`)).toEqual([
      "absence all",
      "absence quotes",
      "disconnect all",
    ]);
    expect(gaps[1]).toMatchObject({ fromAtMs: gaps[0]?.toAtMs });
    expect(gaps[1]?.toAtMs).toBeGreaterThanOrEqual(gaps[2]?.fromAtMs ?? Number.POSITIVE_INFINITY);
  });

  it("ends for all with the last of the topics that are wanted at first, though those are learned of on a link that is up", async () => {
    const targeted: SourceSetup = { config: { ...FIREHOSE, wsMode: "targeted" } };
    const setup = new MemorySource(targeted);
    await setup.ports.subscriptions.change({ added: [`T.${A}`, `Q.${A}`, `T.${B}`], removed: [] });
    const before = new MemorySource({ ...targeted, beside: setup }).ingest();
    const first = await before.connected();
    await before.trade(first);
    kill(before, first);
    await setup.clock.advance(ABSENT_MS);

    const refuses = { isOn: true };
    const source = new MemorySource({
      ...targeted,
      beside: setup,
      provider: { authorizes: (topic) => topic === `T.${A}` || !refuses.isOn },
    });
    const wanted = source.ports.subscriptions.wanted.bind(source.ports.subscriptions);
    source.ports.subscriptions.wanted = async () => {
      await source.clock.sleep(500);
      return wanted();
    };
    source.ingest();
    const peer = await source.connected();
    await source.clock.advance(2_000);
    refuses.isOn = false;
    const confirmedAtMs = await untilHeld(source, peer, `Q.${A}`);
    await source.clock.advance(100);
    const gaps = await gapsOf(source);
    expect(gaps.map(({ cause, scope }) => `${cause} ${scope}`)).toEqual(["absence all"]);
    expect(Math.abs((gaps[0]?.toAtMs ?? 0) - confirmedAtMs)).toBeLessThanOrEqual(20);
    await source.finish();
  });

  it("is told of quotes that are granted later than asked for", async () => {
    const config: Partial<WsConfig> = { wsResources: ["equity_trades", "equity_quotes"], wsMode: "firehose" };
    const before = new MemorySource({ config }).ingest();
    const old = await before.connected();
    old.send(JSON.stringify([{ ...tradeEvent(before.clock.now()), sym: "AAPL", x: 4, z: 3 }]));
    await before.clock.advance(20);
    kill(before, old);
    await before.clock.advance(ABSENT_MS);
    let isRefused = true;
    const provider = { authorizes: (topic: string) => topic !== "Q.*" || !isRefused };
    const source = new MemorySource({ config, provider, beside: before }).ingest();
    const peer = await source.connected();
    await source.clock.advance(120_000);
    isRefused = false;
    const grantedAtMs = await untilHeld(source, peer, "Q.*");
    await source.clock.advance(100);
    const [all, quotes] = await gapsOf(source);
    expect(all).toMatchObject({ cause: "absence", scope: "all" });
    expect(quotes).toMatchObject({ cause: "unsubscribed", scope: "quotes" });
    expect(quotes?.fromAtMs).toBeLessThanOrEqual(all?.toAtMs ?? 0);
    expect(Math.abs((quotes?.toAtMs ?? 0) - grantedAtMs)).toBeLessThanOrEqual(20);
    await source.finish();
  });
});

describe("a source that was killed while it lacked something", () => {
  const other = `T.${B}`;

  /** Two topics, of which the provider takes one back and grants it no more. */
  async function lacking(): Promise<{
    readonly source: MemorySource;
    readonly peer: MemoryFeedPeer;
    readonly sinceAtMs: number;
  }> {
    const state = { isRefused: false };
    const authorizes = (topic: string): boolean => topic !== other || !state.isRefused;
    const source = new MemorySource({ config: { wsMode: "targeted" }, provider: { authorizes } });
    await source.ports.subscriptions.change({ added: [`T.${A}`, other], removed: [] });
    source.ingest();
    const peer = await source.connected();
    await source.trade(peer);
    state.isRefused = true;
    (source.provider.topicsOf(peer) as Set<string>).delete(other);
    const sinceAtMs = source.clock.now();
    peer.send(JSON.stringify([{ ev: "status", status: "success", message: `unsubscribed to: ${other}` }]));
    await source.clock.advance(90_000);
    await source.trade(peer);
    return { source, peer, sinceAtMs };
  }

  it("has it told by the next one, up to its last receipt, where the absence goes on", async () => {
    const { source: before, peer, sinceAtMs } = await lacking();
    await before.clock.advance(1_500);
    await before.trade(peer);
    const lastReceiptAtMs = before.clock.now() - 20;
    kill(before, peer);
    await before.clock.advance(ABSENT_MS);
    const source = new MemorySource({ config: { wsMode: "targeted" }, beside: before }).ingest();
    await source.connected();
    await source.clock.advance(5_000);
    const gaps = await gapsOf(source);
    expect(gaps).toMatchObject([
      { cause: "unsubscribed", scope: "instruments", instruments: [B], fromAtMs: sinceAtMs, toAtMs: lastReceiptAtMs },
      { cause: "absence", scope: "all", fromAtMs: lastReceiptAtMs },
    ]);
    await source.finish();
    expect(await gapsOf(source)).toHaveLength(2);
  });

  it("has it told in the end, however many are killed before they are connected", async () => {
    const { source: before, peer, sinceAtMs } = await lacking();
    await before.clock.advance(1_500);
    kill(before, peer);
    for (let round = 0; round < 2; round++) {
      const between = new MemorySource({ config: { wsMode: "targeted" }, beside: before });
      between.feed.refuse(undefined, 1_000_000);
      between.ingest();
      await between.clock.advance(10_000);
      between.ports.log.append = () => new Promise(() => undefined);
      between.ports.sourceStatus.putConnection = () => new Promise(() => undefined);
    }
    const source = new MemorySource({ config: { wsMode: "targeted" }, beside: before }).ingest();
    await source.connected();
    await source.finish();
    const gaps = await gapsOf(source);
    expect(gaps.map(({ cause }) => cause)).toEqual(["unsubscribed", "absence"]);
    expect(gaps[0]).toMatchObject({ fromAtMs: sinceAtMs, toAtMs: gaps[1]?.fromAtMs });
  });

  it("has an outage told, of which links that were never confirmed moved the last receipt", async () => {
    const state = { isRefused: false };
    const before = new MemorySource({ provider: { authorizes: () => !state.isRefused } }).ingest();
    const first = await before.connected();
    await before.trade(first);
    const lastReceiptAtMs = before.clock.now() - 20;
    state.isRefused = true;
    first.cut();
    await before.clock.advance(1_000);
    const second = await before.connected();
    await before.clock.advance(5_000);
    kill(before, second);
    await before.clock.advance(ABSENT_MS);
    const source = new MemorySource({ beside: before }).ingest();
    await source.connected();
    await source.finish();
    const gaps = await gapsOf(source);
    expect(gaps).toMatchObject([
      { cause: "disconnect", scope: "all", fromAtMs: lastReceiptAtMs },
      { cause: "absence", scope: "all", fromAtMs: gaps[0]?.toAtMs },
    ]);
  });

  it("has nothing told twice where it was stopped instead", async () => {
    const { source: before, sinceAtMs } = await lacking();
    await before.clock.advance(1_500);
    await before.finish();
    const source = new MemorySource({ config: { wsMode: "targeted" }, beside: before }).ingest();
    await source.connected();
    await source.finish();
    const gaps = await gapsOf(source);
    expect(gaps.map(({ cause }) => cause)).toEqual(["unsubscribed", "absence"]);
    expect(gaps[0]).toMatchObject({ fromAtMs: sinceAtMs });
  });
});
