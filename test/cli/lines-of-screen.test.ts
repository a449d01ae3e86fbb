import { describe, expect, it } from "vitest";
import { linesOfScreen } from "../../src/cli/inspect/lines-of-screen.ts";

const TEXT = "one\ntwo\nthree\nfour\n";

describe("linesOfScreen", () => {
  it("shows all where there is room for it and for the cursor", () => {
    expect(linesOfScreen(TEXT, 5, 80)).toEqual(["one", "two", "three", "four"]);
  });

  it("tells in the last line what has no room", () => {
    const lines = linesOfScreen(TEXT, 4, 80);
    expect(lines).toEqual(["one", "two", expect.stringMatching(/^and 2 more lines: /)]);
  });

  it("cuts every line at the right", () => {
    expect(linesOfScreen(TEXT, 3, 3)).toEqual(["one", "and"]);
    expect(linesOfScreen(TEXT, 1, 5)).toEqual(["and 4"]);
  });
});
