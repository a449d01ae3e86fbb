import { describe, expect, it } from "vitest";
import type { DataBatch } from "../../../src/domain/market/batch.ts";
import type { TradeOrNbbo } from "../../../src/domain/market/rows.ts";
import { quoteEvent, tradeEvent } from "../../support/entries.ts";
import { MemorySource, type SourceSetup } from "../../support/source.ts";

/** 100,000 messages a second: 100 frames of one event in each millisecond. */
const FRAMES_PER_MS = 100;
const STALENESS_BOUND_MS = 200;
const HOUR_MS = 3_600_000;

type Kind = "trades" | "quotes";

/** Offers messages for a while; `kindOf` says what the nth of a millisecond is. */
async function offer(source: MemorySource, forMs: number, kindOf: (place: number) => Kind) {
  const peer = await source.connected();
  const offered = { trades: 0, quotes: 0 };
  for (let ms = 0; ms < forMs; ms++) {
    const nowMs = source.clock.now();
    for (let place = 0; place < FRAMES_PER_MS; place++) {
      const kind = kindOf(place);
      const sym = `O:SPXW251223P0${6_000 + (place % 50)}000`;
      offered[kind] += 1;
      const change = { sym, q: offered.trades + offered.quotes };
      peer.send(JSON.stringify([kind === "trades" ? tradeEvent(nowMs, change) : quoteEvent(nowMs, change)]));
    }
    await source.clock.advance(1);
  }
  return offered;
}

/** Takes batches, and needs `rowsPerMs` of the clock for them. */
function takeSlowly(source: MemorySource, rowsPerMs: number) {
  const seen = { trades: 0, quotes: 0, gaps: 0, stalestMs: 0, isDone: false };
  const take = async (): Promise<void> => {
    let owed = 0;
    for await (const { rows, meta } of source.manager.run(source.stop.signal) as AsyncIterable<
      DataBatch<TradeOrNbbo>
    >) {
      if (meta.gap !== undefined) seen.gaps += 1;
      for (const row of rows) {
        seen[row.type === "nbbo" ? "quotes" : "trades"] += 1;
        seen.stalestMs = Math.max(seen.stalestMs, source.clock.now() - (row.receivedAtMs ?? 0));
      }
      owed += rows.length / rowsPerMs;
      if (owed >= 1) await source.clock.sleep(Math.floor(owed));
      owed %= 1;
    }
    seen.isDone = true;
  };
  return { seen, taking: take() };
}

/** Half of what is offered can be processed: 50 frames in a turn of a millisecond. */
const HALF: SourceSetup = { options: { turn: { maxFrames: 50, lingerMs: 1 } } };

describe("a source that is offered twice as much as it can process", () => {
  it.each<[string, (place: number) => Kind, Partial<Record<Kind, number>>]>([
    ["four quotes to a trade", (place) => (place % 5 === 0 ? "trades" : "quotes"), { trades: 0 }],
    ["trades only", () => "trades", {}],
  ])("emits nothing stale, keeps its queue bounded and its accounts exact: %s", async (_, kindOf, shedOf) => {
    const source = new MemorySource(HALF).run();
    const [worker] = source.manager.workers;
    let longestMs = 0;
    let mostEvents = 0;
    const watched = (async () => {
      while (!source.stop.signal.aborted) {
        const { queue_ms, queue_events } = worker?.gauges() ?? { queue_ms: 0, queue_events: 0 };
        longestMs = Math.max(longestMs, queue_ms);
        mostEvents = Math.max(mostEvents, queue_events);
        await source.clock.sleep(5);
      }
    })();
    const offered = await offer(source, 2_000, kindOf);
    await source.clock.advance(500);
    expect(await source.finish()).toBeUndefined();
    await watched;

    const rows = source.batches.flatMap(({ rows }) => rows);
    const emitted = { trades: 0, quotes: 0 };
    for (const { type } of rows) emitted[type === "nbbo" ? "quotes" : "trades"] += 1;
    const shed = worker?.counts.totals.shed_events ?? 0;
    expect(shed).toBeGreaterThan(0);
    expect(emitted.trades + emitted.quotes + shed).toBe(offered.trades + offered.quotes);
    for (const [kind, most] of Object.entries(shedOf)) {
      expect(offered[kind as Kind] - emitted[kind as Kind]).toBeLessThanOrEqual(most);
    }
    expect(longestMs).toBeLessThan(STALENESS_BOUND_MS);
    expect(mostEvents).toBeLessThan(20_000);

    // What is in the log is what was emitted, and every loss lies in a gap.
    const drafts = await source.stored();
    const frames = drafts.filter((draft) => draft.kind === "frame" && !draft.payload.includes("status"));
    expect(frames).toHaveLength(emitted.trades + emitted.quotes);
    const gaps = drafts.flatMap((draft) => (draft.kind === "gap" ? [draft.gap] : []));
    expect(gaps.length).toBeGreaterThan(0);
    expect(gaps.every(({ cause }) => cause === "shed")).toBe(true);
    if (shedOf.trades === 0) expect(gaps.every(({ scope }) => scope === "quotes")).toBe(true);
    expect(source.batches.flatMap(({ meta }) => meta.gap ?? [])).toEqual(gaps);
    const seqs = drafts.map(({ position }) => position.seq);
    expect(seqs).toEqual(seqs.map((__, index) => index + 1));
  });

  it("goes back to losing nothing once it can follow again", async () => {
    const source = new MemorySource(HALF).run();
    await offer(source, 1_000, (place) => (place % 2 === 0 ? "trades" : "quotes"));
    await source.clock.advance(1_000);
    const [worker] = source.manager.workers;
    const shed = worker?.counts.totals.shed_events;
    const [peer] = source.feed.links;
    for (let ms = 0; ms < 500; ms++) {
      peer?.send(JSON.stringify([quoteEvent(source.clock.now())]));
      await source.clock.advance(1);
    }
    expect(worker?.counts.totals.shed_events).toBe(shed);
    await source.finish();
  });
});

describe("a host that can take half of what is offered", () => {
  it.each<[string, (place: number) => Kind]>([
    ["four quotes to a trade", (place) => (place % 5 === 0 ? "trades" : "quotes")],
    ["trades only", () => "trades"],
  ])("gets nothing stale, and its tap's accounts are exact: %s", async (_, kindOf) => {
    const source = new MemorySource();
    const { seen, taking } = takeSlowly(source, 50);
    const offered = await offer(source, 2_000, kindOf);
    source.stop.abort();
    while (!seen.isDone) await source.clock.advance(100);
    await taking;

    expect(seen.stalestMs).toBeLessThan(STALENESS_BOUND_MS);
    const counts = source.manager.tapCounts;
    expect(counts?.emitted).toMatchObject({ trades: seen.trades, quotes: seen.quotes });
    expect(seen.trades + (counts?.shed.trades ?? 0)).toBe(offered.trades);
    expect(seen.quotes + (counts?.conflated ?? 0) + (counts?.shed.quotes ?? 0)).toBe(offered.quotes);
    if (offered.quotes > 0) {
      expect(counts?.conflated).toBeGreaterThan(0);
      expect(counts?.shed.trades).toBe(0);
    } else expect(seen.gaps).toBeGreaterThan(0);
    // The log has it all.
    const stored = (await source.stored()).filter(
      (draft) => draft.kind === "frame" && !draft.payload.includes("status"),
    );
    expect(stored).toHaveLength(offered.trades + offered.quotes);
  });
});

describe("a source whose wall clock is set while frames wait", () => {
  it.each([HOUR_MS, -HOUR_MS, 10_000, -10_000])("sheds nothing for it, nor does its tap: by %d ms", async (stepMs) => {
    // Bursts of four turns every 10 ms, for a host that is busy for 40 ms at a time, half of the time.
    const source = new MemorySource({ options: { turn: { maxFrames: 100, lingerMs: 1 } } });
    const taken = { rows: 0, isDone: false };
    const take = async (): Promise<void> => {
      let untilBusy = 0;
      for await (const { rows } of source.manager.run(source.stop.signal)) {
        taken.rows += rows.length;
        untilBusy += rows.length;
        if (untilBusy < 3_200) continue;
        untilBusy = 0;
        await source.clock.sleep(40);
      }
      taken.isDone = true;
    };
    const taking = take();
    const peer = await source.connected();
    let aheadMs = 0;
    let offered = 0;
    for (let burst = 0; burst < 200; burst++) {
      for (let place = 0; place < 400; place++) {
        if (burst === 100 && place === 200) {
          source.clock.stepWall(stepMs);
          aheadMs = stepMs;
        }
        offered += 1;
        peer.send(JSON.stringify([quoteEvent(source.clock.now() - aheadMs, { q: offered })]));
      }
      await source.clock.advance(10);
    }
    await source.clock.advance(500);
    source.stop.abort();
    while (!taken.isDone) await source.clock.advance(100);
    await taking;
    const [worker] = source.manager.workers;
    expect(worker?.counts.totals.shed_events ?? 0).toBe(0);
    const { conflated, shed } = source.manager.tapCounts ?? {};
    expect([conflated, shed?.quotes]).toEqual([0, 0]);
    const gaps = (await source.stored()).flatMap((draft) => (draft.kind === "gap" ? [draft.gap.cause] : []));
    expect(gaps.filter((cause) => cause !== "quarantine")).toEqual([]);
    if (stepMs > 0) expect(taken.rows).toBe(offered);
  });
});
