import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isAuthenticated, parseAcknowledgement } from "../../../src/domain/connection/acknowledgement.ts";
import {
  authRequest,
  chunkTopics,
  isTopic,
  subscriptionRequest,
} from "../../../src/domain/connection/subscription-request.ts";

describe("requests", () => {
  it("are one JSON object with the items joined by commas", () => {
    expect(subscriptionRequest("subscribe", ["T.O:SPY251219C00650000", "Q.BRK.B"])).toBe(
      '{"action":"subscribe","params":"T.O:SPY251219C00650000,Q.BRK.B"}',
    );
    expect(authRequest('k"1')).toBe('{"action":"auth","params":"k\\"1"}');
  });

  it.each(["T.*", "Q.O:SPXW251223P06870000", "V.I:SPX", "T.BRK.B", "FMV.AAPL"])("know %s as a topic", (topic) => {
    expect(isTopic(topic)).toBe(true);
  });

  it.each(["", "T", "T.", ".AAPL", "T.A,T.B", "T.A B", 'T."', "T.\\", "T.é"])("do not know %s as a topic", (topic) => {
    expect(isTopic(topic)).toBe(false);
  });
});

describe("chunkTopics", () => {
  const roomy = { maxTopics: 500, maxBytes: 16_384 };

  it("cuts at the count, one before, at and after it", () => {
    const sizes = (count: number) =>
      chunkTopics(
        "subscribe",
        Array.from({ length: count }, (_, i) => `T.S${i}`),
        roomy,
      ).map(({ length }) => length);
    expect([499, 500, 501].map(sizes)).toEqual([[499], [500], [500, 1]]);
    expect(sizes(0)).toEqual([]);
  });

  it("cuts at the bytes of the whole message, at and one below what fits", () => {
    const whole = subscriptionRequest("subscribe", ["T.A", "T.B"]).length;
    const cut = (maxBytes: number) => chunkTopics("subscribe", ["T.A", "T.B"], { maxTopics: 9, maxBytes });
    expect(cut(whole)).toEqual([["T.A", "T.B"]]);
    expect(cut(whole - 1)).toEqual([["T.A"], ["T.B"]]);
  });

  it("asks for everything once, in order, within both bounds", () => {
    const topic = fc.stringMatching(/^[TQ]\.[A-Z]{1,20}$/);
    const bounds = fc.record({
      maxTopics: fc.integer({ min: 1, max: 9 }),
      maxBytes: fc.integer({ min: 60, max: 120 }),
    });
    fc.assert(
      fc.property(fc.array(topic, { maxLength: 40 }), bounds, (topics, options) => {
        const chunks = chunkTopics("unsubscribe", topics, options);
        expect(chunks.flat()).toEqual(topics);
        for (const chunk of chunks) {
          expect(chunk.length).toBeLessThanOrEqual(options.maxTopics);
          expect(subscriptionRequest("unsubscribe", chunk).length).toBeLessThanOrEqual(options.maxBytes);
        }
      }),
      { seed: 42, numRuns: 200 },
    );
  });

  it("asks by itself for a topic that is too long for any request", () => {
    expect(chunkTopics("subscribe", ["T.A", "T.LONGER", "T.B"], { maxTopics: 9, maxBytes: 10 })).toEqual([
      ["T.A"],
      ["T.LONGER"],
      ["T.B"],
    ]);
  });
});

describe("parseAcknowledgement", () => {
  it.each([
    ["success", "subscribed to: T.MSFT", { kind: "subscribed", topic: "T.MSFT" }],
    ["success", "subscribed to: T.BRK.B", { kind: "subscribed", topic: "T.BRK.B" }],
    ["success", "unsubscribed to: T.*", { kind: "unsubscribed", topic: "T.*" }],
    ["success", "subscribed to: ", undefined],
    ["success", "authenticated", undefined],
    ["success", undefined, undefined],
    ["error", "subscribed to: T.MSFT", undefined],
  ])("reads %s with %s", (status, message, expected) => {
    expect(parseAcknowledgement({ status, message })).toEqual(expected);
  });

  it("knows an accepted key in both spellings", () => {
    expect(isAuthenticated({ status: "auth_success", message: "authenticated" })).toBe(true);
    expect(isAuthenticated({ status: "success", message: "authenticated" })).toBe(true);
    expect(isAuthenticated({ status: "success", message: "subscribed to: T.*" })).toBe(false);
  });
});
