import type { Acknowledgement } from "./acknowledgement.ts";
import type { LostTopic } from "./lost-topics.ts";
import { checkedTopics } from "./subscription-request.ts";

/** How patient to be with items that are not confirmed. */
export interface SubscriptionLedgerOptions {
  /** An item that was not confirmed for so long is asked for again, or given up. */
  readonly ackTimeoutMs: number;
  /** How often an item is asked for on one link before it is given up. */
  readonly maxAsks: number;
}

/** What to ask of the provider; the order is that of sending, so that a cap on held items is never exceeded. */
export interface SubscriptionDiff {
  readonly unsubscribe: readonly string[];
  readonly subscribe: readonly string[];
}

/** What is to be done about items whose time is over. */
export interface ExpiredItems {
  /** To be asked for again. */
  readonly again: readonly string[];
  /** Asked for as often as allowed, the first time on this link: from here on they are asked for every few minutes. */
  readonly givenUp: readonly string[];
}

interface Ask {
  asks: number;
  readonly firstAtMs: number;
  askedAtMs: number;
}

/** What was refused or ignored may be a matter of minutes: items that were given up are asked for once more this often. */
const RETRY_MS = 300_000;

/**
 * Which topics of one connection are *wanted*, and on the link of the moment *asked* for, *acknowledged* and *seen*
 * (data came). The four differ: a request is not atomic, refusals name no item, an unknown channel is met with silence, an
 * item that the link already holds is not answered. Hence only missing items are asked for, and data confirms as well as
 * an answer does.
 *
 * What is wanted outlives links; nothing else does.
 *
 * @example
 * ```ts
 * const ledger = new SubscriptionLedger({ ackTimeoutMs: 10_000, maxAsks: 3 });
 * ledger.want(["T.*"]);
 * ledger.resume(0).subscribe; // ["T.*"]
 * ledger.acknowledge({ kind: "subscribed", topic: "T.*" }, 20); // true
 * ledger.isResumed; // true
 * ```
 */
export class SubscriptionLedger {
  readonly #options: SubscriptionLedgerOptions;
  #wanted: ReadonlySet<string> = new Set();
  #isTold = false;
  readonly #asked = new Map<string, Ask>();
  readonly #acknowledged = new Set<string>();
  readonly #seen = new Set<string>();
  /** Asked for, neither confirmed nor given up. */
  readonly #pending = new Set<string>();
  /** The pending ones that were asked for when the link began, or later for want of knowing them. */
  readonly #resuming = new Set<string>();
  /** Given back, not yet answered: what comes for them still belongs to the time before. */
  readonly #leaving = new Set<string>();
  /** Asked for as often as allowed on this link, and when last. */
  readonly #givenUp = new Map<string, number>();
  /** Wanted ones that this link or one before confirmed. */
  readonly #everConfirmed = new Set<string>();
  /** Confirmed once and then known to be gone, since when. */
  readonly #lost = new Map<string, number>();
  /** Confirmed, and asked for once more where that would be answered only if they were lost, since when. */
  readonly #doubted = new Map<string, number>();
  /** Lost no longer, and not told yet. */
  #regained: LostTopic[] = [];

  constructor(options: SubscriptionLedgerOptions) {
    this.#options = options;
  }

  get wanted(): ReadonlySet<string> {
    return this.#wanted;
  }

  /** Whether anybody has ever said what is wanted: nothing at all is an answer too. */
  get isTold(): boolean {
    return this.#isTold;
  }

  /** Asked for on this link, confirmed or not. */
  get asked(): readonly string[] {
    return [...this.#asked.keys()];
  }

  get acknowledged(): ReadonlySet<string> {
    return this.#acknowledged;
  }

  get seen(): ReadonlySet<string> {
    return this.#seen;
  }

  /** Asked for, neither confirmed nor given up. */
  get pending(): ReadonlySet<string> {
    return this.#pending;
  }

  /** Whether everything that the link was to begin with is settled: confirmed, given up or no longer wanted. */
  get isResumed(): boolean {
    return this.#resuming.size === 0;
  }

  /** Whether there is anything to be asked for again, sooner or later. */
  get hasOpenItems(): boolean {
    return this.#pending.size > 0 || this.#givenUp.size > 0;
  }

  /** Whether the link holds anything for certain. */
  get holdsAny(): boolean {
    return this.#acknowledged.size > 0 || this.#seen.size > 0;
  }

  /** Replaces what is wanted. @throws {TypeError} for a text that is no topic; nothing is changed then. */
  want(topics: Iterable<string>): void {
    this.#wanted = checkedTopics(topics);
    this.#isTold = true;
  }

  /** Forgets the link before: nothing survives it. */
  reset(): void {
    for (const set of [this.#asked, this.#acknowledged, this.#seen, this.#pending, this.#resuming, this.#leaving]) {
      set.clear();
    }
    this.#doubted.clear();
    this.#givenUp.clear();
    for (const topic of [...this.#lost.keys()]) this.#regain(topic);
  }

  /** What a new link has to be asked for: everything that is wanted. Counts as asked. */
  resume(atMs: number): SubscriptionDiff {
    this.reset();
    for (const topic of this.#everConfirmed) if (!this.#wanted.has(topic)) this.#everConfirmed.delete(topic);
    return this.resumeWith(atMs);
  }

  /** As `diff`, of what a new link is told later than at its beginning. */
  resumeWith(atMs: number): SubscriptionDiff {
    const diff = this.diff(atMs);
    for (const topic of diff.subscribe) this.#resuming.add(topic);
    return diff;
  }

  /** What is missing on the link, and what it holds too much. Counts as asked. */
  diff(atMs: number): SubscriptionDiff {
    const unsubscribe = [...this.#asked.keys()].filter((topic) => !this.#wanted.has(topic));
    for (const topic of unsubscribe) {
      // What was given up was never held, as far as is known: giving it back is not answered.
      if (this.#isConfirmed(topic) || this.#pending.has(topic)) this.#leaving.add(topic);
      this.#asked.delete(topic);
      this.#doubted.delete(topic);
      this.#everConfirmed.delete(topic);
      this.#regain(topic);
      this.#unconfirm(topic);
      this.#settle(topic);
    }
    const subscribe = [...this.#wanted].filter((topic) => !this.#asked.has(topic));
    for (const topic of subscribe) {
      this.#asked.set(topic, { asks: 1, firstAtMs: atMs, askedAtMs: atMs });
      this.#pending.add(topic);
    }
    return { unsubscribe, subscribe };
  }

  /**
   * Takes an answer of the provider; `true` where it confirmed an item that was not confirmed before. What is taken back
   * unasked is due at once.
   */
  acknowledge({ kind, topic }: Acknowledgement, atMs: number): boolean {
    if (kind === "unsubscribed") {
      // An answer that we did not ask for: the link does not hold the item, whatever was said before.
      const ask = this.#asked.get(topic);
      if (!this.#leaving.delete(topic) && ask !== undefined) {
        if (this.#isConfirmed(topic)) this.#lost.set(topic, atMs);
        this.#unconfirm(topic);
        this.#pending.add(topic);
        ask.askedAtMs = atMs - this.#options.ackTimeoutMs;
      }
      return false;
    }
    if (!this.#asked.has(topic) || this.#leaving.has(topic)) return false;
    const doubtedSinceAtMs = this.#doubted.get(topic);
    if (doubtedSinceAtMs !== undefined) {
      // What a link holds is not answered.
      this.#doubted.delete(topic);
      this.#regained.push({ topic, sinceAtMs: doubtedSinceAtMs });
    }
    if (this.#acknowledged.has(topic)) return false;
    const isNew = !this.#seen.has(topic);
    this.#acknowledged.add(topic);
    this.#confirm(topic);
    return isNew;
  }

  /**
   * The confirmed items of a channel that is silent against all likelihood, to be asked for once more: what a link holds
   * is not answered, so that an answer tells that it was lost.
   *
   * @param sinceAtMs when the channel last brought data.
   */
  doubt(channel: string, sinceAtMs: number): readonly string[] {
    const doubted = [...this.#asked.keys()].filter(
      (topic) => topic.startsWith(`${channel}.`) && this.#isConfirmed(topic) && !this.#leaving.has(topic),
    );
    for (const topic of doubted) this.#doubted.set(topic, sinceAtMs);
    return doubted;
  }

  /** What is lost on the link at the moment, though it was confirmed before. */
  get lost(): readonly LostTopic[] {
    return [...this.#lost].map(([topic, sinceAtMs]) => ({ topic, sinceAtMs }));
  }

  /** What was lost on the link and is held again, is not wanted any more, or went with the link; each is told once. */
  takeRegained(): readonly LostTopic[] {
    const regained = this.#regained;
    if (regained.length > 0) this.#regained = [];
    return regained;
  }

  /**
   * Takes note that data came for `{channel}.{ticker}`; `true` where it confirmed an item that was not confirmed before:
   * the topic itself, or all of its channel.
   */
  see(topic: string): boolean {
    const held = this.#asked.has(topic) ? topic : `${topic.slice(0, topic.indexOf("."))}.*`;
    if (!this.#asked.has(held) || this.#leaving.has(held) || this.#seen.has(held)) return false;
    const isNew = !this.#acknowledged.has(held);
    this.#seen.add(held);
    this.#confirm(held);
    return isNew;
  }

  /** When the first of the open items is due; `undefined` where there is none. */
  deadlineAtMs(): number | undefined {
    let first: number | undefined;
    for (const topic of this.#pending) {
      const askedAtMs = this.#asked.get(topic)?.askedAtMs;
      if (askedAtMs !== undefined && (first === undefined || askedAtMs < first)) first = askedAtMs;
    }
    if (first !== undefined) first += this.#options.ackTimeoutMs;
    for (const atMs of this.#givenUp.values()) first = Math.min(first ?? Number.POSITIVE_INFINITY, atMs + RETRY_MS);
    return first;
  }

  /** Items that are due at `atMs`. Those to be asked for again count as asked. */
  expire(atMs: number): ExpiredItems {
    const again: string[] = [];
    const givenUp: string[] = [];
    for (const topic of this.#pending) {
      const ask = this.#asked.get(topic);
      // The wall clock may have stepped back.
      if (ask !== undefined) ask.askedAtMs = Math.min(ask.askedAtMs, atMs);
      if (ask === undefined || atMs < ask.askedAtMs + this.#options.ackTimeoutMs) continue;
      // Of two requests one may have gone unanswered: from here on any answer is one to the last.
      this.#leaving.delete(topic);
      if (ask.asks >= this.#options.maxAsks) {
        givenUp.push(topic);
        continue;
      }
      ask.asks += 1;
      ask.askedAtMs = atMs;
      again.push(topic);
    }
    for (const topic of givenUp) this.#giveUp(topic, atMs);
    for (const [topic, givenUpAtMs] of this.#givenUp) {
      if (givenUpAtMs > atMs) this.#givenUp.set(topic, atMs);
      if (atMs - givenUpAtMs < RETRY_MS) continue;
      this.#givenUp.set(topic, atMs);
      again.push(topic);
    }
    return { again, givenUp };
  }

  /** What was given up and is granted after all was missing since it was first asked for, whoever had it before. */
  #confirm(topic: string): void {
    const firstAtMs = this.#asked.get(topic)?.firstAtMs;
    if (this.#givenUp.has(topic) && !this.#lost.has(topic) && firstAtMs !== undefined) this.#lost.set(topic, firstAtMs);
    this.#everConfirmed.add(topic);
    this.#settle(topic);
    this.#regain(topic);
  }

  /** Whoever had it before misses it from when the link was first asked for it. */
  #giveUp(topic: string, atMs: number): void {
    const firstAtMs = this.#asked.get(topic)?.firstAtMs ?? atMs;
    this.#settle(topic);
    this.#givenUp.set(topic, atMs);
    if (this.#everConfirmed.has(topic) && !this.#lost.has(topic)) this.#lost.set(topic, firstAtMs);
  }

  #settle(topic: string): void {
    this.#pending.delete(topic);
    this.#resuming.delete(topic);
    this.#givenUp.delete(topic);
  }

  #isConfirmed(topic: string): boolean {
    return this.#acknowledged.has(topic) || this.#seen.has(topic);
  }

  #regain(topic: string): void {
    const sinceAtMs = this.#lost.get(topic);
    if (sinceAtMs === undefined) return;
    this.#lost.delete(topic);
    this.#regained.push({ topic, sinceAtMs });
  }

  #unconfirm(topic: string): void {
    this.#acknowledged.delete(topic);
    this.#seen.delete(topic);
  }
}
