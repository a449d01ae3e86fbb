import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../../src/domain/random.ts";
import type { MarketEvent, OptionQuoteEvent, OptionTradeEvent } from "../../../src/simulator/market/events.ts";
import { createMarket } from "../../../src/simulator/market/market.ts";
import { encodeEvent } from "../../../src/simulator/wire/encode.ts";
import { respell } from "../../../src/simulator/wire/respell.ts";
import { AUTHENTICATED, CONNECTED, encodeStatus, subscribed } from "../../../src/simulator/wire/status.ts";

const startMs = Date.UTC(2025, 11, 22, 15);
const events = createMarket({ startMs, stockEventsPerSecond: 200, indexIntervalMs: 500 }, seededRandom(1)).advance(
  startMs + 3_000,
);

function first<Kind extends MarketEvent["kind"]>(kind: Kind): Extract<MarketEvent, { kind: Kind }> {
  const found = events.find((event): event is Extract<MarketEvent, { kind: Kind }> => event.kind === kind);
  if (found === undefined) throw new Error(`the market must have a ${kind}`);
  return found;
}

const trade: OptionTradeEvent = {
  ...first("optionTrade"),
  exchange: 302,
  priceCents: 770,
  size: 1,
  conditions: [209],
  tMs: 1_766_437_799_445,
  sequence: 651_921_857,
};
const { ticker } = trade.contract;

describe("encodeEvent", () => {
  it("writes an option trade like the provider's sample", () => {
    expect(encodeEvent(trade)).toBe(
      `{"ev":"T","sym":"${ticker}","x":302,"p":7.7,"s":1,"c":[209],"t":1766437799445,"q":651921857}`,
    );
    expect(encodeEvent({ ...trade, conditions: [] })).toContain('"s":1,"c":[],"t"');
    expect(encodeEvent({ ...trade, conditions: undefined })).toContain('"s":1,"t"');
  });

  it("writes an option quote like the provider's sample", () => {
    const quote: OptionQuoteEvent = {
      ...first("optionQuote"),
      contract: trade.contract,
      bidExchange: 302,
      askExchange: 308,
      bidCents: 971,
      askCents: 981,
      bidSize: 17,
      askSize: 24,
      tMs: 1_644_506_128_351,
      sequence: 844_090_872,
    };
    expect(encodeEvent(quote)).toBe(
      `{"ev":"Q","sym":"${ticker}","bx":302,"ax":308,"bp":9.71,"ap":9.81,"bs":17,"as":24,"t":1644506128351,"q":844090872}`,
    );
  });

  it("writes stock trades, on and off exchange, stock quotes and index values", () => {
    const stockTrade = { ...first("stockTrade"), symbol: "SPY", tradeId: "12345", priceCents: 68_512, size: 100 };
    const onExchange = {
      exchange: 12,
      tape: 2,
      conditions: [14, 41],
      tMs: 5,
      sequence: 6,
      reportingFacility: undefined,
    };
    expect(encodeEvent({ ...stockTrade, ...onExchange })).toBe(
      '{"ev":"T","sym":"SPY","x":12,"i":"12345","z":2,"p":685.12,"s":100,"c":[14,41],"t":5,"q":6}',
    );
    const offExchange = { ...onExchange, exchange: 4, conditions: undefined, reportingFacility: 202 };
    expect(encodeEvent({ ...stockTrade, ...offExchange })).toBe(
      '{"ev":"T","sym":"SPY","x":4,"i":"12345","z":2,"p":685.12,"s":100,"t":5,"q":6,"trfi":202,"trft":5}',
    );
    const quoted = { bidCents: 68_511, bidSize: 3, bidExchange: 12, askCents: 68_513, askSize: 2, askExchange: 11 };
    expect(encodeEvent({ ...first("stockQuote"), symbol: "SPY", ...quoted, tMs: 5, sequence: 6, tape: 2 })).toBe(
      '{"ev":"Q","sym":"SPY","bx":12,"bp":685.11,"bs":3,"ax":11,"ap":685.13,"as":2,"c":0,"i":[604],"t":5,"q":6,"z":2}',
    );
    expect(encodeEvent({ ...first("indexValue"), ticker: "I:SPX", valueCents: 398_850, tMs: 5 })).toBe(
      '{"ev":"V","val":3988.5,"T":"I:SPX","t":5}',
    );
  });

  it("writes every price as the number nearest to its cents, in its shortest spelling", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000_000 }), (priceCents) => {
        expect(encodeEvent({ ...trade, priceCents })).toContain(`"p":${String(priceCents / 100)},`);
      }),
      { seed: 42, numRuns: 2_000 },
    );
  });

  it("writes JSON without a trace of the truth", () => {
    for (const event of events) {
      const fields = Object.keys(JSON.parse(encodeEvent(event)) as object);
      expect(fields).not.toContain("truth");
      expect(fields[0]).toBe("ev");
      expect(fields.length).toBeLessThan(14);
    }
  });
});

describe("respell", () => {
  it("changes the spelling and nothing else", () => {
    const random = seededRandom(2);
    let reordered = 0;
    let decimals = 0;
    for (const event of events.slice(0, 500)) {
      const text = encodeEvent(event);
      const other = respell(text, random);
      expect(JSON.parse(other)).toEqual(JSON.parse(text));
      expect(other.startsWith('{"ev":')).toBe(true);
      if (Object.keys(JSON.parse(other) as object).join() !== Object.keys(JSON.parse(text) as object).join())
        reordered += 1;
      if (/:\d+\.0[,}]/.test(other)) decimals += 1;
    }
    expect(reordered).toBeGreaterThan(490);
    expect(decimals).toBeGreaterThan(250);
  });

  it("is the same for the same seed", () => {
    const text = encodeEvent(trade);
    expect(respell(text, seededRandom(3))).toBe(respell(text, seededRandom(3)));
  });
});

describe("status events", () => {
  it("have the provider's words", () => {
    expect(CONNECTED).toBe('{"ev":"status","status":"connected","message":"Connected Successfully"}');
    expect(AUTHENTICATED).toBe('{"ev":"status","status":"auth_success","message":"authenticated"}');
    expect(subscribed("T.*")).toBe('{"ev":"status","status":"success","message":"subscribed to: T.*"}');
    expect(encodeStatus("error", "not authorized")).toBe('{"ev":"status","status":"error","message":"not authorized"}');
  });
});
