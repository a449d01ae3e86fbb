import type { ConnectionId } from "../../domain/market/batch.ts";
import { check } from "../check.ts";
import type { SourceStatusTests } from "./record-tests.ts";
import { sampleConnectionGauges } from "./samples.ts";

const OPTIONS: ConnectionId = { class: "options", shard: 0 };
const STOCKS: ConnectionId = { class: "stocks", shard: 0 };
const DAY_MS = 86_400_000;

/** Nothing of it is known yet. */
const UNKNOWN = {
  lag_ms: null,
  staleness_p50_ms: null,
  staleness_p99_ms: null,
  last_close_code: null,
  last_status: null,
  last_ts: null,
  missing: null,
};

/** Gauges of single connections. */
export function connectionTests({ test, shared, unless }: SourceStatusTests): void {
  test("have none before they are written", async ({ subject }) => {
    check.equal("gauges", await subject.connectionGauges(OPTIONS), null);
  });
  test("have their own gauges, read as they were written", async ({ subject }) => {
    const other = sampleConnectionGauges({ state: "backingOff", connection_epoch: 3 });
    await subject.putConnection(OPTIONS, sampleConnectionGauges());
    await subject.putConnection(STOCKS, other);
    check.equal("options", await subject.connectionGauges(OPTIONS), sampleConnectionGauges());
    check.equal("stocks", await subject.connectionGauges(STOCKS), other);
    check.equal("shard 1", await subject.connectionGauges({ class: "options", shard: 1 }), null);
  });
  test("have them replaced whole, and back again", async ({ subject }) => {
    await subject.putConnection(OPTIONS, sampleConnectionGauges());
    await subject.putConnection(OPTIONS, sampleConnectionGauges(UNKNOWN));
    check.equal("unknown", await subject.connectionGauges(OPTIONS), sampleConnectionGauges(UNKNOWN));
    await subject.putConnection(OPTIONS, sampleConnectionGauges({ state: "", last_status: "" }));
    const known = sampleConnectionGauges({ state: "", last_status: "" });
    check.equal("known", await subject.connectionGauges(OPTIONS), known);
  });
  shared("are seen by every client", async ({ first, second }) => {
    await first.putConnection(OPTIONS, sampleConnectionGauges());
    check.equal("gauges", await second.connectionGauges(OPTIONS), sampleConnectionGauges());
  });
  unless("fixedLifetimes", "keep them for a day after the last write", async (store) => {
    const { subject } = store;
    await subject.putConnection(OPTIONS, sampleConnectionGauges());
    await store.elapse(1_000);
    await subject.putConnection(OPTIONS, sampleConnectionGauges());
    await store.elapse(DAY_MS - 1);
    check.equal("within it", await subject.connectionGauges(OPTIONS), sampleConnectionGauges());
    await store.elapse(1);
    check.equal("then", await subject.connectionGauges(OPTIONS), null);
  });
  test("reject gauges that are none, and keep those before", async ({ subject }) => {
    await subject.putConnection(OPTIONS, sampleConnectionGauges());
    const bad = {
      "half an epoch": sampleConnectionGauges({ connection_epoch: 0.5 }),
      "a queue below 0": sampleConnectionGauges({ queue_events: -1 }),
      "an endless wait": sampleConnectionGauges({ queue_ms: Number.POSITIVE_INFINITY }),
      "a lag that is no number": sampleConnectionGauges({ lag_ms: Number.NaN }),
      "a receipt before time": sampleConnectionGauges({ last_ts: 0 }),
    };
    for (const [what, gauges] of Object.entries(bad)) {
      await check.rejects(what, subject.putConnection(OPTIONS, gauges), "TypeError");
    }
    check.equal("gauges", await subject.connectionGauges(OPTIONS), sampleConnectionGauges());
  });
  test("are told by a class that there is, and by a shard of at most nine digits", async ({ subject }) => {
    const noClass = { class: "options/0" as "options", shard: 0 };
    await check.rejects("put a class", subject.putConnection(noClass, sampleConnectionGauges()), "TypeError");
    await check.rejects("read a class", subject.connectionGauges(noClass), "TypeError");
    for (const shard of [-1, 0.5, Number.NaN, 1e9]) {
      const connection: ConnectionId = { class: "options", shard };
      await check.rejects(`put ${shard}`, subject.putConnection(connection, sampleConnectionGauges()), "RangeError");
      await check.rejects(`read ${shard}`, subject.connectionGauges(connection), "RangeError");
    }
  });
}

/** A frame to look at. */
export function sampleTests({ test, shared }: SourceStatusTests): void {
  test("there is none in a new store", async ({ subject }) => {
    check.equal("sample", await subject.sample(), null);
  });
  test("is the last frame that was kept, text for text", async ({ subject }) => {
    for (const payload of ['[{"p":7.70,"x":"é€😀"}]', " [ ]\r\n\t\u0000", "", "x".repeat(70_000)]) {
      await subject.putSample(payload);
      check.equal("sample", await subject.sample(), payload);
    }
  });
  shared("is seen by every client", async ({ first, second }) => {
    await first.putSample("[]");
    check.equal("sample", await second.sample(), "[]");
  });
}
