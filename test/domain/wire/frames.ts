import fc from "fast-check";
import { seededRandom } from "../../../src/domain/random.ts";

/** The receipt that generated event times lie around. */
export const RECEIVED_AT_MS = 1_766_437_799_445;

/** A field as it stands in a frame: its name and its value, both as JSON text. */
type Field = readonly [name: string, value: string];

const small = fc.nat({ max: 999 }).map(String);
const price = fc.oneof(
  { weight: 24, arbitrary: fc.nat({ max: 2_000_000 }).map((cents) => String(cents / 100)) },
  { weight: 16, arbitrary: fc.nat({ max: 99_999_999 }).map((units) => (units / 10_000).toFixed(4)) },
  { weight: 8, arbitrary: fc.tuple(fc.nat({ max: 99_999 }), fc.nat()).map(([a, b]) => `${a}.${b}`) },
  { weight: 1, arbitrary: fc.double({ min: 0, max: 1e15, noNaN: true }).map(String) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("999999999.99", "1000000000", "1000000000.0", "1000000000.01", "1000000001"),
  },
  { weight: 1, arbitrary: fc.tuple(fc.nat(), fc.nat({ max: 999_999_999 })).map(([a, b]) => `${a}.${b}`) },
);
const count = fc.oneof(
  { weight: 24, arbitrary: small },
  { weight: 12, arbitrary: fc.nat().map(String) },
  { weight: 4, arbitrary: fc.nat({ max: 9_999 }).map((thousands) => `${thousands}87654321098`) },
  { weight: 1, arbitrary: fc.maxSafeNat().map(String) },
);
const time = fc.oneof(
  { weight: 40, arbitrary: fc.integer({ min: -20, max: 0 }).map((ms) => String(RECEIVED_AT_MS + ms)) },
  { weight: 1, arbitrary: fc.constantFrom("0", "1", "4102444799999", "4102444800000") },
  { weight: 1, arbitrary: fc.constantFrom(-1, 0, 1).map((ms) => String(RECEIVED_AT_MS + 5_000 + ms)) },
);
const option = fc
  .tuple(fc.constantFrom("SPXW", "SPX", "F", "AAPL1", "GOOGLX"), fc.constantFrom("C", "P"), fc.nat({ max: 400 }))
  .map(([root, right, strike]) => `"O:${root}251223${right}${String((strike + 1) * 2_500).padStart(8, "0")}"`);
const stock = fc.constantFrom('"AAPL"', '"BRK.B"', '"F"', '"ABRpD"', `"${"Z".repeat(31)}"`, `"${"Z".repeat(32)}"`);
const index = fc.constantFrom('"I:SPX"', '"I:VIX"', `"I:${"X".repeat(29)}"`, `"I:${"X".repeat(30)}"`);
const list = fc.array(fc.oneof(small, count), { maxLength: 4 }).map((ids) => `[${ids.join()}]`);
const tradeId = fc.oneof(
  { weight: 9, arbitrary: fc.stringMatching(/^[ -!#-[\]-~]{0,62}$/).map((id) => `"${id}"`) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 70 }).map((id) => JSON.stringify(id)) },
);
const decimalSize = fc.tuple(small, small).map(([a, b]) => `"${a}.${b}"`);

/** Values that a field rarely or never has. Some of them are no JSON. */
const oddValue = fc.constantFrom(
  ...["null", "true", "false", "12.0", "12.5", "0.0", "-0", "-1", "-0.5", "1e2", "1E+2", "1e-7", "1e400", "5e-324"],
  ...["01", "00", "1.", ".5", "+1", "0x10", "1_0", "NaN", "Infinity", "nul", "nulll", "truefalse", ""],
  ...["9007199254740991", "9007199254740992", "9007199254740993", "999999999999999", "1000000000000000"],
  ...["123456789012345.6", "12345678901234.56", "0.000000000000001", "0.0000000000000001", "179.76931348623157"],
  ...["0.1000000000000000055511151231257827", "18446744073709551616", "4102444799999", "4102444800000", "0"],
  ...['""', '"x"', '"7.7"', '"1"', '"a\\u0041"', '"\\""', '"é"', '"\ud800"', '"\u007f"', '"a\tb"', '"O:SPXW"', '"A,B"'],
  ...[
    '"I:SPX"',
    '"AAPL"',
    '"O:SPXW250229P06870000"',
    '"O:spxw251223P06870000"',
    '"1.5"',
    '"1."',
    `"${"9".repeat(80)}"`,
  ],
  ...[
    "[]",
    "[ ]",
    "[1]",
    "[1,2]",
    "[1, 2]",
    "[1,]",
    "[,]",
    "[01]",
    "[1.0]",
    "[1.5]",
    "[-1]",
    "[null]",
    '["1"]',
    "[[1]]",
  ],
  ...["{}", '{"p":1}', '{"__proto__":{"p":1}}', "[1", '{"a":', '"T"', '"Q"', '"V"', '"status"', '"TT"'],
);

/** Names that are not, or not quite, those of a field. */
const oddName = fc.constantFrom(
  ...['"__proto__"', '"constructor"', '"toString"', '""', '"P"', '"pp"', '"symb"', '"sy"', '"value"', '"va"', '"trf"'],
  ...['"trfx"', '"bpx"', '"\\u0070"', '"p "', '" p"', '"é"', "p", "'p'", '"p', '"evx"', '"e"', '"\u0000p"', '"p\\"'],
);

/** One thing that is unusual about an event; `at` counts the fields. */
type Oddity =
  | { readonly what: "value"; readonly at: number; readonly value: string }
  | { readonly what: "repeat"; readonly at: number; readonly value: string | undefined }
  | { readonly what: "unknown"; readonly at: number; readonly name: string; readonly value: string }
  | { readonly what: "rename"; readonly at: number; readonly name: string }
  | { readonly what: "drop"; readonly at: number }
  | { readonly what: "space"; readonly at: number; readonly space: string }
  | { readonly what: "escape"; readonly at: number };

const at = fc.nat({ max: 15 });
const oddity: fc.Arbitrary<Oddity> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ what: fc.constant("value" as const), at, value: oddValue }) },
  {
    weight: 2,
    arbitrary: fc.record({ what: fc.constant("repeat" as const), at, value: fc.option(oddValue, { nil: undefined }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constant("unknown" as const),
      at,
      name: fc.oneof(oddName, fc.constantFrom('"pt"', '"foo"', '"otc"')),
      value: fc.oneof(oddValue, count),
    }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant("rename" as const), at, name: oddName }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant("drop" as const), at }) },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constant("space" as const),
      at,
      space: fc.constantFrom(" ", "\n", "\t", "\r", "\f"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant("escape" as const), at: fc.nat({ max: 40 }) }) },
);

/** Events of a type, given how odd they may be. */
function event(
  type: string,
  required: Readonly<Record<string, fc.Arbitrary<string>>>,
  optional: Readonly<Record<string, fc.Arbitrary<string>>>,
): (oddities: fc.Arbitrary<Oddity[]>) => fc.Arbitrary<string> {
  const model: Record<string, fc.Arbitrary<string>> = { ev: fc.constant(`"${type}"`), ...required, ...optional };
  const values = fc.record(model, { requiredKeys: ["ev", ...Object.keys(required)] });
  const order = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.nat() });
  return (oddities) =>
    fc.tuple(values, order, oddities).map(([values, order, oddities]) => {
      const fields = Object.entries(values).map(([name, value]): Field => [`"${name}"`, value]);
      return spell(oddities.reduce(makeOdd, shuffled(fields, order)), oddities);
    });
}

function makeOdd(fields: readonly Field[], odd: Oddity): readonly Field[] {
  const place = fields.length === 0 ? 0 : odd.at % fields.length;
  const [name, value] = fields[place] ?? ['"p"', "1"];
  switch (odd.what) {
    case "value":
      return fields.with(place, [name, odd.value]);
    case "repeat":
      return [...fields, [name, odd.value ?? value]];
    case "unknown":
      return fields.toSpliced(place, 0, [odd.name, odd.value]);
    case "rename":
      return fields.with(place, [odd.name, value]);
    case "drop":
      return fields.toSpliced(place, 1);
    case "space":
    case "escape":
      return fields;
  }
}

function spell(fields: readonly Field[], oddities: readonly Oddity[]): string {
  let text = `{${fields.map(([name, value]) => `${name}:${value}`).join()}}`;
  for (const odd of oddities) {
    // The mark or letter of that number, wherever that leads.
    let left = odd.at;
    if (odd.what === "space") {
      text = text.replace(/[{}[\],:"]/g, (mark) => (left-- === 0 ? `${mark}${odd.space}` : mark));
    } else if (odd.what === "escape") {
      const escaped = (letter: string) => `\\u00${letter.charCodeAt(0).toString(16)}`;
      text = text.replace(/[A-Za-z]/g, (letter) => (left-- === 0 ? escaped(letter) : letter));
    }
  }
  return text;
}

function shuffled(fields: readonly Field[], order: number): readonly Field[] {
  if (order === 0) return fields;
  const random = seededRandom(order);
  return fields
    .map((field) => ({ field, rank: random.next() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ field }) => field);
}

const optionTrade = event("T", { sym: option, p: price, s: count, t: time }, { x: small, c: list, q: count });
const stockTrade = event(
  "T",
  { sym: stock, p: price, s: count, t: time },
  { x: small, i: tradeId, z: small, ds: decimalSize, c: list, q: count, trfi: small, trft: time, pt: count },
);
const optionQuote = event(
  "Q",
  { sym: option, t: time },
  { bx: small, ax: small, bp: price, ap: price, bs: count, as: count, q: count },
);
const stockQuote = event(
  "Q",
  { sym: stock, t: time },
  { bx: small, ax: small, bp: price, ap: price, bs: count, as: count, q: count, c: small, i: list, z: small },
);
const indexValue = event("V", { T: index, val: price, t: time }, {});
const message = fc.oneof(fc.constantFrom('""', '"subscribed to: T.MSFT,Q.O:SPXW251223P06870000"'), tradeId);
const status = event("status", { status: fc.constantFrom('"success"', '"error"') }, { message, t: time, s: count });
const other = event("AM", { sym: option }, { v: count, o: price, s: time, T: stock });

const plainEvents = [optionTrade, stockTrade, optionQuote, stockQuote, indexValue, status];
const sometimesOdd = fc.oneof(
  { weight: 7, arbitrary: fc.constant<Oddity[]>([]) },
  { weight: 1, arbitrary: fc.array(oddity, { minLength: 1, maxLength: 2 }) },
);
const plainEvent = fc.oneof(...plainEvents.map((of) => of(sometimesOdd)));
const otherEvent = fc.oneof(other(sometimesOdd), oddValue);
const anyEvent = fc.oneof({ weight: 6, arbitrary: plainEvent }, { weight: 1, arbitrary: otherEvent });

/** One event with one thing odd about it. */
export const oddFrame: fc.Arbitrary<string> = fc.oneof(
  ...plainEvents.map((of) => of(oddity.map((one) => [one])).map((text) => `[${text}]`)),
);

/** Frames of any events, most of them as the provider writes them. */
export const generatedFrame: fc.Arbitrary<string> = fc.oneof(
  { weight: 8, arbitrary: fc.array(plainEvent, { minLength: 1, maxLength: 4 }).map((events) => `[${events.join()}]`) },
  { weight: 3, arbitrary: fc.array(anyEvent, { maxLength: 4 }).map((events) => `[${events.join()}]`) },
  { weight: 1, arbitrary: anyEvent },
  {
    weight: 1,
    arbitrary: fc
      .tuple(plainEvent, fc.constantFrom("\n", " \r\n", "x", ",", "]", "}", "0", "[]", "{}", "\u0000", "\ufeff"))
      .map(([text, behind]) => `[${text}]${behind}`),
  },
);

const fragment = fc.constantFrom(
  ...[..."01234567890123456789", ...'{}[]",:.eE+-\\ntrue O:'],
  ...["\n", "\u0000", "\u007f", "é", "\ud83d", "\u2028", '"p":', '"t":1', '"ev":"', ",,", "},{", "null", "]}"],
);

/** One stroke of damage, at a share of the text's length. */
const damage = fc.record({
  what: fc.constantFrom("replace", "delete", "insert", "truncate", "splice"),
  share: fc.nat({ max: 9_999 }),
  length: fc.nat({ max: 30 }),
  fragment,
});

/** Frames with bytes changed, lost, added, moved or cut off. */
export const mutatedFrame: fc.Arbitrary<string> = fc
  .tuple(fc.array(plainEvent, { minLength: 1, maxLength: 2 }), fc.array(damage, { minLength: 1, maxLength: 2 }))
  .map(([events, strokes]) => {
    let text = `[${events.join()}]`;
    for (const { what, share, length, fragment } of strokes) {
      const from = Math.floor((text.length * share) / 10_000);
      const head = text.slice(0, from);
      if (what === "replace") text = head + fragment + text.slice(from + 1);
      else if (what === "delete") text = head + text.slice(from + 1);
      else if (what === "insert") text = head + fragment + text.slice(from);
      else if (what === "truncate") text = head;
      else text = head + text.slice(Math.max(0, from - length));
    }
    return text;
  });
