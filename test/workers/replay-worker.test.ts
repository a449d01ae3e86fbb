import { describe, expect, it } from "vitest";
import { CaptureError } from "../../src/domain/errors.ts";
import type { CaptureRecord, CaptureSource } from "../../src/ports/capture.ts";
import { WsHydrator } from "../../src/workers/hydrator/ws-hydrator.ts";
import type { ReplayOptions } from "../../src/workers/replay/options.ts";
import { ReplayWorker } from "../../src/workers/replay/replay-worker.ts";
import { captureOf, recorded } from "../support/capture.ts";
import { EntryWriter, SAMPLE_MS, tradeEvent } from "../support/entries.ts";
import { hydrated, type MemoryPipeline, memoryPipeline } from "../support/pipeline.ts";

const T = SAMPLE_MS;
const NEVER = new AbortController().signal;

function frames(...atMs: readonly (number | undefined)[]): CaptureRecord[] {
  return atMs.map((ms) => recorded(ms, [tradeEvent(ms ?? T)]));
}

function replay(pipeline: MemoryPipeline, records: readonly CaptureRecord[], options: Partial<ReplayOptions> = {}) {
  const worker = new ReplayWorker({ ...pipeline.ports, capture: captureOf(records) }, { producer: "test", ...options });
  return (signal: AbortSignal = NEVER) => worker.run(signal);
}

async function stored(pipeline: MemoryPipeline) {
  const { entries } = await pipeline.ports.log.read("0-0", 10_000, 0, NEVER);
  return entries.map(({ draft }) => draft);
}

describe("ReplayWorker", () => {
  it("appends every frame verbatim, numbered, with its receipt time", async () => {
    const pipeline = memoryPipeline();
    const odd = '[ {"ev":"T", "t":1} ';
    const records: CaptureRecord[] = [...frames(T, T + 5), { kind: "frame", receivedAtMs: undefined, payload: odd }];
    expect(await replay(pipeline, records)()).toMatchObject({ records: 3 });
    const drafts = await stored(pipeline);
    expect(drafts.map(({ position, receivedAtMs }) => [position.epoch, position.seq, receivedAtMs])).toEqual([
      [T, 1, T],
      [T, 2, T + 5],
      [T, 3, undefined],
    ]);
    expect(drafts[2]).toMatchObject({ payload: odd });
  });

  it("keeps the places that entries of a raw log carry", async () => {
    const pipeline = memoryPipeline();
    const writer = new EntryWriter()
      .frame(T, [tradeEvent(T)])
      .reconnect(T + 1, T + 2)
      .heartbeat(T + 3);
    await replay(
      pipeline,
      writer.drafts.map((draft) => ({ kind: "entry", draft })),
    )();
    expect(await stored(pipeline)).toEqual(writer.drafts);
  });

  it("ends where the log has lost what it had appended", async () => {
    const pipeline = memoryPipeline();
    let asked = 0;
    const emptied = new Proxy(pipeline.ports.log, {
      get(log, name) {
        const method: unknown = Reflect.get(log, name, log);
        if (name === "storedSeq") return async () => (asked++ === 0 ? 0 : 3);
        return typeof method === "function" ? method.bind(log) : method;
      },
    });
    const records = Array.from({ length: 600 }, (_, index) => frames(T + index)).flat();
    const worker = new ReplayWorker(
      { ...pipeline.ports, log: emptied, capture: captureOf(records) },
      { producer: "test" },
    );
    await expect(worker.run(NEVER)).rejects.toThrow(
      "the raw log must hold the 512 entries appended so far, it holds 3",
    );
  });

  it("tells what the log had of it before", async () => {
    const pipeline = memoryPipeline();
    const all = frames(T, T + 1, T + 2);
    expect(await replay(pipeline, all.slice(0, 2))()).toMatchObject({ stored: 2, repeated: 0 });
    expect(await replay(pipeline, all)()).toMatchObject({ stored: 1, repeated: 2 });
    expect(await replay(pipeline, all)()).toMatchObject({ stored: 0, repeated: 3 });
  });

  it("adds nothing when it is repeated under the same name, and only the rest after a half", async () => {
    const pipeline = memoryPipeline();
    const all = frames(T, T + 1, T + 2, T + 3, T + 4, T + 5, T + 6);
    await replay(pipeline, all.slice(0, 4))();
    await replay(pipeline, all)();
    await replay(pipeline, all)();
    expect((await stored(pipeline)).map(({ receivedAtMs }) => receivedAtMs)).toEqual(
      [0, 1, 2, 3, 4, 5, 6].map((n) => T + n),
    );
  });

  it("gives bare frames behind entries with places an epoch of their own: none is taken for a repeat", async () => {
    const pipeline = memoryPipeline();
    const placed = new EntryWriter()
      .frame(T, [tradeEvent(T)])
      .drafts.map((draft) => ({ kind: "entry", draft }) as const);
    await replay(pipeline, [...placed, ...frames(undefined, undefined)])();
    const places = (await stored(pipeline)).map(({ position }) => [position.epoch, position.seq]);
    expect(places).toEqual([
      [1, 1],
      [2, 1],
      [2, 2],
    ]);
  });

  it("loses no frame when it is stopped in the middle of an outage and taken up again", async () => {
    const status = (name: string) => [{ ev: "status", status: name, message: name }];
    const records = [
      ...frames(T),
      recorded(T + 1_000, status("connected")),
      recorded(T + 60_000, status("success")),
      ...frames(T + 60_001, T + 60_002),
    ];
    const stopped = memoryPipeline();
    const stop = new AbortController();
    const running = replay(stopped, records, { speed: 1 })(stop.signal);
    await stopped.clock.advance(2_000);
    stop.abort();
    await running;
    await replay(stopped, records)();
    const undisturbed = memoryPipeline();
    await replay(undisturbed, records)();
    expect(await stored(stopped)).toEqual(await stored(undisturbed));
  });

  it("says how many entries the log did not have yet", async () => {
    const pipeline = memoryPipeline();
    expect(await replay(pipeline, frames(T, T + 1))()).toMatchObject({ records: 2, stored: 2 });
    expect(await replay(pipeline, frames(T, T + 1, T + 2))()).toMatchObject({ records: 3, stored: 1 });
  });

  it("replays one recording after another into the same log, each counted once", async () => {
    const pipeline = memoryPipeline();
    const dayMs = 86_400_000;
    const monday = frames(T, T + 1);
    const tuesday = frames(T + dayMs, T + dayMs + 1, T + dayMs + 2);
    await replay(pipeline, monday, { producer: "replay/monday" })();
    await replay(pipeline, tuesday, { producer: "replay/tuesday" })();
    await replay(pipeline, monday, { producer: "replay/monday again" })();
    const stop = new AbortController();
    const hydrating = new WsHydrator(pipeline.ports, { owner: "test" }).run(stop.signal);
    await hydrated(pipeline);
    stop.abort();
    await hydrating;
    expect(await pipeline.ports.store.counters()).toMatchObject({ trades: 5, repeated: 2, gaps: 0 });
  });

  it("waits for readers by the size of what they have not read, too", async () => {
    const pipeline = memoryPipeline();
    await pipeline.ports.store.acquire(0, "reader", 60_000);
    const large = frames(...Array.from({ length: 40 }, (_, index) => T + index)).map((record) =>
      record.kind === "frame" ? { ...record, payload: record.payload.padEnd(1_000_000) } : record,
    );
    const stop = new AbortController();
    const running = replay(pipeline, large, { maxLagCharacters: 8_000_000 })(stop.signal);
    await pipeline.clock.advance(1_000);
    const unread = await pipeline.ports.log.countAfter("0-0");
    expect(unread).toBeGreaterThan(7);
    expect(unread).toBeLessThan(14);
    stop.abort();
    await running;
  });

  it("keeps the recorded pace, or a multiple of it", async () => {
    const pipeline = memoryPipeline();
    const running = replay(pipeline, frames(T, T, T + 1_000, T + 3_000), { speed: 10 })();
    const countAfter = async (ms: number): Promise<number> => {
      await pipeline.clock.advance(ms);
      return (await stored(pipeline)).length;
    };
    expect(await countAfter(0)).toBe(2);
    expect(await countAfter(99)).toBe(2);
    expect(await countAfter(1)).toBe(3);
    expect(await countAfter(199)).toBe(3);
    expect(await countAfter(1)).toBe(4);
    await running;
  });

  it("paces by event time where no receipt time was kept", async () => {
    const pipeline = memoryPipeline();
    const records = [
      recorded(undefined, [tradeEvent(T)]),
      recorded(undefined, [tradeEvent(T - 5), tradeEvent(T + 500)]),
    ];
    const running = replay(pipeline, records, { speed: 1 })();
    await pipeline.clock.advance(499);
    expect(await stored(pipeline)).toHaveLength(1);
    await pipeline.clock.advance(1);
    expect(await stored(pipeline)).toHaveLength(2);
    await running;
  });

  it("replays the stretch asked for, its start included and its end excluded", async () => {
    const pipeline = memoryPipeline();
    await replay(pipeline, frames(T - 1, T, T + 1, T + 2), { fromAtMs: T, toAtMs: T + 2 })();
    expect((await stored(pipeline)).map(({ receivedAtMs }) => receivedAtMs)).toEqual([T, T + 1]);
  });

  it("waits while a reader lags and goes on when it has caught up", async () => {
    const pipeline = memoryPipeline();
    const { store, log } = pipeline.ports;
    const acquired = await store.acquire(0, "reader", 60_000);
    if (acquired.status !== "acquired") throw new Error("the lease is free");
    const many = frames(...Array.from({ length: 3_000 }, (_, index) => T + index));
    const running = replay(pipeline, many, { maxLagEntries: 600 })();
    await pipeline.clock.advance(1_000);
    const waiting = await log.countAfter("0-0");
    expect(waiting).toBeGreaterThan(600);
    expect(waiting).toBeLessThan(600 + 2 * 512 + 150);
    await pipeline.clock.advance(10_000);
    expect(await log.countAfter("0-0")).toBe(waiting);

    for (let prev = "0-0"; ; ) {
      const { entries } = await log.read(prev, 100, 0, NEVER);
      const next = entries.at(-1)?.cursor;
      if (next === undefined) break;
      const step = { trades: [], totals: [], ledgers: [], counters: {}, gaps: [], quarantine: [] };
      await store.commit(acquired.lease, { prev, next, ...step });
      prev = next;
      await pipeline.clock.advance(10);
    }
    await running;
    expect(await log.countAfter("0-0")).toBe(3_000);
    expect(pipeline.clock.pendingSleepers).toBe(0);
  });

  it("stops on an abort with what was appended so far, also while it waits for the next frame's time", async () => {
    const pipeline = memoryPipeline();
    const stop = new AbortController();
    const running = replay(pipeline, frames(T, T + 60_000), { speed: 1 })(stop.signal);
    await pipeline.clock.advance(10);
    stop.abort();
    expect(await running).toMatchObject({ records: 1 });
    expect(await stored(pipeline)).toHaveLength(1);
    expect(pipeline.clock.pendingSleepers).toBe(0);
  });

  it("appends what stood before a fault of the recording, and tells the fault", async () => {
    const pipeline = memoryPipeline();
    const broken = new CaptureError("Cannot read a capture: line 3 is torn", 3);
    const capture: CaptureSource = {
      async *records() {
        yield frames(T, T + 1);
        throw broken;
      },
    };
    const worker = new ReplayWorker({ ...pipeline.ports, capture }, { producer: "test" });
    await expect(worker.run(NEVER)).rejects.toBe(broken);
    expect(await stored(pipeline)).toHaveLength(2);
  });

  it.each<[string, Partial<ReplayOptions>]>([
    ["speed", { speed: 0 }],
    ["speed", { speed: Number.NaN }],
    ["toAtMs", { fromAtMs: 5, toAtMs: 5 }],
    ["maxLagEntries", { maxLagEntries: 0 }],
    ["maxLagCharacters", { maxLagCharacters: 0.5 }],
  ])("refuses a bad %s", (name, options) => {
    expect(() => replay(memoryPipeline(), [], options)).toThrow(new RegExp(`'${name}'`));
  });
});
