import { describe, expect, it } from "vitest";
import { SILENT_LOGGER, SILENT_TELEMETRY } from "../../src/domain/silent.ts";
import type { Logger } from "../../src/ports/logger.ts";
import type { Telemetry } from "../../src/ports/telemetry.ts";

describe("what stands in for a logger and a telemetry", () => {
  it("takes everything and says nothing, and nobody can change that", () => {
    const logger: Logger = SILENT_LOGGER;
    const telemetry: Telemetry = SILENT_TELEMETRY;
    logger.debug("a");
    logger.info("a", { b: 1 });
    logger.warn("a");
    logger.error("a", new Error("b"), { c: 1 });
    telemetry.count("a", 1, { b: "c" });
    telemetry.gauge("a", 1);
    expect([Object.isFrozen(SILENT_LOGGER), Object.isFrozen(SILENT_TELEMETRY)]).toEqual([true, true]);
  });
});
