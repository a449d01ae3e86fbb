import { isStrikewireError, type RestError, type RestErrorReason } from "../errors.ts";

/**
 * Whether a failure ends whoever made the request: the provider does not know the key, or the plan lacks what was asked
 * for. Asking again changes neither.
 */
export function endsFetching(failure: unknown): boolean {
  if (!isStrikewireError(failure, "STRIKEWIRE_REST")) return false;
  const { reason } = failure as RestError;
  return reason === "unauthorized" || reason === "forbidden";
}

/** What gets better when the provider is left alone. */
const NEEDS_REST: ReadonlySet<RestErrorReason> = new Set(["rate_limited", "server", "timeout", "network"]);

/** No wait that the provider asks for is kept longer, ms: a clock in its answer may be wrong. */
export const LONGEST_RETRY_AFTER_MS = 3_600_000;

/** How long to leave the provider alone. */
export interface FetchBackoffOptions {
  /** The first wait, ms; each further one is twice as long. */
  readonly firstMs: number;
  /** No wait is longer, unless the provider asks for it. */
  readonly maxMs: number;
}

/**
 * Waits after requests that failed: doubled for each in a row that says the provider is busy, down or out of reach, and
 * never shorter than what it asks for. A request that failed otherwise has no wait, and one that succeeded starts anew.
 *
 * @example
 * ```ts
 * const backoff = new FetchBackoff({ firstMs: 1000, maxMs: 30_000 });
 * backoff.failed(new RestError("Cannot fetch /v3/snapshot/indices: 503", { reason: "server" })); // 1000
 * backoff.failed(new RestError("Cannot fetch /v3/snapshot/indices: 503", { reason: "server" })); // 2000
 * ```
 */
export class FetchBackoff {
  readonly #options: FetchBackoffOptions;
  #failures = 0;

  constructor(options: FetchBackoffOptions) {
    this.#options = options;
  }

  succeeded(): void {
    this.#failures = 0;
  }

  /** The next wait in ms, 0 for none. */
  failed({ reason, retryAfterMs = 0 }: RestError): number {
    const askedMs = Math.min(retryAfterMs, LONGEST_RETRY_AFTER_MS);
    if (!NEEDS_REST.has(reason)) return askedMs;
    const { firstMs, maxMs } = this.#options;
    const waitMs = Math.min(firstMs * 2 ** this.#failures, maxMs);
    this.#failures = Math.min(this.#failures + 1, 30);
    return Math.max(waitMs, askedMs);
  }
}
