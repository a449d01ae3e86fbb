import { decodeMulti } from "@msgpack/msgpack";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PackWriter } from "../../../src/adapters/redis/pack-writer.ts";

/** What another implementation reads. */
function readBack(write: (pack: PackWriter) => void, capacity = 4): unknown[] {
  const pack = new PackWriter(capacity);
  write(pack);
  return [...decodeMulti(pack.bytes())];
}

describe("PackWriter", () => {
  it("writes any text so that it reads back the same", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 40 }), (text) => {
        expect(readBack((pack) => pack.text(text))).toEqual([text]);
      }),
    );
  });

  it.each([0, 1, 10, 11, 21, 31, 32, 255, 256, 65_535, 65_536, 100_000])("writes a text of %d characters", (length) => {
    for (const character of ["a", "é", "€"]) {
      const text = character.repeat(length);
      expect(readBack((pack) => pack.text(text))).toEqual([text]);
    }
  });

  it.each([
    0,
    -0,
    1,
    9,
    10,
    99,
    302,
    1_234_567,
    2_147_483_647,
    2_147_483_648,
    4_294_967_296,
    -1,
    -7.5,
    0.05,
    7.7,
    0.0001,
    0.1234,
    100.5,
    1e-5,
    0.00005,
    214_748.3647,
    214_748.3648,
    0.1 + 0.2,
    1e21,
    5e-324,
    1 / 3,
  ])("writes %d as String does", (value) => {
    expect(readBack((pack) => pack.numberText(value))).toEqual([String(value)]);
  });

  it("writes every number as String does", () => {
    const price = fc.integer({ min: 0, max: 3_000_000_000 }).map((units) => units / 10_000);
    fc.assert(
      fc.property(fc.oneof(price, fc.double({ noNaN: true }), fc.integer(), fc.maxSafeInteger()), (value) => {
        expect(readBack((pack) => pack.numberText(value))).toEqual([String(value)]);
      }),
      { numRuns: 2_000 },
    );
  });

  it("writes a whole number as a number", () => {
    const values = [0, 1, 10, 127, 128, 320, 65_535, 65_536, 4_294_967_295];
    expect(values.flatMap((value) => readBack((pack) => pack.whole(value)))).toEqual(values);
  });

  it("grows over what it was given, with what it has", () => {
    const values = Array.from({ length: 1_000 }, (_, n) => (n % 3 === 0 ? n : "é".repeat(n % 50)));
    const read = readBack((pack) => {
      for (const value of values) {
        if (typeof value === "number") pack.whole(value);
        else pack.text(value);
      }
    }, 1);
    expect(read).toEqual(values);
  });
});
