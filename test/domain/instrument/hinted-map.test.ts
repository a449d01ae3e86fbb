import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HintedMap } from "../../../src/domain/instrument/hinted-map.ts";

describe("HintedMap", () => {
  it("answers what a map answers, with hints and without", () => {
    const symbol = fc.constantFrom("A", "B", "C");
    // Several for one symbol, those of all symbols in the same few places; some are none.
    const hints = { A: [0, 1, 16_385], B: [0, 16_384 * 2 + 1, 16_384], C: [0, 2 ** 31 - 1, 32_768] };
    const hint = fc.constantFrom(0, 1, 2);
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
          if (given.kind === "get") {
            const own = hints[given.symbol as "A" | "B" | "C"][given.hint] ?? 0;
            const known = hinted.hinted(own);
            expect(known === undefined || known === plain.get(given.symbol)).toBe(true);
            expect(hinted.get(given.symbol, own)).toBe(plain.get(given.symbol));
            if (own !== 0) expect(hinted.hinted(own)).toBe(plain.get(given.symbol));
          } else if (given.kind === "set") {
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
