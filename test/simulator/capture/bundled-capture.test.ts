import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { BUNDLED_FRAMES, BUNDLED_SEED, generateCapture, generateChains } from "../../../src/simulator/index.ts";
import {
  faultOf,
  isCancel,
  isLateReport,
  isMultiLeg,
  placeOf,
  type RecordedFrame,
  readCapture,
  recount,
  type WireEvent,
} from "./recount.ts";

const captures = new URL("../../../captures/", import.meta.url);
const file = readFileSync(new URL("synthetic.jsonl", captures), "utf8");
const truthFile = readFileSync(new URL("synthetic.truth.json", captures), "utf8");
const truth = JSON.parse(truthFile) as ReturnType<typeof generateCapture>["truth"];
const frames = readCapture(file);

const SAMPLE = '{"ev":"T","sym":"O:SPXW251223P06870000","p":7.7,"s":1,"t":1766437799445}';

/** Good trade and quote events with the number of their frame. */
const rows = frames.flatMap(({ events, receivedAtMs }, frame) =>
  (events ?? [])
    .filter((event) => (event.ev === "T" || event.ev === "Q") && faultOf(event, receivedAtMs) === undefined)
    .map((event) => ({ event, frame })),
);
const trades = rows.filter(({ event }) => event.ev === "T");
const isStatus = ({ ev }: WireEvent): boolean => ev === "status";
const statusesOf = ({ events = [] }: RecordedFrame): string[] =>
  events.filter(isStatus).map(({ status = "" }) => status);

describe("the bundled capture", () => {
  it("is what its generator makes, byte for byte", () => {
    const { lines, truth: made } = generateCapture();
    expect(`${lines.join("\n")}\n` === file).toBe(true);
    expect(`${JSON.stringify(made, null, 2)}\n`).toBe(truthFile);
    expect([made.seed, made.frames]).toEqual([BUNDLED_SEED, BUNDLED_FRAMES]);
  });

  it("has the chains of the same market beside it, some seconds before its end, in 1 MB", () => {
    const chains = readFileSync(new URL("synthetic.chain.jsonl", captures), "utf8");
    expect(`${generateChains(BUNDLED_SEED).join("\n")}\n` === chains).toBe(true);
    expect(Buffer.byteLength(chains)).toBeLessThan(1_000_000);
    const lines = chains
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map(({ underlying }) => underlying)).toEqual(["I:SPX", "I:NDX", "SPY", "QQQ", "IWM"]);
    const last = frames.at(-1)?.receivedAtMs ?? 0;
    for (const { ts, payload } of lines) {
      expect(last - ts * 1_000).toBeGreaterThan(0);
      expect(last - ts * 1_000).toBeLessThan(15_000);
      expect(JSON.parse(payload).results.length).toBeGreaterThan(50);
    }
  });

  it("has 2,400 lines in 3 MB, received in order within eight minutes or so", () => {
    expect(frames.length).toBe(2_400);
    expect(Buffer.byteLength(file)).toBeLessThan(3_000_000);
    const times = frames.map(({ receivedAtMs }) => receivedAtMs);
    expect(times).toEqual([...times].sort((left, right) => left - right));
    const [first = 0] = times;
    expect(new Date(first).toISOString().slice(0, 19)).toBe("2025-12-22T21:03:30");
    expect(((times.at(-1) ?? 0) - first) / 60_000).toBeGreaterThan(7);
    expect(((times.at(-1) ?? 0) - first) / 60_000).toBeLessThan(10);
  });

  it("holds the print that started it all, verbatim, inside the quote of its contract", () => {
    const place = frames.findIndex(({ payload }) => payload.includes(SAMPLE));
    expect(place).toBeGreaterThan(0);
    const quote = rows.findLast(
      ({ event, frame }) => event.ev === "Q" && event.sym === "O:SPXW251223P06870000" && frame < place,
    )?.event;
    expect(quote?.bp).toBeLessThan(7.7);
    expect(quote?.ap).toBeGreaterThan(7.7);
  });

  it("has one trade to about three quotes, the quotes of a few hundred contracts", () => {
    const ratio = (rows.length - trades.length) / trades.length;
    expect(ratio).toBeGreaterThan(2.7);
    expect(ratio).toBeLessThan(3.3);
    const quoted = new Set(rows.filter(({ event }) => event.ev === "Q").map(({ event }) => event.sym));
    expect(quoted.size).toBeGreaterThan(200);
    expect(quoted.size).toBeLessThan(300);
    const confirmed = frames.flatMap(({ events = [] }) => events.map(({ message }) => message));
    for (const sym of quoted) expect(confirmed).toContain(`subscribed to: Q.${sym}`);
  });

  it("has frames of one event and frames of dozens", () => {
    const sizes = frames.flatMap(({ events }) => (events === undefined ? [] : [events.length]));
    expect(Math.min(...sizes)).toBe(1);
    expect(Math.max(...sizes)).toBeGreaterThan(40);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(100);
  });

  it("trades SPX, NDX and the funds, on a third Friday under both roots of SPX", () => {
    const roots = new Set(trades.map(({ event }) => /^O:([A-Z]+)/.exec(event.sym ?? "")?.[1]));
    expect([...roots].sort()).toEqual(
      ["IWM", "NDX", "NDXP", "QQQ", "SPX", "SPXW", "SPY"].filter((root) => roots.has(root)),
    );
    for (const root of ["NDXP", "SPX", "SPXW", "SPY", "QQQ", "IWM"]) expect(roots).toContain(root);
    const thirdFriday = trades.filter(({ event }) => placeOf(event.sym ?? "").join(" ") === "SPX 2026-01-16");
    for (const root of ["O:SPX2", "O:SPXW2"]) {
      expect(thirdFriday.filter(({ event }) => event.sym?.startsWith(root)).length).toBeGreaterThan(5);
    }
    const expirations = new Set(trades.map(({ event }) => placeOf(event.sym ?? "")[1]));
    expect(expirations.size).toBeGreaterThanOrEqual(8);
  });

  it("opens two connections as the provider does, one after seconds of silence", () => {
    const opened = frames.flatMap((frame, place) => (statusesOf(frame).includes("connected") ? [place] : []));
    expect(opened).toHaveLength(2);
    for (const place of opened) {
      expect(frames[place]?.payload).toBe('[{"ev":"status","status":"connected","message":"Connected Successfully"}]');
      expect(frames[place + 1]?.payload).toBe('[{"ev":"status","status":"auth_success","message":"authenticated"}]');
      expect(frames[place + 2]?.payload).toContain('"subscribed to: T.*"');
    }
    const [, second = 0] = opened;
    const silenceMs = (frames[second]?.receivedAtMs ?? 0) - (frames[second - 1]?.receivedAtMs ?? 0);
    expect(silenceMs).toBeGreaterThan(2_000);
    expect(silenceMs).toBeLessThan(10_000);
  });

  it("mixes statuses into frames of data", () => {
    const mixed = frames.filter(({ events = [] }) => events.some(isStatus) && !events.every(isStatus));
    expect(mixed.length).toBeGreaterThan(3);
  });

  it("repeats 20 to 60 prints of just before the cut, some of them in both copies, one in one of two", () => {
    const second = frames.findLastIndex((frame) => statusesOf(frame).includes("connected"));
    const cutAtMs = frames[second - 1]?.receivedAtMs ?? 0;
    const before = new Map<string, number>();
    const after = new Map<string, number>();
    for (const { event, frame } of trades) {
      const copies = frame < second ? before : after;
      const text = JSON.stringify(event);
      copies.set(text, (copies.get(text) ?? 0) + 1);
    }
    const repeated = [...after].filter(([text]) => before.has(text));
    const copies = repeated.reduce((sum, [, count]) => sum + count, 0);
    expect(copies).toBeGreaterThanOrEqual(20);
    expect(copies).toBeLessThanOrEqual(60);
    expect(copies).toBe(truth.duplicates);
    for (const [text] of repeated) {
      expect(cutAtMs - ((JSON.parse(text) as WireEvent).t ?? 0)).toBeLessThan(60_000);
    }
    const multiplicities = repeated.map(([text, count]) => `${before.get(text)} before, ${count} after`);
    expect(multiplicities).toContain("2 before, 2 after");
    expect(multiplicities.filter((text) => text === "2 before, 1 after")).toHaveLength(1);
  });

  it("splits fills of one millisecond over two frames", () => {
    let splits = 0;
    for (const [index, { event, frame }] of trades.entries()) {
      const next = trades[index + 1];
      if (next?.frame === frame + 1 && next.event.sym === event.sym && next.event.t === event.t) splits += 1;
    }
    expect(splits).toBeGreaterThan(10);
    expect(truth.splitOrders).toBeGreaterThanOrEqual(splits / 2);
  });

  it("has late rows, late reports, cancels, legs of packages and equal prints", () => {
    expect(truth.lateRows.trades - truth.duplicates - truth.lateReports).toBeGreaterThan(3);
    expect(truth.lateRows.quotes).toBeGreaterThan(0);
    expect(trades.filter(({ event }) => isLateReport(event)).length).toBeGreaterThan(5);
    expect(trades.filter(({ event }) => isCancel(event)).length).toBeGreaterThan(8);
    expect(truth.cancels.matched).toBeGreaterThan(8);
    expect(truth.cancels.unmatched).toBe(2);
    expect(trades.filter(({ event }) => isMultiLeg(event)).length).toBeGreaterThan(200);
    expect(truth.equalPrints).toBeGreaterThan(5);
  });

  it("cancels within a minute of the print", () => {
    for (const { event: cancel, frame } of trades.filter(({ event }) => isCancel(event))) {
      const original = trades.findLast(
        ({ event, frame: earlier }) =>
          earlier <= frame &&
          !isCancel(event) &&
          event.sym === cancel.sym &&
          event.p === cancel.p &&
          event.s === cancel.s &&
          event.x === cancel.x &&
          (event.t ?? 0) < (cancel.t ?? 0),
      )?.event;
      if (original !== undefined) expect((cancel.t ?? 0) - (original.t ?? 0)).toBeLessThan(60_000);
    }
  });

  it("has each kind of malformed frame and event, and event types without rows, once", () => {
    expect(truth.malformed).toEqual({
      frames: { truncated: 1, notJson: 1 },
      events: { stringPrice: 1, negativeSize: 1, impossibleDate: 1, farFuture: 1 },
    });
    expect(truth.other).toEqual({ AM: 1, FMV: 1 });
    expect(file).toMatch(/\\"ev\\":\\"FMV\\".{0,60}\\"t\\":\d{19}\}/);
  });

  it("spells a few events in other ways: fields in another order, sizes as 12.0, prints without conditions", () => {
    const usual = /^\{"ev":"(T","sym":"[^"]+","x":\d+,"p":[\d.]+,"s":\d+,("c":\[\d+\],)?"t"|Q","sym":"[^"]+","bx":)/;
    const texts = frames.flatMap(({ payload, events }) =>
      events === undefined ? [] : (payload.match(/\{[^}]*\}/g) ?? []),
    );
    const unusual = texts.filter((text) => /"ev":"[TQ]"/.test(text) && !usual.test(text));
    expect(unusual.length).toBeGreaterThan(10);
    expect(unusual.length).toBeLessThan(0.01 * rows.length);
    expect(unusual.some((text) => /"s":\d+\.0[,}]/.test(text))).toBe(true);
    expect(trades.some(({ event }) => event.c === undefined && event.q !== undefined)).toBe(true);
  });

  it("carries increasing sequence numbers per contract on rows that are not late", () => {
    const last = new Map<string, number>();
    let highestMs = 0;
    let compared = 0;
    for (const { event } of rows) {
      const { sym = "", q, t = 0 } = event;
      const isLate = t < highestMs;
      highestMs = Math.max(highestMs, t);
      if (isLate || q === undefined) continue;
      const before = last.get(sym);
      if (before !== undefined && q < before) expect.unreachable(`${sym}: ${q} after ${before}`);
      if (before !== undefined) compared += 1;
      last.set(sym, q);
    }
    expect(compared).toBeGreaterThan(5_000);
  });

  it("agrees with an independent recount in every figure of the truth file", () => {
    const { seed: _seed, splitOrders: _splits, ...known } = truth;
    expect(recount(frames)).toEqual(known);
  });

  it("would not agree if a single print were missing, doubled or changed", () => {
    const { seed: _seed, splitOrders: _splits, ...known } = truth;
    const { frame: place } = trades[Math.floor(trades.length / 3)] ?? { frame: 0 };
    const frame = frames[place];
    if (frame?.events === undefined) throw new Error("the frame must be readable");
    const { events } = frame;
    const at = events.findIndex(({ ev }) => ev === "T");
    const print = events[at];
    if (print === undefined) throw new Error("the frame must have a print");
    for (const changed of [
      events.toSpliced(at, 1),
      events.toSpliced(at, 0, print),
      events.toSpliced(at, 1, { ...print, p: Number(print.p) + 0.01 }),
    ]) {
      expect(recount(frames.toSpliced(place, 1, { ...frame, events: changed }))).not.toEqual(known);
    }
  });
});

describe("generateCapture", () => {
  it("makes other captures for other seeds, each in agreement with a recount", () => {
    // In 22 a cancel arrives whose print fell into the outage, while another print looks just like it.
    for (const seed of [22, -7]) {
      const { lines, truth: made } = generateCapture({ seed });
      const text = `${lines.join("\n")}\n`;
      expect(text === file).toBe(false);
      const { seed: known, splitOrders: _splits, ...figures } = made;
      expect(known).toBe(seed);
      expect(recount(readCapture(text))).toEqual(figures);
    }
  });

  it("goes on where a shorter capture ends", () => {
    const { lines } = generateCapture({ frames: 3_000 });
    expect(lines).toHaveLength(3_000);
    expect(`${lines.slice(0, 2_400).join("\n")}\n` === file).toBe(true);
  });

  it("refuses too few frames and seeds that are none", () => {
    expect(() => generateCapture({ frames: 2_399 })).toThrow(
      new RangeError("Cannot generate a capture: 'frames' must be an integer >= 2400, current value is 2399"),
    );
    expect(() => generateCapture({ frames: Number.NaN })).toThrow(RangeError);
    expect(() => generateCapture({ seed: 0.5 })).toThrow(RangeError);
  });
});
