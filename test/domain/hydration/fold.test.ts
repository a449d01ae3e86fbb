import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { resolveCancel } from "../../../src/domain/hydration/cancels.ts";
import type { HydrationCounters } from "../../../src/domain/hydration/effects.ts";
import { fold, foldTrimmed } from "../../../src/domain/hydration/fold.ts";
import { noEffects } from "../../../src/domain/hydration/fold-effects.ts";
import { flowSnapshot, gridSnapshot } from "../../../src/domain/hydration/snapshots.ts";
import { HydrationState, substrateUpdate } from "../../../src/domain/hydration/state.ts";
import type { RawDraft } from "../../../src/domain/stream/raw-entry.ts";
import { EntryWriter, quoteEvent, SAMPLE_MS, tradeEvent } from "../../support/entries.ts";

const CONTRACT = "O:SPXW251223P06870000";
const T = SAMPLE_MS;

function run(writer: EntryWriter) {
  const state = new HydrationState();
  const effects = noEffects();
  for (const entry of writer.entries) fold(state, entry, effects);
  return {
    state,
    effects,
    counters: nonZero(effects.counters),
    flags: effects.trades.map(({ flags }) => flags.join(" ")),
    totals: state.contractOf(CONTRACT)?.totals(),
  };
}

function nonZero(counters: HydrationCounters): HydrationCounters {
  return Object.fromEntries(Object.entries(counters).filter(([, value]) => value !== 0));
}

describe("fold", () => {
  it("makes a trade record, sums and a latest trade of one print", () => {
    const { effects, totals, state } = run(new EntryWriter().frame(T + 5, [tradeEvent(T, { p: 7.7, s: 3 })]));
    expect(effects.trades).toHaveLength(1);
    expect(effects.trades[0]).toMatchObject({
      trade: { contract: CONTRACT, underlying: "SPX", expiration: "2025-12-23", price: 7.7, size: 3 },
      flags: [],
      side: { side: "U", method: "none:no_quote", confidence: null, quoteAgeMs: null, quoteSource: null },
      cancelsTsNs: undefined,
    });
    expect(totals).toMatchObject({
      day: "2025-12-22",
      prints: 1,
      contracts: 3,
      premiumMicros: 23_100_000,
      last: 7.7,
      lastSize: 3,
      firstTsNs: BigInt(T) * 1_000_000n,
    });
    expect(state.contractOf(CONTRACT)?.latestTrade?.price).toBe(7.7);
  });

  it("counts every event of a frame by its kind", () => {
    const status = { ev: "status", status: "success", message: "subscribed to: T.*" };
    const frame = [
      tradeEvent(T),
      quoteEvent(T),
      { ev: "AM", sym: CONTRACT },
      status,
      { ev: "T", sym: CONTRACT, p: "x" },
    ];
    const index = { ev: "V", T: "I:SPX", val: 6870.5, t: T };
    const stock = { ev: "T", sym: "SPY", p: 687, s: 100, t: T };
    const { counters } = run(new EntryWriter().frame(T + 5, frame).frame(T + 6, [index, stock]));
    expect(counters).toMatchObject({
      seen: 2,
      frames: 2,
      events: 7,
      trades: 2,
      quotes: 1,
      values: 1,
      statuses: 1,
      other: 1,
      invalid: 1,
      gaps: 1,
    });
  });

  it("counts two equal prints of one millisecond twice, and not again after a reconnect", () => {
    const twins = [tradeEvent(T), tradeEvent(T)];
    const writer = new EntryWriter()
      .frame(T + 5, twins)
      .reconnect(T + 5, T + 900)
      .frame(T + 901, twins);
    const { totals, counters, flags } = run(writer);
    expect(totals).toMatchObject({ prints: 2, contracts: 2 });
    expect(counters).toMatchObject({ trades: 4, duplicates: 2, gaps: 1 });
    expect(flags).toEqual(["", "", "dup", "dup"]);
  });

  it("marks a print behind the watermark as late and keeps it in the sums", () => {
    const writer = new EntryWriter().frame(T + 5, [tradeEvent(T)]).frame(T + 6, [tradeEvent(T - 1), tradeEvent(T)]);
    const { totals, counters, flags } = run(writer);
    expect(flags).toEqual(["", "late", ""]);
    expect(counters).toMatchObject({ late: 1 });
    expect(totals).toMatchObject({ prints: 3, firstTsNs: BigInt(T - 1) * 1_000_000n });
  });

  it("keeps late reports out of the sums, the windows and the last sale", () => {
    const writer = new EntryWriter().frame(T + 5, [tradeEvent(T), tradeEvent(T + 1, { c: [204], p: 99, s: 5 })]);
    const { totals, counters, flags, state } = run(writer);
    expect(flags).toEqual(["", "late_report"]);
    expect(counters).toMatchObject({ late_reports: 1 });
    expect(totals).toMatchObject({ prints: 1, contracts: 1, last: 7.7 });
    expect(flowSnapshot(state, "SPX")?.windows.map(({ contracts }) => contracts)).toEqual([1, 1, 1]);
    expect(state.contractOf(CONTRACT)?.latestTrade?.price).toBe(7.7);
  });

  it("has no first and no last print of a day of late reports alone", () => {
    const { totals } = run(new EntryWriter().frame(T + 5, [tradeEvent(T, { c: [204], s: 5 })]));
    expect(totals).toMatchObject({ prints: 0, firstTsNs: null, lastTsNs: null, last: null, lastSaleTsNs: null });
    expect(totals?.buckets?.late_report).toEqual({ prints: 1, contracts: 5 });
  });

  it("leaves the sums that a step has taken as they were, whatever comes after", () => {
    const print = tradeEvent(T, { c: [229], s: 5 });
    const [first, second] = new EntryWriter().frame(T + 5, [print]).frame(T + 6, [print]).entries;
    if (first === undefined || second === undefined) throw new RangeError("there must be two entries");
    const state = new HydrationState();
    fold(state, first, noEffects());
    const taken = state.takeTotals();
    fold(state, second, noEffects());
    expect(taken).toMatchObject([{ prints: 1, buckets: { cross: { prints: 1, contracts: 5 } } }]);
    expect(state.takeTotals()).toMatchObject([{ prints: 2, buckets: { cross: { prints: 2, contracts: 10 } } }]);
  });

  it("counts the same, also apart, in whatever order prints come", () => {
    const prints = fc.array(
      fc.record({
        afterMs: fc.nat(50),
        s: fc.integer({ min: 1, max: 9 }),
        c: fc.constantFrom([209], [229], [232], [247], [204], [232, 247]),
      }),
      { minLength: 1, maxLength: 12 },
    );
    const both = prints.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    );
    fc.assert(
      fc.property(both, (orders) => {
        const [inOrder, shuffled] = orders.map((list) => {
          const writer = new EntryWriter();
          for (const { afterMs, ...print } of list) writer.frame(T + 60, [tradeEvent(T + afterMs, print)]);
          const { totals } = run(writer);
          if (totals === undefined) throw new RangeError("something must have been counted");
          const { prints, contracts, premiumMicros, buckets, firstTsNs, lastTsNs } = totals;
          return { prints, contracts, premiumMicros, buckets, firstTsNs, lastTsNs };
        });
        expect(shuffled).toEqual(inOrder);
      }),
      { seed: 42, numRuns: 200 },
    );
  });

  it("takes a cancelled print out of the sums and of the windows at its original time", () => {
    const writer = new EntryWriter()
      .frame(T + 5, [tradeEvent(T, { s: 4 }), tradeEvent(T + 200, { p: 8 })])
      .frame(T + 30_000, [tradeEvent(T + 29_990, { s: 4, c: [201], q: 9 })]);
    const { totals, counters, flags, effects, state } = run(writer);
    expect(flags).toEqual(["", "", "cancel"]);
    expect(counters).toMatchObject({ cancels: 1 });
    expect(effects.unresolved).toEqual([]);
    expect(effects.trades[2]?.cancelsTsNs).toBe(BigInt(T) * 1_000_000n);
    expect(totals).toMatchObject({ prints: 1, contracts: 1, premiumMicros: 8_000_000 });
    expect(flowSnapshot(state, "SPX")?.windows.map(({ contracts }) => contracts)).toEqual([0, 0, 1]);
  });

  it("leaves a cancel whose print it does not remember to a look-up, and takes the answer", () => {
    const writer = () =>
      new EntryWriter()
        .frame(T + 5, [tradeEvent(T, { s: 2 }), tradeEvent(T + 10)])
        .frame(T + 200_000, [tradeEvent(T + 199_990, { s: 2, c: [201] })]);
    const found = run(writer());
    expect(found.effects.unresolved).toEqual([
      {
        index: 2,
        query: {
          underlying: "SPX",
          expiration: "2025-12-23",
          contract: CONTRACT,
          price: 7.7,
          size: 2,
          exchange: 302,
          // Monday's session began at 18:00 Eastern on Friday; the state remembers 60 s.
          fromTsNs: BigInt(Date.UTC(2025, 11, 19, 23)) * 1_000_000n,
          beforeTsNs: BigInt(T + 139_990) * 1_000_000n,
        },
      },
    ]);
    resolveCancel(found.state, found.effects, 2, {
      tsNs: BigInt(T) * 1_000_000n,
      side: "U",
      confidence: null,
      delta: null,
      bucket: undefined,
    });
    expect(found.effects.trades[2]).toMatchObject({ flags: ["cancel"], cancelsTsNs: BigInt(T) * 1_000_000n });
    expect(found.state.contractOf(CONTRACT)?.totals()).toMatchObject({ prints: 1, contracts: 1 });

    const unknown = run(writer());
    resolveCancel(unknown.state, unknown.effects, 2, undefined);
    expect(unknown.effects.trades[2]?.flags).toEqual(["cancel", "unmatched"]);
    expect(unknown.effects.counters.unmatched_cancels).toBe(1);
    expect(unknown.state.contractOf(CONTRACT)?.totals()).toMatchObject({ prints: 2, contracts: 3 });
  });

  it("looks nothing up where the day's sums tell that there is nothing: too little traded, or nothing that long ago", () => {
    const cancelOf = (firstAgoMs: number, size: number) =>
      run(
        new EntryWriter()
          .frame(T + 5, [tradeEvent(T, { s: 2 })])
          .frame(T + firstAgoMs, [tradeEvent(T + firstAgoMs, { s: size, p: 9, c: [201] })]),
      );
    // The state remembers 60 s: older than that is what is a millisecond older.
    expect(cancelOf(60_001, 2).effects.unresolved).toHaveLength(1);
    for (const { effects, flags, counters } of [cancelOf(60_000, 2), cancelOf(60_001, 3)]) {
      expect(effects.unresolved).toEqual([]);
      expect(flags).toEqual(["", "cancel unmatched"]);
      expect(counters).toMatchObject({ cancels: 1, unmatched_cancels: 1 });
    }
  });

  it("marks multi-leg and unknown conditions and counts their volume", () => {
    const frame = [tradeEvent(T, { c: [232] }), tradeEvent(T, { c: [999] }), tradeEvent(T, { c: [248] })];
    const { flags, totals } = run(new EntryWriter().frame(T + 5, frame));
    expect(flags).toEqual(["multi", "unknown_condition", "extended"]);
    expect(totals).toMatchObject({ prints: 3 });
  });

  it("skips an entry that it has seen before and reports a hole in the sequence", () => {
    const writer = new EntryWriter()
      .frame(T, [tradeEvent(T)])
      .repeatLast()
      .skip(2)
      .frame(T + 50, [tradeEvent(T + 49)]);
    const { counters, effects, totals } = run(writer);
    expect(counters).toMatchObject({ seen: 3, frames: 2, repeated: 1, gaps: 1 });
    expect(totals).toMatchObject({ prints: 2 });
    expect(effects.gaps).toEqual([
      { connection: "options/0", fromAtMs: T, toAtMs: T + 50, cause: "sequence", scope: "all", instruments: undefined },
    ]);
  });

  it("reports what retention removed once, not again as the hole that it left", () => {
    const writer = new EntryWriter()
      .frame(T, [tradeEvent(T)])
      .skip(5)
      .frame(T + 50, [tradeEvent(T + 49)]);
    const state = new HydrationState();
    const effects = noEffects();
    const [first, second] = writer.entries;
    if (first === undefined || second === undefined) throw new RangeError("two entries are needed");
    fold(state, first, effects);
    foldTrimmed(state, { from: "2000-0", to: "3000-7" }, effects);
    fold(state, second, effects);
    expect(effects.gaps).toMatchObject([
      { connection: "*", fromAtMs: 2000, toAtMs: 3000, cause: "trimmed_before_read" },
    ]);
    expect(effects.counters.trimmed_before_read).toBe(1);
  });

  it("does not take a link for up again because of a stretch that was shed", () => {
    const place = (epoch: number, seq: number) => ({ class: "options", shard: 0, epoch, seq }) as const;
    const gap = { connection: "options/0", fromAtMs: T + 6, toAtMs: T + 7, instruments: undefined } as const;
    const drafts: RawDraft[] = [
      ...new EntryWriter().frame(T + 5, [tradeEvent(T)]).drafts,
      { kind: "closed", position: place(1, 2), receivedAtMs: T + 5, cause: "disconnect" },
      { kind: "connected", position: place(2, 1), receivedAtMs: T + 6 },
      { kind: "gap", position: place(2, 2), receivedAtMs: T + 6, gap: { ...gap, cause: "shed", scope: "all" } },
      { kind: "gap", position: place(2, 3), receivedAtMs: T + 8, gap: { ...gap, cause: "disconnect", scope: "all" } },
    ];
    const state = new HydrationState();
    const effects = noEffects();
    const completeness = drafts.map((draft, index) => {
      fold(state, { cursor: `1000-${index}`, draft }, effects);
      return state.ledgers().at(-1)?.watermark()?.completeness;
    });
    expect(completeness).toEqual(["Complete", "Partial", "Partial", "Partial", "Complete"]);
    expect(effects.gaps.map(({ cause }) => cause)).toEqual(["shed", "disconnect"]);
  });

  it("quarantines a frame that is no JSON with its reason, its text and its place, and makes a gap of it", () => {
    const { effects, counters } = run(new EntryWriter().frame(T, '[{"ev":"T"'));
    expect(counters).toMatchObject({ frames: 1, invalid: 1, gaps: 1 });
    expect(effects.quarantine).toMatchObject([{ receivedAtMs: T, payload: '[{"ev":"T"', src: "options/0/1/1" }]);
    expect(effects.gaps).toMatchObject([{ cause: "quarantine", fromAtMs: T, toAtMs: T }]);
  });

  it("keeps the text of a frame once, however many of its events are refused", () => {
    const frame = [tradeEvent(T, { p: "7.7" }), tradeEvent(T), tradeEvent(T, { s: -1 })];
    const { effects, totals } = run(new EntryWriter().frame(T + 5, frame));
    expect(effects.quarantine.map(({ path, payload }) => [path, payload !== ""])).toEqual([
      ["[0].p", true],
      ["[2].s", false],
    ]);
    expect(totals).toMatchObject({ prints: 1 });
  });

  it("refuses a row from the future, so that it cannot drive the watermark", () => {
    const { counters, state } = run(new EntryWriter().frame(T, [tradeEvent(T), tradeEvent(T + 5_001)]));
    expect(counters).toMatchObject({ trades: 1, invalid: 1 });
    expect(state.ledgers()[0]?.watermark()?.watermarkTsNs).toBe(BigInt(T) * 1_000_000n);
  });

  it("keeps the newest quote and trade per contract for the substrate", () => {
    const frame = [quoteEvent(T, { bp: 7 }), quoteEvent(T + 2, { bp: 7.5, as: null }), quoteEvent(T + 1, { bp: 9 })];
    const { state } = run(new EntryWriter().frame(T + 5, [...frame, tradeEvent(T + 3, { s: 2, q: 77 })]));
    const moved = state.takeMoved();
    expect(moved.map(substrateUpdate)).toEqual([
      {
        contract: CONTRACT,
        quote: { quoteTsNs: BigInt(T + 2) * 1_000_000n, bid: 7.5, ask: 7.8, bidSize: 10, askSize: null },
        trade: { tradeTsNs: BigInt(T + 3) * 1_000_000n, sequence: 77, last: 7.7, size: 2, volume: 2 },
      },
    ]);
    expect([state.takeMoved().length, state.takeTotals().length]).toEqual([0, 1]);
    expect([state.takeMoved(), state.takeTotals()]).toEqual([[], []]);
  });

  it("starts the day's sums afresh with the first print of a new trading day", () => {
    const nextDay = T + 24 * 3_600_000;
    const writer = new EntryWriter().frame(T + 5, [tradeEvent(T, { s: 9 })]).frame(nextDay + 5, [tradeEvent(nextDay)]);
    const { totals, state } = run(writer);
    expect(totals).toMatchObject({ day: "2025-12-23", prints: 1, contracts: 1 });
    expect(flowSnapshot(state, "SPX")).toMatchObject({ trading_day: "2025-12-23" });
  });

  it("sets a frame aside that our own code fails on, with a gap, and goes on behind it", () => {
    const writer = new EntryWriter().frame(T + 5, [tradeEvent(T)]).frame(T + 6, [tradeEvent(T + 1)]);
    const state = new HydrationState();
    const effects = noEffects();
    vi.spyOn(state, "openContract").mockImplementationOnce(() => {
      throw new RangeError("out of paper");
    });
    for (const entry of writer.entries) fold(state, entry, effects);
    expect(effects.trades).toHaveLength(1);
    expect(effects.quarantine).toMatchObject([{ reason: "Cannot fold the frame: out of paper", src: "options/0/1/1" }]);
    expect(effects.gaps).toMatchObject([{ cause: "quarantine", fromAtMs: T + 5 }]);
    expect(effects.counters).toMatchObject({ invalid: 1, frames: 2 });
  });

  it("takes an epoch that is older than those kept for repeated, not for new", () => {
    const writer = new EntryWriter();
    for (let epoch = 0; epoch < 6; epoch++)
      writer.frame(T + epoch, [tradeEvent(T + epoch)]).reconnect(T + epoch, T + epoch);
    const once = run(writer);
    const state = new HydrationState();
    const effects = noEffects();
    for (const entry of [...writer.entries, ...writer.entries]) fold(state, entry, effects);
    expect(effects.trades).toHaveLength(once.effects.trades.length);
    expect(effects.counters.repeated).toBe(writer.entries.length);
    expect(state.contractOf(CONTRACT)?.totals()).toEqual(once.totals);
  });

  it("reads windows as of the newest print while two epochs interleave", () => {
    const old = new EntryWriter();
    for (let second = 0; second <= 20; second++) old.frame(T + second * 1000, [tradeEvent(T + second * 1000)]);
    const fresh = new EntryWriter().reconnect(T, T + 1).entries.slice(1);
    const state = new HydrationState();
    const effects = noEffects();
    for (const entry of [...old.entries.slice(0, 1), ...fresh, ...old.entries.slice(1)]) fold(state, entry, effects);
    expect(flowSnapshot(state, "SPX")).toMatchObject({ as_of_ns: String(BigInt(T + 20_000) * 1_000_000n) });
    expect(flowSnapshot(state, "SPX")?.windows.map(({ prints }) => prints)).toEqual([1, 10, 21]);
  });

  it("shows a rate of 0 when everything was taken back", () => {
    const prints = [0.1, 0.2, 0.3].map((p, index) => tradeEvent(T + index * 7_001, { p, s: 7 + index }));
    const cancels = [0.3, 0.1, 0.2].map((p, index) => tradeEvent(T + 30_000, { p, s: [9, 7, 8][index], c: [201] }));
    const { state } = run(new EntryWriter().frame(T + 30_001, [...prints, ...cancels]));
    expect(flowSnapshot(state, "SPX")).toMatchObject({
      contracts_per_sec: 0,
      top_contracts: [{ contracts_per_sec: 0 }],
    });
  });

  it("keeps roots apart that share an underlying, an expiration and a strike", () => {
    const am = tradeEvent(T, { sym: "O:SPX260116C06850000" });
    const pm = tradeEvent(T, { sym: "O:SPXW260116C06850000", s: 5 });
    const { state } = run(new EntryWriter().frame(T + 5, [am, pm]));
    expect(gridSnapshot(state, "SPX", "2026-01-16")?.cells).toMatchObject([
      { root: "SPX", strike: 6850, right: "C", volume: 1 },
      { root: "SPXW", strike: 6850, right: "C", volume: 5 },
    ]);
  });
});
