import { LONGEST_RETRY_AFTER_MS } from "../context/fetch-backoff.ts";
import { isStrikewireError, type RestErrorReason } from "../errors.ts";

/** How often something is fetched. */
export interface CadenceOptions {
  /** From the start of one fetch to the start of the next, at least. */
  readonly intervalMs: number;
  /** The same time is at least so many times the smoothed latency. */
  readonly latencyFactor: number;
  /** That time is never longer, except where the provider asks to be left alone for longer. */
  readonly maxIntervalMs: number;
}

/** How a fetch ended. */
export type CadenceOutcome =
  | { readonly kind: "answered"; readonly latencyMs: number }
  | {
      readonly kind: "failed";
      /** `unknown` for a failure that did not come from the provider. */
      readonly reason: RestErrorReason | "unknown";
      /** From the start of the fetch to its failure. */
      readonly latencyMs: number;
      /** How long the provider asks to be left alone, counted from the failure. */
      readonly retryAfterMs?: number | undefined;
    };

/** What comes next: wait from the end of this fetch, or fetch no more, since the provider refuses the key or the plan. */
export type CadenceStep =
  | { readonly kind: "wait"; readonly delayMs: number; readonly isBackingOff: boolean }
  | { readonly kind: "end"; readonly reason: "unauthorized" | "forbidden" };

const NEWEST_SHARE = 0.3;

/**
 * The outcome of a fetch of which something failed, or nothing did.
 *
 * @param failure what it rejected with, or what a page failed with; `undefined` where all went well.
 * @example
 * ```ts
 * cadenceOutcome(250, undefined); // { kind: "answered", latencyMs: 250 }
 * ```
 */
export function cadenceOutcome(latencyMs: number, failure: unknown): CadenceOutcome {
  if (failure === undefined) return { kind: "answered", latencyMs };
  if (!isStrikewireError(failure, "STRIKEWIRE_REST")) return { kind: "failed", reason: "unknown", latencyMs };
  const { reason, retryAfterMs } = failure as { reason?: RestErrorReason; retryAfterMs?: number | undefined };
  return { kind: "failed", reason: reason ?? "unknown", latencyMs, retryAfterMs };
}

/**
 * When to fetch again. The time from start to start is the interval, or `latencyFactor` times the smoothed latency where
 * that is longer; so a slow provider is asked less often. Each failure doubles it up to the cap, each answer halves it
 * back; a `Retry-After` is kept to, even beyond the cap, up to an hour. A fetch that took longer than that time is followed at once,
 * never overlapped.
 *
 * @example
 * ```ts
 * const cadence = new Cadence({ intervalMs: 30_000, latencyFactor: 1.5, maxIntervalMs: 300_000 });
 * cadence.next({ kind: "answered", latencyMs: 1_000 }); // wait 29,000 ms
 * cadence.next({ kind: "failed", reason: "rate_limited", latencyMs: 100, retryAfterMs: 90_000 }); // wait 90,000 ms
 * ```
 */
export class Cadence {
  readonly #options: CadenceOptions;
  #smoothedMs: number | undefined;
  #doublings = 0;

  /** @throws {RangeError} for times that are not positive, a negative factor, or a cap under the interval. */
  constructor(options: CadenceOptions) {
    assertOptions(options);
    this.#options = options;
  }

  /** Takes note of a fetch and tells what comes next. */
  next(outcome: CadenceOutcome): CadenceStep {
    if (outcome.kind === "answered") {
      const { latencyMs } = outcome;
      this.#smoothedMs =
        this.#smoothedMs === undefined ? latencyMs : this.#smoothedMs + NEWEST_SHARE * (latencyMs - this.#smoothedMs);
      this.#doublings = Math.max(0, this.#doublings - 1);
      return this.#wait(latencyMs, 0);
    }
    const { reason, latencyMs, retryAfterMs } = outcome;
    if (reason === "unauthorized" || reason === "forbidden") return { kind: "end", reason };
    // At the cap a further doubling would only make the way back longer.
    if (this.#periodMs() < this.#options.maxIntervalMs) this.#doublings += 1;
    return this.#wait(latencyMs, Math.min(retryAfterMs ?? 0, LONGEST_RETRY_AFTER_MS));
  }

  /** Exponentially smoothed latency of the fetches that were answered, ms; `undefined` before the first. */
  get smoothedLatencyMs(): number | undefined {
    return this.#smoothedMs;
  }

  #wait(latencyMs: number, leastMs: number): CadenceStep {
    const delayMs = Math.max(0, this.#periodMs() - latencyMs, leastMs);
    return { kind: "wait", delayMs, isBackingOff: this.#doublings > 0 };
  }

  #periodMs(): number {
    const { intervalMs, latencyFactor, maxIntervalMs } = this.#options;
    const usualMs = Math.max(intervalMs, latencyFactor * (this.#smoothedMs ?? 0));
    return Math.min(maxIntervalMs, usualMs * 2 ** this.#doublings);
  }
}

function assertOptions({ intervalMs, latencyFactor, maxIntervalMs }: CadenceOptions): void {
  const refuse = (what: string, value: number) => {
    throw new RangeError(`Cannot set a cadence: ${what}, current value is ${value}`);
  };
  if (!(intervalMs > 0 && Number.isFinite(intervalMs))) refuse("'intervalMs' must be a positive number", intervalMs);
  if (!(latencyFactor >= 0 && Number.isFinite(latencyFactor))) {
    refuse("'latencyFactor' must be a number of at least 0", latencyFactor);
  }
  if (!(maxIntervalMs >= intervalMs && Number.isFinite(maxIntervalMs))) {
    refuse(`'maxIntervalMs' must be a number of at least intervalMs (${intervalMs})`, maxIntervalMs);
  }
}
