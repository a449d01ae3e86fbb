import { describe, expect, it } from "vitest";
import { isStrikewireError } from "../../src/domain/errors.ts";
import { PRODUCER, Source, spoolOn, stored } from "../support/spool.ts";

describe("RawSpool appending", () => {
  it("gathers what comes within 10 ms of the first entry into one append, in order, as it came", async () => {
    const { spool, clock, log, pipeline, stop, run } = spoolOn();
    const source = new Source();
    const running = run();
    const pushed = [source.trades(), source.heartbeat(), source.quotes()] as const;
    await clock.advance(0);
    spool.push(...pushed[0]);
    await clock.advance(5);
    spool.push(...pushed[1]);
    await clock.advance(4);
    spool.push(...pushed[2]);
    expect(log.appends).toEqual([]);
    await clock.advance(1);
    const drafts = pushed.map(([draft]) => draft);
    expect(log.appends).toEqual([{ producer: PRODUCER, firstSeq: 1, entries: drafts }]);
    spool.push(...source.trades());
    await clock.advance(9);
    expect(log.appends).toHaveLength(1);
    await clock.advance(1);
    expect(log.appends[1]?.firstSeq).toBe(4);
    expect((await stored(pipeline)).slice(0, 3)).toEqual(drafts);
    stop.abort();
    expect(await running).toEqual({ entries: 0, frames: 0, bytes: 0 });
    expect(clock.pendingSleepers).toBe(0);
  });

  it("appends at once when a batch is full, in entries or in bytes", async () => {
    const source = new Source();
    const frames = Array.from({ length: 6 }, () => source.trades());
    const cost = (frames[0]?.[0].payload.length ?? 0) + 256;
    for (const [options, sizes] of [
      [{ batchEntries: 3 }, [3]],
      [{ batchBytes: 2 * cost }, [2, 2]],
      [{ batchBytes: 2 * cost - 1 }, [1, 1, 1, 1]],
      [{ batchBytes: 1 }, [1, 1, 1, 1, 1]],
    ] as const) {
      const { spool, clock, log, stop, run } = spoolOn(options);
      const running = run();
      await clock.advance(0);
      for (const frame of frames.slice(0, 5)) spool.push(...frame);
      await clock.advance(0);
      expect(log.appends.map(({ entries }) => entries.length)).toEqual(sizes);
      stop.abort();
      await running;
    }
  });

  it("appends once at a time, whatever is pushed meanwhile", async () => {
    const { spool, clock, log, stop, run } = spoolOn({ batchEntries: 2, flushMs: 50 });
    const source = new Source();
    const running = run();
    log.mood = "silent";
    for (let n = 0; n < 10; n++) {
      spool.push(...source.trades());
      await clock.advance(20);
    }
    expect(log.asked).toBe(1);
    expect(log.mostPending).toBe(1);
    stop.abort();
    await clock.advance(50);
    expect(await running).toMatchObject({ entries: 10, frames: 10 });
  });

  it("goes on with the sequence of the process before it", async () => {
    const first = spoolOn();
    const source = new Source();
    for (let n = 0; n < 3; n++) first.spool.push(...source.trades());
    first.stop.abort();
    await first.run();
    const second = spoolOn({}, first.pipeline);
    const again = source.reconnect();
    for (const entry of again) second.spool.push(...entry);
    second.stop.abort();
    expect(await second.run()).toMatchObject({ entries: 0 });
    expect(second.log.appends.map(({ firstSeq }) => firstSeq)).toEqual([4]);
    expect(await stored(first.pipeline)).toHaveLength(6);
  });
});

describe("RawSpool while the log is away", () => {
  it("repeats a try whose answer was lost as it was, and the log has it once", async () => {
    const { spool, clock, log, pipeline, stop, run } = spoolOn();
    const source = new Source();
    const running = run();
    const frames = [source.trades(), source.trades(), source.trades()] as const;
    const [first, second, third] = frames;
    spool.push(...first);
    await clock.advance(10);
    log.mood = "lost";
    spool.push(...second);
    await clock.advance(10);
    spool.push(...third);
    await clock.advance(100);
    log.mood = "well";
    await clock.advance(200);
    await clock.advance(10);
    const calls = log.appends.map(({ firstSeq, entries }) => [firstSeq, entries]);
    expect(calls).toEqual([[1, [first[0]]], ...[0, 100, 300].map(() => [2, [second[0]]]), [3, [third[0]]]]);
    expect(await stored(pipeline)).toEqual(frames.map(([draft]) => draft));
    stop.abort();
    await running;
  });

  it("tries again after 0.1, 0.2, 0.4, 0.8 and then every 1 s, and says once that it is away and once that it is back", async () => {
    for (const mood of ["unavailable", "full"] as const) {
      const { spool, clock, log, logger, stop, run } = spoolOn();
      const running = run();
      spool.push(...new Source().trades());
      await clock.advance(10);
      log.mood = mood;
      spool.push(...new Source(1).trades());
      const triesAt: number[] = [];
      const from = clock.monotonic();
      for (let ms = 0; ms <= 4_000; ms++) {
        const before = log.appends.length;
        await clock.advance(1);
        if (log.appends.length > before) triesAt.push(clock.monotonic() - from);
      }
      expect(triesAt).toEqual([10, 110, 310, 710, 1_510, 2_510, 3_510]);
      log.mood = "well";
      await clock.advance(1_000);
      expect(logger.entries.map(({ level, message }) => [level, message])).toEqual([
        ["error", "Cannot append to the raw log, spooling until it is back"],
        ["info", "The raw log is back"],
      ]);
      expect(logger.entries[1]?.fields).toMatchObject({ producer: PRODUCER, down_ms: 4_500, entries: 1 });
      stop.abort();
      await running;
    }
  });

  it("ends with an error that repeating cannot help, and says what is left", async () => {
    const { spool, clock, log, run } = spoolOn();
    log.mood = "refusing";
    const running = run();
    const failed = running.catch((error: unknown) => error);
    spool.push(...new Source().trades());
    await clock.advance(10);
    expect(isStrikewireError(await failed, "STRIKEWIRE_STORAGE")).toBe(true);
    expect(spool.backlog).toMatchObject({ entries: 1, frames: 1 });
    expect(clock.pendingSleepers).toBe(0);
  });

  it("ends when somebody else writes under its name: the log would skip its entries without a word", async () => {
    const { spool, clock, log, pipeline, run } = spoolOn();
    const failed = run().catch((error: unknown) => error);
    const source = new Source();
    spool.push(...source.trades());
    await clock.advance(10);
    await pipeline.ports.log.append(
      PRODUCER,
      2,
      [source.trades(), source.trades()].map(([draft]) => draft),
    );
    spool.push(...source.trades());
    await clock.advance(10);
    expect(await failed).toMatchObject({
      message: `Cannot append to the raw log: the last sequence of producer "options/0" must be 2, current value is 3; another process writes under its name`,
    });
    expect(log.appends).toHaveLength(2);
    expect(spool.backlog.entries).toBe(1);
  });
});

describe("RawSpool at its end", () => {
  it("appends the rest at once, however much it is", async () => {
    const { spool, clock, pipeline, stop, run } = spoolOn({ batchEntries: 7 });
    const source = new Source();
    const running = run();
    await clock.advance(0);
    for (let n = 0; n < 100; n++) spool.push(...source.trades());
    stop.abort();
    expect(await running).toEqual({ entries: 0, frames: 0, bytes: 0 });
    expect(await stored(pipeline)).toHaveLength(100);
    expect(clock.monotonic()).toBe(0);
    expect(clock.pendingSleepers).toBe(0);
  });

  it("ends on an abort while nothing waits", async () => {
    const { clock, log, stop, run } = spoolOn();
    const running = run();
    await clock.advance(5_000);
    log.mood = "silent";
    stop.abort();
    expect(await running).toMatchObject({ entries: 0 });
    expect(clock.pendingSleepers).toBe(0);
  });

  it("tries for 3 s and then says how much is left, whether the log refuses or is silent", async () => {
    for (const mood of ["unavailable", "silent", "full"] as const) {
      const { spool, clock, log, stop, run } = spoolOn();
      log.mood = mood;
      let ended = false;
      const running = run().finally(() => {
        ended = true;
      });
      spool.push(...new Source().trades());
      spool.push(...new Source().heartbeat());
      await clock.advance(10_000);
      stop.abort();
      await clock.advance(2_999);
      expect(ended).toBe(false);
      await clock.advance(1);
      expect(ended).toBe(true);
      expect(await running).toEqual({ entries: 2, frames: 1, bytes: spool.backlog.bytes });
      expect(spool.backlog.bytes).toBeGreaterThan(256);
      expect(clock.pendingSleepers).toBe(0);
    }
  });

  it("loses nothing where the log comes back within that time, and tries at once on the abort", async () => {
    const { spool, clock, log, pipeline, stop, run } = spoolOn();
    log.mood = "unavailable";
    const running = run();
    spool.push(...new Source().trades());
    await clock.advance(10_000);
    const asked = log.asked;
    stop.abort();
    await clock.advance(0);
    expect(log.asked).toBe(asked + 1);
    log.mood = "well";
    await clock.advance(2_000);
    expect(await running).toMatchObject({ entries: 0 });
    expect(await stored(pipeline)).toHaveLength(1);
  });

  it("can be run again, and goes on where it stopped", async () => {
    const { spool, clock, log, pipeline, run, stop } = spoolOn();
    const source = new Source();
    for (let n = 0; n < 3; n++) spool.push(...source.trades());
    const running = run();
    await expect(run()).rejects.toThrow("Cannot run a spool: it must not run already, it does");
    await clock.advance(0);
    log.mood = "lost";
    await clock.advance(10);
    stop.abort();
    await clock.advance(3_000);
    expect(await running).toMatchObject({ entries: 3 });
    log.mood = "well";
    spool.push(...source.trades());
    const again = new AbortController();
    again.abort();
    expect(await spool.run(again.signal)).toMatchObject({ entries: 0 });
    expect((await stored(pipeline)).map(({ position }) => position.seq)).toEqual([1, 2, 3, 4]);
  });
});

describe("RawSpool telemetry", () => {
  it("tells once a second what waits, how old it is, and since when the log does not answer", async () => {
    const { spool, clock, log, telemetry, stop, run } = spoolOn();
    const labels = { producer: PRODUCER };
    const gauges = () =>
      ["raw_spool_entries", "raw_spool_bytes", "raw_spool_oldest_age_ms", "raw_log_down_ms"].map((name) =>
        telemetry.gaugeValue(name, labels),
      );
    const running = run();
    await clock.advance(0);
    expect(gauges()).toEqual([0, 0, 0, 0]);
    log.mood = "silent";
    await clock.advance(500);
    const [frame, content] = new Source().trades();
    spool.push(frame, content);
    await clock.advance(500);
    const bytes = 256 + frame.payload.length;
    expect(gauges()).toEqual([1, bytes, 500, 490]);
    await clock.advance(1_000);
    expect(gauges()).toEqual([1, bytes, 1_500, 1_490]);
    stop.abort();
    await clock.advance(3_000);
    await running;
    expect(gauges()).toEqual([1, bytes, 4_500, 4_490]);
  });

  it("is told that all is well when the log has taken everything", async () => {
    const { spool, clock, log, telemetry, stop, run } = spoolOn();
    const running = run();
    log.mood = "unavailable";
    spool.push(...new Source().trades());
    await clock.advance(2_000);
    expect(telemetry.gaugeValue("raw_log_down_ms", { producer: PRODUCER })).toBe(1_990);
    log.mood = "well";
    await clock.advance(2_000);
    expect(telemetry.gaugeValue("raw_log_down_ms", { producer: PRODUCER })).toBe(0);
    expect(telemetry.gaugeValue("raw_spool_oldest_age_ms", { producer: PRODUCER })).toBe(0);
    stop.abort();
    await running;
  });
});

describe("RawSpool options", () => {
  it("refuses what is out of its limits, by name", () => {
    for (const [options, field] of [
      [{ producer: "" }, "producer"],
      [{ maxBytes: 0 }, "maxBytes"],
      [{ maxBytes: 1.5 }, "maxBytes"],
      [{ batchEntries: 0 }, "batchEntries"],
      [{ batchBytes: 0 }, "batchBytes"],
      [{ lingerMs: -1 }, "lingerMs"],
      [{ flushMs: Number.NaN }, "flushMs"],
      [{ softShare: 1 }, "softShare"],
      [{ softShare: 0.2, recoveredShare: 0.2 }, "recoveredShare"],
    ] as const) {
      expect(() => spoolOn(options)).toThrow(RangeError);
      expect(() => spoolOn(options)).toThrow(`'${field}'`);
    }
  });
});
