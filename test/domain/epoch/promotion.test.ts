import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ChainVerdict } from "../../../src/domain/epoch/chain-health.ts";
import { geometryHash } from "../../../src/domain/epoch/geometry.ts";
import {
  type ActiveEpoch,
  carryOver,
  decidePromotion,
  forcedDraft,
  type PromotionDecision,
  type PromotionInputs,
} from "../../../src/domain/epoch/promotion.ts";
import type { EpochDraft, SubstrateRecord } from "../../../src/domain/epoch/substrate.ts";
import { easternTimeMs } from "../../../src/domain/market/trading-day.ts";
import { chainOf, recordOf } from "./contracts.ts";

const NOON = easternTimeMs("2026-01-16", 720);
const OPEN = easternTimeMs("2026-01-16", 570);
const CLOSE = easternTimeMs("2026-01-16", 960);
const OK: ChainVerdict = { health: "ok", use: "all", isConfirmed: false, medianContracts: 10 };
const EMPTY: ChainVerdict = { ...OK, health: "empty", use: "nothing", isConfirmed: true };

const records = (tickers: readonly string[]) => tickers.map((ticker) => recordOf(ticker));

/** The epoch that a draft becomes. */
function activeOf({ records: all, ...draft }: EpochDraft): ActiveEpoch {
  return {
    meta: { ...draft, contractCount: all.length, supersededAtMs: null, streamedAtMs: null },
    records: new Map(all.map((record) => [record.terms.contract, record])),
  };
}

const FIRST: PromotionInputs = {
  symbol: "SPX",
  active: null,
  records: records(chainOf(10)),
  verdict: OK,
  force: false,
  dormantCount: 0,
  nowMs: NOON - 60_000,
  ttlMs: 300_000,
};

function promoted(decision: PromotionDecision): Extract<PromotionDecision, { kind: "promote" }> {
  if (decision.kind === "promote") return decision;
  throw new Error(`Cannot go on: the decision must be to promote, it is ${JSON.stringify(decision)}`);
}

const ACTIVE = activeOf(promoted(decidePromotion(FIRST)).draft);
const NEXT: PromotionInputs = { ...FIRST, active: ACTIVE, nowMs: NOON };

describe("decidePromotion", () => {
  it("proposes a first epoch of all records", () => {
    const { draft, forced, diff } = promoted(decidePromotion(FIRST));
    const hash = geometryHash(chainOf(10));
    expect(draft).toEqual({
      id: `SPX:${FIRST.nowMs / 1_000}:${hash}`,
      symbol: "SPX",
      createdAtMs: FIRST.nowMs,
      validUntilMs: FIRST.nowMs + 300_000,
      geometryHash: hash,
      forced: false,
      dormantCount: 0,
      records: FIRST.records,
    });
    expect(forced).toBe(false);
    expect(diff).toEqual({ added: chainOf(10), removed: [], retained: [] });
  });

  it("renews values where the geometry is the same, in whatever order it came", () => {
    expect(decidePromotion(NEXT)).toEqual({ kind: "renew", records: NEXT.records });
    expect(decidePromotion({ ...NEXT, records: [...NEXT.records].reverse() }).kind).toBe("renew");
  });

  it("proposes a new epoch where a contract came or went, and tells which", () => {
    const more = promoted(decidePromotion({ ...NEXT, records: records(chainOf(11)) }));
    expect(more.diff).toMatchObject({ added: [chainOf(11)[10]], removed: [] });
    expect(more.draft.records).toHaveLength(11);
    const fewer = promoted(decidePromotion({ ...NEXT, records: records(chainOf(9)) }));
    expect(fewer.diff).toMatchObject({ added: [], removed: [chainOf(10)[9]] });
  });

  it("never changes the geometry by a partial chain, and uses values of known contracts only", () => {
    const partial: ChainVerdict = { ...OK, health: "partial", use: "valuesOnly" };
    const fetched = records([...chainOf(4), ...chainOf(2, "SPX", "2026-02-20")]);
    for (const force of [false, true]) {
      const decision = decidePromotion({ ...NEXT, records: fetched, verdict: partial, force });
      expect(decision).toEqual({ kind: "keep", why: "partial", records: fetched.slice(0, 4) });
    }
    expect(decidePromotion({ ...FIRST, verdict: partial })).toEqual({ kind: "keep", why: "partial", records: [] });
  });

  it("holds a collapsed chain back once and accepts it confirmed", () => {
    const collapsed: ChainVerdict = { ...OK, health: "collapsed", use: "valuesOnly" };
    const fetched = records(chainOf(4));
    expect(decidePromotion({ ...NEXT, records: fetched, verdict: collapsed })).toMatchObject({
      kind: "keep",
      why: "collapsed",
    });
    const confirmed: ChainVerdict = { ...collapsed, use: "all", isConfirmed: true };
    expect(promoted(decidePromotion({ ...NEXT, records: fetched, verdict: confirmed })).diff.removed).toHaveLength(6);
  });

  it("keeps the epoch without an answer", () => {
    const verdict: ChainVerdict = { ...OK, health: "error", use: "nothing" };
    expect(decidePromotion({ ...NEXT, records: [], verdict })).toEqual({ kind: "keep", why: "error", records: [] });
  });

  it("keeps the epoch under an empty chain, confirmed or not, until the expiry roll", () => {
    const empty = { ...NEXT, records: [], verdict: EMPTY };
    expect(decidePromotion(empty)).toEqual({ kind: "keep", why: "empty", records: [] });
    expect(decidePromotion({ ...empty, nowMs: CLOSE - 1 }).kind).toBe("keep");
    const after = promoted(decidePromotion({ ...empty, nowMs: CLOSE }));
    expect(after.draft.records).toEqual([]);
    expect(after.diff.removed).toHaveLength(10);
    const unconfirmed = { ...EMPTY, isConfirmed: false };
    expect(decidePromotion({ ...empty, nowMs: CLOSE, verdict: unconfirmed }).kind).toBe("keep");
    // From then on the empty chain is the geometry.
    const active = activeOf(after.draft);
    expect(decidePromotion({ ...empty, active, nowMs: CLOSE + 60_000 })).toEqual({ kind: "renew", records: [] });
  });

  it("makes an empty epoch where there was none", () => {
    expect(promoted(decidePromotion({ ...FIRST, records: [], verdict: EMPTY })).draft.records).toEqual([]);
  });

  it("rolls at the settlement of each series though the provider lists it still", () => {
    const both = records([...chainOf(4, "SPX"), ...chainOf(4)]);
    const before = { ...FIRST, records: both, nowMs: OPEN - 60_000 };
    const active = activeOf(promoted(decidePromotion(before)).draft);
    expect(decidePromotion({ ...before, active, nowMs: OPEN - 1 }).kind).toBe("renew");
    const rolled = promoted(decidePromotion({ ...before, active, nowMs: OPEN }));
    expect(rolled.draft.records.map(({ terms }) => terms.root)).toEqual(["SPXW", "SPXW", "SPXW", "SPXW"]);
    expect(rolled.diff).toMatchObject({ added: [], removed: chainOf(4, "SPX") });
  });

  it("keeps SPX and SPXW of one strike, date and side apart", () => {
    const both = records([...chainOf(4, "SPX"), ...chainOf(4)]);
    const { draft } = promoted(decidePromotion({ ...FIRST, records: both, nowMs: OPEN - 1 }));
    expect(new Set(draft.records.map(({ terms }) => `${terms.strike}${terms.right}`)).size).toBe(4);
    expect(draft.records).toHaveLength(8);
  });

  it("forces an epoch of the same geometry, and does not call it forced where the geometry changed", () => {
    const forced = promoted(decidePromotion({ ...NEXT, force: true, dormantCount: 3 }));
    expect(forced.draft).toMatchObject({ forced: true, dormantCount: 3, geometryHash: ACTIVE.meta.geometryHash });
    expect(forced.diff).toMatchObject({ added: [], removed: [] });
    expect(forced.draft.id).not.toBe(ACTIVE.meta.id);
    const changed = decidePromotion({ ...NEXT, force: true, records: records(chainOf(9)) });
    expect(promoted(changed).draft.forced).toBe(false);
  });

  it("gives no two epochs that follow one another the same second, however soon they follow", () => {
    const again = promoted(decidePromotion({ ...NEXT, force: true, nowMs: ACTIVE.meta.createdAtMs + 1 }));
    expect(again.draft.createdAtMs).toBe(ACTIVE.meta.createdAtMs + 1_000);
    expect(again.draft.validUntilMs).toBe(ACTIVE.meta.createdAtMs + 300_001);
    const there = promoted(decidePromotion({ ...NEXT, nowMs: FIRST.nowMs, records: records(chainOf(9)) })).draft;
    const back = promoted(decidePromotion({ ...NEXT, nowMs: FIRST.nowMs, active: activeOf(there) })).draft;
    expect(back.geometryHash).toBe(ACTIVE.meta.geometryHash);
    expect(back.id).not.toBe(ACTIVE.meta.id);
  });

  it("takes the later of two records of one contract", () => {
    const [first = ""] = chainOf(1);
    const later = recordOf(first, { day: { openInterestDay: "2026-01-16", openInterest: 9 } });
    const decision = promoted(decidePromotion({ ...FIRST, records: [recordOf(first), later] }));
    expect(decision.draft.records).toEqual([later]);
  });

  it("changes the geometry if and only if a chain good for all has another", () => {
    const all = chainOf(12);
    const verdicts = fc.constantFrom<ChainVerdict>(
      OK,
      { ...OK, health: "slow" },
      { ...OK, health: "partial", use: "valuesOnly" },
      { ...OK, health: "collapsed", use: "valuesOnly" },
      { ...OK, health: "collapsed", isConfirmed: true },
      { ...OK, health: "error", use: "nothing" },
    );
    const subset = fc.subarray([...all], { minLength: 1 });
    fc.assert(
      fc.property(subset, subset, verdicts, fc.boolean(), (before, after, verdict, force) => {
        const active = activeOf(promoted(decidePromotion({ ...FIRST, records: records(before) })).draft);
        const decision = decidePromotion({ ...NEXT, active, records: records(after), verdict, force });
        const isSame = geometryHash(before) === geometryHash(after);
        const expected = verdict.use !== "all" ? "keep" : isSame && !force ? "renew" : "promote";
        expect(decision.kind).toBe(expected);
        if (decision.kind !== "promote") {
          for (const { terms } of decision.records) expect(before).toContain(terms.contract);
          return;
        }
        expect(decision.forced).toBe(isSame);
        expect(decision.draft.records.map(({ terms }) => terms.contract)).toEqual(after);
        expect([...decision.diff.added, ...decision.diff.retained].sort()).toEqual([...after].sort());
      }),
      { seed: 42, numRuns: 300 },
    );
  });
});

describe("forcedDraft", () => {
  it("is the same geometry with the same values", () => {
    const draft = forcedDraft({ ...NEXT, dormantCount: 3 }, FIRST.records);
    expect(draft).toMatchObject({ forced: true, dormantCount: 3, geometryHash: ACTIVE.meta.geometryHash });
    expect(draft.records).toBe(FIRST.records);
  });
});

describe("carryOver", () => {
  const times = fc.bigInt({ min: 1n, max: 5n });
  const values = fc.record(
    {
      quote: times.map((quoteTsNs) => ({ quoteTsNs, bid: 1, ask: null, bidSize: 2, askSize: null })),
      trade: fc.tuple(times, fc.option(fc.integer({ min: 0, max: 3 }))).map(([tradeTsNs, sequence]) => {
        return { tradeTsNs, sequence, last: 1, size: 1, volume: 1 };
      }),
      greeks: times.map((greeksTsNs) => {
        return { greeksTsNs, delta: null, gamma: 1, theta: null, vega: null, iv: 0.2, source: "provider" as const };
      }),
      day: fc.constantFrom("2026-01-14", "2026-01-15").map((openInterestDay) => ({ openInterestDay, openInterest: 5 })),
    },
    { requiredKeys: [] },
  );
  const [contract = "", stranger = ""] = chainOf(2);

  it("makes no group older than it was, nor than it was fetched, and loses none", () => {
    fc.assert(
      fc.property(values, values, (old, fetched) => {
        const previous = new Map([[contract, recordOf(contract, old)]]);
        const [carried] = carryOver([recordOf(contract, fetched)], previous);
        for (const one of [old, fetched]) {
          if (one.quote) expect(carried?.quote?.quoteTsNs).toBeGreaterThanOrEqual(one.quote.quoteTsNs);
          if (one.greeks) expect(carried?.greeks?.greeksTsNs).toBeGreaterThanOrEqual(one.greeks.greeksTsNs);
          if (one.trade) {
            expect(carried?.trade?.tradeTsNs).toBeGreaterThanOrEqual(one.trade.tradeTsNs);
            if (carried?.trade?.tradeTsNs === one.trade.tradeTsNs) {
              expect(carried.trade.sequence ?? -1).toBeGreaterThanOrEqual(one.trade.sequence ?? -1);
            }
          }
          if (one.day) expect((carried?.day?.openInterestDay ?? "") >= one.day.openInterestDay).toBe(true);
        }
        expect(Object.keys(carried ?? {}).sort()).toEqual(
          [...new Set(["terms", ...Object.keys(old), ...Object.keys(fetched)])].sort(),
        );
      }),
      { seed: 42, numRuns: 500 },
    );
  });

  it("takes what was fetched of two equal versions, and keeps the open interest that a day had first", () => {
    const at = (bid: number, openInterest: number) =>
      recordOf(contract, {
        quote: { quoteTsNs: 5n, bid, ask: null, bidSize: null, askSize: null },
        day: { openInterestDay: "2026-01-15", openInterest },
      });
    expect(carryOver([at(2, 20)], new Map([[contract, at(1, 10)]]))).toEqual([at(2, 10)]);
  });

  it("takes terms as they were fetched, leaves new contracts as they are, and drops those that are gone", () => {
    const old: SubstrateRecord = recordOf(contract);
    const previous = new Map([[contract, { ...old, terms: { ...old.terms, multiplier: 10 } }]]);
    const added = recordOf(stranger);
    expect(carryOver([old, added], previous)).toEqual([old, added]);
    expect(carryOver([added], previous)).toEqual([added]);
    expect(carryOver([], previous)).toEqual([]);
  });
});
