import { describe, expect, it } from "vitest";
import { seededRandom } from "../../../src/domain/random.ts";
import { checkedSchedule, parseSchedule } from "../../../src/simulator/index.ts";
import { FAULT_KINDS, faultSchema } from "../../../src/simulator/server/fault.ts";
import { drawFault, SURVIVABLE_FAULTS } from "../../../src/simulator/server/random-faults.ts";

describe("a schedule of faults", () => {
  it("is JSON of times and faults", () => {
    const text =
      '[{"atMs":5000,"fault":{"kind":"cut","assetClass":"options"}},{"atMs":1,"fault":{"kind":"slow","forMs":5,"bytesPerSecond":9}}]';
    expect(parseSchedule(text)).toEqual(JSON.parse(text));
    expect(checkedSchedule([])).toEqual([]);
  });

  it.each([
    ["{", "the schedule must be JSON"],
    ["{}", "'value' must be of type array, current value is {}"],
    ['[{"fault":{"kind":"cut"}}]', "'[0].atMs' must be of type number, current value is undefined"],
    ['[{"atMs":-1,"fault":{"kind":"cut"}}]', "'[0].atMs' must be at least 0, current value is -1"],
    ['[{"atMs":1,"fault":{"kind":"flood"}}]', "'[0].fault.kind' must be one of refuse, cut, close, stall"],
    [
      '[{"atMs":1,"fault":{"kind":"cut","assetClass":"fx"}}]',
      "'[0].fault.assetClass' must be one of options, stocks, indices",
    ],
    ['[{"atMs":1,"fault":{"kind":"cut","assetclass":"options"}}]', "'[0].fault.assetclass' must not be there"],
    ['[{"atMs":1,"fault":{"kind":"stall"}}]', "'[0].fault.forMs' must be of type number"],
    ['[{"atMs":1,"fault":{"kind":"close","code":5}}]', "'[0].fault.code' must be a close code, current value is 5"],
    [
      '[{"atMs":1,"fault":{"kind":"slow","forMs":1,"bytesPerSecond":0}}]',
      "'[0].fault.bytesPerSecond' must be at least 1",
    ],
  ])("is refused as %s", (text, message) => {
    expect(() => parseSchedule(text)).toThrow(TypeError);
    expect(() => parseSchedule(text)).toThrow(message);
  });

  it("names every field that is wrong at once", () => {
    expect(() => checkedSchedule([{ atMs: "1", fault: { kind: "slow" } }])).toThrow(
      "'[0].atMs' must be of type number, current value is \"1\"; '[0].fault.forMs' must be",
    );
  });
});

describe("drawFault", () => {
  it("draws valid faults of every kind asked for, and by default only those that a client survives", () => {
    const random = seededRandom(1);
    for (const kind of FAULT_KINDS) {
      for (let round = 0; round < 50; round++) {
        const fault = drawFault([kind], random);
        expect(fault.kind).toBe(kind);
        expect(faultSchema.parse(fault)).toEqual(fault);
      }
    }
    for (const kind of ["rejectKeys", "noWebsocket", "withdraw", "evict", "skew"] as const) {
      expect(SURVIVABLE_FAULTS).not.toContain(kind);
    }
  });
});
