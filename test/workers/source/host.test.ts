import { describe, expect, it } from "vitest";
import type { DataBatch } from "../../../src/domain/market/batch.ts";
import type { TradeOrNbbo } from "../../../src/domain/market/rows.ts";
import { tradeEvent } from "../../support/entries.ts";
import { MemorySource } from "../../support/source.ts";

const FRAMES_PER_SEC = 100;
const TRADES_PER_FRAME = 50;

describe("a host that stops to iterate", () => {
  it("misses what its own tap sheds and sees one gap; the log misses nothing", async () => {
    const source = new MemorySource();
    const batches = source.manager.run(source.stop.signal)[Symbol.asyncIterator]();
    const first = batches.next();
    const peer = await source.connected();
    await source.trade(peer);
    await first;
    let sent = 1;
    const stoppedAtMs = source.clock.now();
    for (let tick = 0; tick < 60 * FRAMES_PER_SEC; tick++) {
      const trades = Array.from({ length: TRADES_PER_FRAME }, (_, index) => {
        return tradeEvent(source.clock.now(), { q: sent + index });
      });
      peer.send(JSON.stringify(trades));
      sent += TRADES_PER_FRAME;
      await source.clock.advance(1_000 / FRAMES_PER_SEC);
    }
    const resumedAtMs = source.clock.now();

    const seen: DataBatch<TradeOrNbbo>[] = [];
    const reading = (async () => {
      for (let step = await batches.next(); step.done !== true; step = await batches.next()) seen.push(step.value);
    })();
    await source.clock.advance(100);
    source.stop.abort();
    await source.clock.advance(2_000);
    await reading;

    const stored = (await source.stored()).filter(({ kind }) => kind === "frame");
    expect(stored).toHaveLength(60 * FRAMES_PER_SEC + 4);
    const gaps = seen.flatMap(({ meta }) => meta.gap ?? []);
    expect(gaps).toMatchObject([{ cause: "shed", scope: "all" }]);
    expect(gaps[0]?.fromAtMs).toBeGreaterThanOrEqual(stoppedAtMs);
    expect(gaps[0]?.toAtMs).toBeLessThanOrEqual(resumedAtMs);
    const counts = source.manager.tapCounts;
    expect((counts?.emitted.trades ?? 0) + (counts?.shed.trades ?? 0)).toBe(sent);
    expect(seen.reduce((sum, { rows }) => sum + rows.length, 0)).toBe((counts?.emitted.trades ?? 0) - 1);
    expect((await source.stored()).filter(({ kind }) => kind === "gap")).toEqual([]);
  });

  it("ends the connections when it breaks out of the loop, and everything received is in the log", async () => {
    const source = new MemorySource();
    const iterated = (async () => {
      for await (const { rows } of source.manager.run(source.stop.signal)) if (rows.length > 0) break;
    })();
    const peer = await source.connected();
    await source.trade(peer);
    await source.clock.advance(2_000);
    await iterated;
    expect(peer.closedByClient).toMatchObject({ code: 1000 });
    expect(source.feed.openLinks).toBe(0);
    expect(source.clock.pendingSleepers).toBe(0);
    expect((await source.stored()).at(-1)?.kind).toBe("closed");
  });

  it("loses nothing of a moment's pause", async () => {
    const source = new MemorySource();
    const batches = source.manager.run(source.stop.signal)[Symbol.asyncIterator]();
    const first = batches.next();
    const peer = await source.connected();
    await source.trade(peer);
    await first;
    for (let sent = 0; sent < 500; sent++) {
      peer.send(JSON.stringify([tradeEvent(source.clock.now(), { q: sent })]));
      await source.clock.advance(10);
    }
    expect(source.manager.tapCounts?.shed.trades).toBe(0);
    source.stop.abort();
    let rows = 0;
    const reading = (async () => {
      for (let step = await batches.next(); step.done !== true; step = await batches.next())
        rows += step.value.rows.length;
    })();
    await source.clock.advance(2_000);
    await reading;
    expect(rows).toBe(500);
  });

  it("runs once", async () => {
    const source = new MemorySource().ingest();
    await source.connected();
    await expect(source.manager.ingest(source.stop.signal)).rejects.toThrow("must not have run before");
    await expect(source.manager.run(source.stop.signal)[Symbol.asyncIterator]().next()).rejects.toThrow(TypeError);
    expect(await source.finish()).toBeUndefined();
  });
});
