import { describe, expect, it } from "vitest";
import { encodeModel, modelNameSchema } from "../../../src/domain/context/model.ts";
import { sampleModel } from "../../../src/testing/index.ts";

describe("the text of a model", () => {
  it("is its compact JSON", () => {
    expect(encodeModel({ a: [1, "é", null, { b: true }], c: {} })).toBe('{"a":[1,"é",null,{"b":true}],"c":{}}');
    expect(JSON.parse(encodeModel(sampleModel()))).toEqual(sampleModel());
  });

  it("has no property that is undefined", () => {
    expect(encodeModel({ a: undefined, b: { c: undefined, d: 1 } })).toBe('{"b":{"d":1}}');
  });

  it("is refused to what JSON would change, with the place of it", () => {
    const refusals: [object, string][] = [
      [
        { cells: [{ gex: 1 }, { gex: Number.NaN }] },
        "Cannot store a model: 'cells[1].gex' must be a JSON value, current value is NaN",
      ],
      [{ at: 1n }, "Cannot store a model: 'at' must be a JSON value, current value is 1"],
      [{ a: { b: new Map() } }, "Cannot store a model: 'a.b' must be a JSON value, current value is [object Map]"],
      [{ at: new Date(0) }, "Cannot store a model: 'at' must be a JSON value, current value is [object Date]"],
      [{ a: [undefined] }, "Cannot store a model: 'a[0]' must be a JSON value, current value is undefined"],
      [{ a: new Array(1) }, "Cannot store a model: 'a[0]' must be a JSON value, current value is undefined"],
      [[], "Cannot store a model: it must be a JSON object, current value is [object Array]"],
      [new Set(), "Cannot store a model: it must be a JSON object, current value is [object Set]"],
    ];
    for (const [message, text] of refusals) expect(() => encodeModel(message)).toThrow(new TypeError(text));
  });
});

it("models are named by lower-case words", () => {
  for (const name of ["gex", "heatmap", "a", "vex_2"]) expect(modelNameSchema.safeParse(name).success, name).toBe(true);
  for (const name of ["", "Gex", "2gex", "_gex", "gex-1", "gex:1", "gex\n"]) {
    expect(modelNameSchema.safeParse(name).success, name).toBe(false);
  }
});
