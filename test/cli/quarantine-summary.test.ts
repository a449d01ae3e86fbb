import { describe, expect, it } from "vitest";
import { QuarantineSummary } from "../../src/cli/quarantine-summary.ts";
import type { QuarantineRecord } from "../../src/domain/hydration/effects.ts";

function refusal(reason: string, value: string): QuarantineRecord {
  return { receivedAtMs: 1, reason, path: "p", value, payload: "", src: "options/0/1/1" };
}

describe("QuarantineSummary", () => {
  it("counts by what was wrong, whatever the event and the value, the most frequent first", () => {
    const summary = new QuarantineSummary();
    summary.add(refusal("Cannot parse event 3: 's' must be x, current value is -1", "-1"));
    summary.add(refusal("Cannot parse event 0: 'p' must be a number, current value is null", "null"));
    summary.add(
      refusal("Cannot parse event 12: 'p' must be a number, current value is \"7, current\"", '"7, current"'),
    );
    expect(summary.count).toBe(3);
    expect(summary.reasons()).toEqual([
      { reason: "Cannot parse an event: 'p' must be a number", count: 2 },
      { reason: "Cannot parse an event: 's' must be x", count: 1 },
    ]);
  });

  it("stays small whatever comes", () => {
    const summary = new QuarantineSummary();
    for (let index = 0; index < 1_000; index++) summary.add(refusal(`reason ${index}`, "other"));
    expect(summary.samples().map(({ reason }) => reason)).toEqual(
      Array.from({ length: 20 }, (_, index) => `reason ${index}`),
    );
    expect(summary.reasons()).toHaveLength(101);
    expect(summary.reasons()[0]).toEqual({ reason: "other reasons", count: 900 });
    expect(summary.count).toBe(1_000);
  });
});
