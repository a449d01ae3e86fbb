import { Pauses, type SilenceOptions } from "./pauses.ts";

/**
 * When a link that says nothing counts as dead: with pings when it leaves them unanswered for `silenceLimitMs`, without
 * them when its silence is very unlikely.
 */
export interface LivenessOptions extends SilenceOptions {
  /** A link that was silent for so long is asked for a sign of life, where the runtime can. */
  readonly pingAfterMs: number;
}

/** What to do about a link, and when to look at it again. */
export interface LivenessVerdict {
  readonly verdict: "alive" | "ping" | "dead";
  readonly againInMs: number;
}

/**
 * Tells a dead link from a quiet one. With pings: silence, pings, and still silence. Without: silence that the link's own
 * rate of data makes very unlikely; a link of which no rate is known is never dead, for a market may well be closed.
 *
 * Whoever looks too late was asleep or starved, and so may the answer be: it then waits anew. Times are monotonic, ms:
 * where the wall clock is set nothing was silent.
 */
export class Liveness {
  readonly #options: LivenessOptions;
  readonly #canPing: boolean;
  #lastSignMs: number;
  #unansweredSinceMs: number | undefined;
  readonly #pauses = new Pauses();

  constructor(options: LivenessOptions, canPing: boolean, nowMs: number) {
    this.#options = options;
    this.#canPing = canPing;
    this.#lastSignMs = nowMs;
  }

  /** How long to wait before the first look. */
  get firstLookInMs(): number {
    return this.#canPing ? this.#options.pingAfterMs : this.#options.silenceLimitMs;
  }

  /** Something was received. */
  heard(nowMs: number, carriesData: boolean): void {
    this.#lastSignMs = nowMs;
    this.#unansweredSinceMs = undefined;
    if (carriesData) this.#pauses.arrived(nowMs);
  }

  /** The peer proved to be alive; `true` where it was asked to. */
  answered(nowMs: number): boolean {
    const asked = this.#unansweredSinceMs !== undefined;
    this.#lastSignMs = nowMs;
    this.#unansweredSinceMs = undefined;
    return asked;
  }

  /** @param dueMs when this look was planned for. */
  look(nowMs: number, dueMs: number): LivenessVerdict {
    const { pingAfterMs, silenceLimitMs } = this.#options;
    const late = nowMs - dueMs > pingAfterMs;
    if (!this.#canPing) {
      const limitMs = this.#pauses.unlikelyMs(this.#options);
      if (limitMs === undefined) return { verdict: "alive", againInMs: silenceLimitMs };
      if (late) this.#lastSignMs = nowMs;
      const leftMs = this.#lastSignMs + limitMs - nowMs;
      return leftMs <= 0 ? { verdict: "dead", againInMs: 0 } : { verdict: "alive", againInMs: leftMs };
    }
    const silentMs = nowMs - this.#lastSignMs;
    if (silentMs < pingAfterMs) return { verdict: "alive", againInMs: pingAfterMs - silentMs };
    if (this.#unansweredSinceMs === undefined || late) this.#unansweredSinceMs = nowMs;
    if (nowMs - this.#unansweredSinceMs >= silenceLimitMs) return { verdict: "dead", againInMs: 0 };
    return { verdict: "ping", againInMs: pingAfterMs };
  }
}
