import { describe, expect, it } from "vitest";
import { ManualClock, MemoryDatabase, MemoryHydrationStore } from "../../../src/adapters/memory/index.ts";
import type { HydrationStep, Lease } from "../../../src/ports/hydration-store.ts";
import {
  sampleGap,
  sampleLedger,
  sampleQuarantine,
  sampleStep,
  sampleTotals,
  sampleTradeRecord,
} from "../../../src/testing/index.ts";

const STREAM = { underlying: "SPX", expiration: "2025-12-23" };

async function open(maxTradesPerStream?: number) {
  const clock = new ManualClock();
  const database = new MemoryDatabase({ clock, ...(maxTradesPerStream === undefined ? {} : { maxTradesPerStream }) });
  const store = new MemoryHydrationStore(database);
  const result = await store.acquire(0, "a", 1_000);
  if (result.status !== "acquired") throw new Error("the partition must be free");
  return { clock, store, lease: result.lease };
}

async function commit(store: MemoryHydrationStore, lease: Lease, at: number, step: Partial<HydrationStep>) {
  const empty = { trades: [], totals: [], ledgers: [], counters: {}, gaps: [], quarantine: [] };
  expect(await store.commit(lease, { prev: `${at}-0`, next: `${at + 1}-0`, ...empty, ...step })).toEqual({
    status: "applied",
  });
}

describe("a memory hydration store", () => {
  it("frees a lease at its last millisecond and not before", async () => {
    const { clock, store } = await open();
    await clock.advance(999);
    expect(await store.acquire(0, "b", 1)).toEqual({ status: "held", owner: "a", expiresInMs: 1 });
    await clock.advance(1);
    expect((await store.acquire(0, "b", 1)).status).toBe("acquired");
  });

  it("keeps the newest prints of each stream, as many as it is told to", async () => {
    const { store, lease } = await open(3);
    const sizes = (from: number, count: number, expiration = "2025-12-23") =>
      Array.from({ length: count }, (_, index) => sampleTradeRecord({ size: from + index, expiration }));
    await commit(store, lease, 0, { trades: [...sizes(1, 3), ...sizes(50, 2, "2025-12-24")] });
    expect((await store.trades(STREAM, 10)).map(({ trade }) => trade.size)).toEqual([1, 2, 3]);
    await commit(store, lease, 1, { trades: sizes(4, 2) });
    expect((await store.trades(STREAM, 10)).map(({ trade }) => trade.size)).toEqual([3, 4, 5]);
    const later = await store.trades({ ...STREAM, expiration: "2025-12-24" }, 10);
    expect(later.map(({ trade }) => trade.size)).toEqual([50, 51]);
  });

  it("keeps the newest 10,000 gaps and refusals", async () => {
    const { store, lease } = await open();
    const numbers = Array.from({ length: 10_002 }, (_, index) => index);
    await commit(store, lease, 0, {
      gaps: numbers.map((number) => sampleGap({ connection: `options/${number}` })),
      quarantine: numbers.map((number) => sampleQuarantine({ src: `options/0/1/${number}` })),
    });
    const gaps = await store.gaps(20_000);
    expect([gaps.length, gaps[0]?.connection, gaps.at(-1)?.connection]).toEqual([10_000, "options/2", "options/10001"]);
    const refusals = await store.quarantine(20_000);
    expect([refusals.length, refusals[0]?.src]).toEqual([10_000, "options/0/1/2"]);
  });

  it("is reached by no later change of what was committed", async () => {
    const { store, lease } = await open();
    const lags = [1, 2, 3];
    const instruments = ["O:A"];
    const step = {
      trades: [sampleTradeRecord()],
      totals: [{ ...sampleTotals() }],
      ledgers: [{ ...sampleLedger(), recentLagsMs: lags }],
      counters: { seen: 1 },
      gaps: [{ ...sampleGap(), instruments }],
      quarantine: [{ ...sampleQuarantine() }],
    };
    await commit(store, lease, 0, step);
    for (const totals of step.totals) totals.prints = 999;
    for (const record of step.quarantine) record.reason = "changed";
    step.counters.seen = 999;
    lags.push(4);
    instruments.push("O:B");
    for (const list of [step.trades, step.totals, step.ledgers, step.gaps, step.quarantine]) list.length = 0;
    expect(await store.checkpoint(0)).toEqual({
      cursor: "1-0",
      stateCursor: "1-0",
      ledgers: [{ ...sampleLedger(), recentLagsMs: [1, 2, 3] }],
      totals: [sampleTotals()],
    });
    expect(await store.trades(STREAM, 10)).toEqual([sampleTradeRecord()]);
    expect(await store.gaps(10)).toEqual([{ ...sampleGap(), instruments: ["O:A"] }]);
    expect(await store.quarantine(10)).toEqual([sampleQuarantine()]);
    expect(await store.counters()).toEqual({ seen: 1 });
  });

  it("is reached by no change of what it answered", async () => {
    const { store, lease } = await open();
    await commit(store, lease, 0, sampleStep("0-0", "1-0"));
    const before = structuredClone(await everything(store));
    for (const value of await everything(store)) tamper(value);
    expect(await everything(store)).toEqual(before);
  });

  it.each([0, -1, 1.5, Number.NaN])("refuses to keep %s prints per stream", (maxTradesPerStream) => {
    expect(() => new MemoryDatabase({ clock: new ManualClock(), maxTradesPerStream })).toThrow(
      new RangeError(
        `Cannot create a database: 'maxTradesPerStream' must be a positive integer, current value is ${maxTradesPerStream}`,
      ),
    );
  });
});

/** All answers whose rows are not shared on purpose, as prints are. */
async function everything(store: MemoryHydrationStore): Promise<object[]> {
  return [
    await store.checkpoint(0),
    await store.cursors(),
    await store.counters(),
    await store.tradeStreams(),
    await store.gaps(10),
    await store.quarantine(10),
  ];
}

/** Empties and overwrites whatever lets itself be changed. */
function tamper(value: object): void {
  if (value instanceof Map) value.clear();
  for (const [name, field] of Object.entries(value)) {
    if (typeof field === "object" && field !== null) tamper(field);
    Reflect.set(value, name, "tampered");
  }
  if (Array.isArray(value)) Reflect.set(value, "length", 0);
}
