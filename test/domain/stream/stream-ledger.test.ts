import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LedgerState } from "../../../src/domain/hydration/effects.ts";
import { DEFAULT_LEDGER_OPTIONS, StreamLedger } from "../../../src/domain/stream/stream-ledger.ts";

const MS = 1_000_000n;
const options = (allowedLatenessMs = 0, idleBoundMs = 250) => ({ allowedLatenessMs, idleBoundMs });

function frame(ledger: StreamLedger, timesMs: readonly number[], receivedAtMs?: number): boolean[] {
  const late = timesMs.map((tMs) => ledger.observe(BigInt(tMs) * MS));
  ledger.endFrame(receivedAtMs);
  return late;
}

describe("StreamLedger sequence", () => {
  it("tells the next entry from a repeated one and from one behind a hole", () => {
    const ledger = new StreamLedger("options/0", 1, DEFAULT_LEDGER_OPTIONS);
    expect([1, 2, 2, 1, 3, 5, 4, 6].map((seq) => ledger.accept(seq))).toEqual([
      "next",
      "next",
      "repeat",
      "repeat",
      "next",
      "hole",
      "repeat",
      "next",
    ]);
  });

  it("accepts a recording that starts in the middle, but not a known connection's new epoch that does", () => {
    expect(new StreamLedger("options/0", 7, DEFAULT_LEDGER_OPTIONS).accept(500)).toBe("next");
    const before = new StreamLedger("options/0", 7, DEFAULT_LEDGER_OPTIONS);
    before.accept(1);
    expect(new StreamLedger("options/0", 8, DEFAULT_LEDGER_OPTIONS, before.state()).accept(2)).toBe("hole");
    expect(new StreamLedger("options/0", 8, DEFAULT_LEDGER_OPTIONS, before.state()).accept(1)).toBe("next");
  });
});

describe("StreamLedger watermark", () => {
  it("is unknown before the first row, heartbeat or not", () => {
    const ledger = new StreamLedger("options/0", 1, DEFAULT_LEDGER_OPTIONS);
    ledger.heartbeat(1_000_000);
    ledger.endFrame(1_000_001);
    expect(ledger.watermark()).toBeUndefined();
  });

  it("follows the periodic generator: 1000, 5000, 4000 with 3500 ms allowed give 1500", () => {
    const ledger = new StreamLedger("options/0", 1, options(3500));
    for (const tMs of [1000, 5000, 4000]) frame(ledger, [tMs]);
    expect(ledger.watermark()?.watermarkTsNs).toBe(1500n * MS);
  });

  it("is exclusive: a row one nanosecond before it is late, one at it is not", () => {
    const ledger = new StreamLedger("options/0", 1, DEFAULT_LEDGER_OPTIONS);
    frame(ledger, [1000]);
    expect(ledger.observe(1000n * MS - 1n)).toBe(true);
    expect(ledger.observe(1000n * MS)).toBe(false);
    expect(ledger.observe(1000n * MS + 1n)).toBe(false);
  });

  it("is asserted by whole frames: rows of one frame do not make one another late", () => {
    const ledger = new StreamLedger("options/0", 1, DEFAULT_LEDGER_OPTIONS);
    expect(frame(ledger, [1000, 5000, 2000])).toEqual([false, false, false]);
    expect(frame(ledger, [4999, 5000])).toEqual([true, false]);
  });

  it("advances on proof of life by the measured lag and the idle bound, also on a delayed feed", () => {
    const delayMs = 900_000;
    const ledger = new StreamLedger("options/0", 1, options(0, 250));
    frame(ledger, [10_000], 10_000 + delayMs + 40);
    frame(ledger, [11_000], 11_000 + delayMs + 10);
    ledger.heartbeat(11_200 + delayMs);
    expect(ledger.watermark()?.watermarkTsNs).toBe(11_000n * MS);
    ledger.heartbeat(12_000 + delayMs);
    expect(ledger.watermark()?.watermarkTsNs).toBe(BigInt(12_000 - 40 - 250) * MS);
    expect(frame(ledger, [12_000 - 290], 12_000 + delayMs)).toEqual([false]);
    expect(frame(ledger, [12_000 - 291], 12_000 + delayMs)).toEqual([true]);
  });

  it("stands still and is partial while the link is down, and says why", () => {
    const ledger = new StreamLedger("options/0", 1, DEFAULT_LEDGER_OPTIONS);
    frame(ledger, [1000], 1010);
    ledger.down("eviction", 1010);
    ledger.heartbeat(99_000);
    expect(ledger.watermark()).toEqual({
      watermarkTsNs: 1000n * MS,
      completeness: "Partial",
      hint: "options/0 is down: eviction",
    });
    ledger.up();
    expect(ledger.watermark()).toEqual({ watermarkTsNs: 1000n * MS, completeness: "Complete" });
  });

  it("never decreases, and what it calls late is exactly what stands behind it", () => {
    const times = fc.array(fc.array(fc.nat({ max: 5_000 }), { maxLength: 6 }), { maxLength: 40 });
    fc.assert(
      fc.property(times, fc.nat({ max: 500 }), fc.nat({ max: 39 }), (frames, lateness, cut) => {
        let ledger = new StreamLedger("options/0", 1, options(lateness));
        let model: number | undefined;
        for (const [index, timesMs] of frames.entries()) {
          // Being stored and continued, in this epoch or in the next, must not show.
          if (index === cut) {
            const state: LedgerState = ledger.state();
            ledger = new StreamLedger("options/0", index % 2 === 0 ? 1 : 2, options(lateness), state);
          }
          const behind = model;
          expect(frame(ledger, timesMs)).toEqual(timesMs.map((tMs) => behind !== undefined && tMs < behind));
          if (timesMs.length > 0) model = Math.max(model ?? Number.NEGATIVE_INFINITY, Math.max(...timesMs) - lateness);
          const expected = model === undefined ? undefined : BigInt(model) * MS;
          expect(ledger.watermark()?.watermarkTsNs).toBe(expected);
        }
      }),
      { seed: 42, numRuns: 300 },
    );
  });
});
