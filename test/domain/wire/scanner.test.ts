import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OptionContractCache } from "../../../src/domain/instrument/option-contract-cache.ts";
import type { Row } from "../../../src/domain/market/rows.ts";
import { seededRandom } from "../../../src/domain/random.ts";
import type { ParsedFrame } from "../../../src/domain/wire/frame.ts";
import { frameContext, parsePayload } from "../../../src/domain/wire/parse-payload.ts";
import { scanFrame } from "../../../src/domain/wire/scanner.ts";
import { differenceFromReference, equivalence, type Scan, type Tally } from "./equivalence.ts";
import { generatedFrame, mutatedFrame, oddFrame } from "./frames.ts";

const GENERATED = { seed: 42, numRuns: 8_000 };
const ODD = { seed: 42, numRuns: 8_000 };
const MUTATED = { seed: 42, numRuns: 6_000 };
const BROKEN = { seed: 42, numRuns: 3_000 };

const TRADE =
  '{"ev":"T","sym":"O:SPXW251223P06870000","x":302,"p":7.7,"s":1,"c":[209],"t":1766437799445,"q":651921857}';
const QUOTE =
  '{"ev":"Q","sym":"O:SPXW251223P06870000","bx":302,"ax":302,"bp":9.71,"ap":9.81,"bs":17,"as":24,"t":1766437799445}';
const STOCK =
  '{"ev":"T","sym":"MSFT","x":4,"i":"12345","z":3,"p":114.125,"s":100,"c":[0,12],"t":1536036818784,"q":3681328}';

const context = frameContext({});
const scans = (text: string) => scanFrame(text, context) !== undefined;

describe("scanFrame", () => {
  it("answers what the reference parser answers, on generated frames", () => {
    const tally: Tally = { answered: 0, aside: 0 };
    fc.assert(equivalence(scanFrame, generatedFrame, tally), GENERATED);
    // Neither half of the claim may be empty.
    expect(tally.answered).toBeGreaterThan(2_500);
    expect(tally.aside).toBeGreaterThan(2_500);
  });

  it("answers what the reference parser answers, on events with one thing odd about them", () => {
    const tally: Tally = { answered: 0, aside: 0 };
    fc.assert(equivalence(scanFrame, oddFrame, tally), ODD);
    expect(tally.answered).toBeGreaterThan(1_000);
    expect(tally.aside).toBeGreaterThan(2_500);
  });

  it("answers what the reference parser answers, on damaged frames", () => {
    const tally: Tally = { answered: 0, aside: 0 };
    fc.assert(equivalence(scanFrame, mutatedFrame, tally), MUTATED);
    expect(tally.answered).toBeGreaterThan(400);
    expect(tally.aside).toBeGreaterThan(2_500);
  });

  it("reads every decimal of up to 15 digits to the bit", () => {
    const random = seededRandom(42);
    const prices = Array.from({ length: 20_000 }, () => {
      const digits = 2 + random.int(14);
      const whole = 1 + random.int(digits - 1);
      const text = Array.from({ length: digits }, () => random.int(10)).join("");
      return `${BigInt(text.slice(0, whole))}.${text.slice(whole)}`;
    });
    // Index values, since they have no upper bound.
    const frame = `[${prices.map((value) => `{"ev":"V","val":${value},"T":"I:SPX","t":1}`).join()}]`;
    const rows = scanFrame(frame, context)?.batches[0]?.rows ?? [];
    const read = rows.map((row) => row.type === "indexValue" && row.value);
    expect(read).toEqual(prices.map((price) => JSON.parse(price)));
  });

  it("knows every number of four digits, and no byte next to a digit", () => {
    const sized = (size: string) =>
      scanFrame(`[${TRADE.replace('"s":1', `"s":${size}`)}]`, context)?.batches[0]?.rows[0];
    for (let size = 1_000; size <= 9_999; size++) expect(sized(String(size))).toMatchObject({ size });
    for (let code = 0; code < 256; code++) {
      const byte = String.fromCharCode(code);
      if (byte >= "0" && byte <= "9") continue;
      for (const size of [`${byte}234`, `1${byte}34`, `12${byte}4`, `123${byte}`, `1234${byte}`]) {
        expect(differenceFromReference(scanFrame, `[${TRADE.replace('"s":1', `"s":${size}`)}]`)).toBeUndefined();
      }
    }
  });

  it.each([
    ["option trade", TRADE],
    ["option quote", QUOTE],
    ["stock trade", STOCK],
    [
      "off-exchange stock trade",
      STOCK.replace('"q"', '"ds":"100.5","trfi":201,"trft":1536036818780,"pt":1536036818784000123,"q"'),
    ],
    [
      "stock quote",
      '{"ev":"Q","sym":"MSFT","bx":4,"bp":114.125,"bs":100,"c":0,"i":[604],"t":1536036818784,"q":50385480,"z":3}',
    ],
    ["index value", '{"ev":"V","val":3988.5,"T":"I:SPX","t":1678220098130}'],
    ["one-sided quote", QUOTE.replace("9.71", "null").replace("17", "null")],
    ["status", '{"ev":"status","status":"success","message":"subscribed to: T.MSFT"}'],
    ["status without a message", '{"status":"slow_consumer","ev":"status"}'],
    ["status with a message of 254 characters", `{"ev":"status","status":"","message":"${"x".repeat(254)}"}`],
    ["trade with an integer that is written as a decimal", TRADE.replace('"s":1', '"s":12.0')],
    ["trade with an empty list of conditions", TRADE.replace("[209]", "[]")],
    ["trade with several conditions", TRADE.replace("[209]", "[209,0,248]")],
    ["trade with fields in another order", '{"t":1766437799445,"s":1,"sym":"O:SPXW251223P06870000","p":7,"ev":"T"}'],
    ["trade with further fields", TRADE.replace('"x"', '"otc":true,"y":false,"n":null,"m":"a b","l":[1.5,2],"x"')],
  ])("answers on its own: %s", (_, event) => {
    expect(scans(event)).toBe(true);
    expect(scans(`[${event},${event}]\n`)).toBe(true);
    expect(differenceFromReference(scanFrame, `[${event},${event}]\n`)).toBeUndefined();
  });

  it.each([
    ["no event", "[]"],
    ["a status with an escape", '{"ev":"status","status":"success","message":"\\u0041"}'],
    ["a status whose name does not end", '{"ev":"status","statusx:"success"}'],
    ["a message whose name does not end", '{"ev":"status","status":"success","messagex:"a"}'],
    ["a message that is long", `{"ev":"status","status":"success","message":"${"x".repeat(255)}"}`],
    ["a type that begins like a status", '{"ev":"statux","status":"success"}'],
    ["a status of a letter", '{"ev":"s","status":"success"}'],
    ["a status without status", '{"ev":"status","message":"success"}'],
    ["a status that comes twice", '{"ev":"status","status":"success","status":"error"}'],
    ["another type", '{"ev":"LULD","T":"MSFT","h":218.96,"t":1601316752683746}'],
    ["white space", TRADE.replace('"p":', '"p": ')],
    ["an escape", TRADE.replace('"sym"', '"s\\u0079m"')],
    ["an escape in a symbol", STOCK.replace("MSFT", "MS\\\\FT")],
    ["a field that comes twice", TRADE.replace('"p"', '"p":7.6,"p"')],
    ["a sign", TRADE.replace("7.7", "-0")],
    ["an exponent", TRADE.replace("7.7", "7e0")],
    ["an integer with a fraction", TRADE.replace('"s":1', '"s":1.5')],
    ["a 16th digit", TRADE.replace("7.7", "7.700000000000001")],
    ["a leading zero", TRADE.replace("7.7", "07.7")],
    ["a character outside ASCII", STOCK.replace("12345", "é")],
    ["a nested value", TRADE.replace('"x"', '"y":{},"x"')],
    ["an invalid value", TRADE.replace("1766437799445", "0")],
    ["a date that no calendar has", TRADE.replace("251223", "250229")],
    ["a missing field", TRADE.replace('"p":7.7,', "")],
    ["a name that does not end", '{"ev":"V","T":"I:SPX","t":1,"valx:3988.5}'],
    ["a symbol whose name does not end", TRADE.replace('"sym":', '"symx:')],
    ["a type whose name does not end", TRADE.replace('"ev":', '"ev"x')],
    ["a word that is almost false", TRADE.replace('"x"', '"y":falsy,"x"')],
    ["a word that is almost null", TRADE.replace("302", "nulk")],
    ["a trailing comma", `[${TRADE},]`],
    ["text behind the frame", `[${TRADE}]x`],
    ["a zero byte behind the frame", `[${TRADE}]\u0000`],
  ])("steps aside from the whole frame at %s", (_, text) => {
    expect(scans(text)).toBe(false);
    expect(scans(`[${TRADE},${text}]`)).toBe(false);
    expect(differenceFromReference(scanFrame, `[${TRADE},${text}]`)).toBeUndefined();
  });

  it("steps aside from every beginning of a frame, whatever an earlier frame left behind", () => {
    const frame = `[${TRADE},${QUOTE},${STOCK}]`;
    for (let length = 0; length < frame.length; length++) {
      expect(scans(frame)).toBe(true);
      expect(scans(frame.slice(0, length))).toBe(false);
    }
  });

  it("reads frames below, at and above the size of its own buffer", () => {
    for (const events of [2_400, 2_500, 2_600, 5_000]) {
      const frame = `[${Array.from({ length: events }, () => TRADE).join()}]`;
      expect(scanFrame(frame, context)?.batches[0]?.rows.length).toBe(events);
      expect(scanFrame(new TextEncoder().encode(frame), context)?.batches[0]?.rows.length).toBe(events);
    }
    for (let length = 262_000; length <= 262_160; length++) {
      const frame = `[${TRADE}]`.padEnd(length, "\n");
      expect(scans(frame)).toBe(true);
      expect(scans(frame.replace("]\n", "]x"))).toBe(false);
    }
  });

  it("can be asked again while it reads: a resolver may parse", () => {
    const inner: unknown[] = [];
    const contracts: OptionContractCache = new OptionContractCache({
      underlyingOf: (root) => {
        const result =
          root === "SPXW"
            ? parsePayload(`[${TRADE.replace("SPXW", "NDXP").replace("7.7", "9.9")}]`, { contracts })
            : undefined;
        if (result?.ok) inner.push(result.batches[0]?.rows[0]);
        return undefined;
      },
    });
    const outer = parsePayload(`[${TRADE}]`, { contracts });
    expect(outer.ok && outer.batches[0]?.rows[0]).toMatchObject({ root: "SPXW", price: 7.7 });
    expect(inner).toMatchObject([{ root: "NDXP", price: 9.9 }]);
  });

  it("works on after a resolver threw", () => {
    let broken = true;
    const contracts = new OptionContractCache({
      underlyingOf: () => {
        if (broken) throw new RangeError("the list is not there");
        return undefined;
      },
    });
    expect(() => parsePayload(`[${TRADE}]`, { contracts })).toThrow("the list is not there");
    broken = false;
    expect(scanFrame(`[${TRADE}]`, frameContext({ contracts }))?.batches.length).toBe(1);
  });
});

/** The real scanner with its rows changed. */
function withRows(change: (row: Row) => Row): Scan {
  return (payload, frame) => {
    const scanned = scanFrame(payload, frame);
    return (
      scanned && { ...scanned, batches: scanned.batches.map(({ rows, meta }) => ({ rows: rows.map(change), meta })) }
    );
  };
}

/** The real scanner before a text that was made harmless. */
function withText(change: (text: string) => string): Scan {
  return (payload, frame) => scanFrame(typeof payload === "string" ? change(payload) : payload, frame);
}

function withBatches(change: (batches: ParsedFrame["batches"]) => ParsedFrame["batches"]): Scan {
  return (payload, frame) => {
    const scanned = scanFrame(payload, frame);
    return scanned && { ...scanned, batches: change(scanned.batches) };
  };
}

describe("the equivalence property finds a scanner that", () => {
  it.each<[string, Scan]>([
    ["ignores a repeated field", withText((text) => text.replace(/("\w+":)([^,{}[\]]+)(,[^{}]*)\1/, '$1$2$3"other":'))],
    [
      "is off in the last bit of a price",
      withRows((row) => (row.type === "optionTrade" ? { ...row, price: row.price * (1 + Number.EPSILON) } : row)),
    ],
    ["swaps bid and ask", withRows((row) => (row.type === "nbbo" ? { ...row, bid: row.ask, ask: row.bid } : row))],
    ["reads -0 as 0", withText((text) => text.replace(":-0,", ":0,"))],
    ["reads null as 0", withText((text) => text.replace(":null", ":0"))],
    ["takes leading zeros", withText((text) => text.replace(/:0+(\d)/, ":$1"))],
    ["reads an escape verbatim", withText((text) => text.replace("\\u", "u"))],
    ["takes what stands behind the frame", withText((text) => text.replace(/\][^\]]+$/, "]"))],
    ["takes a frame that was cut off", withText((text) => (text.endsWith("}") ? `${text}]` : text))],
    [
      "forgets empty lists",
      withRows((row) =>
        "conditions" in row && row.conditions?.length === 0 ? { ...row, conditions: undefined } : row,
      ),
    ],
    [
      "leaves out absent fields",
      withRows((row) =>
        JSON.parse(JSON.stringify(row, (_, value) => (typeof value === "bigint" ? Number(value) : value))),
      ),
    ],
    ["loses the order of kinds", withBatches((batches) => batches.toReversed())],
    ["loses a row", withBatches((batches) => batches.map(({ rows, meta }) => ({ rows: rows.slice(0, 1), meta })))],
    ["takes times from the future", (payload, frame) => scanFrame(payload, { ...frame, latestMs: frame.latestMs + 1 })],
  ])("%s", (_, broken) => {
    const finds = (frames: fc.Arbitrary<string>) => fc.check(equivalence(broken, frames), BROKEN).failed;
    expect(finds(oddFrame) || finds(mutatedFrame) || finds(generatedFrame)).toBe(true);
  });
});
