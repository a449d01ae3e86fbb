import { describe, expect, it } from "vitest";
import { ShedAccount } from "../../../src/workers/source/shed-account.ts";

const TRADES = { trades: 1, quotes: 0, values: 0, other: 0 };
const HOUR_MS = 3_600_000;

describe("ShedAccount", () => {
  it("tells a stretch that goes on after a second, and one that has ended at once", () => {
    const account = new ShedAccount("options/0");
    account.add(5_000, TRADES);
    expect(account.due(5_999, true)).toBeUndefined();
    expect(account.due(6_000, true)).toMatchObject({ fromAtMs: 5_000, toAtMs: 5_000, cause: "shed", scope: "all" });
    account.add(7_000, TRADES);
    expect(account.due(7_001, false)).toMatchObject({ fromAtMs: 7_000 });
    expect(account.due(9_000, false)).toBeUndefined();
  });

  it("does not withhold one for as long as the wall clock was set back", () => {
    const account = new ShedAccount("options/0");
    account.add(2 * HOUR_MS, TRADES);
    expect(account.due(HOUR_MS, true)).toMatchObject({ cause: "shed" });
  });
});
