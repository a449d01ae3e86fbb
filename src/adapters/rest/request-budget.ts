import type { Clock } from "../../ports/clock.ts";

/** How many requests there may be. */
export interface RequestBudgetOptions {
  readonly clock: Clock;
  /** In the long run; may be a fraction: 5 a minute is `5 / 60`. */
  readonly requestsPerSec: number;
  /** At once after a quiet stretch; default `requestsPerSec`, and at least 1. */
  readonly burst?: number;
}

interface Waiter {
  readonly admit: () => void;
}

/**
 * Requests per second that any number of users share: a token bucket. In any stretch of `t` seconds it lets at most
 * `burst + requestsPerSec x t` requests begin, in the order in which they asked, and none waits longer than that takes.
 *
 * @example
 * ```ts
 * const budget = new RequestBudget({ clock: SYSTEM_CLOCK, requestsPerSec: 20 });
 * await budget.take(AbortSignal.timeout(1_000)); // and then send
 * ```
 */
export class RequestBudget {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #slackMs: number;
  /** When the bucket is full again, on the monotonic clock: the only thing that a bucket has to remember. */
  #fullAtMs = Number.NEGATIVE_INFINITY;
  /** A set keeps the order in which they came, and lets any of them go. */
  readonly #waiters = new Set<Waiter>();
  #sleep: AbortController | undefined;

  /** @throws {RangeError} unless `requestsPerSec` is a finite number above 0 and `burst` a positive safe integer. */
  constructor({ clock, requestsPerSec, burst = Math.max(1, Math.floor(requestsPerSec)) }: RequestBudgetOptions) {
    if (!(requestsPerSec > 0 && requestsPerSec < Infinity)) {
      throw refusal("requestsPerSec", "a finite number above 0", requestsPerSec);
    }
    if (!Number.isSafeInteger(burst) || burst < 1) throw refusal("burst", "a positive safe integer", burst);
    this.#clock = clock;
    this.#intervalMs = 1_000 / requestsPerSec;
    this.#slackMs = (burst - 1) * this.#intervalMs;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiters.size;
  }

  /** Resolves when one request may begin; rejects with the reason of `signal` where that aborts before: nothing is spent. */
  async take(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#waiters.size === 0 && this.#untilFreeMs() <= 0) {
      this.#spend();
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const waiter: Waiter = {
        admit: () => {
          signal.removeEventListener("abort", abort);
          resolve();
        },
      };
      const abort = (): void => {
        this.#waiters.delete(waiter);
        if (this.#waiters.size === 0) this.#sleep?.abort();
        reject(signal.reason);
      };
      signal.addEventListener("abort", abort, { once: true });
      this.#waiters.add(waiter);
      if (this.#sleep === undefined) void this.#serve();
    });
  }

  /** Admits one after the other, until nobody waits. */
  async #serve(): Promise<void> {
    for (;;) {
      for (const waiter of this.#waiters) {
        if (this.#untilFreeMs() > 0) break;
        this.#spend();
        this.#waiters.delete(waiter);
        waiter.admit();
      }
      if (this.#waiters.size === 0) break;
      this.#sleep = new AbortController();
      await this.#clock.sleep(this.#untilFreeMs(), this.#sleep.signal);
    }
    this.#sleep = undefined;
  }

  #untilFreeMs(): number {
    return this.#fullAtMs - this.#slackMs - this.#clock.monotonic();
  }

  #spend(): void {
    this.#fullAtMs = Math.max(this.#fullAtMs, this.#clock.monotonic()) + this.#intervalMs;
  }
}

function refusal(name: string, allowed: string, value: number): RangeError {
  return new RangeError(`Cannot make a request budget: '${name}' must be ${allowed}, current value is ${value}`);
}
