import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ChainHistory, type ChainObservation } from "../../../src/domain/epoch/chain-health.ts";

const FETCH: ChainObservation = { isAnswered: true, isComplete: true, contracts: 4_000, latencyMs: 900 };

function historyOf(...counts: readonly number[]): ChainHistory {
  const history = new ChainHistory({ slowMs: 5_000 });
  for (const contracts of counts) history.judge({ ...FETCH, contracts });
  return history;
}

describe("ChainHistory", () => {
  it("finds a fetch ok, and slow one ms over the limit; both are good for all", () => {
    const history = historyOf();
    expect(history.judge(FETCH)).toEqual({ health: "ok", use: "all", isConfirmed: false, medianContracts: null });
    expect(history.judge({ ...FETCH, latencyMs: 5_000 }).health).toBe("ok");
    expect(history.judge({ ...FETCH, latencyMs: 5_001 })).toMatchObject({ health: "slow", use: "all" });
  });

  it("takes the values of a partial chain and not its geometry, even where nothing came or it took long", () => {
    const history = historyOf(4_000);
    for (const contracts of [3_999, 10, 0]) {
      const verdict = history.judge({ ...FETCH, isComplete: false, contracts, latencyMs: 60_000 });
      expect(verdict).toMatchObject({ health: "partial", use: "valuesOnly", isConfirmed: false });
    }
  });

  it("takes nothing of a fetch without an answer", () => {
    const history = historyOf(4_000);
    expect(history.judge({ ...FETCH, isAnswered: false, isComplete: false, contracts: 0 })).toMatchObject({
      health: "error",
      use: "nothing",
    });
  });

  it("finds a chain collapsed one contract under half the median, holds it back once, and believes it twice", () => {
    const history = historyOf(4_000, 4_000, 4_000);
    expect(history.judge({ ...FETCH, contracts: 2_000 }).health).toBe("ok");
    const collapsed = { ...FETCH, contracts: 1_999 };
    expect(history.judge(collapsed)).toMatchObject({ health: "collapsed", use: "valuesOnly", isConfirmed: false });
    expect(history.judge(collapsed)).toMatchObject({ health: "collapsed", use: "all", isConfirmed: true });
    expect(history.judge(collapsed)).toMatchObject({ health: "ok", medianContracts: 1_999 });
    expect(history.judge({ ...FETCH, contracts: 999 }).health).toBe("collapsed");
  });

  it("finds a collapse before it finds a delay", () => {
    expect(historyOf(4_000).judge({ ...FETCH, contracts: 1, latencyMs: 60_000 }).health).toBe("collapsed");
  });

  it("starts a row anew after a whole or a partial chain, not after an error", () => {
    const collapsed = { ...FETCH, contracts: 10 };
    for (const between of [FETCH, { ...FETCH, isComplete: false }]) {
      const history = historyOf(4_000);
      history.judge(collapsed);
      history.judge(between);
      expect(history.judge(collapsed)).toMatchObject({ use: "valuesOnly" });
    }
    const history = historyOf(4_000);
    history.judge(collapsed);
    history.judge({ ...FETCH, isAnswered: false });
    expect(history.judge(collapsed)).toMatchObject({ use: "all", isConfirmed: true });
  });

  it("confirms an empty chain when it comes twice; it is good for nothing and does not touch the median", () => {
    const history = historyOf(4_000);
    const empty = { ...FETCH, contracts: 0 };
    expect(history.judge(empty)).toMatchObject({ health: "empty", use: "nothing", isConfirmed: false });
    expect(history.judge(empty)).toMatchObject({ health: "empty", use: "nothing", isConfirmed: true });
    expect(history.judge(empty)).toMatchObject({ isConfirmed: true, medianContracts: 4_000 });
    // A collapse is no empty chain: each has a row of its own.
    expect(history.judge({ ...FETCH, contracts: 10 })).toMatchObject({ health: "collapsed", isConfirmed: false });
    expect(history.judge(empty)).toMatchObject({ isConfirmed: false });
  });

  it("holds nothing against the first chain, however thin", () => {
    expect(historyOf().judge({ ...FETCH, contracts: 1 })).toMatchObject({ health: "ok" });
  });

  it("follows a chain that shrinks slowly, and forgets one when less is asked for", () => {
    expect(historyOf(4_000, 3_600, 3_200, 2_800, 2_400).judge({ ...FETCH, contracts: 2_000 }).health).toBe("ok");
    const history = historyOf(4_000, 4_000);
    history.restart();
    expect(history.judge({ ...FETCH, contracts: 100 })).toMatchObject({ health: "ok", medianContracts: null });
  });

  it("remembers 21 chains", () => {
    const history = historyOf(...Array.from({ length: 21 }, () => 4_000), ...Array.from({ length: 10 }, () => 9_000));
    expect(history.judge({ ...FETCH, contracts: 9_000 }).medianContracts).toBe(4_000);
    expect(history.judge({ ...FETCH, contracts: 9_000 }).medianContracts).toBe(9_000);
  });

  it("never takes the geometry of what is under half the median unless the fetch before was so too", () => {
    const fetch = fc.record({
      isAnswered: fc.boolean(),
      isComplete: fc.boolean(),
      contracts: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 100 })),
      latencyMs: fc.integer({ min: 0, max: 10_000 }),
    });
    fc.assert(
      fc.property(fc.array(fetch, { maxLength: 60 }), (fetches) => {
        const history = historyOf();
        let before = "ok";
        for (const one of fetches) {
          const { health, use, isConfirmed, medianContracts } = history.judge(one);
          const isThin = medianContracts !== null && one.contracts < medianContracts / 2;
          if (use === "all") {
            expect(one.isAnswered && one.isComplete && one.contracts > 0).toBe(true);
            if (isThin) expect([health, before, isConfirmed]).toEqual(["collapsed", "collapsed", true]);
          }
          expect(use === "nothing").toBe(health === "error" || health === "empty");
          if (health !== "error") before = health;
        }
      }),
      { seed: 42, numRuns: 500 },
    );
  });

  it.each([-1, 1.5, Number.NaN])("refuses %d contracts", (contracts) => {
    expect(() => historyOf(contracts)).toThrow(RangeError);
  });
});
