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

  it("stays connected through the wall clock's jumps", async () => {
    const source = new MemorySource().run();
    const peer = await source.connected();
    await source.trade(peer);
    source.clock.stepWall(-3_600_000);
    await source.clock.advance(120_000);
    await source.trade(peer);
    expect(source.feed.attempts).toBe(1);
    expect(await source.finish()).toBeUndefined();
  });
});
