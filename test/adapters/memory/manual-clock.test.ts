import { describe, expect, it } from "vitest";
import { ManualClock } from "../../../src/adapters/memory/index.ts";

/** A signal that counts its listeners. */
function countedSignal() {
  const controller = new AbortController();
  const { signal } = controller;
  let listeners = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners += 1;
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners -= 1;
    remove(...args);
  };
  return { controller, signal, listeners: () => listeners };
}

describe("ManualClock", () => {
  it("stands still until it is advanced", async () => {
    const clock = new ManualClock(5_000);
    expect([clock.now(), clock.monotonic()]).toEqual([5_000, 0]);
    await clock.advance(250.5);
    expect([clock.now(), clock.monotonic()]).toEqual([5_250.5, 250.5]);
  });

  it("wakes a sleeper at its time and not a millisecond earlier", async () => {
    const clock = new ManualClock();
    let awake = false;
    const slept = clock.sleep(100).then(() => {
      awake = true;
    });
    await clock.advance(99);
    expect(awake).toBe(false);
    expect(clock.pendingSleepers).toBe(1);
    await clock.advance(1);
    await slept;
    expect(awake).toBe(true);
    expect(clock.pendingSleepers).toBe(0);
  });

  it("wakes sleepers in the order of their times, then of their going to sleep, each at its own time", async () => {
    const clock = new ManualClock(0);
    const woken: string[] = [];
    const sleeper = async (name: string, ms: number): Promise<void> => {
      await clock.sleep(ms);
      woken.push(`${name}@${clock.now()}`);
    };
    const all = [sleeper("late", 30), sleeper("early", 10), sleeper("middle", 20), sleeper("early too", 10)];
    await clock.advance(30);
    await Promise.all(all);
    expect(woken).toEqual(["early@10", "early too@10", "middle@20", "late@30"]);
  });

  it("stops for whoever goes to sleep again on the way", async () => {
    const clock = new ManualClock(0);
    const ticks: number[] = [];
    const stop = new AbortController();
    const loop = (async () => {
      while (!stop.signal.aborted) {
        await clock.sleep(10, stop.signal);
        for (let hop = 0; hop < 200; hop++) await Promise.resolve();
        if (!stop.signal.aborted) ticks.push(clock.now());
      }
    })();
    await clock.advance(45);
    expect(ticks).toEqual([10, 20, 30, 40]);
    stop.abort();
    await loop;
    expect(clock.pendingSleepers).toBe(0);
  });

  it("carries out overlapping advances one after the other", async () => {
    const clock = new ManualClock(0);
    const woken: number[] = [];
    const slept = clock.sleep(15).then(() => woken.push(clock.now()));
    await Promise.all([clock.advance(10), clock.advance(10)]);
    await slept;
    expect(woken).toEqual([15]);
    expect(clock.now()).toBe(20);
  });

  it("lets everything that is ready happen in an advance of 0", async () => {
    const clock = new ManualClock();
    let done = false;
    void (async () => {
      for (let hop = 0; hop < 500; hop++) await Promise.resolve();
      done = true;
    })();
    await clock.advance(0);
    expect(done).toBe(true);
  });

  it("ends a sleep when its signal aborts, and leaves neither sleeper nor listener behind", async () => {
    const clock = new ManualClock();
    const { controller, signal, listeners } = countedSignal();
    const aborted = clock.sleep(1_000, signal);
    const slept = clock.sleep(10, signal);
    expect(listeners()).toBe(2);
    await clock.advance(10);
    await slept;
    expect(listeners()).toBe(1);
    controller.abort();
    await aborted;
    expect(clock.pendingSleepers).toBe(0);
    expect(listeners()).toBe(0);
  });

  it("does not sleep at all for 0 or less, for no number, or where the signal has aborted", async () => {
    const clock = new ManualClock();
    for (const ms of [0, -1, Number.NaN]) await clock.sleep(ms);
    await clock.sleep(1_000, AbortSignal.abort());
    expect(clock.pendingSleepers).toBe(0);
  });

  it("sleeps forever where it is told to, until the abort", async () => {
    const clock = new ManualClock();
    const stop = new AbortController();
    const slept = clock.sleep(Number.POSITIVE_INFINITY, stop.signal);
    await clock.advance(1e12);
    expect(clock.pendingSleepers).toBe(1);
    stop.abort();
    await slept;
  });

  it("steps its wall clock back without moving the other or waking anybody", async () => {
    const clock = new ManualClock(1_000);
    void clock.sleep(5);
    clock.stepWall(-400);
    clock.stepWall(+10);
    expect([clock.now(), clock.monotonic(), clock.pendingSleepers]).toEqual([610, 0, 1]);
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])("refuses to advance by %s", async (ms) => {
    await expect(new ManualClock().advance(ms)).rejects.toThrow(
      new RangeError(`Cannot advance a clock: 'ms' must be finite and at least 0, current value is ${ms}`),
    );
  });
});

it("lets a time pass that is shorter than it can tell apart", async () => {
  for (const startMs of [0, 2_312.75, 1e12]) {
    const clock = new ManualClock();
    await clock.advance(startMs);
    let turns = 0;
    const slept = (async () => {
      for (; clock.monotonic() === startMs; turns++) await clock.sleep(1e-20);
    })();
    await clock.advance(1);
    await slept;
    expect(turns).toBe(1);
  }
});
