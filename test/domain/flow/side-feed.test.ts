import { describe, expect, it } from "vitest";
import { SIDE_MEMORY_MS, SideFeed, sideReach } from "../../../src/domain/flow/side-feed.ts";

const T = 1_766_437_800_000;

describe("SideFeed", () => {
  it("takes a new socket for a hole, but not the first one, nor the end of an old one beside it", () => {
    const feed = new SideFeed();
    expect([3, 3, 4, 3, 4, 5].map((epoch) => feed.enter(epoch))).toEqual([false, false, true, false, false, true]);
    expect(feed.epoch).toBe(5);
  });

  it("voids what a hole may have been in", () => {
    const ends = (...breaks: readonly Parameters<SideFeed["broken"]>[]) => {
      const feed = new SideFeed();
      for (const given of breaks) feed.broken(...given);
      return [feed.quotesEndMs, feed.printsEndMs];
    };
    expect(ends(["all", T])).toEqual([T, T]);
    expect(ends(["instruments", T])).toEqual([T, T]);
    expect(ends(["quotes", T])).toEqual([T, Number.NEGATIVE_INFINITY]);
    expect(ends(["trades", T])).toEqual([Number.NEGATIVE_INFINITY, T]);
    expect(ends(["all", T], ["all", T - 5], ["quotes", T + 1])).toEqual([T + 1, T]);
  });
});

describe("sideReach", () => {
  it("is the last minute before the newest row of the feed", () => {
    const all = { stream: SIDE_MEMORY_MS, substrate: SIDE_MEMORY_MS, ticks: SIDE_MEMORY_MS };
    expect(sideReach(T, T, undefined, undefined)).toEqual(all);
    expect(sideReach(T, T - 5_000, undefined, undefined)).toEqual(all);
    expect(sideReach(T, T + 70_000, undefined, undefined)).toEqual({
      stream: -10_000,
      substrate: -10_000,
      ticks: -10_000,
    });
  });

  it("ends in front of a hole in the stream, which the substrate does not have", () => {
    const [quotes, prints] = [new SideFeed(), new SideFeed()];
    quotes.broken("all", T - 100);
    prints.broken("trades", T - 7);
    // A quote of the last ms before the hole is void, the next one counts.
    expect(sideReach(T, T, quotes, prints)).toEqual({ stream: 99, substrate: SIDE_MEMORY_MS, ticks: 6 });
    quotes.broken("all", T);
    expect(sideReach(T, T, quotes, undefined)).toMatchObject({ stream: -1, ticks: SIDE_MEMORY_MS });
  });
});
