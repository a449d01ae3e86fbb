import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../../src/domain/random.ts";
import { FramePacker, packFrames } from "../../../src/simulator/wire/frame-packer.ts";
import { ReceiptClock } from "../../../src/simulator/wire/receipt-clock.ts";

interface Numbered {
  readonly publishedAtMs: number;
  readonly number: number;
}

const eventsAt = (times: readonly number[]): Numbered[] =>
  times.map((publishedAtMs, number) => ({ publishedAtMs, number }));

describe("FramePacker", () => {
  it("keeps every event in order, none twice, within the limits of a frame", () => {
    const gaps = fc.array(fc.constantFrom(0, 0, 0, 1, 5, 30, 31, 200), { maxLength: 300 });
    fc.assert(
      fc.property(gaps, fc.integer(), (waits, seed) => {
        let now = 1_000;
        const events = eventsAt(waits.map((wait) => (now += wait)));
        const packer = new FramePacker<Numbered>(seededRandom(seed), { maxEvents: 10, maxSpanMs: 30 });
        const frames = [...packFrames(events, packer)];
        expect(frames.flat()).toEqual(events);
        for (const frame of frames) {
          expect(frame.length).toBeGreaterThanOrEqual(1);
          expect(frame.length).toBeLessThanOrEqual(10);
          expect((frame.at(-1)?.publishedAtMs ?? 0) - (frame[0]?.publishedAtMs ?? 0)).toBeLessThanOrEqual(30);
        }
      }),
      { seed: 42, numRuns: 200 },
    );
  });

  it("ends a frame one millisecond past the span, not at it", () => {
    const pack = (times: readonly number[]) =>
      [...packFrames(eventsAt(times), new FramePacker<Numbered>(seededRandom(1), { maxSpanMs: 40 }))].length;
    expect([pack([0, 40]), pack([0, 41])]).toEqual([1, 2]);
  });

  it("makes single events of a quiet market and long, unequal frames of a busy one", () => {
    const sizes = (gapMs: number) => {
      const events = eventsAt(Array.from({ length: 20_000 }, (_, index) => index * gapMs));
      return [...packFrames(events, new FramePacker<Numbered>(seededRandom(2)))].map(({ length }) => length);
    };
    expect(Math.max(...sizes(100))).toBe(1);
    const busy = sizes(0.001);
    expect(Math.max(...busy)).toBe(100);
    expect(Math.min(...busy)).toBe(4);
    expect(busy.filter((size) => size < 10).length).toBeGreaterThan(busy.length / 2);
  });

  it("packs the same for the same seed", () => {
    const events = eventsAt(Array.from({ length: 500 }, (_, index) => index));
    const pack = (seed: number) =>
      JSON.stringify([...packFrames(events, new FramePacker<Numbered>(seededRandom(seed)))]);
    expect(pack(1)).toBe(pack(1));
    expect(pack(1)).not.toBe(pack(2));
  });

  it("has nothing to flush when empty, and starts anew after a flush", () => {
    const packer = new FramePacker<Numbered>(seededRandom(1));
    expect(packer.flush()).toBeUndefined();
    expect(packer.push({ publishedAtMs: 0, number: 0 })).toBeUndefined();
    expect(packer.flush()).toEqual([{ publishedAtMs: 0, number: 0 }]);
    expect(packer.flush()).toBeUndefined();
    expect(packer.push({ publishedAtMs: 9_999, number: 1 })).toBeUndefined();
  });

  it("refuses limits that fit nothing", () => {
    expect(() => new FramePacker(seededRandom(1), { maxEvents: 0 })).toThrow(
      new RangeError("Cannot pack frames: 'maxEvents' must be an integer >= 1, current value is 0"),
    );
    expect(() => new FramePacker(seededRandom(1), { maxSpanMs: -1 })).toThrow(
      new RangeError("Cannot pack frames: 'maxSpanMs' must be >= 0, current value is -1"),
    );
  });
});

describe("ReceiptClock", () => {
  it("adds a latency of 6 ms and more, 15 ms on average, and never goes back", () => {
    const clock = new ReceiptClock(seededRandom(1));
    const latencies = Array.from({ length: 5_000 }, (_, index) => clock.receive(index * 1_000) - index * 1_000);
    expect(Math.min(...latencies)).toBe(6);
    expect(latencies.reduce((sum, value) => sum + value, 0) / latencies.length).toBeCloseTo(15, 0);

    let last = 0;
    for (let index = 0; index < 1_000; index++) {
      const receivedAtMs = clock.receive(10_000_000 + index);
      expect(receivedAtMs).toBeGreaterThanOrEqual(last);
      last = receivedAtMs;
    }
  });
});
