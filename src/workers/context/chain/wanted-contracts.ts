import { epochTopics, topicDiff, wantedTopics } from "../../../domain/epoch/wanted-topics.ts";
import type { SubscriptionStore } from "../../../ports/subscription-store.ts";

/**
 * Keeps the wanted topics of one underlying's contracts in step with its active epoch. The set is shared with other
 * underlyings, and with whoever wants topics of other classes: those are left alone.
 */
export class WantedContracts {
  readonly #subscriptions: SubscriptionStore;
  readonly #underlyings: ReadonlySet<string>;
  /** What is in the set; `undefined` where it has to be read. */
  #topics: ReadonlySet<string> | undefined;

  /** @param underlying without `I:`: `SPX`. */
  constructor(subscriptions: SubscriptionStore, underlying: string) {
    this.#subscriptions = subscriptions;
    this.#underlyings = new Set([underlying]);
  }

  /** Wants the topics of these contracts, and no longer those of others of this underlying. */
  async follow(tickers: Iterable<string>): Promise<void> {
    // What an earlier process left is in the set too, and so is a change whose reply was lost.
    const held = this.#topics ?? epochTopics(await this.#subscriptions.wanted(), this.#underlyings);
    const next = wantedTopics([tickers]);
    const change = topicDiff(held, next);
    this.#topics = undefined;
    if (change.added.length > 0 || change.removed.length > 0) await this.#subscriptions.change(change);
    this.#topics = next;
  }
}
