import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { stderrLogger } from "../../src/cli/logger.ts";

describe("stderrLogger", () => {
  let written = "";
  beforeEach(() => {
    written = "";
    vi.spyOn(process.stderr, "write").mockImplementation((text) => {
      written += text;
      return true;
    });
  });
  afterEach(() => vi.restoreAllMocks());

  it("writes each message on one line that people can read, with its fields and its error", () => {
    const logger = stderrLogger("debug");
    logger.debug("Replaying", { file: "a.jsonl", level: 3 });
    logger.info("Nothing to add");
    logger.warn("Lost the partition", { status: "fenced", live: false, cursor: null });
    logger.error("Cannot append", new Error("no space"), { partition: 0 });
    logger.error("Cannot append", "thrown text");
    logger.error("Cannot append");
    expect(written.split("\n")).toEqual([
      "strikewire: debug: Replaying (file a.jsonl, level 3)",
      "strikewire: info: Nothing to add",
      "strikewire: warn: Lost the partition (status fenced, live false, cursor null)",
      "strikewire: error: Cannot append (partition 0): no space",
      "strikewire: error: Cannot append: thrown text",
      "strikewire: error: Cannot append",
      "",
    ]);
  });

  it("stays on its line, and steers no terminal, whatever a message holds", () => {
    stderrLogger("warn").error("Cannot\nread", new Error("a\u001b[31m"), { file: "b\r" });
    expect(written).toBe("strikewire: error: Cannot\\u000aread (file b\\u000d): a\\u001b[31m\n");
  });

  it("says nothing below its level", () => {
    const logger = stderrLogger("warn");
    logger.debug("Replaying");
    logger.info("Replaying");
    expect(written).toBe("");
  });
});
