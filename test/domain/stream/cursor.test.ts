import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareCursors, earliestCursor, splitCursor } from "../../../src/domain/stream/cursor.ts";

const cursors = fc.record({ ms: fc.nat({ max: 2 ** 48 }), n: fc.nat() });

describe("cursors", () => {
  it("order by milliseconds, then by number, and not by text", () => {
    fc.assert(
      fc.property(cursors, cursors, (a, b) => {
        const sign = Math.sign(a.ms - b.ms || a.n - b.n);
        expect(Math.sign(compareCursors(`${a.ms}-${a.n}`, `${b.ms}-${b.n}`))).toBe(sign);
      }),
      { seed: 42, numRuns: 500 },
    );
    expect(compareCursors("9-0", "10-0")).toBeLessThan(0);
    expect(compareCursors("5-9", "5-10")).toBeLessThan(0);
  });

  it("have an earliest, or none", () => {
    expect(earliestCursor(["10-1", "9-5", "9-6"])).toBe("9-5");
    expect(earliestCursor([])).toBeUndefined();
  });

  it.each([
    ...["", "5", "-1", "5-", "a-1", "5-1-2", "-5-1", "1.5-1"],
    ...["1e2-1", "1-1e0", "05-1", "5-01", " 5-1", "5-1 ", "5-1\n", "5.0-1", "0x5-1", "+5-1", "9007199254740992-1"],
  ])('refuse the text "%s"', (text) => {
    expect(() => splitCursor(text)).toThrow(
      new TypeError(`Cannot read a cursor: the text must be '{ms}-{n}', current value is "${text}"`),
    );
  });
});
