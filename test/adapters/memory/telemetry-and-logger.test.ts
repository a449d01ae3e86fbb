import { describe, expect, it } from "vitest";
import { MemoryLogger, MemoryTelemetry, SILENT_LOGGER } from "../../../src/adapters/memory/index.ts";

describe("MemoryTelemetry", () => {
  it("adds counters up and keeps the last value of a gauge", () => {
    const telemetry = new MemoryTelemetry();
    telemetry.count("frames_total", 2);
    telemetry.count("frames_total", 3);
    telemetry.gauge("lag_ms", 7);
    telemetry.gauge("lag_ms", 4);
    expect(telemetry.counterValue("frames_total")).toBe(5);
    expect(telemetry.gaugeValue("lag_ms")).toBe(4);
  });

  it("answers 0 for a counter and undefined for a gauge that nobody touched", () => {
    const telemetry = new MemoryTelemetry();
    expect(telemetry.counterValue("frames_total")).toBe(0);
    expect(telemetry.gaugeValue("lag_ms")).toBeUndefined();
  });

  it("tells series apart by their labels, in whatever order these are written", () => {
    const telemetry = new MemoryTelemetry();
    telemetry.count("frames_total", 1, { shard: "0", class: "options" });
    telemetry.count("frames_total", 1, { class: "options", shard: "0" });
    telemetry.count("frames_total", 5, { class: "stocks", shard: "0" });
    expect(telemetry.counterValue("frames_total", { class: "options", shard: "0" })).toBe(2);
    expect(telemetry.counterValue("frames_total")).toBe(0);
    expect([...telemetry.series().counters]).toEqual([
      ['frames_total{class="options",shard="0"}', 2],
      ['frames_total{class="stocks",shard="0"}', 5],
    ]);
  });
});

describe("MemoryLogger", () => {
  it("keeps messages in order, with level, error and fields", () => {
    const logger = new MemoryLogger();
    const failure = new Error("no");
    logger.debug("a");
    logger.info("b", { count: 1 });
    logger.warn("c");
    logger.error("d", failure, { owner: "x" });
    expect(logger.entries).toEqual([
      { level: "debug", message: "a", error: undefined, fields: {} },
      { level: "info", message: "b", error: undefined, fields: { count: 1 } },
      { level: "warn", message: "c", error: undefined, fields: {} },
      { level: "error", message: "d", error: failure, fields: { owner: "x" } },
    ]);
  });

  it("has a silent sibling", () => {
    for (const level of ["debug", "info", "warn", "error"] as const) expect(SILENT_LOGGER[level]("x")).toBeUndefined();
  });
});
