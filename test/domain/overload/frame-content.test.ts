import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addContent,
  contentOf,
  countEvents,
  eventsIn,
  type FrameContent,
  isQuotesOnly,
  NO_EVENTS,
} from "../../../src/domain/overload/frame-content.ts";
import { parsePayload } from "../../../src/domain/wire/parse-payload.ts";
import { quoteEvent, SAMPLE_MS, tradeEvent } from "../../support/entries.ts";
import { generatedFrame, mutatedFrame, oddFrame } from "../wire/frames.ts";

const T = '{"ev":"T","sym":"F"}';
const Q = '{"ev":"Q","sym":"F"}';

/** What JSON says; `undefined` for what is none. */
function counted(payload: string): FrameContent | undefined {
  let frame: unknown;
  try {
    frame = JSON.parse(payload);
  } catch {
    return undefined;
  }
  const types = (Array.isArray(frame) ? frame : [frame]).map((event) => event?.ev);
  const of = (type: string): number => types.filter((other) => other === type).length;
  const [trades, quotes, values] = [of("T"), of("Q"), of("V")];
  return { trades, quotes, values, other: types.length - trades - quotes - values };
}

function content(change: Partial<FrameContent>): FrameContent {
  return { ...NO_EVENTS, ...change };
}

describe("countEvents", () => {
  it.each<readonly [string, Partial<FrameContent>]>([
    ["[]", {}],
    [`[${T}]`, { trades: 1 }],
    [T, { trades: 1 }],
    [`[${T},${Q},${Q},{"ev":"V","T":"I:SPX"}]`, { trades: 1, quotes: 2, values: 1 }],
    ['[{"ev":"status","status":"success"},{"ev":"AM"}]', { other: 2 }],
    [`[${T},{"sym":"F"}]`, { trades: 1, other: 1 }],
    [`[${T},5,null,"T",[${T}]]`, { trades: 1, other: 4 }],
    ['[{"ev":"TT"},{"ev":""},{"ev":null},{"ev":{"ev":"T"}},{"ev":["T"]}]', { other: 5 }],
    ['[{"sym":"F","ev":"Q"}]', { quotes: 1 }],
  ])("counts %s", (payload, expected) => {
    expect(countEvents(payload)).toEqual(content(expected));
  });

  it.each<readonly [string, string, Partial<FrameContent>]>([
    ["white space", ` [ { "ev" : "T" } ,\n{ "ev": "Q" } ]\n`, { trades: 1, quotes: 1 }],
    ["white space in one event of two", `[${T},{"ev": "Q"}]`, { trades: 1, quotes: 1 }],
    ["an escaped name", `[${T},{"\\u0065v":"Q"}]`, { trades: 1, quotes: 1 }],
    ["an escaped type", '[{"ev":"\\u0054"},{"ev":"\\u0051"}]', { trades: 1, quotes: 1 }],
    ["a name that ends like the name", '[{"\\"ev":"T"}]', { other: 1 }],
    ["a string that looks like an event", `[{"ev":"T","i":${JSON.stringify(Q)}}]`, { trades: 1 }],
    ["a string of braces", '[{"ev":"T","i":"},{"},{"ev":"T","i":"{"}]', { trades: 2 }],
    ["a value that is the name", '[{"x":"ev","ev":"T","y":"ev"}]', { trades: 1 }],
    ["a name twice: the last one counts", '[{"ev":"T","ev":"Q"}]', { quotes: 1 }],
    ["an event in an event", `[{"ev":"T","x":${Q},"y":[${Q},${Q}]},${T}]`, { trades: 2 }],
    ["an array of events in the array", `[[${T},${Q}],[${T}]]`, { other: 2 }],
    ["no JSON", "not JSON", { other: 1 }],
    ["an empty text", "", { other: 1 }],
    ["half a frame", `[${T},${Q}`, { other: 1 }],
    ["frames without a comma", `[${T}${Q}]`, { other: 1 }],
  ])("is not misled by %s", (_, payload, expected) => {
    expect(countEvents(payload)).toEqual(content(expected));
  });

  it("counts as JSON does, whatever the frame, and every text as something", () => {
    const nested = fc.json({ maxDepth: 4 }).map((text) => `[{"ev":"T","x":${text}},${text}]`);
    const frames = fc.oneof(generatedFrame, oddFrame, mutatedFrame, fc.json(), nested, fc.string());
    fc.assert(
      fc.property(frames, (payload) => {
        const expected = counted(payload);
        if (expected !== undefined) expect(countEvents(payload)).toEqual(expected);
        else expect(eventsIn(countEvents(payload))).toBeGreaterThanOrEqual(1);
      }),
      { numRuns: 5_000 },
    );
  });

  it("counts what the parser counts, where nothing is refused", () => {
    fc.assert(
      fc.property(generatedFrame, (payload) => {
        const parsed = parsePayload(payload, { onInvalid: "quarantine" });
        fc.pre(parsed.ok && parsed.rejected.length === 0);
        if (parsed.ok) expect(countEvents(payload)).toEqual(contentOf(parsed));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("contentOf", () => {
  it("counts refused events and statuses as other", () => {
    const events = [tradeEvent(SAMPLE_MS), tradeEvent(SAMPLE_MS, { p: -1 }), quoteEvent(SAMPLE_MS), { ev: "AM" }];
    const parsed = parsePayload(JSON.stringify([...events, { ev: "status", status: "success" }]), {
      onInvalid: "quarantine",
    });
    if (!parsed.ok) throw parsed.error;
    expect(contentOf(parsed)).toEqual({ trades: 1, quotes: 1, values: 0, other: 3 });
  });
});

describe("isQuotesOnly", () => {
  it.each<readonly [Partial<FrameContent>, boolean]>([
    [{}, false],
    [{ quotes: 1 }, true],
    [{ quotes: 1, trades: 1 }, false],
    [{ quotes: 1, values: 1 }, false],
    [{ quotes: 1, other: 1 }, false],
    [{ trades: 1 }, false],
  ])("of %j is %s", (change, expected) => {
    expect(isQuotesOnly(content(change))).toBe(expected);
  });
});

describe("addContent", () => {
  it("adds every kind to its own", () => {
    const sum = { ...NO_EVENTS };
    addContent(sum, { trades: 1, quotes: 20, values: 300, other: 4_000 });
    addContent(sum, { trades: 1, quotes: 20, values: 300, other: 4_000 });
    expect(sum).toEqual({ trades: 2, quotes: 40, values: 600, other: 8_000 });
    expect(eventsIn(sum)).toBe(8_642);
  });
});
