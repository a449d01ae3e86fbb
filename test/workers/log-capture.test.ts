import { describe, expect, it } from "vitest";
import { SILENT_LOGGER } from "../../src/adapters/memory/index.ts";
import { CaptureError, StorageError, UnavailableError } from "../../src/domain/errors.ts";
import { CURSOR_START, type Cursor, type CursorRange } from "../../src/domain/stream/cursor.ts";
import type { RawLog } from "../../src/ports/raw-log.ts";
import { LogCapture, type LogCaptureOptions } from "../../src/workers/replay/log-capture.ts";
import { EntryWriter, SAMPLE_MS, tradeEvent } from "../support/entries.ts";
import { type MemoryPipeline, memoryPipeline } from "../support/pipeline.ts";

const NEVER = new AbortController().signal;

/** A log of nine entries that keeps no more than it has to, and the cursors of its entries. */
async function nineEntries() {
  const pipeline = memoryPipeline({ softMaxEntries: 0, hardMaxBytes: 1e9 });
  const writer = new EntryWriter();
  for (let n = 0; n < 9; n++) writer.frame(SAMPLE_MS + n, [tradeEvent(SAMPLE_MS + n)]);
  await pipeline.ports.log.append("test", 1, writer.drafts);
  const { entries } = await pipeline.ports.log.read(CURSOR_START, 100, 0, NEVER);
  const cursors = entries.map(({ cursor }) => cursor);
  const at = (place: number): string => cursors[place - 1] ?? "";
  return { pipeline, drafts: writer.drafts, at };
}

function capture(
  pipeline: MemoryPipeline,
  options: Partial<LogCaptureOptions>,
  log: Pick<RawLog, "read"> = pipeline.ports.log,
) {
  const trimmed: CursorRange[] = [];
  const stretch = { after: CURSOR_START, until: "9-9", batchEntries: 2, ...options };
  const ports = { log, clock: pipeline.clock, logger: SILENT_LOGGER };
  const source = new LogCapture(ports, { ...stretch, onTrimmed: (range) => trimmed.push(range) });
  return { source, trimmed };
}

async function allOf(source: LogCapture, onBatch: (batch: number) => Promise<unknown> = async () => undefined) {
  const records = [];
  let batches = 0;
  for await (const batch of source.records(NEVER)) {
    records.push(...batch);
    batches += 1;
    await onBatch(batches);
  }
  return records;
}

describe("LogCapture", () => {
  it("gives the entries up to the end that it was told, as often as it is asked, and leaves the log as it is", async () => {
    const { pipeline, drafts, at } = await nineEntries();
    for (const until of [8, 9]) {
      const { source, trimmed } = capture(pipeline, { until: at(until) });
      const expected = drafts.slice(0, until).map((draft, index) => ({ kind: "entry", draft, cursor: at(index + 1) }));
      expect(await allOf(source)).toEqual(expected);
      expect(await allOf(source)).toEqual(expected);
      expect(trimmed).toEqual([]);
    }
    expect(await pipeline.ports.log.countAfter(CURSOR_START)).toBe(9);
  });

  it("begins behind the place that it was told", async () => {
    const { pipeline, at } = await nineEntries();
    const { source } = capture(pipeline, { after: at(3), until: at(5) });
    expect((await allOf(source)).map(({ cursor }) => cursor)).toEqual([at(4), at(5)]);
  });

  it("leaves out what is appended while it reads", async () => {
    const { pipeline, drafts, at } = await nineEntries();
    const { source } = capture(pipeline, { until: at(9) });
    const records = await allOf(source, (batch) => pipeline.ports.log.append("test", 9 + batch, drafts.slice(0, 1)));
    expect(records).toHaveLength(9);
  });

  it("tells what was trimmed before it came there, and goes on behind it", async () => {
    const { pipeline, at } = await nineEntries();
    const { source, trimmed } = capture(pipeline, { until: at(9) });
    const records = await allOf(source, async (batch) => {
      if (batch === 1) await pipeline.ports.log.trim(at(5));
    });
    expect(records.map(({ cursor }) => cursor)).toEqual([1, 2, 6, 7, 8, 9].map(at));
    expect(trimmed).toEqual([{ from: at(3), to: at(5) }]);
  });

  it("ends where everything up to the end was trimmed, and tells no more than that", async () => {
    const { pipeline, at } = await nineEntries();
    const { source, trimmed } = capture(pipeline, { until: at(4) });
    const records = await allOf(source, async (batch) => {
      if (batch === 1) await pipeline.ports.log.trim(at(9));
    });
    expect(records).toHaveLength(2);
    expect(trimmed).toEqual([{ from: at(3), to: at(4) }]);
  });

  it("fails where the log was emptied, or begun anew behind its end", async () => {
    const { pipeline, at } = await nineEntries();
    for (const later of [[], (await pipeline.ports.log.read(at(8), 1, 0, NEVER)).entries]) {
      const emptied: Pick<RawLog, "read"> = {
        read: async (after, ...rest) => {
          if (after === CURSOR_START) return pipeline.ports.log.read(after, ...rest);
          return { entries: later, trimmed: undefined };
        },
      };
      const { source, trimmed } = capture(
        { ...pipeline, ports: { ...pipeline.ports, log: emptied as RawLog } },
        { until: at(8) },
      );
      const records: Cursor[] = [];
      const reading = async (): Promise<void> => {
        for await (const batch of source.records(NEVER)) records.push(...batch.map(({ cursor }) => cursor));
      };
      const text = `it must keep its entries up to ${at(8)}, behind ${at(2)} it has none of them`;
      await expect(reading()).rejects.toThrow(text);
      await expect(reading()).rejects.toBeInstanceOf(CaptureError);
      expect([records, trimmed]).toEqual([[at(1), at(2), at(1), at(2)], []]);
    }
  });

  it("does not tell what was trimmed before the place where it begins", async () => {
    const { pipeline, at } = await nineEntries();
    await pipeline.ports.log.trim(at(3));
    const { source, trimmed } = capture(pipeline, { after: at(3), until: at(9) });
    expect(await allOf(source)).toHaveLength(6);
    expect(trimmed).toEqual([]);
  });

  it("waits for a log that is away, and fails with one that refuses", async () => {
    const { pipeline, at } = await nineEntries();
    const errors: Error[] = [new UnavailableError("away"), new UnavailableError("away")];
    const faulty: Pick<RawLog, "read"> = {
      read: async (...args) => {
        const error = errors.shift();
        if (error !== undefined) throw error;
        return pipeline.ports.log.read(...args);
      },
    };
    const { source } = capture(pipeline, { until: at(9) }, faulty);
    const reading = allOf(source);
    await pipeline.clock.advance(100);
    await pipeline.clock.advance(200);
    expect(await reading).toHaveLength(9);
    errors.push(new StorageError("no entry"));
    await expect(allOf(source)).rejects.toThrow("no entry");
  });

  it("ends without error on an abort, also while the log is away", async () => {
    const { pipeline, at } = await nineEntries();
    const stop = new AbortController();
    const { source } = capture(pipeline, { until: at(9) });
    const records = [];
    for await (const batch of source.records(stop.signal)) {
      records.push(...batch);
      stop.abort();
    }
    expect(records).toHaveLength(2);
    const stopAway = new AbortController();
    const away = capture(pipeline, { until: at(9) }, { read: () => Promise.reject(new UnavailableError("away")) });
    const next = away.source.records(stopAway.signal).next();
    await pipeline.clock.advance(50);
    stopAway.abort();
    await pipeline.clock.advance(0);
    expect(await next).toEqual({ done: true, value: undefined });
  });
});
