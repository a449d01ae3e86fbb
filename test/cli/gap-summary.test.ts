import { describe, expect, it } from "vitest";
import { GapSummary } from "../../src/cli/gap-summary.ts";
import type { Gap, GapCause } from "../../src/domain/stream/gap.ts";

function gap(cause: GapCause, shard = 0): Gap {
  return {
    connection: `options/${shard}`,
    fromAtMs: undefined,
    toAtMs: undefined,
    cause,
    scope: "all",
    instruments: undefined,
  };
}

describe("GapSummary", () => {
  it("counts by cause, the most frequent first, and keeps all but those of refused frames", () => {
    const summary = new GapSummary();
    const causes: GapCause[] = ["sequence", "quarantine", "disconnect", "quarantine"];
    for (const cause of causes) summary.add(gap(cause));
    expect(summary.count).toBe(4);
    expect([...summary.byCause()]).toEqual([
      ["quarantine", 2],
      ["disconnect", 1],
      ["sequence", 1],
    ]);
    expect([summary.countOf("quarantine"), summary.countOf("absence")]).toEqual([2, 0]);
    expect(summary.samples()).toEqual([gap("sequence"), gap("disconnect")]);
  });

  it("stays small whatever comes, and counts on", () => {
    const summary = new GapSummary();
    for (let shard = 0; shard < 1_001; shard++) summary.add(gap("disconnect", shard));
    expect(summary.count).toBe(1_001);
    expect(summary.samples()).toEqual(Array.from({ length: 1_000 }, (_, shard) => gap("disconnect", shard)));
  });
});
