import { describe, expect, it } from "vitest";
import { ManualClock } from "../../../src/adapters/memory/index.ts";
import type { InboxLimits } from "../../../src/domain/overload/inbox.ts";
import { TurnLoop, type TurnOptions } from "../../../src/workers/source/turn-loop.ts";
import { quoteEvent, SAMPLE_MS, tradeEvent } from "../../support/entries.ts";

const LIMITS: InboxLimits = { stalenessMs: 200, maxEvents: 100_000, maxBytes: 10_000_000 };
const TRADE = JSON.stringify([tradeEvent(SAMPLE_MS)]);
const QUOTE = JSON.stringify([quoteEvent(SAMPLE_MS)]);

function loopOf(turn: Partial<TurnOptions> = {}, limits: Partial<InboxLimits> = {}) {
  const clock = new ManualClock();
  const startMs = clock.now();
  const log: string[] = [];
  const shed: string[] = [];
  const state = {
    lagMs: 0,
    isEnded: false,
    onFrame: (_: string): void => undefined,
    onEvent: (_: string): void => undefined,
  };
  const at = () => clock.now() - startMs;
  const loop = new TurnLoop<string>(
    { ...LIMITS, ...limits },
    { lingerMs: 2, maxFrames: 512, maxMs: 5, ...turn },
    clock,
    {
      event: (event) => {
        log.push(`${event} at ${at()}`);
        if (event === "end") state.isEnded = true;
        state.onEvent(event);
      },
      frame: ({ payload, epoch }) => {
        log.push(`frame ${epoch} at ${at()}`);
        state.onFrame(payload);
      },
      clockStepped: () => void log.push("stepped"),
      endTurn: () => {
        log.push("turn");
        return state.lagMs;
      },
    },
    ({ epoch }) => shed.push(`${epoch}`),
  );
  const running = loop.run(() => state.isEnded);
  const finish = async (): Promise<void> => {
    loop.happened("end");
    while (!state.isEnded) await clock.advance(1);
    await running;
    expect(clock.pendingSleepers).toBe(0);
  };
  return { clock, loop, log, shed, state, running, finish };
}

describe("TurnLoop", () => {
  it("lets the first frame wait for company, for as long as it lingers", async () => {
    const { clock, loop, log, finish } = loopOf();
    await clock.advance(10);
    loop.received(1, TRADE);
    await clock.advance(1);
    loop.received(2, TRADE);
    await clock.advance(0.5);
    expect(log).toEqual([]);
    await clock.advance(0.5);
    expect(log).toEqual(["frame 1 at 12", "frame 2 at 12", "turn"]);
    await clock.advance(10);
    expect(log).toHaveLength(3);
    await finish();
  });

  it("does not let an event wait, nor what stands before it", async () => {
    const { clock, loop, log, finish } = loopOf();
    await clock.advance(10);
    loop.received(1, TRADE);
    await clock.advance(1);
    loop.happened("closed");
    await clock.advance(0);
    expect(log).toEqual(["frame 1 at 11", "closed at 11", "turn"]);
    loop.happened("opened");
    await clock.advance(0);
    expect(log.slice(3)).toEqual(["opened at 11", "turn"]);
    await finish();
  });

  it.each([
    [3, ["frame 1 at 2", "frame 2 at 2", "frame 3 at 2", "turn"]],
    [4, ["frame 1 at 2", "frame 2 at 2", "frame 3 at 2", "turn", "frame 4 at 3", "turn"]],
  ])(
    "takes 3 frames of %d in a turn, and what is left after a pause, without lingering again",
    async (count, expected) => {
      const { clock, loop, log, finish } = loopOf({ maxFrames: 3 });
      await clock.advance(0);
      for (let frame = 1; frame <= count; frame++) loop.received(frame, TRADE);
      await clock.advance(20);
      expect(log).toEqual(expected);
      await finish();
    },
  );

  it("ends a turn that takes too long, after so many frames that looking at the clock is cheap", async () => {
    const { clock, loop, log, state, finish } = loopOf();
    let spentMs = 0;
    const monotonic = clock.monotonic.bind(clock);
    clock.monotonic = () => monotonic() + spentMs;
    state.onFrame = () => {
      spentMs += 1;
    };
    await clock.advance(0);
    for (let frame = 0; frame < 40; frame++) loop.received(frame, TRADE);
    await clock.advance(2);
    expect(log.indexOf("turn")).toBe(16);
    await clock.advance(10);
    expect(log.filter((line) => line === "turn")).toHaveLength(3);
    await finish();
  });

  it("processes what happens while it processes, in the same turn", async () => {
    const { clock, loop, log, state, finish } = loopOf();
    state.onFrame = () => loop.happened("seen");
    await clock.advance(0);
    loop.received(1, TRADE);
    await clock.advance(2);
    expect(log).toEqual(["frame 1 at 2", "seen at 2", "turn"]);
    await finish();
  });

  it("sheds quotes that it cannot digest, and tells how it stands", async () => {
    const { clock, loop, log, shed, finish } = loopOf({ maxFrames: 1 });
    await clock.advance(0);
    for (let ms = 0; ms < 400; ms++) {
      for (let frame = 0; frame < 2; frame++) loop.received(ms, TRADE);
      loop.received(ms, QUOTE);
      await clock.advance(1);
    }
    expect(loop.isShedding).toBe(true);
    expect(loop.backlog.events * TRADE.length).toBe(loop.backlog.bytes);
    expect(loop.backlog.ageMs).toBeGreaterThan(0);
    expect(loop.backlog.ageMs).toBeLessThanOrEqual(300);
    const [p50 = Number.NaN, most = Number.NaN] = loop.stalenessMs(0.5, 1) ?? [];
    expect(p50).toBeLessThanOrEqual(most);
    expect(most).toBeLessThanOrEqual(300);
    const processed = log.filter((line) => line.startsWith("frame")).length;
    expect(processed + shed.length + loop.backlog.events).toBe(1_200);
    await clock.advance(1_000);
    expect(loop.isShedding).toBe(false);
    expect(loop.backlog).toEqual({ events: 0, bytes: 0, ageMs: 0 });
    await finish();
  });

  it.each([60_000, -60_000])(
    "gives nothing up because the wall clock was set by %d ms, and says that it was",
    async (stepMs) => {
      const { clock, loop, log, shed, finish } = loopOf({ maxFrames: 1 });
      await clock.advance(0);
      for (let frame = 1; frame <= 5; frame++) loop.received(frame, QUOTE);
      await clock.advance(2);
      clock.stepWall(stepMs);
      await clock.advance(1);
      expect(log.slice(0, 4).map((line) => line.split(" ")[0])).toEqual(["frame", "turn", "stepped", "frame"]);
      await clock.advance(10);
      expect([shed, loop.isShedding]).toEqual([[], false]);
      expect(log.filter((line) => line === "stepped")).toHaveLength(1);
      await finish();
    },
  );

  it("sheds for lateness only where it is behind itself", async () => {
    const { clock, loop, state, finish } = loopOf({ maxFrames: 1 });
    state.lagMs = 1_000;
    await clock.advance(0);
    loop.received(1, TRADE);
    await clock.advance(2);
    expect(loop.isShedding).toBe(false);
    loop.received(2, TRADE);
    loop.received(3, TRADE);
    await clock.advance(2);
    expect(loop.isShedding).toBe(true);
    await clock.advance(5);
    expect(loop.isShedding).toBe(false);
    await finish();
  });

  it("recovers though all that comes is shed", async () => {
    const { clock, loop, shed, state, finish } = loopOf({ maxFrames: 1 });
    state.lagMs = 1_000;
    await clock.advance(0);
    for (let frame = 0; frame < 3; frame++) loop.received(frame, TRADE);
    await clock.advance(2);
    expect(loop.isShedding).toBe(true);
    for (let frame = 10; frame < 30; frame++) {
      loop.received(frame, QUOTE);
      await clock.advance(5);
    }
    expect(shed).toEqual(["10"]);
    expect(loop.isShedding).toBe(false);
    await finish();
  });

  it("rejects with what a handler throws", async () => {
    const { clock, loop, state, running } = loopOf();
    state.onEvent = () => {
      throw new TypeError("Cannot go on: a test says so");
    };
    const failed = expect(running).rejects.toThrow(TypeError);
    loop.happened("bad");
    await clock.advance(1);
    await failed;
    expect(clock.pendingSleepers).toBe(0);
  });
});
