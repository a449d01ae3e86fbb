import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JsonWriter } from "../../../src/adapters/redis/json-writer.ts";

function written(write: (json: JsonWriter) => void, capacity = 4): string {
  const json = new JsonWriter(capacity);
  write(json);
  return json.bytes().toString("utf8");
}

describe("JsonWriter", () => {
  it("writes any text as JSON that reads back the same", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(JSON.parse(written((json) => json.text(text)))).toBe(text);
      }),
    );
  });

  it("writes a ticker as it stands", () => {
    expect(written((json) => json.text("O:SPXW251223P06870000"))).toBe('"O:SPXW251223P06870000"');
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
    expect(written((json) => json.numberText(value))).toBe(`"${value}"`);
  });

  it("writes every number as String does", () => {
    const price = fc.integer({ min: 0, max: 3_000_000_000 }).map((units) => units / 10_000);
    fc.assert(
      fc.property(fc.oneof(price, fc.double({ noNaN: true }), fc.integer(), fc.maxSafeInteger()), (value) => {
        expect(written((json) => json.numberText(value))).toBe(`"${value}"`);
      }),
      { numRuns: 2_000 },
    );
  });

  it("writes a whole number without quotes", () => {
    expect([1, 10, 320, 65_536].map((value) => written((json) => json.whole(value)))).toEqual([
      "1",
      "10",
      "320",
      "65536",
    ]);
  });

  it("grows over what it was given, with what it has", () => {
    const text = written((json) => {
      json.raw("[");
      for (let n = 0; n < 1_000; n++) {
        if (n > 0) json.comma();
        json.text("é".repeat(n % 7));
      }
      json.raw("]");
    }, 1);
    expect(JSON.parse(text)).toEqual(Array.from({ length: 1_000 }, (_, n) => "é".repeat(n % 7)));
  });
});
