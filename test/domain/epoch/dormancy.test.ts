import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Dormancy, type DormancyLook } from "../../../src/domain/epoch/dormancy.ts";

const OPTIONS = { thresholdMs: 5_000, limit: 3 };
const OPEN = { lastStreamedAtMs: 1_000, isMarketOpen: true, isLinkAlive: true };

function looks(dormancy: Dormancy, look: Omit<DormancyLook, "nowMs">, ...atMs: readonly number[]): readonly string[] {
  return atMs.map((nowMs) => {
    const { kind, count } = dormancy.look({ ...look, nowMs });
    return `${kind} ${count}`;
  });
}

describe("Dormancy", () => {
  it("asks for a fetch at each threshold, to the ms, and forces an epoch at the limit; then all starts anew", () => {
    const dormancy = new Dormancy(OPTIONS);
    expect(looks(dormancy, OPEN, 1_000, 5_999, 6_000, 6_001, 10_999, 11_000, 15_999, 16_000, 20_999, 21_000)).toEqual([
      "awake 0",
      "awake 0",
      "fetch 1",
      "awake 1",
      "awake 1",
      "fetch 2",
      "awake 2",
      "force 3",
      "awake 0",
      "fetch 1",
    ]);
  });

  it("starts anew with a streamed update", () => {
    const dormancy = new Dormancy(OPTIONS);
    looks(dormancy, OPEN, 1_000, 6_000, 11_000);
    expect(dormancy.count).toBe(2);
    const streamed = { ...OPEN, lastStreamedAtMs: 12_000 };
    expect(looks(dormancy, streamed, 15_999, 16_999, 17_000)).toEqual(["awake 0", "awake 0", "fetch 1"]);
  });

  it.each([{ isMarketOpen: false }, { isLinkAlive: false }])("watches nothing while %j, and forgets", (closed) => {
    const dormancy = new Dormancy(OPTIONS);
    looks(dormancy, OPEN, 1_000, 6_000, 11_000);
    expect(looks(dormancy, { ...OPEN, ...closed }, 16_000, 99_000)).toEqual(["unwatched 0", "unwatched 0"]);
    // What was streamed last is long ago by now, but there was nothing to be expected.
    expect(looks(dormancy, OPEN, 100_000, 104_999, 105_000)).toEqual(["awake 0", "awake 0", "fetch 1"]);
  });

  it("finds a feed dormant that never streamed anything", () => {
    expect(looks(new Dormancy(OPTIONS), { ...OPEN, lastStreamedAtMs: null }, 0, 4_999, 5_000)).toEqual([
      "awake 0",
      "awake 0",
      "fetch 1",
    ]);
  });

  it("counts a silence once in a look that comes late, and is not deceived by a clock that steps back", () => {
    expect(looks(new Dormancy(OPTIONS), OPEN, 1_000, 60_000, 60_001)).toEqual(["awake 0", "fetch 1", "awake 1"]);
    expect(looks(new Dormancy(OPTIONS), OPEN, 90_000, 10_000, 14_999, 15_000)).toEqual([
      "awake 0",
      "awake 0",
      "awake 0",
      "fetch 1",
    ]);
  });

  it("forces at once where the limit is 1", () => {
    expect(looks(new Dormancy({ ...OPTIONS, limit: 1 }), OPEN, 1_000, 6_000, 11_000)).toEqual([
      "awake 0",
      "force 1",
      "force 1",
    ]);
  });

  it("never acts while updates stream, and acts once per threshold of silence however often it is looked at", () => {
    const step = fc.record({
      afterMs: fc.integer({ min: 1, max: 4_000 }),
      streams: fc.boolean(),
      open: fc.integer({ min: 0, max: 9 }).map((of) => of > 0),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const dormancy = new Dormancy(OPTIONS);
        let nowMs = 0;
        let lastStreamedAtMs: number | null = null;
        // Silence since the last update, action or opening, counted here by hand.
        let sinceMs: number | undefined;
        let row = 0;
        for (const { afterMs, streams, open } of steps) {
          nowMs += afterMs;
          if (streams) lastStreamedAtMs = nowMs;
          const { kind, count } = dormancy.look({ nowMs, lastStreamedAtMs, isMarketOpen: open, isLinkAlive: true });
          if (!open) [sinceMs, row] = [undefined, 0];
          else if (streams || sinceMs === undefined) [sinceMs, row] = [nowMs, 0];
          const isSilent = sinceMs !== undefined && nowMs - sinceMs >= OPTIONS.thresholdMs;
          if (isSilent) [sinceMs, row] = [nowMs, row + 1];
          const expected = isSilent ? (row === OPTIONS.limit ? "force" : "fetch") : open ? "awake" : "unwatched";
          expect([kind, count]).toEqual([expected, row]);
          if (row === OPTIONS.limit) row = 0;
        }
      }),
      { seed: 42, numRuns: 500 },
    );
  });

  it.each([{ thresholdMs: 0 }, { thresholdMs: Number.NaN }, { limit: 0 }, { limit: 1.5 }])("refuses %j", (wrong) => {
    expect(() => new Dormancy({ ...OPTIONS, ...wrong })).toThrow(RangeError);
  });
});
