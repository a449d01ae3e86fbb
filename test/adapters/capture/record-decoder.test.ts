import { describe, expect, it } from "vitest";
import { RecordDecoder } from "../../../src/adapters/capture/record-decoder.ts";
import { CaptureError } from "../../../src/domain/errors.ts";

const ENVELOPE = '{"ts":1700000000.123,"payload":"[]"}';

/** What the line makes, alone in its capture or behind other lines. */
function decode(text: string, before: readonly string[] = []) {
  const decoder = new RecordDecoder();
  for (const line of before) decoder.decode(line, 1);
  return decoder.decode(text, 7);
}

function envelope(fields: object): string {
  return JSON.stringify({ ts: 1700000000.123, payload: "[]", src: "options/0/2/7", ...fields });
}

const position = { class: "options", shard: 0, epoch: 2, seq: 7 };
const receivedAtMs = 1_700_000_000_123;

describe("RecordDecoder on frames", () => {
  it.each([
    ["an array", '[{"ev":"T"}]'],
    ["an event object", '{"ev":"status","payload":"x"}'],
    ["an event object whose ev does not come first", '{"status":"connected","ev":"status"}'],
    ["an object with neither ev nor payload", '{"ts":1,"status":"connected"}'],
    ["text that is no JSON", '[{"ev":"T"'],
    ["an object that is cut off", '{"payload":"[]"'],
    ["a number", "17"],
    ["blanks", "  "],
  ])("takes %s verbatim, without a receipt time", (_, text) => {
    expect(decode(text)).toEqual({ kind: "frame", receivedAtMs: undefined, payload: text, line: 7 });
  });

  it("takes arrays and provider events as frames among envelopes too", () => {
    for (const text of ['[{"ev":"T"}]', '{"ev":"T"}', "junk"]) {
      expect(decode(text, [ENVELOPE])).toMatchObject({ kind: "frame", payload: text });
    }
  });
});

describe("RecordDecoder on envelopes", () => {
  it("reads a frame without a place", () => {
    const frame = { kind: "frame", receivedAtMs, payload: "[]", line: 7 };
    expect(decode(ENVELOPE)).toEqual(frame);
    expect(decode(` ${ENVELOPE}`)).toEqual(frame);
    expect(decode(ENVELOPE, ["[1]"])).toEqual(frame);
  });

  it("reads a receipt time given as text, and none", () => {
    expect(decode('{"ts":"1700000000.123","payload":"[]"}')).toMatchObject({ receivedAtMs });
    expect(decode('{"payload":"[]"}')).toMatchObject({ receivedAtMs: undefined });
  });

  it("reads entries of every kind", () => {
    const base = { position, receivedAtMs };
    const gap = { connection: "options/0", from_ts: 1.5, cause: "shed", scope: "instruments", instruments: ["AAPL"] };
    const read = (fields: object) => {
      const record = decode(envelope(fields));
      return record.kind === "entry" ? record.draft : undefined;
    };
    expect(read({ payload: "x" })).toEqual({ kind: "frame", payload: "x", ...base });
    expect(read({ kind: "frame" })).toEqual({ kind: "frame", payload: "[]", ...base });
    expect(read({ kind: "connected" })).toEqual({ kind: "connected", ...base });
    expect(read({ kind: "heartbeat" })).toEqual({ kind: "heartbeat", ...base });
    expect(read({ kind: "closed", info: { cause: "eviction" } })).toEqual({
      kind: "closed",
      cause: "eviction",
      ...base,
    });
    expect(read({ kind: "gap", info: gap })).toEqual({
      kind: "gap",
      ...base,
      gap: {
        connection: "options/0",
        fromAtMs: 1_500,
        toAtMs: undefined,
        cause: "shed",
        scope: "instruments",
        instruments: ["AAPL"],
      },
    });
  });

  it.each([
    ["a payload that is no string", envelope({ payload: 5 }), "'payload' must be a string, current value is 5"],
    ["a time that is no number", envelope({ ts: true }), "'ts' must be Unix seconds"],
    ["text that is no decimal", envelope({ ts: "0x11" }), 'current value is "0x11"'],
    ["a time of 0", envelope({ ts: 0 }), "above 0"],
    ["a time that overflows", '{"ts":1e999,"payload":"[]"}', "current value is Infinity"],
    ["milliseconds for seconds", envelope({ ts: 1_700_000_000_123 }), "current value is 1700000000123"],
    ["a null time", envelope({ ts: null }), "current value is null"],
    ["a place of an unknown class", envelope({ src: "futures/0/1/1" }), "{class}/{shard}/{epoch}/{seq}"],
    ["a place that is no text", envelope({ src: 7 }), "'src' must be"],
    ["an unknown kind", envelope({ kind: "pause" }), "frame, connected, heartbeat, gap, closed"],
    ["a kind that is no text", envelope({ kind: 1 }), "'kind' must be one of"],
    ["a control entry without a place", envelope({ kind: "connected", src: undefined }), "'src' must be"],
    ["a control entry with data", envelope({ kind: "connected", payload: "[1]" }), "where 'kind' is connected"],
    ["a gap without info", envelope({ kind: "gap" }), "'info' must be an object"],
    ["a closed entry with an unknown cause", envelope({ kind: "closed", info: { cause: "x" } }), "'info.cause'"],
    ["a gap of no scope", envelope({ kind: "gap", info: { connection: "*", cause: "shed" } }), "'info.scope'"],
    ["a gap of no connection", envelope({ kind: "gap", info: { cause: "shed", scope: "all" } }), "'info.connection'"],
    [
      "a gap that ends before it starts",
      envelope({ kind: "gap", info: { connection: "*", cause: "shed", scope: "all", from_ts: 2, to_ts: 1.999 } }),
      "'info.to_ts'",
    ],
    [
      "a gap with instruments that are no texts",
      envelope({ kind: "gap", info: { connection: "*", cause: "shed", scope: "all", instruments: [1] } }),
      "'info.instruments'",
    ],
  ])("refuses %s, naming line, value and what is allowed", (_, text, message) => {
    const act = () => decode(text);
    expect(act).toThrow(CaptureError);
    expect(act).toThrow(message);
    expect(act).toThrow("(line 7)");
  });

  it("refuses half an envelope among envelopes, which alone would be a frame", () => {
    expect(() => decode('{"ts":1,"payl', [ENVELOPE])).toThrow("a whole JSON object");
    expect(() => decode('{"ts":1}', [ENVELOPE])).toThrow("'payload' must be a string, current value is undefined");
    expect(() => decode('{"ts":1,"payl', ["[1]", ENVELOPE])).not.toThrow();
  });

  it("accepts the last second that 32 bits can count and refuses the next", () => {
    expect(decode(envelope({ ts: 4294967295 }))).toMatchObject({ kind: "entry" });
    expect(() => decode(envelope({ ts: 4294967295.001 }))).toThrow("'ts' must be");
  });
});

describe("RecordDecoder on the last line", () => {
  it("calls half an object torn where the capture has envelopes", () => {
    const enveloped = new RecordDecoder();
    enveloped.decode(ENVELOPE, 1);
    expect(enveloped.isTorn('{"ts":17000')).toBe(true);
    expect(enveloped.isTorn(ENVELOPE)).toBe(false);
    expect(enveloped.isTorn('{"ts":1}')).toBe(false);
    expect(enveloped.isTorn('[{"ev"')).toBe(false);
  });

  it("calls nothing torn where the capture has frames: they go where frames are judged", () => {
    const frames = new RecordDecoder();
    frames.decode("[1]", 1);
    expect(frames.isTorn('{"ts":17000')).toBe(false);
    expect(new RecordDecoder().isTorn('{"ts":17000')).toBe(false);
  });
});
