import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addToBucket, FLOW_BUCKETS, type FlowBucket, noBuckets } from "../../../src/domain/flow/flow-buckets.ts";
import { FLOW_FIELDS, type FlowField, type FlowSums, flowOf, noFlow } from "../../../src/domain/flow/flow-sums.ts";
import { ROLLING_WINDOWS_MS, RollingWindows } from "../../../src/domain/flow/rolling-windows.ts";

const ONE: FlowSums = flowOf(4.2, 10, { side: "B", confidence: 0.665 }, 0.5);

interface Print {
  readonly tMs: number;
  readonly sums: FlowSums;
  readonly kind?: FlowBucket | undefined;
}

const START_MS = 1_766_500_000_000;
const print: fc.Arbitrary<Print> = fc.record({
  tMs: fc.integer({ min: START_MS, max: START_MS + 90_000 }),
  sums: fc
    .record({
      price: fc.integer({ min: 0, max: 200_000_000 }).map((micros) => micros / 1e6),
      size: fc.integer({ min: 1, max: 50_000 }),
      side: fc.record({
        side: fc.constantFrom("B" as const, "S" as const, "U" as const),
        confidence: fc.constantFrom(null, 0.5, 0.5108, 0.7185),
      }),
      delta: fc.option(fc.double({ min: -1, max: 1, noNaN: true })),
    })
    .map(({ price, size, side, delta }) => flowOf(price, size, side, delta)),
  kind: fc.constantFrom(undefined, undefined, ...FLOW_BUCKETS),
});
const prints = fc.array(print, { minLength: 1, maxLength: 60 });

function windowsOf(given: readonly Print[]): RollingWindows {
  const windows = new RollingWindows();
  for (const { tMs, sums, kind } of given) windows.add(tMs, sums, kind);
  return windows;
}

/** The definition, taken at its word. */
function expectedSums(given: readonly Print[], asOfMs: number) {
  const asOf = Math.floor(asOfMs / 100) * 100;
  return ROLLING_WINDOWS_MS.map((lengthMs) => {
    const inside = given.filter(({ tMs }) => tMs >= asOf - lengthMs + 100 && tMs < asOf + 100);
    const total = (field: FlowField) => inside.reduce((sum, { sums }) => sum + sums[field], 0);
    const buckets = noBuckets();
    for (const { kind, sums } of inside) if (kind !== undefined) addToBucket(buckets, kind, sums.contracts, 1);
    return { lengthMs, ...Object.fromEntries(FLOW_FIELDS.map((field) => [field, total(field)])), buckets };
  });
}

/** What windows tell, with nothing where nothing was counted apart. */
function told(windows: RollingWindows, asOfMs: number) {
  return windows.read(asOfMs).map((window) => ({ ...window, buckets: window.buckets ?? noBuckets() }));
}

const newestMs = (given: readonly Print[]) => Math.max(...given.map(({ tMs }) => tMs));

describe("RollingWindows", () => {
  it("reads 1 s, 10 s and 60 s, all zero before anything came", () => {
    expect(new RollingWindows().read(START_MS)).toEqual(
      [1_000, 10_000, 60_000].map((lengthMs) => ({ lengthMs, ...noFlow() })),
    );
  });

  it("keeps premium exact: 10 contracts at 4.20 are 4200 dollars", () => {
    const windows = new RollingWindows();
    windows.add(START_MS, ONE);
    const premiumMicros = windows.read(START_MS)[0]?.premiumMicros ?? Number.NaN;
    expect((premiumMicros * 100) / 1e6).toBe(4_200);
  });

  it.each([
    [1_000, 0],
    [10_000, 1],
    [60_000, 2],
  ])("lets a print leave the window of %i ms with its bucket", (lengthMs, index) => {
    const windows = windowsOf([{ tMs: START_MS, sums: ONE }]);
    const printsAt = (asOfMs: number) => windows.read(asOfMs)[index]?.prints;
    expect([lengthMs - 1, lengthMs, lengthMs + 1].map((ageMs) => printsAt(START_MS + ageMs))).toEqual([1, 0, 0]);
  });

  it.each([
    [1_000, 0],
    [10_000, 1],
    [60_000, 2],
  ])("holds the whole of its first bucket in the window of %i ms and nothing of the one before", (lengthMs, index) => {
    const asOf = START_MS + 90_000;
    const firstMs = asOf - lengthMs + 100;
    const printsOf = (tMs: number) => windowsOf([{ tMs, sums: ONE }]).read(asOf)[index]?.prints;
    expect([firstMs - 1, firstMs, firstMs + 99].map(printsOf)).toEqual([0, 1, 1]);
  });

  it("holds the whole of its last bucket and nothing of the next", () => {
    const windows = windowsOf([
      { tMs: START_MS + 99, sums: ONE },
      { tMs: START_MS + 100, sums: ONE },
    ]);
    expect(windows.read(START_MS)[0]?.prints).toBe(1);
    expect(windows.read(START_MS + 99)[0]?.prints).toBe(1);
    expect(windows.read(START_MS + 100)[0]?.prints).toBe(2);
  });

  it("sums what the definition says, in any order of arrival", () => {
    fc.assert(
      fc.property(
        prints.chain((given) => fc.tuple(fc.constant(given), fc.shuffledSubarray(given, { minLength: given.length }))),
        fc.integer({ min: -5_900, max: 70_000 }),
        ([given, shuffled], aheadMs) => {
          const asOfMs = newestMs(given) + aheadMs;
          const expected = expectedSums(given, asOfMs);
          expect(told(windowsOf(given), asOfMs)).toEqual(expected);
          expect(told(windowsOf(shuffled), asOfMs)).toEqual(expected);
        },
      ),
      { seed: 42, numRuns: 300 },
    );
  });

  it("merges shards into exactly the whole", () => {
    fc.assert(
      fc.property(prints, fc.integer({ min: 1, max: 4 }), (given, shardCount) => {
        const merged = new RollingWindows();
        for (let shard = 0; shard < shardCount; shard++) {
          merged.merge(windowsOf(given.filter((_, index) => index % shardCount === shard)));
        }
        for (const behindMs of [0, 5_900, -3_000, -59_900]) {
          const asOfMs = newestMs(given) - behindMs;
          expect(told(merged, asOfMs)).toEqual(expectedSums(given, asOfMs));
        }
      }),
      { seed: 42, numRuns: 300 },
    );
  });

  it("goes on after a merge as the whole would", () => {
    const merged = windowsOf([{ tMs: START_MS, sums: ONE }]);
    merged.merge(windowsOf([{ tMs: START_MS + 30_000, sums: ONE }]));
    merged.merge(new RollingWindows());
    expect(merged.add(START_MS + 59_999, ONE)).toBe(true);
    expect(merged.read(START_MS + 59_999).map((window) => window.prints)).toEqual([1, 1, 3]);
    expect(merged.read(START_MS + 60_000).map((window) => window.prints)).toEqual([1, 1, 2]);
  });

  it("leaves nothing of what is taken back at its own time, before or after other prints", () => {
    fc.assert(
      fc.property(prints, prints, (kept, cancelled) => {
        const asOfMs = newestMs([...kept, ...cancelled]);
        const windows = windowsOf([...kept, ...cancelled]);
        for (const { tMs, sums, kind } of cancelled) windows.subtract(tMs, sums, kind);
        expect(told(windows, asOfMs)).toEqual(expectedSums(kept, asOfMs));

        const early = new RollingWindows();
        for (const { tMs, sums, kind } of cancelled) early.subtract(tMs, sums, kind);
        for (const { tMs, sums, kind } of [...cancelled, ...kept]) early.add(tMs, sums, kind);
        expect(told(early, asOfMs)).toEqual(expectedSums(kept, asOfMs));
      }),
      { seed: 42, numRuns: 200 },
    );
  });

  it("counts late reports apart and in no sum", () => {
    const windows = windowsOf([{ tMs: START_MS, sums: ONE, kind: "cross" }]);
    expect(windows.addApart(START_MS + 50, "late_report", 7)).toBe(true);
    expect(windows.addApart(START_MS - 66_000, "late_report", 7)).toBe(false);
    const apart = { ...noBuckets(), cross: { prints: 1, contracts: 10 }, late_report: { prints: 1, contracts: 7 } };
    for (const window of windows.read(START_MS + 50)) expect(window).toMatchObject({ prints: 1, buckets: apart });
    expect(told(windows, START_MS + 1_000)[0]?.buckets).toEqual(noBuckets());
  });

  it("takes late events into their own bucket while the ring holds it, and says when it does not", () => {
    const windows = windowsOf([{ tMs: START_MS + 66_000, sums: ONE }]);
    expect(windows.add(START_MS + 99, ONE)).toBe(false);
    expect(windows.subtract(START_MS + 99, ONE)).toBe(false);
    expect(windows.add(START_MS + 100, ONE)).toBe(true);
    expect(windows.read(START_MS + 60_000).map((window) => window.prints)).toEqual([0, 0, 1]);
    expect(windows.read(START_MS + 66_000).map((window) => window.prints)).toEqual([1, 1, 1]);
  });

  it("forgets everything when an event is a whole ring ahead, and nothing that is still inside one bucket less", () => {
    for (const [aheadMs, left] of [
      [65_900, 1],
      [66_000, 0],
      [10_000_000, 0],
    ] as const) {
      const windows = windowsOf([
        { tMs: START_MS, sums: ONE },
        { tMs: START_MS + aheadMs, sums: ONE },
      ]);
      expect(windows.read(START_MS + aheadMs).map((window) => window.prints)).toEqual([1, 1, 1]);
      expect(windows.read(START_MS + aheadMs - 6_000).map((window) => window.prints)).toEqual([0, 0, left]);
    }
  });

  it("refuses to read so far behind its newest event that the longest window is not whole", () => {
    const windows = windowsOf([{ tMs: START_MS + 99, sums: ONE }]);
    expect(() => windows.read(START_MS - 6_000)).not.toThrow();
    expect(() => windows.read(START_MS - 6_001)).toThrow(RangeError);
  });

  it("works from the first ms of 1970 on", () => {
    const windows = windowsOf([{ tMs: 0, sums: ONE }]);
    expect(windows.read(0).map((window) => window.prints)).toEqual([1, 1, 1]);
    expect(windows.read(1_000).map((window) => window.prints)).toEqual([0, 1, 1]);
    const merged = new RollingWindows();
    merged.merge(windows);
    expect(merged.read(100).map((window) => window.prints)).toEqual([1, 1, 1]);
  });

  it("refuses broken times and sums and stays as it was", () => {
    const windows = windowsOf([{ tMs: START_MS, sums: ONE }]);
    const before = windows.read(START_MS);
    for (const broken of [Number.NaN, Number.POSITIVE_INFINITY, 0.5]) {
      for (const field of FLOW_FIELDS) {
        expect(() => windows.add(START_MS + 500_000, { ...ONE, [field]: broken })).toThrow(RangeError);
      }
      expect(() => windows.add(broken, ONE)).toThrow(RangeError);
      expect(() => windows.subtract(broken, ONE)).toThrow(RangeError);
      expect(() => windows.read(broken)).toThrow(RangeError);
    }
    expect(() => windows.add(-1, ONE)).toThrow(RangeError);
    expect(windows.read(START_MS)).toEqual(before);
  });
});
