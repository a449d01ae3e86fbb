import { epochTopics, topicDiff, wantedTopics } from "../../../domain/epoch/wanted-topics.ts";
import type { SubscriptionStore } from "../../../ports/subscription-store.ts";

/**
 * Keeps the wanted topics of one underlying's contracts in step with its active epoch. The set is shared with other
 * underlyings, and with whoever wants topics of other classes: those are left alone.
 */
export class WantedContracts {
  readonly #subscriptions: SubscriptionStore;
  readonly #underlyings: ReadonlySet<string>;

  /** @param underlying without `I:`: `SPX`. */
  constructor(subscriptions: SubscriptionStore, underlying: string) {
    this.#subscriptions = subscriptions;
    this.#underlyings = new Set([underlying]);
  }

  /** Wants the topics of these contracts, and no longer those of others of this underlying. */
  async follow(tickers: Iterable<string>): Promise<void> {
    // Read each time: it has what an earlier process left, and a store that was emptied has lost what was put into it.
    const held = epochTopics(await this.#subscriptions.wanted(), this.#underlyings);
    const change = topicDiff(held, wantedTopics([tickers]));
    if (change.added.length > 0 || change.removed.length > 0) await this.#subscriptions.change(change);
  }
}
