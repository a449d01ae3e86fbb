import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RecordCache } from "../../../src/adapters/redis/record-cache.ts";
import { nextRevision, propose } from "../../../src/adapters/redis/record-merge.ts";
import { decodeRecord, encodeRecord } from "../../../src/adapters/redis/substrate-record.ts";
import type { SubstrateRecord } from "../../../src/domain/epoch/substrate.ts";
import { sampleQuote, sampleRecord } from "../../../src/testing/index.ts";

const ns = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n });
const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const finiteOrNull = fc.option(finite);
const text = fc.string({ unit: "grapheme" });

const anyRecord: fc.Arbitrary<SubstrateRecord> = fc.record(
  {
    terms: fc.record({
      contract: text,
      underlying: text,
      root: text,
      expiration: text,
      strike: finite,
      right: fc.constantFrom("C", "P"),
      multiplier: finite,
      style: fc.constantFrom("american", "european", "bermudan", null),
    }),
    quote: fc.record({
      quoteTsNs: ns,
      bid: finiteOrNull,
      ask: finiteOrNull,
      bidSize: finiteOrNull,
      askSize: finiteOrNull,
    }),
    trade: fc.record({ tradeTsNs: ns, sequence: finiteOrNull, last: finite, size: finite, volume: finite }),
    greeks: fc.record({
      greeksTsNs: ns,
      delta: finiteOrNull,
      gamma: finiteOrNull,
      theta: finiteOrNull,
      vega: finiteOrNull,
      iv: finiteOrNull,
      source: fc.constantFrom("provider", "model"),
    }),
    day: fc.record({ openInterestDay: text, openInterest: finiteOrNull }),
  },
  { requiredKeys: ["terms"] },
);

describe("the JSON of a record", () => {
  it("gives back every record bit for bit, and is JSON that others read", () => {
    fc.assert(
      fc.property(anyRecord, fc.nat(), (record, rev) => {
        const json = encodeRecord({ rev, record });
        const { contract } = record.terms;
        // toEqual tells 0 from -0.
        expect(decodeRecord("read", "key", contract, json)).toEqual({ rev, record });
        expect(JSON.parse(json)).toMatchObject({ rev, id: contract });
        expect(json.startsWith(`{"rev":${rev},"`)).toBe(true);
      }),
      { seed: 42, numRuns: 500 },
    );
  });

  it("has the middle of two prices, exact where it can be, and finite always", () => {
    const midOf = (bid: number | null, ask: number | null): unknown => {
      const record = sampleRecord(0, { quote: sampleQuote({ bid, ask }) });
      return (JSON.parse(encodeRecord({ rev: 1, record })) as { mid: unknown }).mid;
    };
    expect(midOf(9.7, 9.9)).toBe(9.8);
    expect(midOf(Number.MAX_VALUE, Number.MAX_VALUE)).toBe(Number.MAX_VALUE);
    expect(midOf(null, 9.9)).toBeNull();
    expect(midOf(9.7, null)).toBeNull();
  });
});

describe("a proposal", () => {
  it("keeps the record and its revision where nothing changes", () => {
    const base = { rev: 7, record: sampleRecord(0, { quote: sampleQuote() }) };
    const task = { contract: "c", key: "k", updates: [{ quote: sampleQuote() }] };
    expect(propose(task, base)).toMatchObject({ written: true, stale: 0 });
    expect(propose(task, base).next).toBe(base);
  });

  it("has a greater revision where something does, not the same one each time", () => {
    const revisions = new Set(Array.from({ length: 50 }, () => nextRevision(7)));
    expect(Math.min(...revisions)).toBeGreaterThan(7);
    expect(revisions.size).toBeGreaterThan(40);
  });
});

describe("the cache of records", () => {
  const stored = { rev: 1, record: sampleRecord(0) };

  it("keeps as many as it may, those written last", () => {
    const cache = new RecordCache(2);
    for (const key of ["a", "b", "a", "c"]) cache.set(key, stored);
    expect(["a", "b", "c"].map((key) => cache.get(key) !== undefined)).toEqual([true, false, true]);
  });

  it("forgets what it is told to", () => {
    const cache = new RecordCache(2);
    cache.set("a", stored);
    cache.delete("a");
    expect(cache.get("a")).toBeUndefined();
  });
});
