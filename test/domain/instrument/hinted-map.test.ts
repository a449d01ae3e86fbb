import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HintedMap } from "../../../src/domain/instrument/hinted-map.ts";

describe("HintedMap", () => {
  it("answers what a map answers, whatever the hints", () => {
    const symbol = fc.constantFrom("A", "B", "C");
    // Some of one place, and some that are none of a symbol's own.
    const hint = fc.constantFrom(0, 1, 16_384, 2 ** 30 - 1);
    const command = fc.oneof(
      { weight: 6, arbitrary: fc.record({ kind: fc.constant("get" as const), symbol, hint }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant("set" as const), symbol, value: fc.integer() }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant("delete" as const), symbol }) },
    );
    fc.assert(
      fc.property(fc.array(command, { maxLength: 60, size: "max" }), (commands) => {
        const hinted = new HintedMap<number>();
        const plain = new Map<string, number>();
        for (const given of commands) {
          if (given.kind === "get") expect(hinted.get(given.symbol, given.hint)).toBe(plain.get(given.symbol));
          else if (given.kind === "set") {
            hinted.set(given.symbol, given.value);
            plain.set(given.symbol, given.value);
          } else {
            hinted.delete(given.symbol);
            plain.delete(given.symbol);
          }
        }
        expect([hinted.size, [...hinted.keys()], [...hinted.values()]]).toEqual([
          plain.size,
          [...plain.keys()],
          [...plain.values()],
        ]);
      }),
      { seed: 42, numRuns: 500 },
    );
  });
});
