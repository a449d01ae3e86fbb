import { SOURCE_COUNTERS, type SourceCounters } from "../../domain/context/source-status.ts";
import type { SourceStatusStore } from "../../ports/source-status-store.ts";
import { check } from "../check.ts";
import type { ContractTests } from "../runner.ts";
import { sampleSourceCounts, sampleSourceGauges } from "./samples.ts";

export type SourceStatusTests = ContractTests<SourceStatusStore, []>;

const PRODUCER = "options";

/** All counters, those that are not given at 0. */
function totals(counts: SourceCounters): Awaited<ReturnType<SourceStatusStore["counters"]>> {
  const all = SOURCE_COUNTERS.map((name) => [name, counts[name] ?? 0] as const);
  return Object.fromEntries(all) as Awaited<ReturnType<SourceStatusStore["counters"]>>;
}

/** Counts that add up, gauges that are replaced, and sequences that keep both exact. */
export function recordTests({ test }: SourceStatusTests): void {
  test("there are none in a new store", async ({ subject }) => {
    check.equal("counters", await subject.counters(), totals({}));
    check.equal("gauges", await subject.gauges(), null);
  });
  test("are read as they were written, counter for counter and gauge for gauge", async ({ subject }) => {
    check.equal("record", await subject.record(PRODUCER, 1, sampleSourceCounts(), sampleSourceGauges()), "stored");
    check.equal("counters", await subject.counters(), totals(sampleSourceCounts()));
    check.equal("gauges", await subject.gauges(), sampleSourceGauges());
  });
  test("add up their counts, of whichever writer", async ({ subject }) => {
    await subject.record(PRODUCER, 1, { events: 3, trades: 2, churn: 0 }, sampleSourceGauges());
    await subject.record(PRODUCER, 2, {}, sampleSourceGauges());
    await subject.record("stocks", 1, { events: 4, connects: 1 }, sampleSourceGauges());
    check.equal("counters", await subject.counters(), totals({ events: 7, trades: 2, connects: 1 }));
  });
  test("replace the gauges as a whole, those that are unknown among them", async ({ subject }) => {
    const unknown = { coverage: null, last_event_ts: null, watermark_ns: null };
    await subject.record(PRODUCER, 1, {}, sampleSourceGauges());
    await subject.record("stocks", 1, {}, sampleSourceGauges({ subs_wanted: 0, ...unknown }));
    check.equal("gauges", await subject.gauges(), sampleSourceGauges({ subs_wanted: 0, ...unknown }));
    await subject.record(PRODUCER, 2, {}, sampleSourceGauges({ subs_seen: 1 }));
    check.equal("known again", await subject.gauges(), sampleSourceGauges({ subs_seen: 1 }));
  });
  test("count once when they are repeated, and a repeat changes nothing", async ({ subject }) => {
    await subject.record(PRODUCER, 1, { events: 1 }, sampleSourceGauges({ subs_wanted: 1 }));
    await subject.record(PRODUCER, 3, { events: 10 }, sampleSourceGauges({ subs_wanted: 3 }));
    for (const seq of [1, 2, 3]) {
      const repeat = await subject.record(PRODUCER, seq, { events: 100 }, sampleSourceGauges());
      check.equal(`${seq} again`, repeat, "already");
    }
    check.equal("counters", await subject.counters(), totals({ events: 11 }));
    check.equal("gauges", await subject.gauges(), sampleSourceGauges({ subs_wanted: 3 }));
    check.equal("the next", await subject.record(PRODUCER, 4, { events: 1 }, sampleSourceGauges()), "stored");
  });
  test("are numbered by each writer for itself", async ({ subject }) => {
    await subject.record(PRODUCER, 5, { events: 1 }, sampleSourceGauges());
    check.equal("another", await subject.record("stocks", 1, { events: 1 }, sampleSourceGauges()), "stored");
    check.equal("the same", await subject.record(PRODUCER, 5, { events: 1 }, sampleSourceGauges()), "already");
    check.equal("events", (await subject.counters()).events, 2);
    const last = Number.MAX_SAFE_INTEGER;
    check.equal("the last but one", await subject.record(PRODUCER, last - 1, {}, sampleSourceGauges()), "stored");
    check.equal("the last", await subject.record(PRODUCER, last, {}, sampleSourceGauges()), "stored");
    check.equal("the last again", await subject.record(PRODUCER, last, {}, sampleSourceGauges()), "already");
  });
  test("keep times and figures digit for digit", async ({ subject }) => {
    const exact = sampleSourceGauges({ coverage: 5e-324, last_event_ts: 1e21, watermark_ns: "9223372036854775807" });
    await subject.record(PRODUCER, 1, {}, exact);
    check.equal("gauges", await subject.gauges(), exact);
  });
}

/** Mistakes of the caller. */
export function refusalTests({ test }: SourceStatusTests): void {
  test("meet sequences that are no positive safe integers", async ({ subject }) => {
    for (const seq of [0, -1, 1.5, Number.NaN, 2 ** 53]) {
      await check.rejects(`${seq}`, subject.record(PRODUCER, seq, { events: 1 }, sampleSourceGauges()), "RangeError");
    }
    check.equal("gauges", await subject.gauges(), null);
  });
  test("meet counts that are no whole numbers from 0, and nothing of them is stored", async ({ subject }) => {
    for (const churn of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
      const record = subject.record(PRODUCER, 1, { events: 1, churn }, sampleSourceGauges());
      await check.rejects(`${churn}`, record, "RangeError");
    }
    check.equal("counters", await subject.counters(), totals({}));
  });
  test("meet gauges that are none, and nothing of them is stored", async ({ subject }) => {
    const bad = {
      "half a topic": sampleSourceGauges({ subs_active: 0.5 }),
      "a coverage below 0": sampleSourceGauges({ coverage: -0.1 }),
      "a coverage that is no number": sampleSourceGauges({ coverage: Number.NaN }),
      "a time before time": sampleSourceGauges({ last_event_ts: 0 }),
      "a watermark with leading zeros": sampleSourceGauges({ watermark_ns: "017" }),
    };
    for (const [what, gauges] of Object.entries(bad)) {
      await check.rejects(what, subject.record(PRODUCER, 1, { events: 1 }, gauges), "TypeError");
    }
    check.equal("gauges", await subject.gauges(), null);
    check.equal("events", (await subject.counters()).events, 0);
  });
}

/** Two clients of one store at once. */
export function racingTests({ shared }: SourceStatusTests): void {
  shared("count every record once when both send all of them", async ({ first, second }) => {
    const sendAll = async (store: SourceStatusStore): Promise<number> => {
      let stored = 0;
      for (let seq = 1; seq <= 30; seq++) {
        const result = await store.record(PRODUCER, seq, { events: seq }, sampleSourceGauges());
        if (result === "stored") stored += 1;
      }
      return stored;
    };
    const [ofFirst, ofSecond] = await Promise.all([sendAll(first), sendAll(second)]);
    check.equal("stored", ofFirst + ofSecond, 30);
    check.equal("events", (await second.counters()).events, 465);
  });
}
