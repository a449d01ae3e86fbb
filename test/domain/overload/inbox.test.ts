import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countEvents, eventsIn, type FrameContent, isQuotesOnly } from "../../../src/domain/overload/frame-content.ts";
import { Inbox, type InboxItem, type InboxLimits, type ReceivedFrame } from "../../../src/domain/overload/inbox.ts";
import { quoteEvent, SAMPLE_MS, tradeEvent } from "../../support/entries.ts";

const LIMITS: InboxLimits = { stalenessMs: 200, maxEvents: 1_000_000, maxBytes: 1_000_000 };

const PAYLOADS = {
  trades: (count: number) => JSON.stringify(Array.from({ length: count }, () => tradeEvent(SAMPLE_MS))),
  quotes: (count: number) => JSON.stringify(Array.from({ length: count }, () => quoteEvent(SAMPLE_MS))),
  mixed: (count: number) => JSON.stringify([tradeEvent(SAMPLE_MS), ...new Array(count).fill(quoteEvent(SAMPLE_MS))]),
  status: () => '[{"ev":"status","status":"success","message":"subscribed to: T.*"}]',
  broken: () => "no JSON",
};

type Kind = keyof typeof PAYLOADS;

/** An inbox and a list of what it gave up. */
function inboxOf(limits: Partial<InboxLimits> = {}) {
  const shed: ReceivedFrame[] = [];
  const inbox = new Inbox<string>({ ...LIMITS, ...limits }, (frame, content) => {
    expect(content).toEqual(countEvents(frame.payload));
    shed.push(frame);
  });
  const push = (kind: Kind, receivedMs = 0, count = 1): ReceivedFrame => {
    const frame = { epoch: 1, receivedAtMs: SAMPLE_MS, receivedMs, payload: PAYLOADS[kind](count) };
    inbox.pushFrame(frame);
    return frame;
  };
  return { inbox, shed, push };
}

function drained<Event>(inbox: Inbox<Event>): InboxItem<Event>[] {
  const items: InboxItem<Event>[] = [];
  for (let item = inbox.shift(); item !== undefined; item = inbox.shift()) items.push(item);
  return items;
}

function framesOf<Event>(items: readonly InboxItem<Event>[]): ReceivedFrame[] {
  return items.flatMap((item) => (item.kind === "frame" ? [item.frame] : []));
}

const bytesIn = (frames: readonly ReceivedFrame[]) => frames.reduce((sum, { payload }) => sum + payload.length, 0);
const known = new Map<string, FrameContent>();
const contents = (frames: readonly ReceivedFrame[]): FrameContent[] =>
  frames.map(({ payload }) => {
    const content = known.get(payload) ?? countEvents(payload);
    known.set(payload, content);
    return content;
  });
const eventsOf = (frames: readonly ReceivedFrame[]) =>
  contents(frames).reduce((sum, content) => sum + eventsIn(content), 0);

describe("Inbox", () => {
  it("hands out frames and events in the order in which they came", () => {
    const { inbox, push } = inboxOf();
    expect([inbox.shift(), inbox.length, inbox.ageMs(9)]).toEqual([undefined, 0, 0]);
    inbox.pushEvent("opened", SAMPLE_MS + 1, 1);
    const frame = push("trades", 2);
    inbox.pushEvent("closed", SAMPLE_MS + 3, 3);
    expect([inbox.length, inbox.bytes, inbox.events, inbox.ageMs(10)]).toEqual([3, frame.payload.length, 1, 8]);
    expect(drained(inbox)).toMatchObject([
      { kind: "event", event: "opened", atMs: SAMPLE_MS + 1, nowMs: 1 },
      { kind: "frame", frame },
      { kind: "event", event: "closed", atMs: SAMPLE_MS + 3, nowMs: 3 },
    ]);
    expect([inbox.length, inbox.bytes, inbox.events, inbox.ageMs(10)]).toEqual([0, 0, 0, 0]);
  });

  it.each([
    [199, false],
    [200, true],
    [201, true],
  ])("with a frame of %d ms left after a round gives up quotes: %s", (ageMs, sheds) => {
    const { inbox, shed, push } = inboxOf();
    const trades = push("trades", 0);
    const quotes = push("quotes", 0);
    const mixed = push("mixed", 0);
    inbox.judge(ageMs, 0);
    expect(inbox.isShedding).toBe(sheds);
    expect(shed).toEqual(sheds ? [quotes] : []);
    const later = push("quotes", ageMs);
    expect(shed).toEqual(sheds ? [quotes, later] : []);
    expect(framesOf(drained(inbox))).toEqual(sheds ? [trades, mixed] : [trades, quotes, mixed, later]);
  });

  it.each([
    [299, 0],
    [300, 4],
    [301, 4],
  ])("with a frame of %d ms left gives up %d frames of trades: down to 100 ms", (nowMs, expected) => {
    const { inbox, shed, push } = inboxOf();
    const frames = [0, 50, 100, 199, 201, 299].map((atMs) => push("trades", atMs));
    inbox.judge(nowMs, 0);
    expect(shed).toEqual(frames.slice(0, expected));
    expect(framesOf(drained(inbox))).toEqual(frames.slice(expected));
  });

  it("is not done with shedding quotes before the load is down to a sixth", () => {
    const { inbox, shed, push } = inboxOf();
    push("trades", 0);
    inbox.judge(200, 0);
    push("trades", 149);
    inbox.shift();
    inbox.judge(200, 0);
    expect(inbox.isShedding).toBe(true);
    push("quotes", 200);
    expect(shed).toHaveLength(1);
    inbox.judge(199, 0);
    expect(inbox.isShedding).toBe(false);
    push("quotes", 200);
    expect(shed).toHaveLength(1);
  });

  it.each([
    [199, false],
    [200, true],
    [1e9, true],
  ])("with receipts that lag by %d ms gives up quotes: %s, but never trades", (lagMs, sheds) => {
    const { inbox, shed, push } = inboxOf();
    push("quotes", 0);
    push("trades", 0);
    inbox.judge(1, lagMs);
    expect(shed).toHaveLength(sheds ? 1 : 0);
    expect(inbox.length).toBe(sheds ? 1 : 2);
  });

  it("gives up quotes first when much comes at once, before anybody could judge", () => {
    const { payload } = inboxOf().push("trades");
    const { inbox, shed, push } = inboxOf({ maxBytes: payload.length * 30 });
    const trades: ReceivedFrame[] = [];
    for (let round = 0; round < 14; round++) {
      trades.push(push("trades", round));
      push("quotes", round);
    }
    expect(inbox.isShedding).toBe(true);
    expect(contents(shed).every(isQuotesOnly)).toBe(true);
    expect(framesOf(drained(inbox)).filter((frame) => trades.includes(frame))).toEqual(trades);
  });

  it("at the bound in bytes gives up the oldest, down to a third", () => {
    const { payload } = inboxOf().push("trades");
    const { inbox, shed, push } = inboxOf({ maxBytes: payload.length * 30 });
    const frames = Array.from({ length: 29 }, (_, index) => push("trades", index));
    expect(shed).toEqual([]);
    frames.push(push("trades", 29));
    expect(shed).toEqual(frames.slice(0, 20));
    expect(framesOf(drained(inbox))).toEqual(frames.slice(20));
  });

  it("at the bound in events gives up the oldest, down to a third", () => {
    const { inbox, shed, push } = inboxOf({ maxEvents: 300 });
    const frames = Array.from({ length: 29 }, (_, index) => push("trades", index, 10));
    expect([shed, inbox.events]).toEqual([[], 290]);
    frames.push(push("trades", 29, 10));
    expect([shed, inbox.events]).toEqual([frames.slice(0, 20), 100]);
  });

  it("knows how many of the shortest events fit into a text", () => {
    const shortest = `[${new Array(100).fill('{"ev":"V","T":"I:X","val":1,"t":1766437200000}').join()}]`;
    const quotes = `[${new Array(100).fill('{"ev":"Q","sym":"F","t":1766437200000}').join()}]`;
    for (const payload of [shortest, quotes]) {
      const { inbox, shed } = inboxOf({ maxEvents: 150 });
      for (const receivedMs of [0, 1]) inbox.pushFrame({ epoch: 1, receivedAtMs: SAMPLE_MS, receivedMs, payload });
      expect(shed.length).toBeGreaterThan(0);
      expect(inbox.events).toBeLessThan(150);
    }
  });

  it("never gives up a status, nor what is no frame", () => {
    const { inbox, shed, push } = inboxOf({ maxBytes: 1_000 });
    const kept: ReceivedFrame[] = [];
    for (let round = 0; round < 50; round++) {
      kept.push(push("status", round));
      inbox.pushEvent(`event ${round}`, SAMPLE_MS, round);
      push("trades", round);
      push("broken", round);
    }
    inbox.judge(1e9, 1e9);
    expect(shed).toHaveLength(100);
    const items = drained(inbox);
    expect(framesOf(items)).toEqual(kept);
    expect(items.flatMap((item) => (item.kind === "event" ? [item.event] : []))).toHaveLength(50);
  });

  it("loses nothing that is pushed by who hears of a loss", () => {
    const inbox: Inbox<string> = new Inbox({ ...LIMITS, maxBytes: 1_000 }, () =>
      inbox.pushEvent("heard", SAMPLE_MS, 0),
    );
    for (let round = 0; round < 100; round++) {
      inbox.pushFrame({ epoch: 1, receivedAtMs: SAMPLE_MS, receivedMs: round, payload: PAYLOADS.trades(1) });
    }
    const items = drained(inbox);
    expect(items.filter(({ kind }) => kind === "event")).toHaveLength(100 - framesOf(items).length);
  });
});

type Command =
  | { readonly kind: "frame"; readonly of: Kind; readonly count: number }
  | { readonly kind: "event" | "shift" }
  | { readonly kind: "judge"; readonly lagMs: number }
  | { readonly kind: "wait"; readonly ms: number };

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("frame" as const),
      of: fc.constantFrom<Kind>("trades", "trades", "quotes", "quotes", "quotes", "mixed", "status", "broken"),
      count: fc.integer({ min: 1, max: 12 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("event" as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom("shift" as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("judge" as const), lagMs: fc.constantFrom(0, 0, 0, 40, 250) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: 0, max: 120 }) }) },
);

describe("Inbox under any sequence of pushes, rounds and waits", () => {
  it("accounts for every event and byte, keeps the order and the bounds, gives up quotes first, and statuses never", () => {
    const limits = fc.record({
      stalenessMs: fc.constant(200),
      maxEvents: fc.integer({ min: 20, max: 200 }),
      maxBytes: fc.integer({ min: 2_000, max: 30_000 }),
    });
    fc.assert(
      fc.property(limits, fc.array(command, { maxLength: 250, size: "max" }), (limits, commands) => {
        const pushed: (ReceivedFrame | string)[] = [];
        const shed: ReceivedFrame[] = [];
        const shifted: (ReceivedFrame | string)[] = [];
        const inbox = new Inbox<string>(limits, (frame) => shed.push(frame));
        const waiting = (): ReceivedFrame[] => {
          const gone = new Set<unknown>([...shifted, ...shed]);
          return pushed.filter((item) => typeof item !== "string" && !gone.has(item)) as ReceivedFrame[];
        };
        const isStatus = ({ payload }: ReceivedFrame) => payload.includes("status");
        let nowMs = 0;
        for (const [index, step] of commands.entries()) {
          const shedBefore = shed.length;
          const before = waiting();
          let latest: ReceivedFrame | undefined;
          if (step.kind === "wait") nowMs += step.ms;
          else if (step.kind === "event") {
            pushed.push(`${index}`);
            inbox.pushEvent(`${index}`, SAMPLE_MS, nowMs);
          } else if (step.kind === "frame") {
            latest = { epoch: 1, receivedAtMs: SAMPLE_MS, receivedMs: nowMs, payload: PAYLOADS[step.of](step.count) };
            pushed.push(latest);
            inbox.pushFrame(latest);
          } else if (step.kind === "judge") inbox.judge(nowMs, step.lagMs);
          else {
            const item = inbox.shift();
            if (item !== undefined) shifted.push(item.kind === "frame" ? item.frame : item.event);
          }

          const left = waiting();
          expect([inbox.events, inbox.bytes]).toEqual([eventsOf(left), bytesIn(left)]);
          const bounded = left.filter((frame) => !isStatus(frame));
          if (bounded.length > 0) {
            expect(inbox.events).toBeLessThan(limits.maxEvents);
            expect(inbox.bytes).toBeLessThan(limits.maxBytes);
          }
          if (step.kind === "judge") {
            const oldestMs = bounded[0]?.receivedMs ?? nowMs;
            expect(nowMs - oldestMs).toBeLessThan(300);
            if (inbox.isShedding) expect(contents(left).some(isQuotesOnly)).toBe(false);
          }
          const given = shed.slice(shedBefore);
          expect(given.some(isStatus)).toBe(false);
          if (contents(given).every(isQuotesOnly)) continue;
          // Something but quotes was given up: it was at a bound, and no quotes were kept instead.
          expect(contents(waiting()).some(isQuotesOnly)).toBe(false);
          const all = latest === undefined ? before : [...before, latest];
          const ageMs = nowMs - (all[0]?.receivedMs ?? nowMs);
          expect(eventsOf(all) >= limits.maxEvents || bytesIn(all) >= limits.maxBytes || ageMs >= 300).toBe(true);
        }
        for (const item of drained(inbox)) shifted.push(item.kind === "frame" ? item.frame : item.event);
        const lost = new Set<unknown>(shed);
        expect(lost.size).toBe(shed.length);
        expect(shifted).toEqual(pushed.filter((item) => !lost.has(item)));
      }),
      { numRuns: 100 },
    );
  });
});
