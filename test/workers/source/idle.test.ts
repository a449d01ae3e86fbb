import { describe, expect, it } from "vitest";
import { tradeEvent } from "../../support/entries.ts";
import { MemorySource } from "../../support/source.ts";

const NS_PER_MS = 1_000_000n;
const DELAY_MS = 900_000;

function watermarksMs(source: MemorySource): readonly number[] {
  return source.batches.map(({ meta }) => Number(meta.watermark.watermarkTsNs / NS_PER_MS));
}

describe("a source whose feed is quiet", () => {
  it("moves the watermark with every proof that the link is alive, behind by the measured lag and the bound", async () => {
    const source = new MemorySource().run();
    const peer = await source.connected();
    await source.trade(peer, { t: source.clock.now() - 30 });
    const before = source.batches.length;
    await source.clock.advance(10_000);
    const quiet = source.batches.slice(before);
    expect(quiet.length).toBeGreaterThanOrEqual(9);
    for (const { rows, meta } of quiet) {
      expect(rows).toEqual([]);
      expect(meta.watermark.completeness).toBe("Complete");
    }
    const nowMs = source.clock.now();
    const last = watermarksMs(source).at(-1) ?? 0;
    // 30 ms of lag and 250 ms of bound behind a proof that is a second old at most.
    expect(last).toBeLessThanOrEqual(nowMs - 280);
    expect(last).toBeGreaterThanOrEqual(nowMs - 280 - 1_010);
    await source.finish();
  });

  it("leaves the watermark where it is without a proof", async () => {
    const source = new MemorySource().run();
    const peer = await source.connected();
    peer.answersPings = false;
    await source.trade(peer);
    const [first] = watermarksMs(source);
    await source.clock.advance(20_000);
    expect(new Set(watermarksMs(source))).toEqual(new Set([first]));
    await source.finish();
  });

  it("says nothing before the first row", async () => {
    const source = new MemorySource().run();
    await source.connected();
    await source.clock.advance(30_000);
    expect(source.batches).toEqual([]);
    await source.finish();
  });

  it("marks nothing late of a feed that is 15 minutes delayed, and moves its watermark by that delay", async () => {
    const source = new MemorySource().run();
    const peer = await source.connected();
    for (let round = 0; round < 30; round++) {
      await source.trade(peer, { t: source.clock.now() - DELAY_MS });
      await source.clock.advance(round % 3 === 0 ? 4_000 : 100);
    }
    expect(source.batches.flatMap(({ meta }) => meta.lateRows ?? [])).toEqual([]);
    const [last = 0] = watermarksMs(source).slice(-1);
    expect(Math.abs(last - (source.clock.now() - DELAY_MS))).toBeLessThan(2_000);
    await source.finish();
  });

  it("marks late what comes behind the watermark, and still hands it out", async () => {
    const source = new MemorySource().run();
    const peer = await source.connected();
    await source.trade(peer);
    const nowMs = source.clock.now();
    peer.send(JSON.stringify([tradeEvent(nowMs, { p: 1 }), tradeEvent(nowMs - 5_000, { p: 2 })]));
    await source.clock.advance(20);
    const batch = source.batches.findLast(({ rows }) => rows.length === 2);
    expect(batch?.meta.lateRows).toEqual([1]);
    await source.finish();
  });

  it("marks nothing late because the wall clock was set: without a row its proofs say nothing about event times", async () => {
    const source = new MemorySource().run();
    const peer = await source.connected();
    let aheadMs = 0;
    for (const stepMs of [10_000, -4_000, 3_600_000, -3_600_000]) {
      for (let round = 0; round < 10; round++) {
        await source.trade(peer, { t: source.clock.now() - aheadMs });
        await source.clock.advance(round === 9 ? 5_000 : 300);
      }
      source.clock.stepWall(stepMs);
      aheadMs += stepMs;
      await source.clock.advance(5_000);
    }
    await source.trade(peer, { t: source.clock.now() - aheadMs });
    expect(source.batches.flatMap(({ meta }) => meta.lateRows ?? [])).toEqual([]);
    expect(source.feed.attempts).toBe(1);
    await source.finish();
  });

  it("never lets the watermark go back", async () => {
    const source = new MemorySource().run();
    const peer = await source.connected();
    for (let round = 0; round < 50; round++) {
      await source.trade(peer, { t: source.clock.now() - (round % 7) * 1_000 });
      await source.clock.advance(round % 5 === 0 ? 3_000 : 10);
    }
    const marks = watermarksMs(source);
    expect(marks).toEqual([...marks].sort((a, b) => a - b));
    await source.finish();
  });
});
