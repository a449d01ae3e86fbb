import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { epochTopics, topicDiff, wantedTopics } from "../../../src/domain/epoch/wanted-topics.ts";
import { chainOf } from "./contracts.ts";

const epoch = fc.subarray([...chainOf(20), ...chainOf(20, "NDXP")]);

describe("wantedTopics", () => {
  it("are trades and quotes of every contract, each once, trades first", () => {
    expect([...wantedTopics([["O:A", "O:B"], ["O:B"]])]).toEqual(["T.O:A", "T.O:B", "Q.O:A", "Q.O:B"]);
    expect([...wantedTopics([])]).toEqual([]);
  });

  it("change by the diff alone, in which nothing retained occurs", () => {
    fc.assert(
      fc.property(epoch, epoch, (before, after) => {
        const [old, wanted] = [wantedTopics([before]), wantedTopics([after])];
        const { added, removed } = topicDiff(old, wanted);
        const applied = new Set(old);
        for (const topic of removed) expect(applied.delete(topic)).toBe(true);
        for (const topic of added) {
          expect(applied.has(topic)).toBe(false);
          applied.add(topic);
        }
        expect([...applied].sort()).toEqual([...wanted].sort());
      }),
      { seed: 42 },
    );
  });
});

describe("epochTopics", () => {
  it("are those of contracts on the underlyings; what a host wants for itself is not among them", () => {
    const [contract = ""] = chainOf(1);
    const [other = ""] = chainOf(1, "NDXP");
    const topics = [
      `T.${contract}`,
      `Q.${contract}`,
      `AM.${contract}`,
      `T.${other}`,
      "Q.AAPL",
      "V.I:SPX",
      "T.*",
      "T.O:",
    ];
    expect([...epochTopics(topics, new Set(["SPX"]))]).toEqual([`T.${contract}`, `Q.${contract}`]);
    expect([...epochTopics(topics, new Set(["SPX", "NDX"]))]).toContain(`T.${other}`);
    expect([...epochTopics(topics, new Set(["XYZ"]), () => "XYZ")]).toHaveLength(3);
    expect(epochTopics(topics, new Set()).size).toBe(0);
  });
});
