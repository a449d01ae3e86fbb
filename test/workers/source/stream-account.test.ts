import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MemoryLogger } from "../../../src/adapters/memory/index.ts";
import { SideFeed } from "../../../src/domain/flow/side-feed.ts";
import { sideOptions } from "../../../src/domain/flow/side-options.ts";
import { hasSides, TradeSides } from "../../../src/domain/flow/sided-trade.ts";
import { fold } from "../../../src/domain/hydration/fold.ts";
import { noEffects } from "../../../src/domain/hydration/fold-effects.ts";
import { DEFAULT_HYDRATION_OPTIONS, HydrationState } from "../../../src/domain/hydration/state.ts";
import type { DataBatch } from "../../../src/domain/market/batch.ts";
import { eventTsNs, type Row } from "../../../src/domain/market/rows.ts";
import type { Gap } from "../../../src/domain/stream/gap.ts";
import type { RawDraft } from "../../../src/domain/stream/raw-entry.ts";
import { parsePayload } from "../../../src/domain/wire/parse-payload.ts";
import { RowNumbers } from "../../../src/domain/wire/row-numbers.ts";
import { FrameReader } from "../../../src/workers/source/frame-reader.ts";
import { StreamAccount } from "../../../src/workers/source/stream-account.ts";
import { quoteEvent, SAMPLE_MS, tradeEvent } from "../../support/entries.ts";

const T = SAMPLE_MS;
const NS_PER_MS = 1_000_000n;
const CONNECTION = { class: "options", shard: 0 } as const;
const LEDGER = { allowedLatenessMs: 0, idleBoundMs: 250 };

function accountOf({
  ledger = LEDGER,
  isShed = (): boolean => false,
  hasHost = true,
  hasLog = true,
  sides = undefined as TradeSides | undefined,
} = {}) {
  const drafts: RawDraft[] = [];
  const batches: DataBatch<Row>[] = [];
  const log = {
    push: (draft: RawDraft) => {
      if (draft.kind === "frame" && isShed()) return undefined;
      drafts.push(draft);
      return draft.position;
    },
  };
  const host = { push: (_: string, batch: DataBatch<Row>) => void batches.push(batch) };
  const sinks = { log: hasLog ? log : undefined, host: hasHost ? host : undefined };
  const account = new StreamAccount(CONNECTION, ledger, sinks, sides);
  const reader = new FrameReader(
    account.name,
    { maxFrameBytes: 16_777_216, maxFutureSkewMs: 5_000 },
    new MemoryLogger(),
    () => undefined,
    account.numbers,
  );
  const frame = (epoch: number, receivedAtMs: number, content: unknown) => {
    const payload = typeof content === "string" ? content : JSON.stringify(content);
    const received = { epoch, receivedAtMs, receivedMs: receivedAtMs - T, payload };
    return account.frame(received, reader.read(received));
  };
  return { account, drafts, batches, frame };
}

function gapOf(fromAtMs: number, toAtMs: number, cause: Gap["cause"] = "disconnect"): Gap {
  return { connection: "options/0", fromAtMs, toAtMs, cause, scope: "all", instruments: undefined };
}

const ns = (ms: number) => BigInt(ms) * NS_PER_MS;
const seqs = (drafts: readonly RawDraft[]) =>
  drafts.map(({ kind, position }) => `${kind} ${position.epoch}/${position.seq}`);

describe("StreamAccount", () => {
  it("numbers the entries of each epoch from 1, frames verbatim", () => {
    const { account, drafts, frame } = accountOf();
    account.entry(5, { kind: "connected", receivedAtMs: T });
    frame(5, T + 1, ' [ {"ev":"status","status":"success"} ] ');
    account.entry(5, { kind: "heartbeat", receivedAtMs: T + 2 });
    account.entry(5, { kind: "closed", receivedAtMs: T + 3, cause: "disconnect" });
    account.entry(6, { kind: "connected", receivedAtMs: T + 4 });
    account.entry(6, { kind: "gap", receivedAtMs: T + 5, gap: gapOf(T + 3, T + 5) });
    expect(seqs(drafts)).toEqual([
      "connected 5/1",
      "frame 5/2",
      "heartbeat 5/3",
      "closed 5/4",
      "connected 6/1",
      "gap 6/2",
    ]);
    expect(drafts[1]).toMatchObject({ payload: ' [ {"ev":"status","status":"success"} ] ', receivedAtMs: T + 1 });
  });

  it("answers with the latest event time of a frame", () => {
    const { account, frame } = accountOf();
    expect(frame(1, T, [])).toBeUndefined();
    expect([account.watermarkTsNs, account.lastEventTsNs]).toEqual([undefined, undefined]);
    expect(frame(1, T + 10, [tradeEvent(T + 5), quoteEvent(T + 7), tradeEvent(T + 6)])).toBe(ns(T + 7));
    expect([account.watermarkTsNs, account.lastEventTsNs]).toEqual([ns(T + 7), ns(T + 7)]);
  });

  it("says nothing to the host before the first row", () => {
    const { account, batches, frame } = accountOf();
    account.entry(1, { kind: "connected", receivedAtMs: T });
    account.entry(1, { kind: "heartbeat", receivedAtMs: T + 1 });
    account.pulse(T + 2, 1);
    account.shed(1, gapOf(T, T, "shed"), T + 3);
    frame(1, T + 4, "no JSON");
    account.flush(T + 5);
    expect(batches).toEqual([]);
  });

  it("keeps one gap of a kind for the first row, however many frames were refused before it", () => {
    const { account, batches, frame } = accountOf();
    for (let ms = 0; ms < 100; ms++) {
      frame(5, T + ms, "[{]");
      if (ms === 50) account.entry(5, { kind: "gap", receivedAtMs: T + ms, gap: gapOf(T, T + ms) });
    }
    frame(5, T + 100, [tradeEvent(T + 100)]);
    account.flush(T + 100);
    expect(batches.flatMap(({ meta }) => meta.gap ?? [])).toEqual([
      gapOf(T, T + 99, "quarantine"),
      gapOf(T, T + 50, "disconnect"),
    ]);
  });

  it("makes one batch per kind, and promises nothing that the next one breaks", () => {
    const { account, batches, frame } = accountOf();
    frame(1, T + 10, [tradeEvent(T + 9), quoteEvent(T + 3), quoteEvent(T + 8)]);
    frame(1, T + 20, [tradeEvent(T + 19), quoteEvent(T + 5)]);
    account.flush(T + 20);
    expect(batches.map(({ rows, meta }) => [rows.length, meta.watermark.watermarkTsNs, meta.lateRows])).toEqual([
      [2, ns(T + 3), undefined],
      [3, ns(T + 19), [2]],
    ]);
    expect(batches.map(({ meta }) => meta.stream?.seq)).toEqual([2, 2]);
  });

  it("names the place of the last frame, not that of what ended its turn", () => {
    const { account, batches, frame } = accountOf();
    frame(1, T, [tradeEvent(T)]);
    account.entry(1, { kind: "heartbeat", receivedAtMs: T + 1_000 });
    frame(1, T + 1_001, [tradeEvent(T + 1_001)]);
    account.shed(1, gapOf(T + 1_002, T + 1_003, "shed"), T + 1_004);
    expect(batches.map(({ rows, meta }) => [rows.length, meta.stream?.seq])).toEqual([
      [1, 1],
      [0, 2],
      [1, 3],
      [0, 4],
    ]);
  });

  it("keeps the last place where a frame was given up by the log", () => {
    let sheds = false;
    const { account, batches, frame } = accountOf({ isShed: () => sheds });
    frame(1, T, [tradeEvent(T)]);
    sheds = true;
    frame(1, T + 1, [tradeEvent(T + 1)]);
    account.flush(T + 1);
    expect(batches.map(({ rows, meta }) => [rows.length, meta.stream?.seq])).toEqual([[2, 1]]);
  });

  it("tells a gap for what was refused, behind the rows of its frame", () => {
    const { batches, frame } = accountOf();
    frame(1, T, [tradeEvent(T), tradeEvent(T, { p: -1 })]);
    expect(batches.map(({ rows, meta }) => [rows.length, meta.gap])).toEqual([
      [1, undefined],
      [0, gapOf(T, T, "quarantine")],
    ]);
  });

  it("is partial with a standing watermark from the close to the gap", () => {
    const { account, batches, frame } = accountOf();
    frame(1, T, [tradeEvent(T)]);
    account.entry(1, { kind: "closed", receivedAtMs: T, cause: "eviction" });
    account.pulse(T + 500, 1_000);
    account.pulse(T + 1_000, 1_000);
    account.entry(2, { kind: "connected", receivedAtMs: T + 1_500 });
    account.shed(2, gapOf(T + 1_500, T + 1_500, "shed"), T + 1_600);
    account.entry(2, { kind: "gap", receivedAtMs: T + 2_000, gap: gapOf(T, T + 2_000, "eviction") });
    const down = { watermarkTsNs: ns(T), completeness: "Partial", hint: "options/0 is down: eviction" };
    const up = { watermarkTsNs: ns(T), completeness: "Complete" };
    expect(batches.map(({ meta }) => meta.watermark)).toEqual([up, down, down, down, up]);
    expect(batches.flatMap(({ meta }) => meta.gap?.cause ?? [])).toEqual(["shed", "eviction"]);
  });

  it.each([
    [999, 0],
    [1_000, 1],
    [1_001, 1],
    [-3_600_000, 1],
  ])("pulses %d ms after the host last heard: %d times", (afterMs, times) => {
    const { account, batches, frame } = accountOf();
    frame(1, T, [tradeEvent(T)]);
    account.flush(T);
    account.pulse(T + afterMs, 1_000);
    expect(batches).toHaveLength(1 + times);
  });

  it("works without a log, and without a host", () => {
    const { frame, account, batches } = accountOf({ hasLog: false });
    frame(3, T, [tradeEvent(T)]);
    account.flush(T);
    expect(batches[0]?.meta.stream).toEqual({ ...CONNECTION, epoch: 3, seq: 1 });
    const { drafts, ...other } = accountOf({ hasHost: false });
    other.frame(3, T, [tradeEvent(T)]);
    other.account.flush(T);
    expect([drafts.length, other.account.watermarkTsNs]).toEqual([1, ns(T)]);
  });
});

interface Step {
  readonly what: "frame" | "broken" | "reconnect" | "heartbeat" | "shed" | "flush" | "pulse";
  /** Event times, ms before receipt, with the kind of row: even is a trade. */
  readonly ages: readonly number[];
  readonly afterMs: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom(
    "frame",
    "frame",
    "frame",
    "frame",
    "broken",
    "reconnect",
    "heartbeat",
    "shed",
    "flush",
    "pulse",
  ),
  ages: fc.array(fc.nat({ max: 60 }), { maxLength: 5 }),
  afterMs: fc.nat({ max: 400 }),
});

describe("StreamAccount and the hydrator on the same entries", () => {
  it("come to the same watermarks and the same late rows, and the host is promised nothing that is broken", () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 120, size: "max" }),
        fc.constantFrom(0, 20),
        (steps, allowedLatenessMs) => {
          const ledger = { allowedLatenessMs, idleBoundMs: 50 };
          const { account, drafts, batches, frame } = accountOf({ ledger });
          const watermarks: (bigint | undefined)[] = [];
          let ms = T;
          let epoch = 1;
          let sequence = 0;
          const noteWatermark = () => {
            while (watermarks.length < drafts.length) watermarks.push(account.watermarkTsNs);
          };
          for (const { what, ages, afterMs } of steps) {
            ms += afterMs;
            if (what === "frame" || what === "broken") {
              const events = ages.map((age) => {
                sequence += 1;
                return age % 2 === 0 ? tradeEvent(ms - age, { q: sequence }) : quoteEvent(ms - age, { q: sequence });
              });
              frame(epoch, ms, what === "frame" ? events : [...events, tradeEvent(ms, { s: -1 })]);
            } else if (what === "reconnect") {
              account.entry(epoch, { kind: "closed", receivedAtMs: ms, cause: "disconnect" });
              noteWatermark();
              epoch += 1;
              account.entry(epoch, { kind: "connected", receivedAtMs: ms + afterMs });
              if (afterMs % 4 !== 0) {
                noteWatermark();
                account.entry(epoch, { kind: "gap", receivedAtMs: ms + afterMs, gap: gapOf(ms, ms + afterMs) });
              }
            } else if (what === "heartbeat") account.entry(epoch, { kind: "heartbeat", receivedAtMs: ms });
            else if (what === "shed") account.shed(epoch, gapOf(ms, ms, "shed"), ms);
            else if (what === "flush") account.flush(ms);
            else account.pulse(ms, 300);
            noteWatermark();
          }
          account.flush(ms);

          const state = new HydrationState({ ...DEFAULT_HYDRATION_OPTIONS, ledger });
          const effects = noEffects();
          for (const [index, draft] of drafts.entries()) {
            fold(state, { cursor: `1000-${index}`, draft }, effects);
            expect(state.ledgerOf(CONNECTION, draft.position.epoch)?.watermark()?.watermarkTsNs).toBe(
              watermarks[index],
            );
          }
          expect(effects.counters.repeated).toBe(0);

          const late = batches.flatMap(({ rows, meta }) => (meta.lateRows ?? []).map((index) => rows[index]));
          expect(late.length).toBe(effects.counters.late);
          const lateTrades = late.flatMap((row) => (row?.type === "optionTrade" ? [row.sequence] : []));
          expect(lateTrades.sort()).toEqual(
            effects.trades.flatMap(({ trade, flags }) => (flags.includes("late") ? [trade.sequence] : [])).sort(),
          );
          expect(batches.reduce((sum, { rows }) => sum + rows.length, 0)).toBe(
            effects.counters.trades + effects.counters.quotes,
          );

          let saidNs = 0n;
          for (const { rows, meta } of batches) {
            const isLate = new Set(meta.lateRows);
            for (const [index, row] of rows.entries()) {
              if (!isLate.has(index)) expect(eventTsNs(row)).toBeGreaterThanOrEqual(saidNs);
            }
            expect(meta.watermark.watermarkTsNs).toBeGreaterThanOrEqual(saidNs);
            saidNs = meta.watermark.watermarkTsNs;
          }
          expect(account.watermarkTsNs ?? 0n).toBe(saidNs);
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe("a StreamAccount that tells sides", () => {
  const open = () => accountOf({ sides: new TradeSides(sideOptions()) });

  it("tells those of option trades in batches that are Enriched, and leaves all other batches as they are", () => {
    const { account, batches, frame } = open();
    frame(1, T + 9, [quoteEvent(T, { bp: 4, ap: 4.2, bs: 20, as: 50 }), tradeEvent(T + 5, { p: 4.2, s: 7 })]);
    account.flush(T + 10);
    account.entry(1, { kind: "heartbeat", receivedAtMs: T + 2_000 });
    expect(batches.map(({ rows, meta }) => [rows[0]?.type, meta.quality])).toEqual([
      ["nbbo", "Prelim"],
      ["optionTrade", "Enriched"],
      [undefined, "Prelim"],
    ]);
    expect(batches.filter(hasSides)).toMatchObject([
      { rows: [{ price: 4.2, side: { side: "B", method: "stack:quote", quoteAgeMs: 5, quoteSource: "stream" } }] },
    ]);
  });

  it("refuses numbers that are not those of the rows", () => {
    const sides = new TradeSides(sideOptions());
    const read = parsePayload(JSON.stringify([tradeEvent(T), quoteEvent(T)]));
    if (!read.ok) throw read.error;
    const { batches } = read;
    expect(() => sides.frame(batches, new RowNumbers(), new SideFeed(), T)).toThrow(
      "Cannot tell sides: numbers must be those of the rows, of 1 quotes, got those of 0",
    );
  });

  it("tells none unless it is asked to", () => {
    const { account, batches, frame } = accountOf();
    frame(1, T + 9, [tradeEvent(T)]);
    account.flush(T + 10);
    expect(batches).toMatchObject([{ rows: [{ type: "optionTrade", side: undefined }], meta: { quality: "Prelim" } }]);
  });

  it("tells what the hydrator finds in the same entries, across reconnects and what was shed", () => {
    const step = fc.record({
      waitMs: fc.oneof(
        { weight: 9, arbitrary: fc.nat(300) },
        { weight: 1, arbitrary: fc.constantFrom(59_999, 60_000, 60_001) },
      ),
      what: fc.oneof(
        { weight: 12, arbitrary: fc.constant("frame" as const) },
        { weight: 1, arbitrary: fc.constantFrom("reconnect" as const, "all", "quotes", "trades") },
      ),
      events: fc.array(
        fc.record({
          isQuote: fc.boolean(),
          agoMs: fc.constantFrom(0, 0, 1, 2, 50),
          price: fc.constantFrom(3.9, 4, 4.1, 4.2),
          size: fc.constantFrom(1, 20),
          c: fc.constantFrom(209, 209, 232),
        }),
        { minLength: 1, maxLength: 4 },
      ),
    });
    const seen = { signed: 0, void: 0 };
    fc.assert(
      fc.property(fc.array(step, { minLength: 2, maxLength: 40 }), (steps) => {
        const { account, batches, drafts, frame } = open();
        let [nowMs, epoch, sequence] = [T, 1, 0];
        frame(epoch, T, [tradeEvent(T)]);
        for (const { waitMs, what, events } of steps) {
          nowMs += waitMs;
          if (what === "frame") {
            const content = events.map(({ isQuote, agoMs, price, size, c }) => {
              sequence += 1;
              if (isQuote) return quoteEvent(nowMs - agoMs, { bp: price, ap: 4.2, bs: 20, as: 50, q: sequence });
              return tradeEvent(nowMs - agoMs, { p: price, s: size, c: [c], q: sequence });
            });
            frame(epoch, nowMs, content);
          } else if (what === "reconnect") {
            account.entry(epoch, { kind: "closed", receivedAtMs: nowMs, cause: "disconnect" });
            epoch += 1;
            account.entry(epoch, { kind: "connected", receivedAtMs: nowMs });
            account.entry(epoch, { kind: "gap", receivedAtMs: nowMs, gap: gapOf(nowMs, nowMs) });
          } else {
            account.shed(epoch, { ...gapOf(nowMs, nowMs, "shed"), scope: what }, nowMs);
          }
        }
        account.flush(nowMs);
        const effects = noEffects();
        const state = new HydrationState();
        for (const [index, draft] of drafts.entries()) fold(state, { cursor: `1-${index + 1}`, draft }, effects);
        const told = batches
          .filter(hasSides)
          .flatMap(({ rows }) => rows.map(({ side: { quoteCondition: _, ...side }, sequence: q }) => ({ q, side })));
        expect(told).toEqual(effects.trades.map(({ trade, side }) => ({ q: trade.sequence, side })));
        for (const { side } of told) {
          if (side.side !== "U") seen.signed += 1;
          else if (side.method === "none:no_quote") seen.void += 1;
        }
      }),
      { seed: 42, numRuns: 300 },
    );
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(200);
  });
});
