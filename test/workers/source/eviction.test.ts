import { describe, expect, it } from "vitest";
import { MemorySource } from "../../support/source.ts";

const EVICTED = JSON.stringify([
  {
    ev: "status",
    status: "max_connections",
    message:
      "Maximum number of websocket connections exceeded. You have reached the connection limit for your account.",
  },
]);

describe("a source whose slot was taken by another process", () => {
  it("leaves it alone for a minute, says who holds it and what to do, and goes on as if nothing else had happened", async () => {
    const source = new MemorySource().run();
    const first = await source.connected();
    await source.trade(first);
    first.send(EVICTED);
    first.close(1008, "");
    const evictedAtMs = source.clock.now();
    await source.clock.advance(59_000);
    expect(source.feed.attempts).toBe(1);

    const warning = source.logger.entries.find(({ level }) => level === "warn");
    expect(warning?.message).toMatch(
      /Another process of this account holds the connection slot for options: stop it, or/,
    );
    expect(source.manager.workers[0]?.counts.totals.evicted_connections).toBe(1);
    expect(source.batches.at(-1)?.meta.watermark).toMatchObject({
      completeness: "Partial",
      hint: "options/0 is down: eviction",
    });

    await source.clock.advance(2_000);
    const second = await source.connected();
    expect([...source.provider.topicsOf(second)]).toEqual(["T.*"]);
    await source.trade(second);
    await source.finish();
    const gaps = source.batches.flatMap(({ meta }) => meta.gap ?? []);
    expect(gaps).toMatchObject([{ cause: "eviction", fromAtMs: evictedAtMs }]);
    expect(gaps[0]?.toAtMs).toBeGreaterThanOrEqual(evictedAtMs + 60_000);
  });

  it("does not fight another one: of two on one account the loser cools down while the winner streams", async () => {
    const loser = new MemorySource().run();
    const lost = await loser.connected();
    await loser.trade(lost);
    const winner = new MemorySource({ beside: loser }).run();
    const won = await winner.connected();
    lost.send(EVICTED);
    lost.cut();
    for (let second = 0; second < 50; second++) {
      await winner.trade(won);
      await winner.clock.advance(1_000);
    }
    expect(loser.feed.attempts).toBe(1);
    expect(winner.feed.attempts).toBe(1);
    expect(winner.manager.workers[0]?.phase).toBe("streaming");
    expect(loser.manager.workers[0]?.phase).toBe("backingOff");
    await winner.finish();
    await loser.finish();
  });

  it("comes back ever more seldom where it is evicted again and again, though each time its key is accepted", async () => {
    const source = new MemorySource().run();
    for (const [round, waitMs] of [60_000, 120_000, 240_000, 480_000, 900_000, 900_000].entries()) {
      const peer = await source.connected();
      peer.send(EVICTED);
      peer.close(1008, "");
      await source.clock.advance(waitMs - 1_000);
      expect(source.feed.attempts).toBe(round + 1);
      await source.clock.advance(1_000);
    }
    await source.finish();
  });
});

describe("a source that cannot go on", () => {
  it("ends with an error that names the asset class where the key is refused, never the key", async () => {
    const source = new MemorySource({ provider: { acceptsKey: () => false } }).run();
    await source.clock.advance(1_000);
    const error = await source.ended;
    expect(error).toMatchObject({ code: "STRIKEWIRE_WS", reason: "auth_failed" });
    expect(String(error)).toContain("options");
    expect(JSON.stringify([error, String(error), source.logger.entries])).not.toContain("secret");
    expect(source.clock.pendingSleepers).toBe(0);
    expect(source.feed.openLinks).toBe(0);
  });

  it("stops its other connections too, and appends what they had", async () => {
    const config = { wsResources: ["options_trades", "index_values"] as const };
    let keys = 0;
    const source = new MemorySource({ config, provider: { acceptsKey: () => ++keys === 1 } }).run();
    await source.clock.advance(1_000);
    expect(await source.ended).toMatchObject({ code: "STRIKEWIRE_WS" });
    expect(source.feed.openLinks).toBe(0);
    const kinds = (await source.stored()).filter(({ kind }) => kind === "closed");
    expect(kinds).toHaveLength(2);
  });

  it("goes on with what it gets where only some topics are refused, and names those without an answer", async () => {
    const config = { wsResources: ["options_trades", "options_quotes"] as const };
    const source = new MemorySource({ config, provider: { authorizes: (topic) => !topic.startsWith("Q.") } }).run();
    const peer = await source.connected();
    await source.trade(peer);
    await source.clock.advance(2_000);
    const refusal = source.logger.entries.find(({ message }) => message.startsWith("The provider refuses something"));
    expect(refusal?.fields).toMatchObject({ said: "not authorized", topics: "Q.O:SPXW251223P06870000" });
    await source.trade(peer);
    expect(source.manager.workers[0]?.phase).not.toBe("stopped");
    expect(await source.finish()).toBeUndefined();
  });
});
