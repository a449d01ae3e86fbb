/** When a link that says nothing counts as dead. */
export interface LivenessOptions {
  /** A link that was silent for so long is asked for a sign of life, where the runtime can. */
  readonly pingAfterMs: number;
  /** Unanswered for so long, it is dead. Without pings: never dead before that. */
  readonly silenceLimitMs: number;
  /** Without pings: dead after so many times the mean pause between its data. */
  readonly silenceFactor: number;
}

/** What to do about a link, and when to look at it again. */
export interface LivenessVerdict {
  readonly verdict: "alive" | "ping" | "dead";
  readonly againInMs: number;
}

// Data within one such stretch is one arrival: bursts would make the mean pause look far shorter than it is.
const ARRIVAL_MS = 1_000;
// So many pauses have to be known before their mean says anything; later ones count with at least 1 / MEMORY.
const MIN_PAUSES = 8;
const MEMORY = 64;

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
  #lastArrivalAtMs: number | undefined;
  #pauses = 0;
  #meanPauseMs = 0;

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
    if (!carriesData) return;
    if (this.#lastArrivalAtMs !== undefined) {
      const pauseMs = atMs - this.#lastArrivalAtMs;
      if (pauseMs < ARRIVAL_MS) return;
      this.#pauses += 1;
      this.#meanPauseMs += (pauseMs - this.#meanPauseMs) / Math.min(this.#pauses, MEMORY);
    }
    this.#lastArrivalAtMs = atMs;
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
      const limitMs = this.#silenceLimitMs();
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

  #silenceLimitMs(): number | undefined {
    if (this.#pauses < MIN_PAUSES) return undefined;
    return Math.max(this.#options.silenceLimitMs, this.#options.silenceFactor * this.#meanPauseMs);
  }
}
