import { InvalidArgumentError } from "commander";
import { describe, expect, it } from "vitest";
import { parseSpeed } from "../../src/cli/speed-argument.ts";

describe("parseSpeed", () => {
  it.each([
    ["max", "max"],
    ["1x", 1],
    ["10x", 10],
    ["0.5x", 0.5],
  ])("reads %s", (text, speed) => {
    expect(parseSpeed(text)).toBe(speed);
  });

  it.each(["", "x", "0x", "0.0x", "-1x", "10", "1e3x", "10X", "fast", " 1x", `${"9".repeat(400)}x`])(
    "refuses %j, saying what is allowed",
    (text) => {
      const act = () => parseSpeed(text);
      expect(act).toThrow(InvalidArgumentError);
      expect(act).toThrow("a number above 0 followed by x");
    },
  );
});
