import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OpenInterestPins, openInterestTimeOf } from "../../../src/domain/epoch/open-interest.ts";
import { mergeValues } from "../../../src/domain/epoch/substrate.ts";
import { easternTimeMs } from "../../../src/domain/market/trading-day.ts";
import { recordOf } from "./contracts.ts";

const CONTRACT = "O:SPXW260116C05000000";
const TUESDAY = "2026-01-06";
const WEDNESDAY = "2026-01-07";
const at = (minutes: number, date = WEDNESDAY) => easternTimeMs(date, minutes);
const H = 60;

describe("openInterestTimeOf", () => {
  it.each([
    [at(18 * H, TUESDAY), TUESDAY, false, "in the evening, though the session is Wednesday's"],
    [at(6 * H + 30) - 1, TUESDAY, false, "one ms before 06:30"],
    [at(6 * H + 30), WEDNESDAY, true, "from 06:30 on"],
    [at(7 * H) - 1, WEDNESDAY, true, "one ms before 07:00"],
    [at(7 * H), WEDNESDAY, false, "from 07:00 on"],
    [at(17 * H + 59), WEDNESDAY, false, "until the evening"],
    [at(12 * H, "2026-01-10"), "2026-01-09", false, "on a Saturday"],
    [at(12 * H, "2026-01-19"), "2026-01-16", false, "on a holiday"],
    [at(7 * H, "2026-01-20"), "2026-01-20", false, "on the day after it"],
  ])("at %d is %s, being published: %s; %s", (atMs, day, isBeingPublished) => {
    expect(openInterestTimeOf(atMs)).toMatchObject({ day, isBeingPublished });
  });

  it("knows the day before", () => {
    expect(openInterestTimeOf(at(8 * H, "2026-01-20")).previousDay).toBe("2026-01-16");
  });
});

describe("OpenInterestPins", () => {
  const pinAll = (pins: OpenInterestPins, ...values: readonly (readonly [number, number | null])[]) =>
    values.map(([atMs, openInterest]) => {
      const group = pins.pin(CONTRACT, openInterest, atMs);
      return group === undefined ? "none" : `${group.openInterestDay} ${group.openInterest}`;
    });

  it("keeps the first value of a day until the values of the next are there", () => {
    expect(
      pinAll(
        new OpenInterestPins(),
        [at(8 * H, TUESDAY), 100],
        [at(9 * H, TUESDAY), 120],
        [at(20 * H, TUESDAY), 130],
        [at(6 * H), 140],
      ),
    ).toEqual(Array.from({ length: 4 }, () => `${TUESDAY} 100`));
  });

  it("believes a new value during the publication when it came twice in a row", () => {
    const values = [150, 100, 150, 150, 160].map((value, index) => [at(6 * H + 31 + index), value] as const);
    expect(pinAll(new OpenInterestPins(), [at(8 * H, TUESDAY), 100], ...values)).toEqual([
      `${TUESDAY} 100`,
      `${TUESDAY} 100`,
      `${TUESDAY} 100`,
      `${TUESDAY} 100`,
      `${WEDNESDAY} 150`,
      `${WEDNESDAY} 150`,
    ]);
  });

  it("does not take the value of the day before for the new one, until 07:00", () => {
    const values = [0, 1, 2, 29].map((minute) => [at(6 * H + 30 + minute), 100] as const);
    const told = pinAll(new OpenInterestPins(), [at(8 * H, TUESDAY), 100], ...values, [at(7 * H), 100]);
    expect(told.slice(0, 5)).toEqual(Array.from({ length: 5 }, () => `${TUESDAY} 100`));
    expect(told[5]).toBe(`${WEDNESDAY} 100`);
  });

  it("believes nothing during the publication where the day before is not known", () => {
    const publication = [at(6 * H + 31), at(6 * H + 32), at(6 * H + 33)].map((ms) => [ms, 150] as const);
    expect(pinAll(new OpenInterestPins(), ...publication, [at(7 * H), 151])).toEqual([
      "none",
      "none",
      "none",
      `${WEDNESDAY} 151`,
    ]);
    const monday = [at(8 * H, "2026-01-05"), 100] as const;
    expect(pinAll(new OpenInterestPins(), monday, ...publication)[3]).toBe("2026-01-05 100");
  });

  it("changes nothing for a value that is missing", () => {
    expect(pinAll(new OpenInterestPins(), [at(8 * H), null], [at(9 * H), 5], [at(10 * H), null])).toEqual([
      "none",
      `${WEDNESDAY} 5`,
      `${WEDNESDAY} 5`,
    ]);
  });

  it("puts what is believed in place of what came", () => {
    const pins = new OpenInterestPins();
    const fetched = (openInterest: number | null) =>
      recordOf(CONTRACT, { day: { openInterestDay: "1970-01-01", openInterest } });
    expect(pins.pinned(fetched(null), at(8 * H))).toEqual(recordOf(CONTRACT));
    expect(pins.pinned(fetched(7), at(8 * H)).day).toEqual({ openInterestDay: WEDNESDAY, openInterest: 7 });
    expect(pins.pinned(fetched(8), at(9 * H)).day?.openInterest).toBe(7);
    expect(pins.pinned(recordOf(CONTRACT), at(9 * H)).day?.openInterest).toBe(7);
  });

  it("goes on where the process before ended", () => {
    const pins = new OpenInterestPins();
    pins.restore([recordOf(CONTRACT, { day: { openInterestDay: TUESDAY, openInterest: 100 } })]);
    pins.restore([recordOf(CONTRACT, { day: { openInterestDay: "2026-01-05", openInterest: 1 } }), recordOf(CONTRACT)]);
    expect(pinAll(pins, [at(6 * H), 130])).toEqual([`${TUESDAY} 100`]);
  });

  it("forgets with a new day what has expired, so that a process that runs for months does not fill up", () => {
    const pins = new OpenInterestPins();
    const expiresTuesday = CONTRACT.replace(/\d{6}(?=[CP])/, "260106");
    pins.pin(expiresTuesday, 100, at(8 * H, TUESDAY));
    pins.pin(CONTRACT, 100, at(8 * H, TUESDAY));
    expect(pins.size).toBe(2);
    expect(pins.pin(CONTRACT, 110, at(8 * H))?.openInterest).toBe(110);
    expect(pins.size).toBe(1);
  });

  it("gives each day one value at most, never an earlier day after a later one, so that a store agrees with it", () => {
    const step = fc.tuple(fc.integer({ min: 1, max: 200 }), fc.option(fc.integer({ min: 0, max: 3 })));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const pins = new OpenInterestPins();
        const byDay = new Map<string, number | null>();
        let stored = recordOf(CONTRACT);
        let atMs = at(0, TUESDAY);
        for (const [minutes, value] of steps) {
          atMs += minutes * 60_000;
          const group = pins.pin(CONTRACT, value, atMs);
          if (group === undefined) continue;
          expect(group.openInterestDay <= openInterestTimeOf(atMs).day).toBe(true);
          expect(group.openInterestDay >= (stored.day?.openInterestDay ?? "")).toBe(true);
          expect(byDay.get(group.openInterestDay) ?? group.openInterest).toBe(group.openInterest);
          byDay.set(group.openInterestDay, group.openInterest);
          stored = mergeValues(stored, { day: group }).record;
          expect(stored.day).toEqual(group);
        }
      }),
      { seed: 42, numRuns: 300 },
    );
  });
});
