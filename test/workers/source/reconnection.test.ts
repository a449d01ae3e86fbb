import { describe, expect, it } from "vitest";
import { MemorySource } from "../../support/source.ts";

const NS_PER_MS = 1_000_000n;

describe("a source that is disconnected", () => {
  it("waits 1, 2, 4 s, comes back, resumes all, and tells one gap with its true bounds", async () => {
    const source = new MemorySource().run();
    const first = await source.connected();
    expect([...source.provider.topicsOf(first)]).toEqual(["T.*"]);
    await source.trade(first);
    await source.clock.advance(5_000);
    await source.trade(first, { p: 7.8 });
    const lastReceiptAtMs = source.clock.now() - 20;
    const told = source.batches.length;

    source.feed.refuse(undefined, 2);
    first.cut();
    const cutAtMs = source.clock.now();
    const attemptsAt: number[] = [];
    for (let attempts = source.feed.attempts; source.feed.openLinks === 0; attempts = source.feed.attempts) {
      await source.clock.advance(10);
      if (source.feed.attempts > attempts) attemptsAt.push(source.clock.now() - cutAtMs);
    }
    expect(attemptsAt).toEqual([1_000, 3_000, 7_000]);

    const meanwhile = source.batches.slice(told);
    expect(meanwhile.length).toBeGreaterThanOrEqual(7);
    for (const { rows, meta } of meanwhile) {
      expect(rows).toEqual([]);
      expect(meta.watermark).toEqual({
        watermarkTsNs: BigInt(lastReceiptAtMs) * NS_PER_MS,
        completeness: "Partial",
        hint: "options/0 is down: disconnect",
      });
    }

    const second = await source.connected();
    // The answer to the key waited 2 ms for company.
    const confirmedAtMs = cutAtMs + 7_002;
    expect([...source.provider.topicsOf(second)]).toEqual(["T.*"]);
    await source.trade(second, { p: 7.9 });
    expect(await source.finish()).toBeUndefined();

    const gap = {
      connection: "options/0",
      fromAtMs: lastReceiptAtMs,
      toAtMs: confirmedAtMs,
      cause: "disconnect",
      scope: "all",
      instruments: undefined,
    };
    expect(source.batches.flatMap(({ meta }) => meta.gap ?? [])).toEqual([gap]);
    expect((await source.stored()).flatMap((draft) => (draft.kind === "gap" ? [draft.gap] : []))).toEqual([gap]);
    const last = source.batches.findLast(({ rows }) => rows.length > 0);
    expect(last?.rows).toMatchObject([{ price: 7.9 }]);
    expect(last?.meta.watermark.completeness).toBe("Complete");
  });

  it.each([-3_600_000, 3_600_000, 20_000])(
    "stays connected though the wall clock is set by %d ms, and says that it was",
    async (stepMs) => {
      const source = new MemorySource().run();
      const peer = await source.connected();
      await source.trade(peer);
      source.clock.stepWall(stepMs);
      await source.clock.advance(120_000);
      await source.trade(peer, { t: source.clock.now() - stepMs });
      expect(source.feed.attempts).toBe(1);
      const told = source.logger.entries.filter(({ message }) => message.startsWith("The wall clock was set"));
      expect(told.map(({ fields }) => fields)).toEqual([{ connection: "options/0", by_ms: stepMs }]);
      expect(await source.finish()).toBeUndefined();
    },
  );

  it.each([3_600_000, -3_600_000])(
    "waits longer each time though the wall clock is set by %d ms on a link of seconds",
    async (stepMs) => {
      const source = new MemorySource().run();
      const waitsMs: number[] = [];
      for (let round = 0; round < 4; round++) {
        const peer = await source.connected();
        await source.trade(peer);
        source.clock.stepWall(stepMs);
        await source.trade(peer);
        await source.clock.advance(1_000);
        peer.cut();
        const cutMs = source.clock.monotonic();
        while (source.feed.openLinks === 0) await source.clock.advance(10);
        waitsMs.push(source.clock.monotonic() - cutMs);
      }
      expect(waitsMs).toEqual([1_000, 2_000, 4_000, 8_000]);
      await source.finish();
    },
  );
});
