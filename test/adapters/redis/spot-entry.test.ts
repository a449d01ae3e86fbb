import { describe, expect, it } from "vitest";
import { readSpotEntry } from "../../../src/adapters/redis/spot-entry.ts";

describe("an entry of the log of spot fetches", () => {
  it.each([
    ["1766437799.5", 1_766_437_799_500],
    ["0.001", 1],
    ["4294967295", 4_294_967_295_000],
  ])("of %s s is read", (ts, receivedAtMs) => {
    const entry = readSpotEntry("read", "spots", ["5-1", ["ts", ts, "payload", "not\nJSON"]]);
    expect(entry).toEqual({ cursor: "5-1", receivedAtMs, payload: "not\nJSON" });
  });

  it.each(["abc", "", "-5", "0", "0.0009", "1.7e9", "1766437799500", "9".repeat(400)])("of %j s is refused", (ts) => {
    expect(() => readSpotEntry("read", "spots", ["5-1", ["ts", ts, "payload", "{}"]])).toThrow(
      /^Cannot read: key "spots" must hold Unix seconds from 0.001 to 4294967295 as 'ts' of 5-1, current value is "/,
    );
  });

  it("is refused without a time, and without a payload", () => {
    expect(() => readSpotEntry("read", "spots", ["5-1", ["payload", "{}"]])).toThrow(
      "as 'ts' of 5-1, it holds something",
    );
    expect(() => readSpotEntry("read", "spots", ["5-1", ["ts", "1"]])).toThrow("must hold a payload in 5-1");
  });
});
