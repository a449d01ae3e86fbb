import { describe, expect, it } from "vitest";
import { OptionContractCache } from "../../../src/domain/instrument/option-contract-cache.ts";
import type { DataBatch } from "../../../src/domain/market/batch.ts";
import type { Row } from "../../../src/domain/market/rows.ts";
import type { ParseError, ParseErrorReason } from "../../../src/domain/wire/parse-error.ts";
import {
  type ParseContext,
  type ParsedFrame,
  parsePayload,
  takesFastPath,
} from "../../../src/domain/wire/parse-payload.ts";

const TRADE = '{"ev":"T","sym":"O:SPXW251223P06870000","p":7.7,"s":1,"t":1766437799445}';
const STOCK = '{"ev":"T","sym":"MSFT","p":114.125,"s":100,"t":1536036818784}';
const QUOTE = '{"ev":"Q","sym":"O:SPXW251223P06870000","bp":9.71,"ap":9.81,"t":1766437799446}';

function parsed(payload: string | Uint8Array, context?: ParseContext): ParsedFrame {
  const result = parsePayload(payload, context);
  if (!result.ok) throw result.error;
  return result;
}

function errorOf(payload: unknown, context?: ParseContext): ParseError {
  const result = parsePayload(payload as string, context);
  if (result.ok) throw new Error("expected an error");
  return result.error;
}

const onlyBatch = (payload: string, context?: ParseContext): DataBatch<Row> | undefined => {
  const { batches } = parsed(payload, context);
  expect(batches.length).toBe(1);
  return batches[0];
};
const onlyRow = (payload: string, context?: ParseContext) => onlyBatch(payload, context)?.rows[0];

/** A trade with some of its fields replaced or left out; values are JSON text. */
function trade(fields: Readonly<Record<string, string | undefined>>, base = TRADE): string {
  const all: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(JSON.parse(base))) all[name] = JSON.stringify(value);
  const list = Object.entries({ ...all, ...fields }).filter(([, value]) => value !== undefined);
  return `{${list.map(([name, value]) => `"${name}":${value}`).join()}}`;
}

describe("rows", () => {
  it("makes a row of a stock print, with its time as the watermark", () => {
    const payload =
      '[{"ev":"T","sym":"AAPL","x":4,"i":"12345","z":3,"p":150.25,"s":100,"c":[0,12],"t":1234567890,"q":7}]';
    expect(parsed(payload)).toStrictEqual({
      ok: true,
      batches: [
        {
          rows: [
            {
              type: "equityTrade",
              symbol: "AAPL",
              tradeTsNs: 1_234_567_890_000_000n,
              price: 150.25,
              size: 100,
              decimalSize: undefined,
              conditions: [0, 12],
              exchange: 4,
              sequence: 7,
              tradeId: "12345",
              tape: 3,
              trfId: undefined,
              trfTsNs: undefined,
              receivedAtMs: undefined,
            },
          ],
          meta: {
            source: "Ws",
            quality: "Prelim",
            watermark: { watermarkTsNs: 1_234_567_890_000_000n, completeness: "Complete" },
            schemaVersion: 1,
          },
        },
      ],
      statuses: [],
      ignored: new Map(),
      rejected: [],
    });
  });

  it("makes a row of an option print that was seen live", () => {
    expect(onlyRow(TRADE, { receivedAtMs: 1_766_437_799_500 })).toStrictEqual({
      type: "optionTrade",
      contract: "O:SPXW251223P06870000",
      root: "SPXW",
      underlying: "SPX",
      expiration: "2025-12-23",
      right: "P",
      strike: 6870,
      tradeTsNs: 1_766_437_799_445_000_000n,
      price: 7.7,
      size: 1,
      conditions: undefined,
      exchange: undefined,
      sequence: undefined,
      receivedAtMs: 1_766_437_799_500,
      side: undefined,
    });
  });

  it.each<[string, string, object]>([
    [
      "option trade",
      '{"ev":"T","sym":"O:AMC210827C00037000","x":65,"p":1.54,"s":1,"c":[233],"t":1629820676333,"q":651921857}',
      {
        type: "optionTrade",
        root: "AMC",
        strike: 37,
        right: "C",
        price: 1.54,
        conditions: [233],
        exchange: 65,
        sequence: 651_921_857,
      },
    ],
    [
      "option quote",
      '{"ev":"Q","sym":"O:SPY241220P00720000","bx":302,"ax":302,"bp":9.71,"ap":9.81,"bs":17,"as":24,"t":1644506128351,"q":844090872}',
      {
        type: "nbbo",
        instrument: "O:SPY241220P00720000",
        quoteTsNs: 1_644_506_128_351_000_000n,
        bid: 9.71,
        ask: 9.81,
        bidSize: 17,
        askSize: 24,
        bidExchange: 302,
        askExchange: 302,
        sequence: 844_090_872,
        state: "normal",
        receivedAtMs: undefined,
      },
    ],
    [
      "stock trade",
      '{"ev":"T","sym":"MSFT","x":4,"i":"12345","z":3,"p":114.125,"s":100,"c":[0,12],"t":1536036818784,"q":3681328}',
      { type: "equityTrade", symbol: "MSFT", price: 114.125, tape: 3, tradeId: "12345", sequence: 3_681_328 },
    ],
    [
      "stock quote, whose c is one integer",
      '{"ev":"Q","sym":"MSFT","bx":4,"bp":114.125,"bs":100,"ax":7,"ap":114.128,"as":160,"c":0,"i":[604],"t":1536036818784,"q":50385480,"z":3}',
      {
        type: "nbbo",
        instrument: "MSFT",
        bid: 114.125,
        ask: 114.128,
        bidSize: 100,
        askSize: 160,
        sequence: 50_385_480,
      },
    ],
    [
      "index value, whose symbol is in T",
      '{"ev":"V","val":3988.5,"T":"I:SPX","t":1678220098130}',
      {
        type: "indexValue",
        symbol: "I:SPX",
        valueTsNs: 1_678_220_098_130_000_000n,
        value: 3988.5,
        receivedAtMs: undefined,
      },
    ],
    [
      "off-exchange print with a fraction",
      trade({ ds: '"100.5"', trfi: "201", trft: "1536036818780" }, STOCK),
      { type: "equityTrade", decimalSize: "100.5", trfId: 201, trfTsNs: 1_536_036_818_780_000_000n },
    ],
  ])("makes a row of the provider's sample: %s", (_, payload, row) => {
    expect(onlyRow(payload)).toMatchObject(row);
    expect(onlyRow(`[${payload}]`)).toMatchObject(row);
    expect(takesFastPath(payload)).toBe(true);
  });

  it.each([
    '{"ev":"AM","sym":"O:ONEM220121C00025000","v":2,"av":8,"op":2.2,"vw":2.05,"o":2.05,"c":2.05,"h":2.05,"l":2.05,"a":2.1312,"z":2,"s":1632419640000,"e":1632419700000}',
    '{"ev":"FMV","fmv":7.2,"sym":"O:TSLA210903C00700000","t":1401715883806000000}',
    '{"ev":"A","sym":"SPCE","v":200,"av":8642007,"op":25.66,"vw":25.3981,"o":25.39,"c":25.39,"h":25.39,"l":25.39,"a":25.3714,"z":50,"s":1610144868000,"e":1610144869000}',
    '{"ev":"LULD","T":"MSFT","h":218.96,"l":198.11,"i":[21],"z":3,"t":1601316752683746,"q":290317}',
    '{"ev":"AM","sym":"I:SPX","op":3985.67,"o":3985.67,"c":3985.67,"h":3985.67,"l":3985.67,"s":1678220675805,"e":1678220675805}',
    '{"ev":"NOI","t":"not looked at"}',
  ])("counts an event of another type and looks at nothing else in it: %s", (payload) => {
    const { batches, ignored, rejected } = parsed(`[${payload},${TRADE},${payload}]`);
    expect([...ignored]).toEqual([[JSON.parse(payload).ev, 2]]);
    expect(batches.length).toBe(1);
    expect(rejected).toEqual([]);
  });

  it("cuts the names of types, where they are counted, to 32 characters", () => {
    const { ignored } = parsed(`[{"ev":"${"x".repeat(33)}"},{"ev":"${"x".repeat(34)}"},{"ev":""},{"ev":"__proto__"}]`);
    expect([...ignored]).toEqual([
      ["x".repeat(32), 2],
      ["", 1],
      ["__proto__", 1],
    ]);
  });

  it.each([
    ["connected", "Connected Successfully"],
    ["auth_success", "authenticated"],
    ["auth_failed", "Your plan doesn't include websocket access. Visit https://massive.com/pricing to upgrade."],
    ["auth_timeout", "No authentication request received."],
    ["success", "subscribed to: T.MSFT"],
    ["error", "not authorized"],
    ["max_connections", "Maximum number of websocket connections exceeded."],
  ])("returns a status as such, never as a row: %s", (status, message) => {
    const payload = JSON.stringify([{ ev: "status", status, message }]);
    expect(parsed(payload)).toMatchObject({ batches: [], statuses: [{ status, message }] });
  });

  it("returns a status without a message, and one among data", () => {
    const { statuses, batches } = parsed(
      `[{"ev":"status","status":"slow_consumer"},${TRADE},{"ev":"status","status":"x","message":null}]`,
    );
    expect(statuses).toStrictEqual([
      { status: "slow_consumer", message: undefined },
      { status: "x", message: undefined },
    ]);
    expect(batches[0]?.rows.length).toBe(1);
  });

  it("keeps a 0, and takes null for absent", () => {
    const quote = '{"ev":"Q","sym":"AAPL","bp":0,"bs":0,"ap":null,"as":null,"t":1}';
    expect(onlyRow(quote)).toMatchObject({ bid: 0, bidSize: 0, ask: undefined, askSize: undefined, state: "empty" });
    expect(onlyRow(trade({ c: "null", x: "null", q: "null" }))).toMatchObject({
      conditions: undefined,
      exchange: undefined,
    });
    expect(onlyRow(trade({ c: "[]" }))).toMatchObject({ conditions: [] });
  });

  it("takes integers that are written with a point or an exponent", () => {
    const row = onlyRow(trade({ s: "12.0", t: "1766437799445.0", q: "1e3", c: "[209.0]" }));
    expect(row).toMatchObject({ size: 12, tradeTsNs: 1_766_437_799_445_000_000n, sequence: 1_000, conditions: [209] });
  });

  it("takes the underlying from the caller's contracts", () => {
    const contracts = new OptionContractCache({ underlyingOf: (root) => `${root}!` });
    expect(onlyRow(TRADE, { contracts })).toMatchObject({ underlying: "SPXW!" });
    expect(onlyRow(TRADE)).toMatchObject({ underlying: "SPX" });
  });
});

describe("batches", () => {
  it("come one per kind of row in order of first appearance, rows in order of arrival", () => {
    const { batches } = parsed(
      `[${QUOTE},${trade({ s: "1" })},${STOCK},${trade({ s: "2" })},${QUOTE},${trade({ s: "3" })}]`,
    );
    expect(batches.map(({ rows }) => rows.map(({ type }) => type))).toEqual([
      ["nbbo", "nbbo"],
      ["optionTrade", "optionTrade", "optionTrade"],
      ["equityTrade"],
    ]);
    expect(batches[1]?.rows.map((row) => "size" in row && row.size)).toEqual([1, 2, 3]);
  });

  it("hold option and stock quotes together", () => {
    expect(onlyBatch(`[${QUOTE},{"ev":"Q","sym":"AAPL","t":5}]`)?.rows.length).toBe(2);
  });

  it("have the latest event time of their own rows as watermark", () => {
    const { batches } = parsed(`[${trade({ t: "30" })},${trade({ t: "50" })},${trade({ t: "40" })},${QUOTE}]`);
    expect(batches.map(({ meta }) => meta.watermark.watermarkTsNs)).toEqual([50_000_000n, 1_766_437_799_446_000_000n]);
  });

  it("carry source and stream position where given", () => {
    const stream = { class: "options", shard: 0, epoch: 3, seq: 17 } as const;
    const meta = onlyBatch(TRADE, { source: "Flatfile", stream })?.meta;
    expect(meta).toStrictEqual({
      source: "Flatfile",
      quality: "Prelim",
      watermark: { watermarkTsNs: 1_766_437_799_445_000_000n, completeness: "Complete" },
      schemaVersion: 1,
      stream,
    });
  });

  it("are none for an empty array", () => {
    expect(parsed("[]")).toStrictEqual({ ok: true, batches: [], statuses: [], ignored: new Map(), rejected: [] });
  });
});

describe("event times", () => {
  it.each<[string, boolean]>([
    ["-1", false],
    ["0", false],
    ["1", true],
    ["4102444799999", true],
    ["4102444800000", false],
    ["1.5", false],
    ["9007199254740993", false],
    ["1766437799445000000", false],
    ["null", false],
    ['"1766437799445"', false],
  ])("lie in 1..4102444799999 ms: %s", (t, valid) => {
    expect(parsePayload(trade({ t })).ok).toBe(valid);
    expect(parsePayload(`{"ev":"Q","sym":"AAPL","t":${t}}`).ok).toBe(valid);
    expect(parsePayload(`{"ev":"V","T":"I:SPX","val":1,"t":${t}}`).ok).toBe(valid);
  });

  it.each<[number, boolean]>([
    [-1, true],
    [0, true],
    [1, false],
  ])("lie no later than receipt and allowed skew: %i ms from the bound", (off, valid) => {
    const receivedAtMs = 1_766_437_799_000;
    for (const [skew, context] of [
      [5_000, { receivedAtMs }],
      [250, { receivedAtMs, maxFutureSkewMs: 250 }],
      [0, { receivedAtMs, maxFutureSkewMs: 0 }],
    ] as const) {
      const payload = trade({ t: String(receivedAtMs + skew + off) });
      expect(parsePayload(payload, context).ok).toBe(valid);
      // The same by the other path.
      expect(parsePayload(` ${payload}`, context).ok).toBe(valid);
    }
  });

  it("say how late they may be", () => {
    const error = errorOf(`[${TRADE}]`, { receivedAtMs: 1_000 });
    expect(error).toMatchObject({ reason: "invalidEvent", index: 0, path: "t", value: "1766437799445" });
    expect(error.message).toBe(
      "Cannot parse event 0: 't' must be at most 6000, the receipt time plus the skew allowed, current value is 1766437799445",
    );
  });

  it("are refused where the receipt time is no number", () => {
    expect(errorOf(TRADE, { receivedAtMs: Number.NaN })).toMatchObject({ path: "t" });
  });
});

describe("invalid events", () => {
  const count = "a non-negative integer of at most 2^53 - 1";
  it.each<[string, string, string, string]>([
    ["5", "", "5", "an object"],
    ["null", "", "null", "an object"],
    ["[[]]", "", "[[]]", "an object"],
    ['"T"', "", '"T"', "an object"],
    ["{}", "ev", "undefined", "a string"],
    ['{"ev":null}', "ev", "null", "a string"],
    ['{"ev":{"a":1}}', "ev", '{"a":1}', "a string"],
    ['{"ev":"status"}', "status", "undefined", "a string"],
    ['{"ev":"status","status":"x","message":1}', "message", "1", "a string"],
    [trade({ p: undefined }), "p", "undefined", "a number from 0 to 10^9"],
    [trade({ p: "null" }), "p", "null", "a number from 0 to 10^9"],
    [trade({ p: "-0.01" }), "p", "-0.01", "a number from 0 to 10^9"],
    [trade({ p: "1000000000.01" }), "p", "1000000000.01", "a number from 0 to 10^9"],
    [trade({ p: "1e305" }), "p", "1e+305", "a number from 0 to 10^9"],
    ['{"ev":"Q","sym":"AAPL","t":1,"ap":1000000001}', "ap", "1000000001", "a number from 0 to 10^9"],
    [trade({ p: "1e400" }), "p", "Infinity", "a number from 0 to 10^9"],
    [trade({ p: '"7.7"' }), "p", '"7.7"', "a number from 0 to 10^9"],
    [trade({ s: undefined }), "s", "undefined", count],
    [trade({ s: "12.5" }), "s", "12.5", count],
    [trade({ s: "-1" }), "s", "-1", count],
    [trade({ q: "9007199254740992" }), "q", "9007199254740992", count],
    [trade({ x: "true" }), "x", "true", count],
    [trade({ c: "209" }), "c", "209", "an array of non-negative integers"],
    [trade({ c: "{}" }), "c", "{}", "an array of non-negative integers"],
    [trade({ c: "[209,12.5,-1]" }), "c[1]", "12.5", count],
    [trade({ c: "[null]" }), "c[0]", "null", count],
    [
      trade({ sym: '"O:SPXW250229P06870000"' }),
      "sym",
      '"O:SPXW250229P06870000"',
      "an option ticker such as O:SPXW251223P06870000",
    ],
    [trade({ sym: '"O:SPXW"' }, QUOTE), "sym", '"O:SPXW"', "an option ticker such as O:SPXW251223P06870000"],
    [trade({ i: "5" }, STOCK), "i", "5", "a string"],
    [trade({ ds: '"1."' }, STOCK), "ds", '"1."', "a decimal number as a string"],
    [trade({ ds: '".5"' }, STOCK), "ds", '".5"', "a decimal number as a string"],
    [trade({ ds: '"-1"' }, STOCK), "ds", '"-1"', "a decimal number as a string"],
    [trade({ z: "-1" }, STOCK), "z", "-1", count],
    [trade({ trft: "0" }, STOCK), "trft", "0", "an integer of milliseconds in 1..4102444799999"],
    ['{"ev":"Q","sym":"AAPL","t":1,"bp":-1}', "bp", "-1", "a number from 0 to 10^9"],
    ['{"ev":"Q","sym":"AAPL","t":1,"as":1.5}', "as", "1.5", count],
    ['{"ev":"V","T":"I:SPX","t":1}', "val", "undefined", "a finite number"],
    ['{"ev":"V","T":"I:SPX","t":1,"val":-1e400}', "val", "-Infinity", "a finite number"],
  ])("name the field, its value and what is allowed: %s", (event, path, value, expected) => {
    const error = errorOf(`[${TRADE},${event}]`);
    expect(error).toMatchObject({ name: "ParseError", code: "STRIKEWIRE_PARSE", reason: "invalidEvent" });
    expect(error).toMatchObject({ index: 1, path, value, expected });
    const subject = path === "" ? "it" : `'${path}'`;
    expect(error.message).toBe(`Cannot parse event 1: ${subject} must be ${expected}, current value is ${value}`);
  });

  it.each([
    ["AAPL", true],
    ["BRK.B", true],
    ["a/b-c+d", true],
    ["~!", true],
    ["x".repeat(32), true],
    ["x".repeat(33), false],
    ["", false],
    ["A B", false],
    ["A\tB", false],
    ["A,B", false],
    ["A:B", false],
    ["I:SPX", false],
    ["É", false],
    ["A\u007f", false],
  ])("include those whose stock symbol is none: %j", (symbol, valid) => {
    expect(parsePayload(trade({ sym: JSON.stringify(symbol) }, STOCK)).ok).toBe(valid);
    expect(parsePayload(JSON.stringify({ ev: "Q", sym: symbol, t: 1 })).ok).toBe(valid);
  });

  it.each([
    ["I:SPX", true],
    [`I:${"x".repeat(30)}`, true],
    [`I:${"x".repeat(31)}`, false],
    ["I:", false],
    ["SPX", false],
    ["I:S X", false],
    ["I:A:B", false],
    ["O:SPXW251223P06870000", false],
  ])("include those whose index symbol is none: %j", (symbol, valid) => {
    expect(parsePayload(JSON.stringify({ ev: "V", T: symbol, t: 1, val: -1.5 })).ok).toBe(valid);
  });

  it("are no events with unknown fields, whatever these hold", () => {
    const more = { p2: null, __proto__x: {}, z: "x", i: {}, ds: 5, trfi: -1, bp: "x" };
    const payload = trade(
      Object.fromEntries(Object.entries(more).map(([name, value]) => [name, JSON.stringify(value)])),
    );
    expect(onlyRow(payload)).toEqual(onlyRow(TRADE));
    expect(onlyRow('{"ev":"Q","sym":"AAPL","t":1,"c":{},"i":"x","z":[],"p":"x","s":-1}')).toMatchObject({
      type: "nbbo",
    });
  });

  it("do not get their fields from a __proto__", () => {
    expect(errorOf('[{"__proto__":{"ev":"T"},"sym":"AAPL","p":1,"s":1,"t":1}]')).toMatchObject({ path: "ev" });
    expect(errorOf('[{"ev":"T","__proto__":{"sym":"AAPL"},"p":1,"s":1,"t":1}]')).toMatchObject({ path: "sym" });
  });

  it("fail the payload, or are set aside one by one, as asked", () => {
    const payload = `[${TRADE},{"ev":"T","sym":"AAPL"},7,${TRADE},${QUOTE}]`;
    expect(errorOf(payload)).toMatchObject({ index: 1, path: "t" });
    const { batches, rejected } = parsed(payload, { onInvalid: "quarantine" });
    expect(batches.map(({ rows }) => rows.length)).toEqual([2, 1]);
    expect(rejected).toEqual([
      {
        index: 1,
        path: "t",
        reason:
          "Cannot parse event 1: 't' must be an integer of milliseconds in 1..4102444799999, current value is undefined",
        value: "undefined",
      },
      { index: 2, path: "", reason: "Cannot parse event 2: it must be an object, current value is 7", value: "7" },
    ]);
    for (const { meta } of batches) {
      expect(meta.watermark).toMatchObject({
        completeness: "Partial",
        hint: "2 invalid events of the payload left out",
      });
    }
  });

  it("may be all there is in a payload", () => {
    const { batches, rejected } = parsed("[7]", { onInvalid: "quarantine" });
    expect(batches).toEqual([]);
    expect(rejected.length).toBe(1);
  });

  it("refuse the payload when they are more than 10,000, whatever was asked", () => {
    const zeros = (events: number) => `[${new Array(events).fill(0).join()}]`;
    expect(parsed(zeros(10_000), { onInvalid: "quarantine" }).rejected.length).toBe(10_000);
    expect(errorOf(zeros(10_001), { onInvalid: "quarantine" })).toMatchObject({
      reason: "notAFrame",
      index: undefined,
    });
  });
});

describe("payloads that are no frame", () => {
  it.each<[string, unknown, ParseErrorReason]>([
    ["nothing", "", "notJson"],
    ["prose", "404 page not found", "notJson"],
    ["a frame that was cut off", `[${TRADE}`, "notJson"],
    ["two frames", `[${TRADE}][${TRADE}]`, "notJson"],
    ["a byte order mark", "\ufeff[]", "notJson"],
    ["a byte order mark in bytes", new Uint8Array([0xef, 0xbb, 0xbf, 0x5b, 0x5d]), "notJson"],
    ["a number", "7", "notAFrame"],
    ["NaN", "NaN", "notJson"],
    ["null", "null", "notAFrame"],
    ["a string", '"[]"', "notAFrame"],
    ["true", "true", "notAFrame"],
    ["bytes that are no UTF-8", new Uint8Array([0x5b, 0xff, 0x5d]), "notUtf8"],
    ["a surrogate in bytes", new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22]), "notUtf8"],
    ["nothing in bytes", new Uint8Array(), "notJson"],
    ["undefined", undefined, "notAFrame"],
    ["null itself", null, "notAFrame"],
    ["a number itself", 7, "notAFrame"],
    ["a symbol", Symbol("x"), "notAFrame"],
    ["a parsed frame", [{ ev: "T" }], "notAFrame"],
    ["a function", () => "[]", "notAFrame"],
    ["an array buffer", new ArrayBuffer(2), "notAFrame"],
    ["other views of a buffer", new Float64Array(2), "notAFrame"],
    ["what throws when touched", Proxy.revocable({}, {}).proxy, "notAFrame"],
  ])("get an error: %s", (_, payload, reason) => {
    const error = errorOf(payload);
    expect(error).toMatchObject({
      name: "ParseError",
      code: "STRIKEWIRE_PARSE",
      reason,
      index: undefined,
      path: undefined,
    });
    expect(error.message).toMatch(/^Cannot parse the payload: it must be .+, current value is .+$/);
  });

  it("get an error for an object after its revocation", () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(errorOf(proxy)).toMatchObject({ reason: "notAFrame", value: "object" });
  });

  it("keep the cause, and no more than 200 characters of the text", () => {
    const error = errorOf("x".repeat(1_000));
    expect(error.cause).toBeInstanceOf(SyntaxError);
    expect(error.value).toBe(`"${"x".repeat(199)}`);
  });
});

describe("hostile payloads", () => {
  const hostile: readonly [string, string][] = [
    ["deep arrays", `${"[".repeat(100_000)}${"]".repeat(100_000)}`],
    ["deep objects", `[${'{"ev":'.repeat(100_000)}1${"}".repeat(100_000)}]`],
    ["deep arrays without end", "[".repeat(100_000)],
    ["a deep unknown field", trade({ y: `${"[".repeat(100_000)}${"]".repeat(100_000)}` })],
    ["a number of a million digits", trade({ p: "9".repeat(1_000_000) })],
    ["a fraction of a million digits", trade({ p: `0.${"9".repeat(1_000_000)}` })],
    ["an exponent of many digits", trade({ p: `1e${"9".repeat(1_000)}` })],
    ["a symbol of a million characters", trade({ sym: JSON.stringify("x".repeat(1_000_000)) })],
    ["a million wrong conditions", trade({ c: `[${new Array(1_000_000).fill("-1").join()}]` })],
    ["a million unknown fields", `[{${Array.from({ length: 200_000 }, (_, index) => `"k${index}":0`).join()},"ev":0}]`],
    ["a million wrong events", `[${new Array(1_000_000).fill("0").join()}]`],
    ["lone surrogates", trade({ i: '"\ud800\\udc00\udfff"', sym: '"\ud800"' }, STOCK)],
    ["__proto__ everywhere", '[{"__proto__":null},{"ev":"__proto__","__proto__":{"__proto__":[]}}]'],
    ["zero bytes", `[${TRADE.replaceAll(",", ",\u0000")}]`],
  ];

  it.each(hostile)("get an answer, in both modes, as text and as bytes: %s", (_, payload) => {
    for (const onInvalid of ["fail", "quarantine"] as const) {
      for (const input of [payload, new TextEncoder().encode(payload)]) {
        const result = parsePayload(input, { onInvalid });
        if (result.ok) continue;
        expect(result.error.value.length).toBeLessThanOrEqual(200);
        expect(result.error.message.length).toBeLessThan(600);
      }
    }
  });

  it("are not shown in full where a value is wrong", () => {
    const deep = `[${'{"ev":'.repeat(100_000)}1${"}".repeat(100_000)}]`;
    expect(errorOf(deep).value).toBe('{"ev":{"ev":{"ev":{"ev":{"ev":{"ev":...}}}}}}');
    expect(errorOf(trade({ p: JSON.stringify("\u0001".repeat(1_000)) })).value.length).toBe(200);
  });
});

describe("the byte limit", () => {
  it("is 16 MiB by default, one byte below, at and above", () => {
    const frame = (bytes: number) => `[]${" ".repeat(bytes - 2)}`;
    expect(parsePayload(frame(16_777_215)).ok).toBe(true);
    expect(parsePayload(frame(16_777_216)).ok).toBe(true);
    expect(errorOf(frame(16_777_217))).toMatchObject({
      reason: "tooLarge",
      expected: "at most 16777216 bytes",
      value: "a text of 16777217 characters",
    });
    expect(errorOf(new Uint8Array(20_000_000))).toMatchObject({ reason: "tooLarge", value: "20000000 bytes" });
  });

  it("counts a text as UTF-8", () => {
    for (const text of [
      "AAPL",
      "\u007f\u0080",
      "\u07ff\u0800",
      "é",
      "€",
      "😀",
      "\ud800",
      "\udc00\ud800",
      "a€é😀\udfff",
    ]) {
      const payload = `[${trade({ i: JSON.stringify(text).replace(/\\u(....)/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))) }, STOCK)}]`;
      const bytes = new TextEncoder().encode(payload).length;
      expect(parsePayload(payload, { maxFrameBytes: bytes }).ok).toBe(true);
      expect(parsePayload(payload, { maxFrameBytes: bytes - 1 }).ok).toBe(false);
    }
  });

  it("comes before everything else", () => {
    expect(errorOf("nonsense", { maxFrameBytes: 7 })).toMatchObject({ reason: "tooLarge" });
    expect(errorOf(new Uint8Array([0xff, 0xff]), { maxFrameBytes: 1 })).toMatchObject({ reason: "tooLarge" });
    expect(takesFastPath(TRADE, { maxFrameBytes: 10 })).toBe(false);
  });
});

describe("bytes", () => {
  it("give what their text gives", () => {
    for (const text of [`[${TRADE},${QUOTE}]`, `[${trade({ i: '"é😀"' }, STOCK)}]`, `[${TRADE},{"ev":"AM"}]`]) {
      expect(parsePayload(new TextEncoder().encode(text))).toStrictEqual(parsePayload(text));
      expect(parsePayload(Buffer.from(text))).toStrictEqual(parsePayload(text));
    }
  });

  it("may be a part of a larger buffer, and stay as they are", () => {
    const all = new TextEncoder().encode(`xx[${TRADE}]xx`);
    const copy = all.slice();
    expect(parsePayload(all.subarray(2, -2)).ok).toBe(true);
    expect(all).toEqual(copy);
  });
});
