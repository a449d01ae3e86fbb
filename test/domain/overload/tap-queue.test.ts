import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DataBatch, SCHEMA_VERSION, type Watermark } from "../../../src/domain/market/batch.ts";
import { eventTsNs, type Nbbo, type Row } from "../../../src/domain/market/rows.ts";
import { TapQueue } from "../../../src/domain/overload/tap-queue.ts";
import type { Gap, GapCause } from "../../../src/domain/stream/gap.ts";
import { optionTrade } from "../../support/rows.ts";

const NS_PER_MS = 1_000_000n;
const LIMITS = { stalenessMs: 200, maxRows: 100_000 };
const CONFLATED = "quotes are conflated because the host is behind: of each instrument only the last one";

function quote(atMs: number, instrument: string, change: Partial<Nbbo> = {}): Nbbo {
  return {
    type: "nbbo",
    instrument,
    quoteTsNs: BigInt(Math.floor(atMs)) * NS_PER_MS,
    bid: 7.6,
    ask: 7.8,
    bidSize: 10,
    askSize: 20,
    bidExchange: undefined,
    askExchange: undefined,
    sequence: undefined,
    state: "normal",
    receivedAtMs: atMs,
    ...change,
  };
}

function trades(atMs: number, count: number, everyMs = 0): Row[] {
  return Array.from({ length: count }, (_, index) => {
    return optionTrade(Math.floor(atMs + index * everyMs), { receivedAtMs: atMs + index * everyMs });
  });
}

function batchOf(rows: readonly Row[], watermarkMs: number, more: Partial<DataBatch<Row>["meta"]> = {}) {
  const watermark: Watermark = { watermarkTsNs: BigInt(Math.floor(watermarkMs)) * NS_PER_MS, completeness: "Complete" };
  return {
    rows,
    meta: { source: "Ws", quality: "Prelim", watermark, schemaVersion: SCHEMA_VERSION, ...more },
  } satisfies DataBatch<Row>;
}

function gapOf(connection: string, fromAtMs: number | undefined, toAtMs: number | undefined, cause: GapCause): Gap {
  return { connection, fromAtMs, toAtMs, cause, scope: "all", instruments: undefined };
}

function drained(queue: TapQueue, nowMs: number): DataBatch<Row>[] {
  const batches: DataBatch<Row>[] = [];
  for (let batch = queue.shift(nowMs); batch !== undefined; batch = queue.shift(nowMs)) batches.push(batch);
  return batches;
}

const gapsIn = (batches: readonly DataBatch<Row>[]) => batches.flatMap(({ meta }) => meta.gap ?? []);
const rowsIn = (batches: readonly DataBatch<Row>[]) => batches.flatMap(({ rows }) => rows);

describe("TapQueue", () => {
  it("hands out what it was given, to a host that keeps up", () => {
    const queue = new TapQueue(LIMITS);
    expect([queue.isEmpty, queue.rows, queue.shift(0)]).toEqual([true, 0, undefined]);
    const batches = [
      batchOf(trades(1, 3), 1),
      batchOf([quote(2, "A")], 2, { lateRows: [0] }),
      batchOf([], 3),
      batchOf([], 4, { gap: gapOf("options/0", 2, 4, "disconnect") }),
    ];
    for (const [index, batch] of batches.entries()) {
      queue.push("options/0", batch, index);
      expect(queue.isEmpty).toBe(false);
      expect(queue.shift(index)).toBe(batch);
    }
    expect(queue.isEmpty).toBe(true);
    expect(queue.counts).toEqual({
      emitted: { trades: 3, quotes: 1, values: 0 },
      conflated: 0,
      shed: { trades: 0, quotes: 0, values: 0 },
    });
  });

  it.each([1_023, 1_024])("loses nothing of %d rows, however old they are", (count) => {
    const queue = new TapQueue(LIMITS);
    for (let row = 0; row < count; row++) queue.push("options/0", batchOf([quote(row, "A")], row), row);
    const batches = drained(queue, 3_600_000);
    expect(rowsIn(batches)).toHaveLength(count);
    expect(gapsIn(batches)).toEqual([]);
    expect(queue.counts.conflated).toBe(0);
  });

  it("conflates quotes of more rows than that once the oldest is 200 ms old", () => {
    for (const [ageMs, conflates] of [
      [199, false],
      [200, true],
      [201, true],
    ] as const) {
      const queue = new TapQueue(LIMITS);
      for (let row = 0; row < 1_025; row++) {
        queue.push("options/0", batchOf([quote(0, `${row % 10}`, { bidSize: row, askSize: 2 * row })], 0), 0);
      }
      const batches = drained(queue, ageMs);
      expect(rowsIn(batches)).toHaveLength(conflates ? 10 : 1_025);
      expect(queue.counts.conflated).toBe(conflates ? 1_015 : 0);
      if (!conflates) continue;
      const sizes = (rowsIn(batches) as Nbbo[]).map(({ instrument, bidSize, askSize }) => [
        instrument,
        bidSize,
        askSize,
      ]);
      expect(sizes).toEqual(
        [5, 6, 7, 8, 9, 0, 1, 2, 3, 4].map((name) => {
          const last = name < 5 ? 1_020 + name : 1_010 + name;
          return [`${name}`, last, 2 * last];
        }),
      );
      expect(batches[0]?.meta.watermark).toEqual({ watermarkTsNs: 0n, completeness: "Partial", hint: CONFLATED });
    }
  });

  it("sheds the oldest trades at 300 ms, and tells one gap before what is left", () => {
    for (const [ageMs, sheds] of [
      [299, false],
      [300, true],
      [301, true],
    ] as const) {
      const queue = new TapQueue(LIMITS);
      for (let row = 0; row < 2_000; row++) queue.push("options/0", batchOf(trades(row / 10, 1), row / 10), row / 10);
      const batches = drained(queue, ageMs);
      const { shed, emitted } = queue.counts;
      expect(shed.trades + emitted.trades).toBe(2_000);
      expect(shed.trades > 0).toBe(sheds);
      if (!sheds) continue;
      expect(gapsIn(batches)).toEqual([gapOf("options/0", 0, (shed.trades - 1) / 10, "shed")]);
      expect(batches[0]?.meta.gap).toBeDefined();
      expect(batches[0]?.meta.watermark).toMatchObject({
        completeness: "Partial",
        hint: `${shed.trades} rows of options/0 were shed because the host was behind`,
      });
    }
  });

  it("sheds at the bound in rows, to a third of it", () => {
    const queue = new TapQueue({ stalenessMs: 200, maxRows: 6_000 });
    for (let row = 0; row < 5_999; row++) queue.push("options/0", batchOf(trades(0, 1), 0), 0);
    expect(queue.rows).toBe(5_999);
    queue.push("options/0", batchOf(trades(0, 1), 0), 0);
    expect(queue.rows).toBe(2_000);
  });

  it("gives a host that is a little too slow rows between the gaps", () => {
    const queue = new TapQueue(LIMITS);
    const handed = { rows: 0, gaps: 0 };
    // 3,000 rows a second come, 1,000 are taken.
    for (let ms = 0; ms < 20_000; ms++) {
      for (let row = 0; row < 3; row++) queue.push("options/0", batchOf(trades(ms, 1), ms), ms);
      const batch = queue.shift(ms);
      if (batch?.meta.gap === undefined) handed.rows += batch?.rows.length ?? 0;
      else handed.gaps += 1;
    }
    expect(handed.rows).toBeGreaterThan(19_000);
    expect(handed.gaps).toBeLessThan(100);
  });

  it("keeps one batch of those that only move the watermark, however many connections there are", () => {
    const queue = new TapQueue(LIMITS);
    for (let second = 0; second < 3_600; second++) {
      for (const name of ["options/0", "stocks/0", "indices/0"]) queue.push(name, batchOf([], second), second * 1_000);
    }
    const batches = drained(queue, 3_600_000);
    expect(batches.map(({ meta }) => meta.watermark.watermarkTsNs)).toEqual(new Array(3).fill(3_599n * NS_PER_MS));
    queue.push("options/0", batchOf([], 4_000), 4_000_000);
    expect(drained(queue, 4_000_000)).toHaveLength(1);
  });

  it("merges equal gaps that wait, and keeps those of other causes and unknown bounds", () => {
    const queue = new TapQueue(LIMITS);
    const push = (watermarkMs: number, gap?: Gap) =>
      queue.push("options/0", batchOf([], watermarkMs, gap === undefined ? {} : { gap }), watermarkMs);
    push(1);
    push(2, gapOf("options/0", 2, 2, "quarantine"));
    push(3);
    push(4, gapOf("options/0", 4, 4, "quarantine"));
    push(5, gapOf("options/0", 3, 5, "disconnect"));
    push(6, gapOf("options/0", undefined, 6, "disconnect"));
    push(7, gapOf("options/0", undefined, 7, "disconnect"));
    const batches = drained(queue, 10);
    expect(gapsIn(batches)).toEqual([
      gapOf("options/0", 2, 4, "quarantine"),
      gapOf("options/0", 3, 5, "disconnect"),
      gapOf("options/0", undefined, 6, "disconnect"),
      gapOf("options/0", undefined, 7, "disconnect"),
    ]);
    expect(batches.map(({ meta }) => meta.watermark.watermarkTsNs / NS_PER_MS)).toEqual([4n, 5n, 6n, 7n]);
  });

  it("keeps few of the gaps that come in turns while a host stands still, and one that encloses the others", () => {
    const queue = new TapQueue(LIMITS);
    for (let ms = 0; ms < 50_000; ms++) {
      const gap = gapOf("options/0", ms, ms + 1, ms % 2 === 0 ? "disconnect" : "quarantine");
      queue.push("options/0", batchOf([], ms, { gap }), ms);
    }
    const batches = drained(queue, 50_000);
    expect(batches.length).toBeLessThanOrEqual(4_097);
    const [shed, next] = gapsIn(batches);
    expect(shed).toEqual(gapOf("options/0", 0, next?.fromAtMs, "shed"));
    expect(gapsIn(batches).at(-1)?.toAtMs).toBe(50_000);
  });

  it("does not merge what rows stand between", () => {
    const queue = new TapQueue(LIMITS);
    queue.push("options/0", batchOf([], 1), 1);
    queue.push("options/0", batchOf(trades(2, 1), 2), 2);
    queue.push("options/0", batchOf([], 3), 3);
    expect(drained(queue, 3).map(({ rows }) => rows.length)).toEqual([0, 1, 0]);
  });

  it("tells a gap with bounds in their order when the wall clock stepped back", () => {
    const queue = new TapQueue({ stalenessMs: 200, maxRows: 2_000 });
    const rows = [...trades(10_000, 1), ...trades(4_000, 1_999)];
    queue.push("options/0", batchOf(rows, 1), 4_000);
    expect(gapsIn(drained(queue, 4_000))).toEqual([gapOf("options/0", 4_000, 10_000, "shed")]);
  });

  it("shows a host that stopped for a minute one gap per connection, that encloses all it missed", () => {
    const queue = new TapQueue(LIMITS);
    const offered = new Map<string, Row[]>();
    for (let ms = 0; ms < 60_000; ms += 4) {
      for (const [name, count] of [
        ["options/0", 20],
        ["stocks/0", 8],
      ] as const) {
        const rows = trades(ms, count);
        offered.set(name, [...(offered.get(name) ?? []), ...(ms < 60_000 ? rows : [])].slice(-5_000));
        queue.push(name, batchOf(rows, ms), ms);
        queue.push(name, batchOf([quote(ms, `${name} ${ms % 100}`)], ms), ms);
      }
    }
    const batches = drained(queue, 60_000);
    const gaps = gapsIn(batches);
    expect(gaps.map(({ connection }) => connection).sort()).toEqual(["options/0", "stocks/0"]);
    const { shed, emitted } = queue.counts;
    expect(shed.trades + emitted.trades).toBe(28 * 15_000);
    const firstKeptMs = Math.min(
      ...rowsIn(batches).flatMap((row) => (row.type === "nbbo" ? [] : (row.receivedAtMs ?? []))),
    );
    for (const gap of gaps) {
      expect(gap.fromAtMs).toBe(0);
      expect(gap.toAtMs).toBeGreaterThanOrEqual(firstKeptMs - 4);
      expect(gap.toAtMs).toBeLessThanOrEqual(firstKeptMs);
    }
    // And then it is as before.
    queue.push("options/0", batchOf(trades(60_001, 5), 60_001), 60_001);
    expect(drained(queue, 60_001)).toMatchObject([{ rows: { length: 5 } }]);
  });

  it("conflates no more once all conflated quotes are taken", () => {
    const queue = new TapQueue({ stalenessMs: 200, maxRows: 1_500 });
    for (let row = 0; row < 1_100; row++) queue.push("options/0", batchOf([quote(row / 100, "A")], 0), row / 100);
    expect(queue.counts.conflated).toBeGreaterThan(0);
    expect(rowsIn(drained(queue, 11))).toHaveLength(1);
    for (let row = 0; row < 3; row++) queue.push("options/0", batchOf([quote(12, "A")], 0), 12);
    expect(rowsIn(drained(queue, 12))).toHaveLength(3);
  });

  it("hands out the quotes of the connection that waits longest, 512 at a time", () => {
    const queue = new TapQueue({ stalenessMs: 200, maxRows: 1_500 });
    for (let row = 0; row < 1_025; row++) queue.push("options/1", batchOf([quote(5 + row, `${row}`)], row), 5 + row);
    queue.push("stocks/0", batchOf([quote(2_000, "Z")], 0), 2_000);
    const batches = drained(queue, 2_000);
    expect(batches.map(({ rows }) => rows.length)).toEqual([512, 512, 1, 1]);
    expect(rowsIn(batches).map(({ receivedAtMs }) => receivedAtMs)).toEqual([
      ...Array.from({ length: 1_025 }, (_, row) => 5 + row),
      2_000,
    ]);
  });

  it("says of conflated quotes no watermark above one that is still to come", () => {
    const queue = new TapQueue({ stalenessMs: 200, maxRows: 1_500 });
    queue.push("options/0", batchOf(trades(10, 1), 10), 10);
    for (let row = 0; row < 1_200; row++) queue.push("options/0", batchOf([quote(10, `${row}`)], 20 + row), 10);
    const told = drained(queue, 10).map(({ meta }) => meta.watermark.watermarkTsNs);
    expect(told).toEqual([...told].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
    expect(told[0]).toBe(10n * NS_PER_MS);
  });
});

interface Script {
  readonly connection: string;
  readonly what: "trades" | "quotes" | "values" | "empty" | "gap" | "shift" | "drain" | "wait";
  readonly count: number;
}

const script: fc.Arbitrary<Script> = fc.record({
  connection: fc.constantFrom("options/0", "options/1", "stocks/0"),
  what: fc.constantFrom(
    "trades",
    "quotes",
    "quotes",
    "values",
    "empty",
    "gap",
    "shift",
    "shift",
    "shift",
    "drain",
    "wait",
  ),
  count: fc.integer({ min: 1, max: 400 }),
});

describe("TapQueue under any sequence of batches, shifts and waits", () => {
  it("accounts for every row, keeps the order, tells every loss, and never takes back a watermark", () => {
    const limits = fc.record({
      stalenessMs: fc.constantFrom(50, 200),
      maxRows: fc.constantFrom(1_200, 3_000, 100_000),
    });
    fc.assert(
      fc.property(limits, fc.array(script, { maxLength: 300, size: "max" }), (limits, steps) => {
        const queue = new TapQueue(limits);
        const offered = new Map<string, Row[]>();
        const gaps: Gap[] = [];
        const emitted: { readonly connection: string; readonly batch: DataBatch<Row> }[] = [];
        const homes = new Map<Row, string>();
        let total = 0;
        let ms = 1_000;
        let watermarkMs = 0;
        const take = (batch: DataBatch<Row> | undefined): boolean => {
          if (batch === undefined) return false;
          const [first] = batch.rows;
          const connection =
            first === undefined ? (batch.meta.gap?.connection ?? batch.meta.stream?.class) : homes.get(first);
          emitted.push({ connection: `${connection}`, batch });
          return true;
        };
        for (const { connection, what, count } of steps) {
          ms += 1;
          watermarkMs += count % 3;
          if (what === "wait") ms += count % 150;
          else if (what === "shift") take(queue.shift(ms));
          else if (what === "drain") for (let index = 0; index < count / 10 && take(queue.shift(ms)); index++);
          else {
            const rows: Row[] = Array.from({ length: what === "empty" || what === "gap" ? 0 : count }, (_, index) => {
              if (what === "quotes")
                return quote(ms - (index % 5), `${connection} ${index % 37}`, { bidSize: total + index });
              if (what === "trades") return optionTrade(ms, { receivedAtMs: ms, sequence: total + index });
              const [symbol, valueTsNs] = ["I:SPX", BigInt(ms) * NS_PER_MS];
              return { type: "indexValue", symbol, valueTsNs, value: total + index, receivedAtMs: ms };
            });
            total += rows.length;
            for (const row of rows) homes.set(row, connection);
            offered.set(connection, [...(offered.get(connection) ?? []), ...rows]);
            const gap =
              what === "gap"
                ? gapOf(connection, ms - count, ms, count % 2 === 0 ? "disconnect" : "quarantine")
                : undefined;
            if (gap !== undefined) gaps.push(gap);
            queue.push(connection, batchOf(rows, watermarkMs, gap === undefined ? {} : { gap }), ms);
          }
          const { emitted: out, conflated, shed } = queue.counts;
          const sum = ({ trades, quotes, values }: typeof shed) => trades + quotes + values;
          expect(sum(out) + conflated + sum(shed) + queue.rows).toBe(total);
          expect(queue.isEmpty && queue.rows > 0).toBe(false);
        }
        while (take(queue.shift(ms)));
        expect([queue.isEmpty, queue.rows]).toEqual([true, 0]);
        expect(rowsIn(emitted.map(({ batch }) => batch))).toHaveLength(
          queue.counts.emitted.trades + queue.counts.emitted.quotes + queue.counts.emitted.values,
        );

        for (const [connection, rows] of offered) {
          const told = emitted.filter((one) => one.connection === connection).map(({ batch }) => batch);
          const taken = new Set(rowsIn(told));
          const isKept = (row: Row) => row.type !== "nbbo";
          expect(rowsIn(told).filter(isKept)).toEqual(rows.filter((row) => isKept(row) && taken.has(row)));
          const shedGaps = gapsIn(told).filter(({ cause }) => cause === "shed");
          for (const row of rows) {
            if (taken.has(row)) continue;
            const atMs = row.receivedAtMs ?? 0;
            const isTold = shedGaps.some(({ fromAtMs = 0, toAtMs = 0 }) => fromAtMs <= atMs && atMs <= toAtMs);
            // A quote may also have been replaced by a later one of its instrument.
            const replaced =
              row.type === "nbbo" &&
              rows.some((other) => {
                return (
                  other.type === "nbbo" &&
                  other.instrument === row.instrument &&
                  (other.bidSize ?? 0) > (row.bidSize ?? 0)
                );
              });
            expect(isTold || replaced).toBe(true);
          }
          for (const gap of gaps.filter((one) => one.connection === connection)) {
            const covers = gapsIn(told).some(({ fromAtMs = 0, toAtMs = 0 }) => {
              return fromAtMs <= (gap.fromAtMs ?? 0) && (gap.toAtMs ?? 0) <= toAtMs;
            });
            expect(covers).toBe(true);
          }
          let saidNs = -1n;
          for (const { rows, meta } of told) {
            if (meta.watermark.hint === CONFLATED) {
              const late = rows.flatMap((row, index) => (eventTsNs(row) < saidNs ? [index] : []));
              if (saidNs >= 0n) expect(meta.lateRows ?? []).toEqual(late);
            }
            expect(meta.watermark.watermarkTsNs).toBeGreaterThanOrEqual(saidNs);
            saidNs = meta.watermark.watermarkTsNs;
          }
        }
      }),
      { numRuns: 40 },
    );
  });
});
