import type { SpotFetch } from "../../domain/context/spot.ts";
import { CURSOR_START, compareCursors, splitCursor } from "../../domain/stream/cursor.ts";
import type { SpotStore } from "../../ports/spot-store.ts";
import { check } from "../check.ts";
import { SAMPLE_TIME_MS } from "../samples.ts";
import { sampleSpotFetch, sampleSpotValue } from "./samples.ts";
import type { SpotTests } from "./value-tests.ts";

const PRODUCER = "spot/indices";

/** Everything that a repeat could double. */
async function accountsOf(store: SpotStore) {
  return {
    analytics: await store.analytics(),
    fetches: await store.fetches(CURSOR_START, 1_000),
    trail: await store.trail("SPX"),
    all: await store.all(),
  };
}

/** Analytics, and the sequences that keep them exact. */
export function countTests({ test }: SpotTests): void {
  test("are of nothing in a new store", async ({ subject: { store } }) => {
    check.equal("analytics", await store.analytics(), {
      frames: 0,
      bytes: 0,
      errors: 0,
      last_ts: null,
      latency_last_ms: null,
      symbol_frames: new Map(),
    });
    check.equal("sequence", await store.storedSeq(PRODUCER), 0);
  });
  test("add up fetches, payloads, refusals and values, and keep the last times", async ({ subject: { store } }) => {
    const [spx, ndx] = [sampleSpotValue(), sampleSpotValue({ symbol: "NDX" })];
    await store.put(PRODUCER, 1, sampleSpotFetch([spx, ndx], { payload: "é€😀", errors: 2 }));
    await store.fail(PRODUCER, 2);
    const last = { payload: "", receivedAtMs: SAMPLE_TIME_MS + 1_000, latencyMs: 7.25 };
    await store.put(PRODUCER, 3, sampleSpotFetch([spx], last));
    check.equal("analytics", await store.analytics(), {
      frames: 2,
      bytes: 4,
      errors: 3,
      last_ts: (SAMPLE_TIME_MS + 1_000) / 1_000,
      latency_last_ms: 7.25,
      symbol_frames: new Map([
        ["NDX", 1],
        ["SPX", 2],
      ]),
    });
  });
  test("say nothing of the last latency where it is not known", async ({ subject: { store } }) => {
    await store.put(PRODUCER, 1, sampleSpotFetch([sampleSpotValue()], { latencyMs: 7.25 }));
    await store.put(PRODUCER, 2, sampleSpotFetch([sampleSpotValue()], { latencyMs: null }));
    const unknown = await store.analytics();
    check.equal("frames, latency", [unknown.frames, unknown.latency_last_ms], [2, null]);
    await store.put(PRODUCER, 3, sampleSpotFetch([sampleSpotValue()], { latencyMs: 0 }));
    check.equal("latency known again", (await store.analytics()).latency_last_ms, 0);
  });
  test("take in stale values and fetches without one", async ({ subject: { store } }) => {
    await store.put(PRODUCER, 1, sampleSpotFetch([sampleSpotValue({ as_of_ns: "2" })]));
    await store.put(PRODUCER, 2, sampleSpotFetch([sampleSpotValue({ as_of_ns: "1" })]));
    await store.put(PRODUCER, 3, sampleSpotFetch([]));
    const { frames, symbol_frames } = await store.analytics();
    check.equal("frames", frames, 3);
    check.equal("of SPX", symbol_frames.get("SPX"), 2);
    check.equal("log", (await store.fetches(CURSOR_START, 10)).length, 3);
  });
  test("count a repeated fetch once, and it changes nothing", async ({ subject: { store } }) => {
    const fetch = sampleSpotFetch([sampleSpotValue()], { errors: 1 });
    await store.put(PRODUCER, 1, fetch);
    await store.fail(PRODUCER, 2);
    const before = await accountsOf(store);
    check.equal("put", await store.put(PRODUCER, 1, fetch), { status: "already" });
    check.equal("other put", await store.put(PRODUCER, 2, sampleSpotFetch([sampleSpotValue({ value: 1 })])), {
      status: "already",
    });
    check.equal("fail", await store.fail(PRODUCER, 2), "already");
    check.equal("earlier fail", await store.fail(PRODUCER, 1), "already");
    check.equal("accounts", await accountsOf(store), before);
  });
  test("count each producer's sequences apart, holes among them", async ({ subject: { store } }) => {
    await store.put("spot/indices", 5, sampleSpotFetch([]));
    await store.put("spot/stocks", 1, sampleSpotFetch([]));
    check.equal("fail", await store.fail("spot/stocks", 9_007_199_254_740_991), "stored");
    check.equal("indices", await store.storedSeq("spot/indices"), 5);
    check.equal("stocks", await store.storedSeq("spot/stocks"), 9_007_199_254_740_991);
    check.equal("fail again", await store.fail("spot/stocks", 9_007_199_254_740_991), "already");
    check.equal("below it", await store.put("spot/stocks", 9_007_199_254_740_990, sampleSpotFetch([])), {
      status: "already",
    });
    check.equal("frames", (await store.analytics()).frames, 2);
  });
}

/** The log of fetches. */
export function logTests({ test }: SpotTests): void {
  test("has every payload text for text, in the order in which they were stored", async (opened) => {
    const { store } = opened.subject;
    const payloads = ["", '{"a":[]}', "é€😀\u0000\r\n", "x".repeat(70_000)];
    const fromMs = opened.now();
    for (const [index, payload] of payloads.entries()) {
      await store.put(
        PRODUCER,
        index + 1,
        sampleSpotFetch([], { payload, receivedAtMs: SAMPLE_TIME_MS - index - 0.5 }),
      );
    }
    const fetches = await store.fetches(CURSOR_START, 100);
    check.equal(
      "fetches",
      fetches.map(({ payload, receivedAtMs }) => ({ payload, receivedAtMs })),
      payloads.map((payload, index) => ({ payload, receivedAtMs: SAMPLE_TIME_MS - index - 0.5 })),
    );
    for (const [index, { cursor }] of fetches.entries()) {
      const before = fetches[index - 1]?.cursor ?? CURSOR_START;
      check.isTrue(`cursor ${index} stands behind the one before`, compareCursors(before, cursor) < 0);
      const ms = splitCursor(cursor).ms;
      // A caller knows a server's time to a second, not better.
      check.isTrue(`cursor ${index} tells the store's time`, ms >= fromMs - 1_000 && ms <= opened.now() + 1_000);
    }
  });
  test("answers with up to `limit` fetches behind a cursor, the same every time", async ({ subject: { store } }) => {
    for (let seq = 1; seq <= 5; seq++) await store.put(PRODUCER, seq, sampleSpotFetch([], { payload: `${seq}` }));
    const read = async (after: string, limit: number) =>
      (await store.fetches(after, limit)).map((entry) => entry.payload);
    const cursors = (await store.fetches(CURSOR_START, 5)).map(({ cursor }) => cursor);
    check.equal("first two", await read(CURSOR_START, 2), ["1", "2"]);
    check.equal("behind the second", await read(cursors[1] ?? "", 2), ["3", "4"]);
    check.equal("again", await read(cursors[1] ?? "", 2), ["3", "4"]);
    check.equal("more than there are", await read(cursors[3] ?? "", 100), ["5"]);
    check.equal("behind the last", await read(cursors[4] ?? "", 1), []);
  });
  test("rejects a limit that is no positive integer, and what is no cursor", async ({ subject: { store } }) => {
    for (const limit of [0, -1, 1.5, Number.NaN]) {
      await check.rejects(`limit ${limit}`, store.fetches(CURSOR_START, limit), "RangeError");
    }
    await check.rejects("cursor", store.fetches("x", 1), "TypeError");
  });
}

/** Mistakes of the caller. */
export function refusalTests({ test }: SpotTests): void {
  test("meet sequences that are no positive safe integers", async ({ subject: { store } }) => {
    for (const seq of [0, -1, 1.5, Number.NaN, 2 ** 53]) {
      await check.rejects(`put ${seq}`, store.put(PRODUCER, seq, sampleSpotFetch([])), "RangeError");
      await check.rejects(`fail ${seq}`, store.fail(PRODUCER, seq), "RangeError");
    }
    check.equal("sequence", await store.storedSeq(PRODUCER), 0);
  });
  test("meet fetches that are none, and nothing of them is stored", async ({ subject: { store } }) => {
    const good = sampleSpotValue();
    const withValue = (overrides: Partial<typeof good>): SpotFetch =>
      sampleSpotFetch([good, sampleSpotValue({ symbol: "NDX", ...overrides })]);
    const bad: Readonly<Record<string, SpotFetch>> = {
      "a value that is no number": withValue({ value: Number.NaN }),
      "a symbol with I:": withValue({ symbol: "I:NDX" }),
      "a symbol that is a word of a key": withValue({ symbol: "trail" }),
      "no symbol": withValue({ symbol: "" }),
      "a time that is none": withValue({ as_of_ns: "0" }),
      "a time with leading zeros": withValue({ as_of_ns: "017" }),
      "a receipt before time": withValue({ ts: 0 }),
      "a negative volume": withValue({ volume: -1 }),
      "half an error": sampleSpotFetch([good], { errors: 0.5 }),
      "an endless latency": sampleSpotFetch([good], { latencyMs: Number.POSITIVE_INFINITY }),
    };
    for (const [what, fetch] of Object.entries(bad))
      await check.rejects(what, store.put(PRODUCER, 1, fetch), "TypeError");
    check.equal("sequence", await store.storedSeq(PRODUCER), 0);
    check.equal("values", await store.all(), new Map());
    check.equal("frames", (await store.analytics()).frames, 0);
  });
}
