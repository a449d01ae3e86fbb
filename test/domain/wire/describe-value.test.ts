import { describe, expect, it } from "vitest";
import { cutText, describeValue } from "../../../src/domain/wire/describe-value.ts";

describe("cutText", () => {
  it("keeps a text up to its limit, one character before, at and after", () => {
    expect(cutText("x".repeat(199))).toBe("x".repeat(199));
    expect(cutText("x".repeat(200))).toBe("x".repeat(200));
    expect(cutText("x".repeat(201))).toBe("x".repeat(200));
    expect(cutText("abcdef", 3)).toBe("abc");
  });

  it("leaves a pair of surrogates whole or away", () => {
    expect(cutText("ab😀cd", 3)).toBe("ab");
    expect(cutText("ab😀cd", 4)).toBe("ab😀");
  });
});

describe("describeValue", () => {
  it.each([
    [undefined, "undefined"],
    [null, "null"],
    [true, "true"],
    [0, "0"],
    [-0, "-0"],
    [1.5, "1.5"],
    [Number.POSITIVE_INFINITY, "Infinity"],
    ['a"b\n', '"a\\"b\\n"'],
    [[], "[]"],
    [{}, "{}"],
    [[1, [2, { a: "b", c: null }]], '[1,[2,{"a":"b","c":null}]]'],
    [[[[[[[[]]]]]]], "[[[[[[...]]]]]]"],
  ])("writes %j as %s", (value, text) => {
    expect(describeValue(value)).toBe(text);
  });

  it("writes what JSON.parse made of __proto__", () => {
    expect(describeValue(JSON.parse('{"__proto__":{"a":1}}'))).toBe('{"__proto__":{"a":1}}');
  });

  it("stops at 200 characters, in breadth and in depth", () => {
    const wide = new Array(1_000_000).fill(7);
    expect(describeValue(wide)).toBe(`[${"7,".repeat(99)}7`);
    expect(describeValue({ ["k".repeat(500)]: wide })).toBe(`{"${"k".repeat(198)}`);
    let deep: unknown = 1;
    for (let level = 0; level < 100_000; level++) deep = [deep, deep];
    expect(describeValue(deep).length).toBe(200);
  });
});
