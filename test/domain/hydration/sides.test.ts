import { describe, expect, it } from "vitest";
import type { TradeSide } from "../../../src/domain/flow/print-side.ts";
import type { SideRule } from "../../../src/domain/flow/published-accuracy.ts";
import { type SideOptions, sideOptions } from "../../../src/domain/flow/side-options.ts";
import { fold, foldTrimmed } from "../../../src/domain/hydration/fold.ts";
import { noEffects } from "../../../src/domain/hydration/fold-effects.ts";
import { DEFAULT_HYDRATION_OPTIONS, HydrationState } from "../../../src/domain/hydration/state.ts";
import type { RawEntry } from "../../../src/domain/stream/raw-entry.ts";
import { EntryWriter, quoteEvent, SAMPLE_MS, tradeEvent } from "../../support/entries.ts";

const T = SAMPLE_MS;

/** The side of every print in these entries. */
function sidesOf({ entries }: EntryWriter, options: Partial<SideOptions> = {}): readonly TradeSide[] {
  const state = new HydrationState({ ...DEFAULT_HYDRATION_OPTIONS, sides: sideOptions(options) });
  return foldAll(state, entries);
}

function foldAll(state: HydrationState, entries: readonly RawEntry[]): readonly TradeSide[] {
  const effects = noEffects();
  for (const entry of entries) fold(state, entry, effects);
  return effects.trades.map(({ side }) => side);
}

/** As the stream has it, of the last print. */
function lastOf(writer: EntryWriter, options?: Partial<SideOptions>): string {
  const last = sidesOf(writer, options).at(-1);
  return last === undefined ? "" : `${last.side} ${last.method} ${last.quoteAgeMs} ${last.quoteSource}`;
}

/** 4.00 x 4.20, 20 x 50, with anything changed. */
function quote(tMs: number, change: Record<string, unknown> = {}): Record<string, unknown> {
  return quoteEvent(tMs, { bp: 4, ap: 4.2, bs: 20, as: 50, ...change });
}

function print(tMs: number, price: number, change: Record<string, unknown> = {}): Record<string, unknown> {
  return tradeEvent(tMs, { p: price, s: 7, ...change });
}

describe("the side of a hydrated print", () => {
  it("has method, confidence, and the age and source of the quote", () => {
    const writer = new EntryWriter().frame(T, [quote(T - 45)]).frame(T + 5, [print(T, 4.2)]);
    expect(sidesOf(writer)).toEqual([
      {
        side: "B",
        method: "stack:quote",
        confidence: 0.665,
        quoteAgeMs: 45,
        quoteSource: "stream",
      },
    ]);
  });

  // The table of the reference, section 4: bid 4.00 for 20, ask 4.20 for 50, a print at 4.05 before.
  it.each<[number, number, Partial<Record<SideRule, "B" | "S">>]>([
    [4.2, 7, { quote: "B", lr: "B", emo: "B", clnv: "B", stack: "B" }],
    [4.2, 50, { quote: "B", lr: "B", emo: "B", clnv: "B", trade_size: "S", stack: "S" }],
    [4, 20, { quote: "S", lr: "S", emo: "S", clnv: "S", trade_size: "B", stack: "B" }],
    [4.12, 7, { quote: "B", lr: "B", emo: "B", clnv: "B", stack: "B" }],
    [4.15, 7, { quote: "B", lr: "B", emo: "B", clnv: "B", stack: "B" }],
    [4.1, 7, { lr: "B", emo: "B", clnv: "B", depth: "B", stack: "B" }],
    [4.25, 7, { quote: "B", lr: "B", emo: "B", clnv: "B", stack: "B" }],
    [4.02, 7, { quote: "S", lr: "S", emo: "S", clnv: "S", stack: "S" }],
  ])("of %d, %d contracts, is what the published rules say", (price, size, expected) => {
    for (const rule of ["quote", "lr", "emo", "clnv", "depth", "trade_size", "stack"] as const) {
      const writer = new EntryWriter()
        .frame(T, [quote(T - 45), print(T - 20, 4.05)])
        .frame(T, [print(T, price, { s: size })]);
      expect([rule, sidesOf(writer, { rule })[1]?.side]).toEqual([rule, expected[rule] ?? "U"]);
    }
  });

  // The edge cases published with tclf; its "lag" is the price of the print before.
  it.each<[string, SideRule, Record<string, unknown>, number, number, "B" | "S" | "U"]>([
    ["bid above ask", "quote", { bp: 3, ap: 1 }, 2, 0, "U"],
    ["no bid", "quote", { bp: null, ap: 1 }, 1, 0, "U"],
    ["no ask", "quote", { bp: 1, ap: null }, 1, 0, "U"],
    ["above the ask", "clnv", { bp: 1, ap: 3 }, 5, 0.5, "B"],
    ["below the bid", "clnv", { bp: 1, ap: 3 }, 0.5, 1, "S"],
    ["inside, near the ask", "clnv", { bp: 1, ap: 3 }, 2.9, 1, "B"],
    ["inside, above the middle, below the last", "clnv", { bp: 1, ap: 3 }, 2.3, 3, "S"],
    ["inside, below the middle, above the last", "clnv", { bp: 1, ap: 3 }, 1.7, 0.5, "B"],
    ["inside, near the bid", "clnv", { bp: 1, ap: 3 }, 1.3, 1, "S"],
    ["the size of the ask alone", "trade_size", { bs: 3, as: 1 }, 4.1, 0, "U"],
    ["the locked price, more on the ask", "depth", { bp: 4, ap: 4, bs: 1, as: 2 }, 4, 0, "B"],
  ])("%s, by %s: as published", (_, rule, sides, price, lag, side) => {
    const writer = new EntryWriter();
    if (lag > 0) writer.frame(T, [print(T - 20, lag)]);
    writer.frame(T, [quote(T - 10, sides)]).frame(T, [print(T, price)]);
    expect(sidesOf(writer, { rule }).at(-1)?.side).toBe(side);
  });

  it.each([
    ["none:multi_leg", [232]],
    ["none:multi_leg", [240]],
    ["none:late_report", [204]],
    ["none:compression", [247]],
    ["none:cancel", [201]],
  ])("is none, by %s, with conditions %j, and such prints are no ticks", (method, c) => {
    const writer = new EntryWriter().frame(T, [quote(T - 10), print(T, 9, { c }), print(T + 1, 4.1, { s: 8 })]);
    const [first, second] = sidesOf(writer, { rule: "lr" });
    expect(first).toMatchObject({ side: "U", method, quoteSource: null });
    expect(second).toMatchObject({ side: "U", method: "none:lr" });
  });

  it("knows the quotes of its own frame, wherever they stand in it, by their times", () => {
    const early = new EntryWriter().frame(T + 5, [print(T, 4.2), quote(T - 1), quote(T, { ap: 9 })]);
    expect(lastOf(early)).toBe("B stack:quote 1 stream");
  });

  it("is told once: what a new connection repeats has none, and is no tick", () => {
    const prints = [print(T - 2, 4), print(T - 1, 4.2)];
    const writer = new EntryWriter()
      .frame(T, prints)
      .reconnect(T, T + 100)
      .frame(T + 110, [...prints, print(T + 105, 4.1)]);
    expect(sidesOf(writer).map(({ side, method }) => `${side} ${method}`)).toEqual([
      "U none:no_quote",
      "B tick",
      "U none:duplicate",
      "U none:duplicate",
      "U none:no_quote",
    ]);
  });

  it("keeps nothing for longer than a minute", () => {
    const heldAfter = (waitMs: number, extra: readonly Record<string, unknown>[] = []) =>
      lastOf(
        new EntryWriter()
          .frame(T, [quote(T)])
          .frame(T, extra)
          .frame(T + waitMs, [print(T + waitMs, 4.2)]),
      );
    expect(heldAfter(60_000)).toBe("B stack:quote 60000 stream");
    expect(heldAfter(60_001)).toBe("U none:no_quote null null");
    expect(heldAfter(60_000, [print(T + 1, 4.3)])).toBe("B stack:quote 60000 stream");
    expect(heldAfter(60_001, [print(T + 1, 4.3)])).toBe("S tick null null");
    expect(heldAfter(60_002, [print(T + 1, 4.3)])).toBe("U none:no_quote null null");
  });

  it("keeps it by the newest row of the feed, so that a late print sees no more than another reader would", () => {
    const seen = (newestMs: number) =>
      lastOf(
        new EntryWriter()
          .frame(T, [quote(T)])
          .frame(newestMs, [quote(newestMs, { sym: "O:SPXW251223C06900000" })])
          .frame(newestMs, [print(T + 10_000, 4.2)]),
      );
    expect(seen(T + 60_000)).toBe("B stack:quote 10000 stream");
    expect(seen(T + 60_001)).toBe("U none:no_quote null null");
  });

  it("is stale beyond the age that is set", () => {
    const writer = new EntryWriter().frame(T, [quote(T)]).frame(T + 901, [print(T + 901, 4.2)]);
    expect(lastOf(writer, { maxStreamAgeMs: 901 })).toBe("B stack:quote 901 stream");
    expect(lastOf(writer, { maxStreamAgeMs: 900 })).toBe("U none:stale 901 stream");
  });
});

describe("a hole in the feed", () => {
  const known = () => new EntryWriter().frame(T, [quote(T - 5), print(T - 4, 4.3)]);
  const gap = (scope: "all" | "quotes" | "trades") =>
    ({
      connection: "options/0",
      fromAtMs: T,
      toAtMs: T + 1,
      cause: "shed",
      scope,
      instruments: undefined,
    }) as const;
  const then = (writer: EntryWriter) => writer.frame(T + 200, [print(T + 150, 4.2)]);

  it("voids what was known before it: another quote may have taken the place, and nobody would know", () => {
    const none = "U none:no_quote null null";
    expect(lastOf(then(known()))).toBe("B stack:quote 155 stream");
    expect(lastOf(then(known().reconnect(T, T + 100)))).toBe(none);
    expect(lastOf(then(known().skip(2)))).toBe(none);
    expect(lastOf(then(known().gap(T + 1, gap("all"))))).toBe(none);
    expect(lastOf(then(known().gap(T + 1, gap("quotes"))))).toBe("S tick null null");
    expect(lastOf(then(known().gap(T + 1, gap("trades"))))).toBe("B stack:quote 155 stream");
    expect(lastOf(then(known().gap(T + 1, gap("trades"))), { rule: "tick" })).toBe("U none:tick null null");
    // One bad event among good ones says nothing about the others.
    expect(lastOf(then(known().frame(T + 1, "[{")))).toBe("B stack:quote 155 stream");
  });

  it("voids them of every connection where retention was faster than the reader", () => {
    const state = new HydrationState();
    const { entries } = then(known());
    foldAll(state, entries.slice(0, 1));
    foldTrimmed(state, { from: "1-1", to: "2-2" }, noEffects());
    expect(foldAll(state, entries.slice(1))).toMatchObject([{ side: "U", method: "none:no_quote" }]);
  });

  it("does not touch what comes behind it, nor what came over other connections", () => {
    const quoted = known()
      .reconnect(T, T + 100)
      .frame(T + 120, [quote(T + 110)]);
    expect(lastOf(then(quoted))).toBe("B stack:quote 40 stream");
    // A quote that is repeated after the reconnect is of before it.
    const repeated = known()
      .reconnect(T, T + 100)
      .frame(T + 120, [quote(T - 5)]);
    expect(lastOf(then(repeated))).toBe("U none:no_quote null null");

    const elsewhere = known();
    const [first, ...rest] = then(elsewhere.reconnect(T, T + 100)).entries;
    if (first?.draft.kind !== "frame") throw new RangeError("a frame comes first");
    const moved = { ...first, draft: { ...first.draft, position: { ...first.draft.position, shard: 1 } } };
    expect(foldAll(new HydrationState(), [moved, ...rest]).at(-1)).toMatchObject({ method: "stack:quote" });
  });

  it("does not begin with an old socket that ends while the next one is up", () => {
    const place = (epoch: number, seq: number) => ({ class: "options", shard: 0, epoch, seq }) as const;
    const frame = (epoch: number, seq: number, events: readonly object[]): RawEntry => {
      const payload = JSON.stringify(events);
      return {
        cursor: `1000-${10 * epoch + seq}`,
        draft: { kind: "frame", position: place(epoch, seq), receivedAtMs: T + 200, payload },
      };
    };
    const closed = (epoch: number): RawEntry => ({
      cursor: `1000-${10 * epoch + 9}`,
      draft: { kind: "closed", position: place(epoch, 2), receivedAtMs: T + 200, cause: "disconnect" },
    });
    const told = (closing: number) =>
      foldAll(new HydrationState(), [
        frame(1, 1, [print(T - 9, 4)]),
        frame(2, 1, [quote(T)]),
        closed(closing),
        frame(2, closing + 1, [print(T + 100, 4.2)]),
      ]).at(-1)?.method;
    expect(told(1)).toBe("stack:quote");
    expect(told(2)).toBe("none:no_quote");
  });
});
