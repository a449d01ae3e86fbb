import { InvalidArgumentError } from "commander";
import { describe, expect, it } from "vitest";
import { parseInstant } from "../../src/cli/instant-argument.ts";

describe("parseInstant", () => {
  it.each([
    ["2025-12-23T09:30:00-05:00", 1_766_500_200_000],
    ["2025-12-23T14:30:00Z", 1_766_500_200_000],
    ["2025-12-23T14:30Z", 1_766_500_200_000],
    ["2025-12-23T14:30:00.123Z", 1_766_500_200_123],
    ["2024-02-29T00:00:00+00:00", 1_709_164_800_000],
  ])("reads %s", (text, ms) => {
    expect(parseInstant(text)).toBe(ms);
  });

  it("tells Unix seconds from milliseconds by their magnitude", () => {
    expect(parseInstant("1766500200")).toBe(1_766_500_200_000);
    expect(parseInstant("1766500200.123")).toBe(1_766_500_200_123);
    expect(parseInstant("1766500200123")).toBe(1_766_500_200_123);
    expect(parseInstant("99999999999")).toBe(99_999_999_999_000);
    expect(parseInstant("100000000000")).toBe(100_000_000_000);
    expect(parseInstant("0")).toBe(0);
  });

  it.each([
    "2025-12-23",
    "2025-12-23T14:30:00",
    "2025-12-23 14:30:00Z",
    "2025-02-30T14:30:00Z",
    "2025-02-29T14:30:00Z",
    "2025-13-01T14:30:00Z",
    "2025-12-23T25:30:00Z",
    "2025-12-23T14:30:00 EST",
    "yesterday",
    "-1",
    "1e9",
    "",
    "9".repeat(400),
  ])("refuses %j, saying what is allowed", (text) => {
    const act = () => parseInstant(text);
    expect(act).toThrow(InvalidArgumentError);
    expect(act).toThrow("ISO 8601 instant with its zone, such as 2025-12-23T09:30:00-05:00");
  });
});
