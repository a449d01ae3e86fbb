import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { marketPhase, type UnderlyingKind, underlyingKind } from "../../../src/domain/market/session.ts";
import { settlementMs } from "../../../src/domain/market/settlement.ts";
import { TradingCalendar } from "../../../src/domain/market/trading-calendar.ts";
import { easternTimeMs } from "../../../src/domain/market/trading-day.ts";

/** `2026-01-07 09:30` Eastern. */
function eastern(text: string): number {
  const [date = "", time = ""] = text.split(" ");
  const [hours = Number.NaN, minutes = Number.NaN] = time.split(":").map(Number);
  return easternTimeMs(date, hours * 60 + minutes);
}

describe("marketPhase", () => {
  it.each([
    // A Wednesday and the evenings around it.
    ["index", "2026-01-06 20:15", "closed", "gth"],
    ["index", "2026-01-07 00:00", "gth", "gth"],
    ["index", "2026-01-07 09:25", "gth", "closed"],
    ["index", "2026-01-07 09:30", "closed", "regular"],
    ["index", "2026-01-07 16:00", "regular", "regular"],
    ["index", "2026-01-07 16:15", "regular", "curb"],
    ["index", "2026-01-07 17:00", "curb", "closed"],
    ["index", "2026-01-07 18:00", "closed", "closed"],
    ["equity", "2026-01-07 04:00", "closed", "extended"],
    ["equity", "2026-01-07 09:30", "extended", "regular"],
    ["equity", "2026-01-07 16:00", "regular", "extended"],
    ["equity", "2026-01-07 20:00", "extended", "closed"],
    ["equity", "2026-01-07 20:15", "closed", "closed"],
    // Summer time.
    ["index", "2026-07-07 09:30", "closed", "regular"],
    ["equity", "2026-07-07 16:00", "regular", "extended"],
    // The first sessions after the clocks changed, which open in the night of the change.
    ["index", "2026-03-08 20:15", "closed", "gth"],
    ["index", "2026-03-09 09:30", "closed", "regular"],
    ["index", "2026-11-01 20:15", "closed", "gth"],
    ["index", "2026-11-02 09:30", "closed", "regular"],
    // Weekend: nothing opens on Friday evening, Monday's session on Sunday evening.
    ["index", "2026-01-09 20:15", "closed", "closed"],
    ["index", "2026-01-10 12:00", "closed", "closed"],
    ["index", "2026-01-11 20:15", "closed", "gth"],
    // A long weekend: nothing on Sunday evening, Tuesday's session on Monday evening.
    ["index", "2026-01-18 20:15", "closed", "closed"],
    ["index", "2026-01-19 12:00", "closed", "closed"],
    ["equity", "2026-01-19 12:00", "closed", "closed"],
    ["index", "2026-01-19 20:15", "closed", "gth"],
    // The day of mourning.
    ["index", "2025-01-08 20:15", "closed", "closed"],
    ["index", "2025-01-09 12:00", "closed", "closed"],
    // Half a day.
    ["index", "2025-11-28 13:00", "regular", "regular"],
    ["index", "2025-11-28 13:15", "regular", "closed"],
    ["equity", "2025-11-28 13:00", "regular", "extended"],
    ["equity", "2025-11-28 17:00", "extended", "closed"],
  ] as const)("%s options at %s Eastern go from %s to %s", (kind, at, before, from) => {
    const atMs = eastern(at);
    expect([atMs - 1, atMs].map((ms) => marketPhase(kind, ms))).toEqual([before, from]);
  });

  it("follows a calendar that is given", () => {
    const calendar = new TradingCalendar([{ date: "2026-03-11", status: "closed" }]);
    expect(marketPhase("index", eastern("2026-03-11 12:00"))).toBe("regular");
    expect(marketPhase("index", eastern("2026-03-11 12:00"), calendar)).toBe("closed");
    expect(marketPhase("index", eastern("2026-03-10 21:00"), calendar)).toBe("closed");
  });

  it("lasts as long on every trading day of a week, however the clocks change", () => {
    const monday = fc.integer({ min: 0, max: 1_500 }).map((weeks) => Date.UTC(2015, 0, 4, 12) + weeks * 7 * 86_400_000);
    fc.assert(
      fc.property(monday, fc.constantFrom<UnderlyingKind>("index", "equity"), (fromMs, kind) => {
        const quiet = new TradingCalendar();
        let regular = 0;
        let trading = 0;
        for (let minute = 0; minute < 7 * 24 * 60; minute += 5) {
          const phase = marketPhase(kind, fromMs + minute * 60_000, quiet);
          if (phase === "regular") regular += 5;
          if (phase !== "closed") trading += 5;
        }
        const days = new Set<string>();
        for (let day = 0; day < 7; day++) days.add(new Date(fromMs + day * 86_400_000).toISOString().slice(0, 10));
        const open = [...days].filter((date) => quiet.isTradingDay(date));
        const early = open.filter((date) => quiet.isEarlyClose(date)).length;
        const perDay = kind === "index" ? 405 : 390;
        expect(regular).toBe(open.length * perDay - early * 180);
        // Index: 13 h 10 min of nights and 45 min of curb, which half days have not. Equity: 5.5 h before and 4 h after.
        const around = kind === "index" ? open.length * (790 + 45) - early * 45 : open.length * (330 + 240);
        expect(trading - regular).toBe(around);
      }),
      { seed: 42, numRuns: 60 },
    );
  });
});

describe("underlyingKind", () => {
  it.each([
    ["I:SPX", "index"],
    ["I:NQX", "index"],
    ["SPX", "index"],
    ["VIX", "index"],
    ["AAPL", "equity"],
    ["SPY", "equity"],
  ])("of %s is %s", (symbol, kind) => {
    expect(underlyingKind(symbol)).toBe(kind);
  });
});

describe("settlementMs", () => {
  it.each([
    ["SPX", "2026-01-16", "2026-01-16T14:30:00.000Z", "the opening prices of a third Friday"],
    ["SPXW", "2026-01-16", "2026-01-16T21:00:00.000Z", "its close"],
    ["SPXW", "2026-07-17", "2026-07-17T20:00:00.000Z", "a close in summer"],
    ["NDX", "2026-01-16", "2026-01-16T14:30:00.000Z", "opening prices"],
    ["NDXP", "2026-01-16", "2026-01-16T21:00:00.000Z", "the close"],
    ["VIXW", "2026-01-14", "2026-01-14T14:30:00.000Z", "opening prices on a Wednesday"],
    ["RUTW", "2026-01-16", "2026-01-16T21:00:00.000Z", "the close"],
    ["AAPL", "2026-01-16", "2026-01-16T21:00:00.000Z", "the close"],
    ["SPXW", "2025-11-28", "2025-11-28T18:00:00.000Z", "the close of half a day"],
    ["SPX", "2025-11-28", "2025-11-28T14:30:00.000Z", "opening prices of half a day"],
    ["SPXW", "2025-01-09", "2025-01-08T21:00:00.000Z", "the day before a closing out of the ordinary"],
    ["SPXW", "2026-01-17", "2026-01-16T21:00:00.000Z", "the Friday before a Saturday"],
  ])("of %s on %s is %s: %s", (root, expiration, iso) => {
    expect(new Date(settlementMs(root, expiration)).toISOString()).toBe(iso);
  });

  it("refuses what is no date", () => {
    expect(() => settlementMs("SPX", "20260116")).toThrow(RangeError);
  });
});
