import { afterEach, describe, expect, it } from "vitest";
import { watchSamples } from "../../../soak/leaks.ts";
import { runSoak } from "../../../soak/soak.ts";
import type { ProcessSample } from "../../../soak/source-lines.ts";
import { openKeyspace } from "../../support/redis/keyspace.ts";

describe("a minute of a live source under faults at random", () => {
  const redis = openKeyspace();
  afterEach(() => redis.clear());

  it("leaks no socket, timer or listener, leaves nothing behind, and its accounts balance", async () => {
    const options = { seconds: 60, eventsPerSecond: 2_000, faultEveryMs: 2_500, seed: 7, redis };
    const { watches, findings, sums, faults } = await runSoak(options);
    expect(findings).toEqual([]);
    expect(watches.filter(({ isGood }) => !isGood)).toEqual([]);
    expect(Object.keys(faults).length).toBeGreaterThan(4);
    expect(sums.epochs).toBeGreaterThan(4);
    expect(sums.unsentPrints).toBeGreaterThan(100);
    expect(sums.storedPrints).toBeGreaterThan(1_000);
  }, 180_000);
});

describe("the watch over a soak", () => {
  function samples(change: (index: number) => Partial<ProcessSample>): ProcessSample[] {
    return Array.from({ length: 60 }, (_, index) => ({
      atSec: (index + 1) * 10,
      resources: { TCPSocketWrap: 3 + (index % 2), Timeout: 9 + (index % 5) },
      listeners: 7,
      heapBytes: 100_000_000 + (index % 7) * 200_000,
      rssBytes: 300_000_000,
      ...change(index),
    }));
  }
  const leaks = (change: (index: number) => Partial<ProcessSample>): readonly string[] =>
    watchSamples(samples(change)).flatMap(({ what, isGood }) => (isGood ? [] : [what]));

  it("finds nothing where nothing grows", () => {
    expect(leaks(() => ({}))).toEqual([]);
  });

  it("finds a socket, a timer or a listener that is left now and then, and a heap that grows", () => {
    const every = (count: number, index: number): number => Math.floor(index / count);
    const timer = (index: number) => ({ resources: { TCPSocketWrap: 3, Timeout: 9 + every(8, index) } });
    const socket = (index: number) => ({ resources: { TCPSocketWrap: 3 + every(10, index), Timeout: 9 } });
    expect(leaks(socket)).toEqual(["sockets, last quarter"]);
    expect(leaks(timer)).toEqual(["timers, last quarter"]);
    expect(leaks((index) => ({ listeners: 7 + every(10, index) }))).toEqual(["listeners, last quarter"]);
    expect(leaks((index) => ({ heapBytes: 100_000_000 + index * 1_000_000 }))).toEqual([
      "heap after collection, last quarter against the third",
    ]);
  });
});
