import { CHANNELS } from "../../domain/channels.ts";
import type { SpotValue } from "../../domain/context/spot.ts";
import type { SpotStore } from "../../ports/spot-store.ts";
import { type AnnouncingClients, hear } from "../announcements.ts";
import { check } from "../check.ts";
import { type ContractTests, during, eventually } from "../runner.ts";
import { SAMPLE_TIME_MS, SAMPLE_TIME_NS } from "../samples.ts";
import { sampleSpotFetch, sampleSpotValue } from "./samples.ts";

export type SpotTests = ContractTests<AnnouncingClients<SpotStore>, []>;

const PRODUCER = "spot/indices";
const TS = SAMPLE_TIME_MS / 1_000;

/** A value that is `steps` newer than the sample by both of its times, and tells so. */
function later(steps: number, overrides: Partial<SpotValue> = {}): SpotValue {
  const as_of_ns = `${SAMPLE_TIME_NS + BigInt(steps)}`;
  return sampleSpotValue({ as_of_ns, ts: (SAMPLE_TIME_MS + steps) / 1_000, value: 6_000 + steps, ...overrides });
}

/** What stands where, and what replaces it. */
export function valueTests({ test }: SpotTests): void {
  test("there are none in a new store", async ({ subject: { store } }) => {
    check.equal("latest", await store.latest("SPX"), null);
    check.equal("all", await store.all(), new Map());
    check.equal("trail", await store.trail("SPX"), []);
  });
  test("they are read as they were written, field for field", async ({ subject: { store } }) => {
    const full = sampleSpotValue();
    const bare = sampleSpotValue({
      symbol: "BRK.A",
      value: 5e-324,
      volume: null,
      as_of_ns: "9223372036854775807",
      timeframe: null,
      source: 'é€😀"\\',
      change: null,
      change_pct: null,
    });
    check.equal("put", await store.put(PRODUCER, 1, sampleSpotFetch([full, bare])), { status: "stored", stale: 0 });
    check.equal("full", await store.latest("SPX"), full);
    check.equal("bare", await store.latest("BRK.A"), bare);
  });
  test("the map of all has the latest of every symbol, by symbol, those too of earlier fetches", async (opened) => {
    const { store } = opened.subject;
    const [spx, ndx, vix] = [sampleSpotValue(), later(1, { symbol: "NDX" }), later(2, { symbol: "VIX" })];
    await store.put(PRODUCER, 1, sampleSpotFetch([spx, vix]));
    await store.put(PRODUCER, 2, sampleSpotFetch([ndx]));
    const newer = later(3);
    await store.put(PRODUCER, 3, sampleSpotFetch([newer]));
    const all = await store.all();
    check.equal("order", [...all.keys()], ["NDX", "SPX", "VIX"]);
    check.equal("values", [...all.values()], [ndx, newer, vix]);
  });
  test("a newer value, by a nanosecond, replaces one whole", async ({ subject: { store } }) => {
    await store.put(PRODUCER, 1, sampleSpotFetch([sampleSpotValue()]));
    const newer = later(1, { volume: null, change: null, change_pct: null, timeframe: null });
    await store.put(PRODUCER, 2, sampleSpotFetch([newer]));
    check.equal("latest", await store.latest("SPX"), newer);
  });
  test("an older value, by a nanosecond, replaces nothing and is said to be stale", async ({ subject: { store } }) => {
    await store.put(PRODUCER, 1, sampleSpotFetch([sampleSpotValue()]));
    const put = await store.put(PRODUCER, 2, sampleSpotFetch([later(-1), later(1, { symbol: "NDX" })]));
    check.equal("put", put, { status: "stored", stale: 1 });
    check.equal("latest", await store.latest("SPX"), sampleSpotValue());
    check.equal("all", (await store.all()).get("SPX"), sampleSpotValue());
    check.equal("trail", await store.trail("SPX"), [{ ts: TS, value: sampleSpotValue().value }]);
    check.equal("other symbol", await store.latest("NDX"), later(1, { symbol: "NDX" }));
  });
  test("a time with fewer digits is an older one", async ({ subject: { store } }) => {
    await store.put(PRODUCER, 1, sampleSpotFetch([sampleSpotValue({ as_of_ns: "1000" })]));
    await store.put(PRODUCER, 2, sampleSpotFetch([sampleSpotValue({ as_of_ns: "999", value: 1 })]));
    check.equal("latest", (await store.latest("SPX"))?.as_of_ns, "1000");
  });
  test("of two values of the same time the later written stands", async ({ subject: { store } }) => {
    await store.put(PRODUCER, 1, sampleSpotFetch([sampleSpotValue()]));
    const again = sampleSpotValue({ ts: TS + 1, value: 1 });
    const put = await store.put(PRODUCER, 2, sampleSpotFetch([sampleSpotValue({ value: 2 }), again]));
    check.equal("put", put, { status: "stored", stale: 0 });
    check.equal("latest", await store.latest("SPX"), again);
  });
}

/** The history of each symbol. */
export function trailTests({ test }: SpotTests): void {
  test("have a point for each value, oldest first, equal values of different times among them", async (opened) => {
    const { store } = opened.subject;
    const values = [later(1, { value: 5 }), later(2, { value: 5 }), later(3, { value: 4.25 })];
    await store.put(PRODUCER, 1, sampleSpotFetch(values.slice(0, 1)));
    await store.put(PRODUCER, 2, sampleSpotFetch(values.slice(1)));
    check.equal(
      "trail",
      await store.trail("SPX"),
      values.map(({ ts, value }) => ({ ts, value })),
    );
  });
  test("have a value of the same time once", async ({ subject: { store } }) => {
    await store.put(PRODUCER, 1, sampleSpotFetch([later(1, { ts: TS, value: 5 }), later(2, { ts: TS, value: 5 })]));
    await store.put(PRODUCER, 2, sampleSpotFetch([later(3, { ts: TS, value: 5 })]));
    check.equal("trail", await store.trail("SPX"), [{ ts: TS, value: 5 }]);
  });
  test("are in order of receipt, then of the values' texts, whatever came first", async ({ subject: { store } }) => {
    const values = [
      later(1, { ts: TS + 2, value: 1 }),
      later(2, { ts: TS, value: 9 }),
      later(3, { ts: TS + 1, value: 3 }),
      later(4, { ts: TS, value: 10 }),
    ];
    await store.put(PRODUCER, 1, sampleSpotFetch(values));
    check.equal("trail", await store.trail("SPX"), [
      { ts: TS, value: 10 },
      { ts: TS, value: 9 },
      { ts: TS + 1, value: 3 },
      { ts: TS + 2, value: 1 },
    ]);
  });
  test("keep the last 300 points of each symbol", async ({ subject: { store } }) => {
    const values = Array.from({ length: 300 }, (_, index) => later(index));
    await store.put(PRODUCER, 1, sampleSpotFetch([...values, later(1, { symbol: "NDX" })]));
    check.equal("at the bound", (await store.trail("SPX")).length, 300);
    await store.put(PRODUCER, 2, sampleSpotFetch([later(300)]));
    const trail = await store.trail("SPX");
    check.equal("length", trail.length, 300);
    check.equal("first", trail[0]?.value, 6_001);
    check.equal("last", trail.at(-1)?.value, 6_300);
    check.equal("other symbol", (await store.trail("NDX")).length, 1);
  });
}

/** What the bus says. */
export function announcementTests({ test }: SpotTests): void {
  test("tell each value as it is stored, in the order of the fetch", async (opened) => {
    const { store, bus } = opened.subject;
    const heard = await hear(opened, bus, CHANNELS.spot);
    const values = [sampleSpotValue(), later(1, { symbol: "NDX", volume: null }), later(2)];
    await store.put(PRODUCER, 1, sampleSpotFetch(values));
    await eventually(opened, "all are heard", () => heard.length >= 3);
    check.equal(
      "heard",
      heard,
      values.map((value) => JSON.stringify(value)),
    );
  });
  test("tell of nothing that cannot be read yet", async (opened) => {
    const { store, bus } = opened.subject;
    const read: Promise<SpotValue | null>[] = [];
    await hear(opened, bus, CHANNELS.spot, () => read.push(store.latest("SPX")));
    await store.put(PRODUCER, 1, sampleSpotFetch([sampleSpotValue()]));
    await eventually(opened, "it is heard", () => read.length > 0);
    check.equal("read", await Promise.all(read), [sampleSpotValue()]);
  });
  test("do not tell of stale values, repeats and failures", async (opened) => {
    const { store, bus } = opened.subject;
    await store.put(PRODUCER, 1, sampleSpotFetch([sampleSpotValue()]));
    const heard = await hear(opened, bus, CHANNELS.spot);
    await store.put(PRODUCER, 1, sampleSpotFetch([sampleSpotValue()]));
    await store.put(PRODUCER, 2, sampleSpotFetch([later(-1)]));
    await store.fail(PRODUCER, 3);
    await store.put(PRODUCER, 4, sampleSpotFetch([later(1)]));
    await eventually(opened, "the last is heard", () => heard.includes(JSON.stringify(later(1))));
    check.equal("heard", heard, [JSON.stringify(later(1))]);
  });
}

/** Two clients of one store at once. */
export function racingTests({ shared }: SpotTests): void {
  shared("one reads what the other wrote and hears of it", async (opened) => {
    const heard = await hear(opened, opened.second.bus, CHANNELS.spot);
    await opened.first.store.put(PRODUCER, 1, sampleSpotFetch([sampleSpotValue()]));
    await eventually(opened, "it is heard", () => heard.length > 0);
    check.equal("value", await opened.second.store.latest("SPX"), sampleSpotValue());
    check.equal("sequence", await opened.second.store.storedSeq(PRODUCER), 1);
  });
  shared("of 100 values that both write in any order the newest stays, and each is counted", async (opened) => {
    const stores = [opened.first.store, opened.second.store] as const;
    // 37 is prime to 100: every step once, in no order.
    const puts = Array.from({ length: 100 }, (_, index) => {
      const writer = index % 2 === 0 ? 0 : 1;
      const value = later((index * 37) % 100);
      return stores[writer].put(
        `spot/${writer}`,
        Math.floor(index / 2) + 1,
        sampleSpotFetch([value], { payload: "é" }),
      );
    });
    const results = await Promise.all(puts);
    check.equal("latest", await opened.first.store.latest("SPX"), later(99));
    check.equal("all", await opened.second.store.all(), new Map([["SPX", later(99)]]));
    const stale = results.reduce((sum, result) => sum + (result.status === "stored" ? result.stale : 0), 0);
    check.equal("trail", (await opened.first.store.trail("SPX")).length, 100 - stale);
    const { frames, bytes, symbol_frames } = await opened.second.store.analytics();
    check.equal(
      "counts",
      { frames, bytes, symbol_frames },
      { frames: 100, bytes: 100, symbol_frames: new Map([["SPX", 100]]) },
    );
  });
  shared("of 20 calls of one sequence exactly one is stored", async (opened) => {
    const stores = [opened.first.store, opened.second.store] as const;
    const puts = Array.from({ length: 20 }, (_, index) =>
      stores[index % 2 === 0 ? 0 : 1].put(PRODUCER, 7, sampleSpotFetch([sampleSpotValue()])),
    );
    const statuses = (await Promise.all(puts)).map(({ status }) => status);
    check.equal("stored", statuses.filter((status) => status === "stored").length, 1);
    check.equal("frames", (await opened.first.store.analytics()).frames, 1);
    check.equal("log", (await opened.second.store.fetches("0-0", 100)).length, 1);
  });
  shared("a reader sees all values of a fetch or none", async ({ first, second }) => {
    const writing = (async () => {
      for (let step = 1; step <= 50; step++) {
        const values = ["SPX", "NDX", "VIX"].map((symbol) => later(step, { symbol }));
        await first.store.put(PRODUCER, step, sampleSpotFetch(values));
      }
    })();
    await during(writing, async () => {
      const all = await second.store.all();
      const seen = new Set([...all.values()].map(({ value }) => value));
      check.isTrue("values are those of one fetch", seen.size <= 1 && (all.size === 0 || all.size === 3));
    });
  });
}
