import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SYSTEM_CLOCK } from "../../../src/adapters/system/clock.ts";

describe("SYSTEM_CLOCK", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"], now: 1_766_437_799_445 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("tells the time of the wall clock and of the performance clock", () => {
    const before = SYSTEM_CLOCK.monotonic();
    expect(SYSTEM_CLOCK.now()).toBe(1_766_437_799_445);
    vi.advanceTimersByTime(250);
    expect(SYSTEM_CLOCK.now()).toBe(1_766_437_799_695);
    expect(SYSTEM_CLOCK.monotonic() - before).toBe(250);
  });

  it("does not let its monotonic time step back with the wall clock", () => {
    const before = SYSTEM_CLOCK.monotonic();
    vi.setSystemTime(1_000);
    expect(SYSTEM_CLOCK.now()).toBe(1_000);
    expect(SYSTEM_CLOCK.monotonic()).toBeGreaterThanOrEqual(before);
  });

  it("sleeps as long as it is told, and leaves no timer behind", async () => {
    let awake = false;
    const slept = SYSTEM_CLOCK.sleep(100).then(() => {
      awake = true;
    });
    await vi.advanceTimersByTimeAsync(99);
    expect(awake).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await slept;
    expect(awake).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("does not sleep at all for 0 or less, for no number, or where the signal has aborted", async () => {
    for (const ms of [0, -1, Number.NaN]) await SYSTEM_CLOCK.sleep(ms);
    await SYSTEM_CLOCK.sleep(100, AbortSignal.abort());
    expect(vi.getTimerCount()).toBe(0);
  });

  it("ends a sleep early when its signal aborts, and leaves neither timer nor listener behind", async () => {
    const controller = new AbortController();
    const removed = vi.spyOn(controller.signal, "removeEventListener");
    const slept = SYSTEM_CLOCK.sleep(100, controller.signal);
    await vi.advanceTimersByTimeAsync(10);
    controller.abort();
    await slept;
    expect(vi.getTimerCount()).toBe(0);
    expect(removed).toHaveBeenCalledTimes(1);
  });

  it("takes its listener away after a sleep that nobody ended", async () => {
    const controller = new AbortController();
    const added = vi.spyOn(controller.signal, "addEventListener");
    const removed = vi.spyOn(controller.signal, "removeEventListener");
    const slept = SYSTEM_CLOCK.sleep(10, controller.signal);
    await vi.advanceTimersByTimeAsync(10);
    await slept;
    expect(removed.mock.calls[0]?.[1]).toBe(added.mock.calls[0]?.[1]);
  });

  it("sleeps longer than one timer can, in parts", async () => {
    let awake = false;
    const days = 60 * 86_400_000;
    const slept = SYSTEM_CLOCK.sleep(days).then(() => {
      awake = true;
    });
    await vi.advanceTimersByTimeAsync(days - 1);
    expect(awake).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await slept;
    expect(awake).toBe(true);
  });

  it("sleeps on where a timer fires early", async () => {
    let awake = false;
    const slept = SYSTEM_CLOCK.sleep(10).then(() => {
      awake = true;
    });
    const early = vi.spyOn(performance, "now").mockReturnValue(performance.now() + 9.5);
    await vi.advanceTimersByTimeAsync(10);
    expect(awake).toBe(false);
    early.mockRestore();
    await vi.advanceTimersByTimeAsync(1);
    await slept;
    expect(awake).toBe(true);
  });
});
