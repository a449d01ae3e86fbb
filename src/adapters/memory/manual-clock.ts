import type { Clock } from "../../ports/clock.ts";

interface Sleeper {
  readonly dueAt: number;
  readonly wake: () => void;
}

/**
 * A clock that stands still until it is told to move, for tests.
 *
 * @example
 * ```ts
 * const clock = new ManualClock(1_700_000_000_000);
 * const slept = clock.sleep(1_000);
 * await clock.advance(1_000);
 * await slept; // clock.now() is 1_700_000_001_000
 * ```
 */
export class ManualClock implements Clock {
  #wallMs: number;
  #monotonicMs = 0;
  readonly #sleepers = new Set<Sleeper>();
  #moving: Promise<void> = Promise.resolve();

  /** @param startMs what `now()` says at first; default 2023-11-14T22:13:20Z. */
  constructor(startMs: number = 1_700_000_000_000) {
    this.#wallMs = startMs;
  }

  now(): number {
    return this.#wallMs;
  }

  monotonic(): number {
    return this.#monotonicMs;
  }

  /** How many sleeps have not ended: 0 when nothing was left behind. */
  get pendingSleepers(): number {
    return this.#sleepers.size;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (!(ms > 0) || signal?.aborted) return;
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        this.#sleepers.delete(sleeper);
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      const sleeper: Sleeper = { dueAt: later(this.#monotonicMs, ms), wake };
      this.#sleepers.add(sleeper);
      signal?.addEventListener("abort", wake, { once: true });
    });
  }

  /**
   * Moves both times forward by `ms`. Stops at each instant at which somebody is due, wakes those in the order in which
   * they went to sleep, and goes on when all that follows from it without real time has happened: a loop that sleeps
   * 10 ms runs ten times in 100. Calls made before an earlier one has ended wait for it.
   *
   * @throws {RangeError} unless `ms` is finite and at least 0.
   */
  async advance(ms: number): Promise<void> {
    if (!Number.isFinite(ms) || ms < 0) {
      throw new RangeError(`Cannot advance a clock: 'ms' must be finite and at least 0, current value is ${ms}`);
    }
    const moved = this.#moving.then(() => this.#move(ms));
    this.#moving = moved;
    await moved;
  }

  /** Moves the wall clock alone, back too, as an operator or NTP would: nobody wakes. */
  stepWall(ms: number): void {
    this.#wallMs += ms;
  }

  async #move(ms: number): Promise<void> {
    const target = this.#monotonicMs + ms;
    await settled();
    for (;;) {
      let dueAt = target;
      for (const sleeper of this.#sleepers) dueAt = Math.min(dueAt, sleeper.dueAt);
      this.#wallMs += dueAt - this.#monotonicMs;
      this.#monotonicMs = dueAt;
      const due = [...this.#sleepers].filter((sleeper) => sleeper.dueAt <= dueAt);
      if (due.length === 0) return;
      for (const sleeper of due) sleeper.wake();
      await settled();
    }
  }
}

/** Ends after every promise reaction that is ready, however long the chain: one turn of the event loop. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof MessageChannel === "undefined") {
      setTimeout(resolve, 0);
      return;
    }
    // Where there is one, a message takes microseconds; a timer takes a millisecond at least.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** However short a time is, it passes: who slept for it too early again and again would otherwise do so for ever. */
function later(nowMs: number, ms: number): number {
  return Math.max(nowMs + ms, nowMs + Math.max(nowMs, 1) * Number.EPSILON);
}
