import { parseOptionTicker } from "../../../domain/instrument/option-symbol.ts";
import type { SubscriptionStore } from "../../../ports/subscription-store.ts";

/** Channels of a contract that a targeted source is to hold: all trades, and quotes as far as there are slots for them. */
const CHANNELS = ["T", "Q"] as const;

/**
 * Keeps the wanted topics of one underlying's contracts in step with its active epoch. The set is shared with other
 * underlyings, and with whoever wants topics of other classes: those are left alone.
 */
export class WantedContracts {
  readonly #subscriptions: SubscriptionStore;
  readonly #underlying: string;
  /** Tickers whose topics are in the set; `undefined` before it was read. */
  #held: ReadonlySet<string> | undefined;

  /** @param underlying without `I:`: `SPX`. */
  constructor(subscriptions: SubscriptionStore, underlying: string) {
    this.#subscriptions = subscriptions;
    this.#underlying = underlying;
  }

  /** Wants the topics of these contracts, and no longer those of others of this underlying. */
  async follow(tickers: readonly string[]): Promise<void> {
    const held = this.#held ?? (await this.#read());
    const next = new Set(tickers);
    const added = tickers.filter((ticker) => !held.has(ticker)).flatMap(topicsOf);
    const removed = [...held].filter((ticker) => !next.has(ticker)).flatMap(topicsOf);
    // Unknown until the store has answered: a reply that was lost must not leave anything behind.
    this.#held = undefined;
    if (added.length > 0 || removed.length > 0) await this.#subscriptions.change({ added, removed });
    this.#held = next;
  }

  /** What an earlier process, or a call whose reply was lost, left in the set. */
  async #read(): Promise<ReadonlySet<string>> {
    const tickers = new Set<string>();
    for (const topic of await this.#subscriptions.wanted()) {
      const ticker = topic.slice(topic.indexOf(".") + 1);
      if (parseOptionTicker(ticker)?.underlying === this.#underlying) tickers.add(ticker);
    }
    return tickers;
  }
}

function topicsOf(ticker: string): readonly string[] {
  return CHANNELS.map((channel) => `${channel}.${ticker}`);
}
