import { expect, it } from "vitest";
import { replacesSpot } from "../../../src/domain/context/spot.ts";
import { sampleSpotValue } from "../../../src/testing/index.ts";

it("a value replaces one that is older or of the same time, by the nanosecond", () => {
  const at = (as_of_ns: string) => sampleSpotValue({ as_of_ns });
  const current = at("1766437799445123457");
  expect(replacesSpot(at("1766437799445123456"), current)).toBe(false);
  expect(replacesSpot(at("1766437799445123457"), current)).toBe(true);
  expect(replacesSpot(at("1766437799445123458"), current)).toBe(true);
});

it("times are compared as numbers and not as texts", () => {
  const at = (as_of_ns: string) => sampleSpotValue({ as_of_ns });
  expect(replacesSpot(at("1000"), at("999"))).toBe(true);
  expect(replacesSpot(at("999"), at("1000"))).toBe(false);
});
