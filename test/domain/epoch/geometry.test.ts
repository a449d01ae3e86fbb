import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { epochId, geometryDiff, geometryHash } from "../../../src/domain/epoch/geometry.ts";
import { chainOf } from "./contracts.ts";

const tickers = fc.uniqueArray(fc.constantFrom(...chainOf(60)), { maxLength: 40 });

describe("geometryHash", () => {
  it("is the same in every runtime: what it was when it was written", () => {
    expect(geometryHash([])).toBe("0000000000000000");
    expect(geometryHash(["O:SPXW251223P06870000"])).toBe("eda0bd6576cdcd67");
    expect(geometryHash(chainOf(1_000))).toBe("87ec4c9e69d2d328");
  });

  it("knows no order and no copies, and tells any other set apart", () => {
    fc.assert(
      fc.property(tickers, tickers, fc.infiniteStream(fc.nat()), (one, other, keys) => {
        const shuffled = one
          .map((ticker) => ({ ticker, key: keys.next().value ?? 0 }))
          .sort((a, b) => a.key - b.key)
          .map(({ ticker }) => ticker);
        expect(geometryHash([...shuffled, ...one.slice(0, 3)])).toBe(geometryHash(one));
        expect(geometryHash(one)).toMatch(/^[0-9a-f]{16}$/);
        const { added, removed } = geometryDiff(one, other);
        expect(geometryHash(one) === geometryHash(other)).toBe(added.length === 0 && removed.length === 0);
      }),
      { seed: 42, numRuns: 500 },
    );
  });

  it("spreads both words of neighbouring tickers as chance would", () => {
    const chain = [...chainOf(30_000), ...chainOf(30_000, "SPX"), ...chainOf(30_000, "SPXW", "2026-01-17")];
    const hashes = chain.map((ticker) => geometryHash([ticker]));
    expect(new Set(hashes).size).toBe(chain.length);
    // 90,000 draws of 32 bits meet n^2 / 2^33 = 0.9 times; 10 are as good as impossible.
    for (const word of [(hash: string) => hash.slice(0, 8), (hash: string) => hash.slice(8)]) {
      expect(chain.length - new Set(hashes.map(word)).size).toBeLessThan(10);
    }
  });

  it("tells apart sets that differ by pairs, which a plain sum of weak hashes would not", () => {
    const [calls, puts] = [chainOf(600).filter((_, at) => at % 2 === 0), chainOf(600).filter((_, at) => at % 2 === 1)];
    const seen = new Set<string>();
    let pairs = 0;
    for (const call of calls) {
      for (const put of puts) {
        seen.add(geometryHash([call, put]));
        pairs += 1;
      }
    }
    expect(seen.size).toBe(pairs);
  });
});

describe("geometryDiff", () => {
  it("turns one geometry into the other, each ticker once", () => {
    fc.assert(
      fc.property(tickers, tickers, (before, after) => {
        const { added, removed, retained } = geometryDiff([...before, ...before], after);
        const gone = new Set(removed);
        expect([...before.filter((ticker) => !gone.has(ticker)), ...added].sort()).toEqual([...after].sort());
        expect([...retained, ...removed].sort()).toEqual([...before].sort());
        expect(added).toEqual(after.filter((ticker) => !before.includes(ticker)));
      }),
      { seed: 42 },
    );
  });
});

describe("epochId", () => {
  it("has the second of its creation", () => {
    expect(epochId("SPX", 1_767_710_400_999, "abc")).toBe("SPX:1767710400:abc");
    expect(epochId("SPX", 1_767_710_401_000, "abc")).toBe("SPX:1767710401:abc");
  });

  it("refuses what would read as another name", () => {
    expect(() => epochId("I:SPX", 1, "abc")).toThrow(TypeError);
    expect(() => epochId("", 1, "abc")).toThrow(TypeError);
    expect(() => epochId("SPX", Number.NaN, "abc")).toThrow(RangeError);
    expect(() => epochId("SPX", -1, "abc")).toThrow(RangeError);
  });
});
