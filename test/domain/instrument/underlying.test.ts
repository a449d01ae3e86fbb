import { describe, expect, it } from "vitest";
import { underlyingOfRoot } from "../../../src/domain/instrument/underlying.ts";

describe("underlyingOfRoot", () => {
  it.each([
    ["SPXW", "SPX"],
    ["NDXP", "NDX"],
    ["VIXW", "VIX"],
    ["RUTW", "RUT"],
  ])("knows that %s is on %s", (root, underlying) => {
    expect(underlyingOfRoot(root)).toBe(underlying);
  });

  it.each(["SPX", "XSP", "AAPL", "AAPL1", "GOOG2", "SNOW", "XSPW", "toString"])("takes %s for its own", (root) => {
    expect(underlyingOfRoot(root)).toBe(root);
  });
});
