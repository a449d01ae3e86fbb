import { describe, expect, it } from "vitest";
import { QuietChannels } from "../../../src/domain/connection/quiet-channels.ts";

const OPTIONS = { silenceLimitMs: 30_000, silenceFactor: 20 };
const HOUR_MS = 3_600_000;

/** A channel that brought data every `pauseMs`, last at 0; the wall clock is an hour ahead. */
function every(pauseMs: number, count: number): QuietChannels {
  const channels = new QuietChannels(OPTIONS);
  for (let index = count - 1; index >= 0; index--)
    channels.arrived("T", HOUR_MS - index * pauseMs, 0 - index * pauseMs);
  return channels;
}

describe("QuietChannels", () => {
  it("tells a busy channel after the least silence, and one of long pauses after so many of them", () => {
    expect(every(100, 200).due(29_999)).toEqual([]);
    expect(every(100, 200).due(30_000)).toEqual([{ channel: "T", sinceAtMs: HOUR_MS }]);
    expect(every(3_000, 9).due(59_999)).toEqual([]);
    expect(every(3_000, 9).due(60_000)).toHaveLength(1);
  });

  it("tells none of which too little is known, and none that still brings data", () => {
    expect(every(1_000, 8).due(9e9)).toEqual([]);
    const channels = every(1_000, 9);
    channels.arrived("T", HOUR_MS + 25_000, 25_000);
    channels.arrived("Q", HOUR_MS, 0);
    expect(channels.due(50_000)).toEqual([]);
    expect(channels.due(55_000 + 100_000)).toEqual([{ channel: "T", sinceAtMs: HOUR_MS + 25_000 }]);
  });

  it("tells silence that goes on ever more seldom, down to every ten minutes, and forgets it with the link", () => {
    const channels = every(1_000, 9);
    const told: number[] = [];
    for (let atMs = 0; atMs <= 3_000_000; atMs += 1_000) if (channels.due(atMs).length > 0) told.push(atMs / 1_000);
    expect(told).toEqual([30, 90, 210, 450, 930, 1_530, 2_130, 2_730]);
    channels.reset();
    expect(channels.due(9e9)).toEqual([]);
  });

  it.each([HOUR_MS, -HOUR_MS])("takes a wall clock that is set by %d ms for no silence, nor for data", (stepMs) => {
    const channels = every(1_000, 9);
    channels.arrived("T", HOUR_MS + stepMs + 1_000, 1_000);
    expect(channels.due(30_999)).toEqual([]);
    expect(channels.due(31_000)).toEqual([{ channel: "T", sinceAtMs: HOUR_MS + stepMs + 1_000 }]);
  });
});
