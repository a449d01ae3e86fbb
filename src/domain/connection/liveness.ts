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
 * Whoever looks too late was asleep or starved, and so may the answer be: it then waits anew.
 */
export class Liveness {
  readonly #options: LivenessOptions;
  readonly #canPing: boolean;
  #lastSignAtMs: number;
  #unansweredSinceAtMs: number | undefined;
  readonly #pauses = new Pauses();

  constructor(options: LivenessOptions, canPing: boolean, atMs: number) {
    this.#options = options;
    this.#canPing = canPing;
    this.#lastSignAtMs = atMs;
  }

  /** How long to wait before the first look. */
  get firstLookInMs(): number {
    return this.#canPing ? this.#options.pingAfterMs : this.#options.silenceLimitMs;
  }

  /** Something was received. */
  heard(atMs: number, carriesData: boolean): void {
    this.#lastSignAtMs = atMs;
    this.#unansweredSinceAtMs = undefined;
    if (carriesData) this.#pauses.arrived(atMs);
  }

  /** The peer proved to be alive; `true` where it was asked to. */
  answered(atMs: number): boolean {
    const asked = this.#unansweredSinceAtMs !== undefined;
    this.#lastSignAtMs = atMs;
    this.#unansweredSinceAtMs = undefined;
    return asked;
  }

  /** @param dueAtMs when this look was planned for. */
  look(atMs: number, dueAtMs: number): LivenessVerdict {
    const { pingAfterMs, silenceLimitMs } = this.#options;
    const late = atMs - dueAtMs > pingAfterMs;
    // The wall clock may have stepped back.
    this.#lastSignAtMs = Math.min(this.#lastSignAtMs, atMs);
    if (this.#unansweredSinceAtMs !== undefined) this.#unansweredSinceAtMs = Math.min(this.#unansweredSinceAtMs, atMs);
    if (!this.#canPing) {
      const limitMs = this.#pauses.unlikelyMs(this.#options);
      if (limitMs === undefined) return { verdict: "alive", againInMs: silenceLimitMs };
      if (late) this.#lastSignAtMs = atMs;
      const leftMs = Math.min(limitMs, this.#lastSignAtMs + limitMs - atMs);
      return leftMs <= 0 ? { verdict: "dead", againInMs: 0 } : { verdict: "alive", againInMs: leftMs };
    }
    const silentMs = atMs - this.#lastSignAtMs;
    if (silentMs < pingAfterMs) return { verdict: "alive", againInMs: Math.min(pingAfterMs, pingAfterMs - silentMs) };
    if (this.#unansweredSinceAtMs === undefined || late) this.#unansweredSinceAtMs = atMs;
    if (atMs - this.#unansweredSinceAtMs >= silenceLimitMs) return { verdict: "dead", againInMs: 0 };
    return { verdict: "ping", againInMs: pingAfterMs };
  }
}
