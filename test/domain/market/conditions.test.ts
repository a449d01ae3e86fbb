import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { classifyConditions, OPTION_TRADE_CONDITIONS } from "../../../src/domain/market/conditions.ts";

const PLAIN = {
  cancel: false,
  lateReport: false,
  multiLeg: false,
  extendedHours: false,
  cross: false,
  compression: false,
  countsVolume: true,
  countsHighLow: true,
  countsOpenClose: true,
  known: true,
};
const OUT = { countsVolume: false, countsHighLow: false, countsOpenClose: false };

const CANCELS = [201, 203, 205, 207];
const LATES = [202, 204, 206];
const REGULAR = [208, 209, 210, 219, 227, 228, 229, 230, 231];
const PACKAGES = [232, 233, 234, 235, 236, 237, 238, 239, 240, 241, 242, 243, 244, 245];
const KNOWN = [...CANCELS, ...LATES, ...REGULAR, ...PACKAGES, 246, 247, 248];

describe("OPTION_TRADE_CONDITIONS", () => {
  it("holds the 33 conditions, each under its own id and code", () => {
    expect([...OPTION_TRADE_CONDITIONS.keys()].sort()).toEqual([...KNOWN].sort());
    for (const [id, condition] of OPTION_TRADE_CONDITIONS) expect(condition.id).toBe(id);
    expect(new Set([...OPTION_TRADE_CONDITIONS.values()].map((condition) => condition.code)).size).toBe(33);
  });

  it.each([
    [209, "AUTO", "regular", true, true, true],
    [208, "OPNL", "regular", true, true, true],
    [204, "LATE", "late", false, false, false],
    [207, "CNOL", "cancel", false, false, false],
    [231, "SLFT", "singleLeg", true, true, true],
    [236, "MESL", "multiLeg", true, true, true],
    [237, "TLAT", "stockOption", true, true, true],
    [238, "MASL", "multiLeg", true, true, true],
    [245, "TFSL", "stockOption", true, true, true],
    [246, "CBMO", "special", true, false, false],
    [248, "EXHT", "special", true, false, false],
  ])("knows %i as %s", (id, code, conditionClass, updatesVolume, updatesHighLow, updatesOpenClose) => {
    expect(OPTION_TRADE_CONDITIONS.get(id)).toMatchObject({
      code,
      class: conditionClass,
      updatesVolume,
      updatesHighLow,
      updatesOpenClose,
    });
  });

  it("does not know its neighbours", () => {
    for (const id of [0, 200, 211, 218, 220, 226, 249, 255, 256]) expect(OPTION_TRADE_CONDITIONS.has(id)).toBe(false);
  });
});

describe("classifyConditions", () => {
  it("counts a print without conditions in full", () => {
    expect(classifyConditions(undefined)).toEqual(PLAIN);
    expect(classifyConditions([])).toEqual(PLAIN);
  });

  it("keeps cancels and late reports out of everything", () => {
    for (const id of CANCELS) expect(classifyConditions([id])).toEqual({ ...PLAIN, ...OUT, cancel: true });
    for (const id of LATES) expect(classifyConditions([id])).toEqual({ ...PLAIN, ...OUT, lateReport: true });
  });

  it("counts regular and single-leg prints in full", () => {
    for (const id of REGULAR) {
      expect(classifyConditions([id])).toEqual({ ...PLAIN, cross: id === 229 || id === 230 });
    }
  });

  it("marks the legs of packages, which count in full", () => {
    for (const id of PACKAGES) expect(classifyConditions([id])).toEqual({ ...PLAIN, multiLeg: true });
  });

  it("counts special prints in volume alone", () => {
    const volumeAlone = { ...PLAIN, countsHighLow: false, countsOpenClose: false };
    expect(classifyConditions([246])).toEqual({ ...volumeAlone, multiLeg: true });
    expect(classifyConditions([247])).toEqual({ ...volumeAlone, compression: true });
    expect(classifyConditions([248])).toEqual({ ...volumeAlone, extendedHours: true });
  });

  it("counts a print with an unknown id and says so", () => {
    for (const id of [0, 200, 249, 255, 256, 1_000_000, -1, 209.5, Number.NaN]) {
      expect(classifyConditions([id])).toEqual({ ...PLAIN, known: false });
    }
  });

  it("lets the strictest of several codes win, in any order", () => {
    const id = fc.oneof(fc.constantFrom(...KNOWN), fc.integer({ min: 0, max: 300 }));
    fc.assert(
      fc.property(fc.array(id, { minLength: 1, maxLength: 5 }), (ids) => {
        const single = ids.map((one) => classifyConditions([one]));
        const expected = {
          cancel: single.some((flags) => flags.cancel),
          lateReport: single.some((flags) => flags.lateReport),
          multiLeg: single.some((flags) => flags.multiLeg),
          cross: single.some((flags) => flags.cross),
          compression: single.some((flags) => flags.compression),
          extendedHours: single.some((flags) => flags.extendedHours),
          countsVolume: single.every((flags) => flags.countsVolume),
          countsHighLow: single.every((flags) => flags.countsHighLow),
          countsOpenClose: single.every((flags) => flags.countsOpenClose),
          known: single.every((flags) => flags.known),
        };
        expect(classifyConditions(ids)).toEqual(expected);
        expect(classifyConditions([...ids].reverse())).toEqual(expected);
      }),
      { seed: 42, numRuns: 500 },
    );
    expect(classifyConditions([209, 201]).countsVolume).toBe(false);
    expect(classifyConditions([999, 204])).toMatchObject({ countsVolume: false, known: false });
  });

  it("answers with shared objects that nobody can change", () => {
    for (const conditions of [undefined, [], [209], [201], [999], [209, 248]]) {
      const flags = classifyConditions(conditions);
      expect(classifyConditions(conditions && [...conditions])).toBe(flags);
      expect(Object.isFrozen(flags)).toBe(true);
    }
    expect(classifyConditions([209])).toBe(classifyConditions(undefined));
  });
});
