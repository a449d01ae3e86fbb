import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  isSettled,
  nearestExpirationDates,
  nearestExpirations,
  nextExpiryMs,
  seriesKey,
  unsettledContracts,
} from "../../../src/domain/epoch/expirations.ts";
import { settlementMs } from "../../../src/domain/market/settlement.ts";
import { easternTimeMs } from "../../../src/domain/market/trading-day.ts";
import { chainOf, recordOf } from "./contracts.ts";

const FRIDAY = "2026-01-16";
const OPEN = easternTimeMs(FRIDAY, 570);
const CLOSE = easternTimeMs(FRIDAY, 960);

const series = fc.record({
  root: fc.constantFrom("SPX", "SPXW"),
  expiration: fc.constantFrom("2026-01-14", "2026-01-15", FRIDAY, "2026-01-20", "2026-01-21", "2026-02-20"),
});
const instant = fc.integer({ min: Date.UTC(2026, 0, 13), max: Date.UTC(2026, 1, 22) });

describe("nearestExpirations", () => {
  const listed = ["2026-01-20", FRIDAY].flatMap((expiration) => [{ root: "SPXW", expiration }]);
  const all = [...listed, { root: "SPX", expiration: FRIDAY }];
  const at = (ms: number, count = 5) => nearestExpirations(all, count, ms).map(seriesKey);

  it("takes SPX and SPXW of a third Friday for two, and lets each go at its own settlement", () => {
    expect(at(OPEN - 1)).toEqual([`SPX:${FRIDAY}`, `SPXW:${FRIDAY}`, "SPXW:2026-01-20"]);
    expect(at(OPEN)).toEqual([`SPXW:${FRIDAY}`, "SPXW:2026-01-20"]);
    expect(at(CLOSE - 1)).toEqual([`SPXW:${FRIDAY}`, "SPXW:2026-01-20"]);
    expect(at(CLOSE)).toEqual(["SPXW:2026-01-20"]);
    expect(at(OPEN - 1, 1)).toEqual([`SPX:${FRIDAY}`]);
  });

  it("chooses the first to settle among those that have not, whatever the order and the copies", () => {
    fc.assert(
      fc.property(fc.array(series), fc.integer({ min: 1, max: 8 }), instant, (given, count, atMs) => {
        const chosen = nearestExpirations(given, count, atMs);
        const keys = chosen.map(seriesKey);
        expect(new Set(keys).size).toBe(keys.length);
        expect(nearestExpirations([...given].reverse(), count, atMs).map(seriesKey)).toEqual(keys);
        const settledAt = chosen.map(({ root, expiration }) => settlementMs(root, expiration));
        expect(settledAt).toEqual([...settledAt].sort((one, other) => one - other));
        expect(settledAt.every((ms) => ms > atMs)).toBe(true);
        const others = given.filter((one) => !keys.includes(seriesKey(one)) && !isSettled(one, atMs));
        if (others.length > 0) expect(chosen.length).toBe(count);
        for (const { root, expiration } of others) {
          expect(settlementMs(root, expiration)).toBeGreaterThanOrEqual(settledAt.at(-1) ?? 0);
        }
      }),
      { seed: 42, numRuns: 300 },
    );
  });

  it("changes at the expiry roll and at no instant before", () => {
    fc.assert(
      fc.property(fc.array(series), instant, (given, atMs) => {
        const nextMs = nextExpiryMs(given, atMs);
        const now = nearestExpirations(given, 100, atMs);
        if (nextMs === null) {
          expect(now).toEqual([]);
          return;
        }
        expect(nearestExpirations(given, 100, nextMs - 1)).toEqual(now);
        expect(nearestExpirations(given, 100, nextMs).length).toBeLessThan(now.length);
      }),
      { seed: 42, numRuns: 300 },
    );
  });

  it.each([0, -1, 1.5, Number.NaN])("refuses a count of %d", (count) => {
    expect(() => nearestExpirations(all, count, OPEN)).toThrow(RangeError);
  });

  it("refuses what is no date", () => {
    expect(() => nearestExpirations([{ root: "SPX", expiration: "soon" }], 1, OPEN)).toThrow(RangeError);
  });
});

describe("nearestExpirationDates", () => {
  const dates = ["2026-01-20", FRIDAY, FRIDAY];

  it("keeps a date until the last series it may have has settled", () => {
    for (const underlying of ["I:SPX", "SPX", "NDX", "I:RUT", "AAPL"]) {
      expect(nearestExpirationDates(dates, underlying, 5, CLOSE - 1)).toEqual([FRIDAY, "2026-01-20"]);
      expect(nearestExpirationDates(dates, underlying, 5, CLOSE)).toEqual(["2026-01-20"]);
    }
    expect(nearestExpirationDates(dates, "I:VIX", 5, OPEN - 1)).toEqual([FRIDAY, "2026-01-20"]);
    expect(nearestExpirationDates(dates, "I:VIX", 5, OPEN)).toEqual(["2026-01-20"]);
    expect(nearestExpirationDates(dates, "SPX", 1, OPEN)).toEqual([FRIDAY]);
  });
});

describe("unsettledContracts", () => {
  it("leaves out AM contracts of a date from the open on, and keeps those of the close", () => {
    const contracts = [...chainOf(4, "SPX"), ...chainOf(4, "SPXW")].map((ticker) => recordOf(ticker));
    const left = (atMs: number) =>
      unsettledContracts(contracts, ({ terms }) => terms, atMs).map(({ terms }) => terms.root);
    expect(left(OPEN - 1)).toHaveLength(8);
    expect(left(OPEN)).toEqual(["SPXW", "SPXW", "SPXW", "SPXW"]);
    expect(left(CLOSE)).toEqual([]);
  });
});
