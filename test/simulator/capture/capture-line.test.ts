import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { captureLine } from "../../../src/simulator/capture/capture-line.ts";
import { endlessCapture } from "../../../src/simulator/capture/endless-capture.ts";

describe("captureLine", () => {
  it("writes receipt seconds with three decimals and the payload verbatim", () => {
    expect(captureLine(1_766_154_600_123, '[{"ev":"T"}]')).toBe(
      String.raw`{"ts":1766154600.123,"payload":"[{\"ev\":\"T\"}]"}`,
    );
    expect(captureLine(1_766_154_600_007, "[]")).toBe('{"ts":1766154600.007,"payload":"[]"}');
    expect(captureLine(1_766_154_600_000, "[]")).toBe('{"ts":1766154600.000,"payload":"[]"}');
  });

  it("gives back any text and time through plain JSON, on one line", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000_000 }), fc.string({ unit: "binary" }), (atMs, payload) => {
        const line = captureLine(atMs, payload);
        const { ts, payload: read } = JSON.parse(line) as { ts: number; payload: string };
        expect([Math.round(ts * 1000), read]).toEqual([atMs, payload]);
        expect(line).not.toContain("\n");
      }),
      { seed: 42, numRuns: 100 },
    );
  });
});

describe("endlessCapture", () => {
  const take = (seed: number, count: number, perSecond = 20_000): string[] => {
    const lines: string[] = [];
    for (const line of endlessCapture(seed, { optionEventsPerSecond: perSecond })) {
      lines.push(line);
      if (lines.length === count) break;
    }
    return lines;
  };

  it("gives the same lines for the same seed and others for another", () => {
    expect(take(1, 500)).toEqual(take(1, 500));
    expect(take(1, 500)).not.toEqual(take(2, 500));
  });

  it("begins with a connection and goes on with frames of trades and quotes, in order of receipt", () => {
    const lines = take(1, 2_000).map((line) => JSON.parse(line) as { ts: number; payload: string });
    const frames = lines.map(({ payload }) => JSON.parse(payload) as { ev: string; status?: string }[]);
    expect(frames.slice(0, 3).map(([event]) => event?.status)).toEqual(["connected", "auth_success", "success"]);
    expect(new Set(frames.slice(3).flatMap((frame) => frame.map(({ ev }) => ev)))).toEqual(new Set(["T", "Q"]));
    expect(lines.every(({ ts }, index) => ts >= (lines[index - 1]?.ts ?? 0))).toBe(true);
  });

  it("runs at the pace it is asked for", () => {
    const spanOf = (lines: readonly string[]) => {
      const times = lines.map((line) => (JSON.parse(line) as { ts: number }).ts);
      return (times.at(-1) ?? 0) - (times[0] ?? 0);
    };
    expect(spanOf(take(1, 2_000, 2_000))).toBeGreaterThan(4 * spanOf(take(1, 2_000, 20_000)));
  });
});
