import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseExactJson, parseSourcedJson } from "../../../src/domain/wire/exact-json.ts";

type Outcome = { readonly value: unknown } | { readonly error: string };

function outcome(parse: () => unknown): Outcome {
  try {
    return { value: parse() };
  } catch (error) {
    return { error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
}

/** What `JSON.parse` would have made of it: the double nearest to each bigint. */
function rounded(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(rounded);
  if (typeof value !== "object" || value === null) return value;
  const copy: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(value)) {
    Object.defineProperty(copy, name, { value: rounded(field), writable: true, enumerable: true, configurable: true });
  }
  return copy;
}

/**
 * V8 takes an escaped name for another one of the same length that it has met at this place: after
 * `JSON.parse('{"a":0,"\\\\\\\\":1}')` it reads `{"a":0,"\\ud800":1}` as the first. Such names are held against literals.
 */
const ESCAPED_NAME = /"(?:[^"\\]|\\.)*\\(?:[^"\\]|\\.)*"[ \t\n\r]*:/;

function expectAsJsonParse(text: string): void {
  if (ESCAPED_NAME.test(text)) return;
  const theirs = outcome(() => JSON.parse(text));
  const ours = outcome(() => rounded(parseExactJson(text)));
  expect(ours).toStrictEqual(theirs);
  // The order of properties too, and the sign of zeros.
  if ("value" in theirs && "value" in ours) {
    expect(spelled(ours.value)).toBe(spelled(theirs.value));
  }
}

function spelled(value: unknown): string {
  return JSON.stringify(value, (_, field: unknown) => (Object.is(field, -0) ? "minus zero" : field));
}

const digits = fc.stringMatching(/^\d{1,24}$/);
const numberText = fc
  .tuple(
    fc.constantFrom("", "-"),
    digits,
    fc.option(fc.oneof(digits, fc.constantFrom("0", "00", "000000000000000000"))),
    fc.option(fc.stringMatching(/^[eE][+-]?\d{1,3}$/)),
  )
  .map(
    ([sign, whole, fraction, exponent]) => `${sign}${whole}${fraction === null ? "" : `.${fraction}`}${exponent ?? ""}`,
  );
const space = fc.stringMatching(/^[ \t\n\r]{0,3}$/);
const stringText = fc.oneof(
  fc.string({ unit: "binary" }).map((text) => JSON.stringify(text)),
  fc.string({ unit: "binary" }).map((text) => `"${text}"`),
  fc.constantFrom(
    '"\\u00e9\\n\\""',
    '"\\ud800"',
    '"\\x"',
    '"\\',
    '"\\u12"',
    '"__proto__"',
    '"\\\\"',
    '"a\u2028b\u007f"',
  ),
);
const { value: jsonText } = fc.letrec<{ value: string; list: string; object: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    numberText,
    stringText,
    fc.constantFrom("true", "false", "null"),
    tie("list"),
    tie("object"),
  ),
  list: fc
    .array(fc.tuple(space, tie("value"), space), { maxLength: 5 })
    .map((elements) => `[${elements.map((parts) => parts.join("")).join(",")}]`),
  object: fc
    .array(fc.tuple(space, fc.oneof(stringText, fc.constantFrom('"a"', '"2"', '"1"')), space, tie("value"), space), {
      maxLength: 5,
    })
    .map((fields) => `{${fields.map(([a, name, b, value, c]) => `${a}${name}${b}:${value}${c}`).join(",")}}`),
}));
const mutation = fc.record({
  at: fc.nat(10_000),
  remove: fc.nat(2),
  insert: fc.oneof(
    fc.constantFrom(
      "",
      ",",
      ":",
      "[",
      "]",
      "{",
      "}",
      '"',
      "\\",
      "0",
      "-",
      ".",
      "e",
      "+",
      " ",
      "\u0000",
      "\ufeff",
      "\u00a0",
    ),
    fc.string({ unit: "binary", maxLength: 1 }),
  ),
});

describe("parseExactJson", () => {
  it("answers as JSON.parse does of values that it wrote", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.nat(3), (value, indent) => {
        expectAsJsonParse(JSON.stringify(value, null, indent));
      }),
      { numRuns: 2_000 },
    );
  });

  it("answers as JSON.parse does of JSON in any spelling, errors included", () => {
    fc.assert(fc.property(jsonText, expectAsJsonParse), { numRuns: 5_000 });
  });

  it("answers as JSON.parse does of damaged JSON", () => {
    fc.assert(
      fc.property(jsonText, fc.array(mutation, { minLength: 1, maxLength: 3 }), (text, mutations) => {
        let damaged = text;
        for (const { at, remove, insert } of mutations) {
          const from = at % (damaged.length + 1);
          damaged = damaged.slice(0, from) + insert + damaged.slice(from + remove);
        }
        expectAsJsonParse(damaged);
      }),
      { numRuns: 10_000 },
    );
  });

  it("answers as JSON.parse does of numbers in any spelling", () => {
    fc.assert(fc.property(numberText, expectAsJsonParse), { numRuns: 5_000 });
    fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (n) => expectAsJsonParse(String(n))));
  });

  it("keeps every digit of whole numbers beyond 2^53 - 1, and no bigint below", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 38n), max: 10n ** 38n }), fc.constantFrom("", ".0"), (n, zeros) => {
        const small = n >= -BigInt(Number.MAX_SAFE_INTEGER) && n <= BigInt(Number.MAX_SAFE_INTEGER);
        const text = `${n}${zeros}`;
        fc.pre(text.length <= 40);
        expect(parseExactJson(`{"t":[${text}]}`)).toStrictEqual({ t: [small ? Number(n) : n] });
      }),
    );
    expect(parseExactJson("9007199254740991")).toBe(9007199254740991);
    expect(parseExactJson("9007199254740992")).toBe(9007199254740992n);
    expect(parseExactJson("-9007199254740993.00")).toBe(-9007199254740993n);
    expect(parseExactJson("9007199254740993.5")).toBe(9007199254740994);
    expect(parseExactJson("1e20")).toBe(1e20);
    expect(parseExactJson("1".repeat(40))).toBe(BigInt("1".repeat(40)));
    expect(parseExactJson("1".repeat(41))).toBe(Number("1".repeat(41)));
    expect(parseExactJson("9".repeat(400))).toBe(Number.POSITIVE_INFINITY);
    expect(parseExactJson("12.0")).toBe(12);
  });

  it("reads names with escapes, whatever was read before", () => {
    for (const [text, name] of [
      ['{"a":0,"\\\\":1}', "\\"],
      ['{"a":0,"\\ud800":1}', "\ud800"],
      ['{"a":0,"\\u0062":1}', "b"],
      ['{"a":0,"\\"":1}', '"'],
    ] as const) {
      expect(Object.keys(parseExactJson(text) as object)).toEqual(["a", name]);
    }
    expect(() => parseExactJson('{"a":0,"\\x":1}')).toThrow(SyntaxError);
  });

  it("refuses what is nested deeper than 512", () => {
    const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
    expect(parseExactJson(nested(512))).toHaveLength(1);
    expect(() => parseExactJson(nested(513))).toThrow(RangeError);
    expect(() => parseExactJson("[".repeat(1_000_000))).toThrow(RangeError);
  });
});

describe("parseSourcedJson", () => {
  it("tells the source text of each element, whatever its spelling", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(space, jsonText, space)), space, (elements, around) => {
        const texts = elements.filter(
          ([, text]) => !ESCAPED_NAME.test(text) && "value" in outcome(() => JSON.parse(text)),
        );
        const list = texts.map((parts) => parts.join("")).join(",");
        const { value, sources } = parseSourcedJson(`${around}{"a":[1],"rows":${around}[${list}]${around}}`, "rows");
        expect(sources).toEqual(texts.map(([, text]) => text));
        expect(rounded(value)).toStrictEqual({ a: [1], rows: texts.map(([, text]) => JSON.parse(text)) });
      }),
      { numRuns: 500 },
    );
  });

  it("tells none where the outermost object has no such list", () => {
    expect(parseSourcedJson('{"rows":{"rows":[1]}}', "rows").sources).toBeUndefined();
    expect(parseSourcedJson('[{"rows":[1]}]', "rows").sources).toBeUndefined();
    expect(parseSourcedJson('{"a":{"rows":[1]}}', "rows").sources).toBeUndefined();
    expect(parseSourcedJson("{}", "rows").sources).toBeUndefined();
  });

  it("takes the last of two lists of one name", () => {
    expect(parseSourcedJson('{"rows":[1,2],"rows":[3]}', "rows").sources).toEqual(["3"]);
    expect(parseSourcedJson('{"rows":[1,2],"rows":null}', "rows").sources).toBeUndefined();
  });
});
