import { describe, expect, it } from "vitest";
import { chainSnapshotSchema } from "../../../src/domain/context/chain.ts";
import { heartbeatSchema } from "../../../src/domain/context/heartbeat.ts";
import { checkedMessage, parseMessage } from "../../../src/domain/context/message.ts";
import { modelAnalyticsSchema } from "../../../src/domain/context/model.ts";
import { type SpotFetch, spotFetchSchema, spotValueSchema } from "../../../src/domain/context/spot.ts";
import { StorageError } from "../../../src/domain/errors.ts";
import {
  sampleChainSnapshot,
  sampleHeartbeat,
  sampleModelAnalytics,
  sampleSpotFetch,
  sampleSpotValue,
} from "../../../src/testing/index.ts";

describe("a message to be stored", () => {
  const check = (fetch: SpotFetch): SpotFetch => checkedMessage("store a spot fetch", spotFetchSchema, fetch);

  it("passes as it is", () => {
    const fetch = sampleSpotFetch([sampleSpotValue(), sampleSpotValue({ volume: null, timeframe: null })]);
    expect(check(fetch)).toEqual(fetch);
  });

  it("keeps the fields that are known, in the order of the schema, and no others", () => {
    const { symbol, ...rest } = sampleSpotValue();
    const reordered = { ...rest, symbol, extra: 1 };
    const checked = checkedMessage("store a spot value", spotValueSchema, reordered);
    expect(JSON.stringify(checked)).toBe(JSON.stringify(sampleSpotValue()));
  });

  it("is refused with the field that is wrong, what it must be and what it is", () => {
    const refusals: [SpotFetch, string][] = [
      [
        sampleSpotFetch([sampleSpotValue(), sampleSpotValue({ value: Number.NaN })]),
        "Cannot store a spot fetch: 'values.1.value' must be a finite number, current value is NaN",
      ],
      [
        sampleSpotFetch([sampleSpotValue({ symbol: "I:SPX" })]),
        "Cannot store a spot fetch: 'values.0.symbol' must be a symbol without I:, such as SPX, that starts with an " +
          'upper-case letter or a digit, current value is "I:SPX"',
      ],
      [
        sampleSpotFetch([sampleSpotValue({ as_of_ns: "12x" })]),
        "Cannot store a spot fetch: 'values.0.as_of_ns' must be a time: positive nanoseconds as decimal digits, " +
          'current value is "12x"',
      ],
    ];
    for (const [fetch, message] of refusals) expect(() => check(fetch)).toThrow(new TypeError(message));
  });
});

describe("a message that is read back", () => {
  it.each([
    ["spot value", spotValueSchema, sampleSpotValue()],
    ["chain snapshot", chainSnapshotSchema, sampleChainSnapshot()],
    ["model analytics", modelAnalyticsSchema, sampleModelAnalytics()],
    ["heartbeat", heartbeatSchema, sampleHeartbeat()],
  ] as const)("is what was written: %s", (what, schema, message) => {
    expect(parseMessage<unknown>(`read a ${what}`, schema, JSON.stringify(message))).toEqual(message);
  });

  it("is what a later version wrote, without the fields that are new", () => {
    const text = JSON.stringify({ ...sampleSpotValue(), later: 1 });
    expect(parseMessage("read a spot value", spotValueSchema, text)).toEqual(sampleSpotValue());
  });

  it("is refused, as what is stored, where it is no JSON or another message", () => {
    const read = (text: string) => parseMessage("read the spot value of SPX", spotValueSchema, text);
    expect(() => read("{")).toThrow(
      new StorageError("Cannot read the spot value of SPX: it must be JSON, current value is {"),
    );
    expect(() => read("[1]")).toThrow(
      new StorageError("Cannot read the spot value of SPX: it must be an object, current value is [1]"),
    );
    const { volume: _, ...withoutVolume } = sampleSpotValue();
    expect(() => read(JSON.stringify(withoutVolume))).toThrow(
      new StorageError(
        "Cannot read the spot value of SPX: 'volume' must be a finite number of at least 0, current value is undefined",
      ),
    );
  });
});
