import { describe, expect, it } from "vitest";
import { wsConfig } from "../../../src/domain/config/read-config.ts";
import type { WsConfig } from "../../../src/domain/config/strikewire-config.ts";
import type { Row } from "../../../src/domain/market/rows.ts";
import { parsePayload } from "../../../src/domain/wire/parse-payload.ts";
import { QuoteSlots } from "../../../src/workers/source/quote-slots.ts";
import { quoteEvent, SAMPLE_MS, tradeEvent } from "../../support/entries.ts";

const T = SAMPLE_MS;
const TODAY = "2025-12-22";

function contract(strike: number, date = "251223"): string {
  return `O:SPXW${date}C${String(strike * 1_000).padStart(8, "0")}`;
}

const [A, B, C] = [contract(100), contract(200), contract(300)];

function rowsOf(events: readonly Record<string, unknown>[]): Row[] {
  const parsed = parsePayload(JSON.stringify(events));
  if (!parsed.ok) throw parsed.error;
  return parsed.batches.flatMap(({ rows }) => rows);
}

const trades = (sym: string, count: number, s = 1) => rowsOf(new Array(count).fill(tradeEvent(T, { sym, s })));
const quotes = (sym: string, count: number) => rowsOf(new Array(count).fill(quoteEvent(T, { sym })));

function slotsOf(change: Partial<WsConfig> = {}, shards = 1): QuoteSlots {
  const config = wsConfig({
    wsResources: ["options_quotes"],
    wsQuoteCap: 2,
    schedTopN: 1_000,
    schedExplorationFraction: 0,
    schedHysteresis: 0,
    ...change,
  });
  return new QuoteSlots(config, shards);
}

/** Trades and quotes a second, for some seconds. */
function feed(slots: QuoteSlots, fromMs: number, seconds: number, perSec: Readonly<Record<string, [number, number]>>) {
  for (let second = 1; second <= seconds; second++) {
    for (const [name, [prints, updates]] of Object.entries(perSec)) {
      slots.add(trades(name, prints), fromMs + second * 1_000);
      slots.add(quotes(name, updates), fromMs + second * 1_000);
    }
  }
  return fromMs + seconds * 1_000;
}

const names = (chosen: ReadonlyMap<string, number>) => [...chosen.keys()];

describe("QuoteSlots", () => {
  it("chooses among the contracts that traded, those that trade most", () => {
    const slots = slotsOf();
    expect(names(slots.rebalance(undefined, 1, TODAY, T))).toEqual([]);
    const nowMs = feed(slots, T, 10, { [A]: [1, 0], [B]: [5, 0], [C]: [3, 0] });
    expect(names(slots.rebalance(undefined, 1, TODAY, nowMs))).toEqual([B, C]);
  });

  it("chooses among the candidates only, where they are known", () => {
    const slots = slotsOf();
    const nowMs = feed(slots, T, 10, { [A]: [1, 0], [B]: [5, 0], [C]: [3, 0] });
    expect(names(slots.rebalance([A, C], 1, TODAY, nowMs))).toEqual([C, A]);
    expect(names(slots.rebalance([], 1, TODAY, nowMs))).toEqual([]);
  });

  it.each([
    [1, [B, C, A]],
    [0.9, [B, C]],
    [0.67, [B, C]],
    [0.66, [B]],
    [0.33, []],
    [0, []],
  ])("with a share of %d takes the slots of the worst away first: %j", (share, expected) => {
    const slots = slotsOf({ wsQuoteCap: 3 });
    const nowMs = feed(slots, T, 10, { [A]: [1, 0], [B]: [5, 0], [C]: [3, 0] });
    expect(names(slots.rebalance(undefined, share, TODAY, nowMs))).toEqual(expected);
  });

  it("measures a contract by its quotes once it has a slot", () => {
    const slots = slotsOf();
    slots.link(0, true, T);
    let nowMs = feed(slots, T, 10, { [A]: [1, 0], [B]: [5, 0], [C]: [3, 0] });
    slots.rebalance(undefined, 1, TODAY, nowMs);
    // C is quoted 40 times a second, B not at all; A would be, by its prints, 8 times as its peers are to theirs.
    nowMs = feed(slots, nowMs, 300, { [A]: [1, 0], [B]: [5, 0], [C]: [3, 40] });
    expect(names(slots.rebalance(undefined, 1, TODAY, nowMs))).toEqual([C, A]);
  });

  it("counts prints as the quotes that there are to a print", () => {
    const slots = slotsOf({ wsQuoteCap: 1 });
    slots.link(0, true, T);
    let nowMs = feed(slots, T, 10, { [A]: [4, 0], [B]: [3, 0] });
    slots.rebalance(undefined, 1, TODAY, nowMs);
    // 40 quotes to 4 prints: B's 3 prints are worth 30, and are less, although 3 is more than nothing and less than 40.
    nowMs = feed(slots, nowMs, 300, { [A]: [4, 40], [B]: [3, 0] });
    expect(names(slots.rebalance(undefined, 1, TODAY, nowMs))).toEqual([A]);
    nowMs = feed(slots, nowMs, 300, { [A]: [4, 40], [B]: [5, 0] });
    expect(names(slots.rebalance(undefined, 1, TODAY, nowMs))).toEqual([B]);
  });

  it.each(["before the first link", "while the link is down"])("measures nothing %s", (when) => {
    const slots = slotsOf({ wsQuoteCap: 1 });
    let nowMs = feed(slots, T, 10, { [A]: [4, 0], [B]: [3, 0] });
    if (when !== "before the first link") slots.link(0, true, nowMs);
    slots.rebalance(undefined, 1, TODAY, nowMs);
    if (when !== "before the first link") {
      nowMs = feed(slots, nowMs, 60, { [A]: [4, 40], [B]: [3, 0] });
      slots.link(0, false, nowMs);
    }
    // Nothing comes for five minutes; measured as if something could have, A would be worth nothing.
    nowMs += 300_000;
    nowMs = feed(slots, nowMs, 60, { [A]: [4, 0], [B]: [3, 0] });
    expect(names(slots.rebalance(undefined, 1, TODAY, nowMs))).toEqual([A]);
  });

  it("measures from the link on what was chosen before it", () => {
    const slots = slotsOf({ wsQuoteCap: 1 });
    let nowMs = feed(slots, T, 10, { [A]: [4, 0], [B]: [3, 0] });
    slots.rebalance(undefined, 1, TODAY, nowMs);
    slots.link(0, true, nowMs);
    nowMs = feed(slots, nowMs, 300, { [A]: [4, 0], [B]: [3, 0] });
    expect(names(slots.rebalance(undefined, 1, TODAY, nowMs))).toEqual([B]);
  });

  it("goes by contracts traded where rates are measured so, whatever is quoted", () => {
    const slots = slotsOf({ wsQuoteCap: 1, schedMeasure: "contracts" });
    slots.link(0, true, T);
    let nowMs = T;
    for (let round = 0; round < 3; round++) {
      for (let second = 0; second < 60; second++) {
        nowMs += 1_000;
        slots.add(trades(A, 1, 10), nowMs);
        slots.add(trades(B, 4, 1), nowMs);
        slots.add(quotes(B, 50), nowMs);
      }
      expect(names(slots.rebalance(undefined, 1, TODAY, nowMs))).toEqual([A]);
    }
  });

  it.each([
    ["2025-12-23", [A]],
    ["2025-12-24", []],
  ])("forgets on %s what has expired before", (today, expected) => {
    const slots = slotsOf();
    const nowMs = feed(slots, T, 10, { [A]: [1, 0] });
    expect(names(slots.rebalance(undefined, 1, today, nowMs))).toEqual(expected);
  });

  it("forgets the quotes of contracts that have expired, those that never traded too", () => {
    const later = contract(100, "251230");
    const slots = slotsOf({ wsQuoteCap: 1 });
    slots.link(0, true, T);
    slots.rebalance([A], 1, TODAY, T);
    let nowMs = feed(slots, T, 60, { [A]: [0, 50] });
    slots.rebalance([later], 1, "2025-12-24", nowMs);
    nowMs = feed(slots, nowMs, 60, { [later]: [0, 1] });
    // Of A nothing is known any more: what is known of another is more.
    expect(names(slots.rebalance([A, later], 1, "2025-12-24", nowMs))).toEqual([later]);
  });

  it("spreads what is chosen over the shards, within the limit of each", () => {
    const slots = slotsOf({ wsQuoteCap: 10 }, 3);
    const candidates = Array.from({ length: 100 }, (_, index) => contract(index + 1));
    const chosen = slots.rebalance(candidates, 1, TODAY, T);
    expect(chosen.size).toBe(30);
    for (const shard of [0, 1, 2]) {
      expect([...chosen.values()].filter((place) => place === shard)).toHaveLength(10);
    }
  });

  it("freezes the shard that is down, and no other", () => {
    const slots = slotsOf({ wsQuoteCap: 10 }, 2);
    for (const shard of [0, 1]) slots.link(shard, true, T);
    const candidates = Array.from({ length: 20 }, (_, index) => contract(index + 1));
    const chosen = slots.rebalance(candidates, 1, TODAY, T);
    const all = Object.fromEntries(candidates.map((name) => [name, [0, 10] as [number, number]]));
    let nowMs = feed(slots, T, 60, all);
    slots.link(0, false, nowMs);
    nowMs += 600_000;
    slots.rebalance(candidates, 0.5, TODAY, nowMs);
    const kept = names(slots.rebalance(candidates, 0.5, TODAY, nowMs));
    expect(kept).toHaveLength(10);
    expect(kept.every((name) => chosen.get(name) === 0)).toBe(true);
  });
});
