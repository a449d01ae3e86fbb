import type { BusMessage } from "../../ports/message-bus.ts";

const RESYNC: BusMessage = Object.freeze({ kind: "resync" });

/** One listener on one channel. Hears a `resync` first, everything else after it, each in a later microtask. */
export class BusSubscription {
  readonly #hear: (message: BusMessage) => void;
  #queue: BusMessage[] = [RESYNC];
  #live = true;
  #scheduled = false;

  /** @param hear must not throw. */
  constructor(hear: (message: BusMessage) => void) {
    this.#hear = hear;
    this.#schedule();
  }

  push(message: BusMessage): void {
    this.#queue.push(message);
    this.#schedule();
  }

  /** Loses what was not delivered, as a broken connection does, and is told so. */
  drop(): void {
    this.#queue = [];
    this.push(RESYNC);
  }

  end(): void {
    this.#live = false;
    this.#queue = [];
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => this.#deliver());
  }

  #deliver(): void {
    this.#scheduled = false;
    const batch = this.#queue;
    this.#queue = [];
    for (const message of batch) if (this.#live) this.#hear(message);
  }
}

/** Who listens to what, over all clients of a database. */
export class BusChannels {
  readonly #channels = new Map<string, Set<BusSubscription>>();

  publish(channel: string, body: string): void {
    for (const subscription of this.#channels.get(channel) ?? []) subscription.push({ kind: "message", body });
  }

  /** Takes the subscription in; the function returned takes it out again. */
  add(channel: string, subscription: BusSubscription): () => void {
    const subscriptions = this.#channels.get(channel) ?? new Set();
    this.#channels.set(channel, subscriptions);
    subscriptions.add(subscription);
    return () => {
      subscriptions.delete(subscription);
      if (subscriptions.size === 0 && this.#channels.get(channel) === subscriptions) this.#channels.delete(channel);
    };
  }

  /** How many subscriptions stand, over all channels. */
  get subscriptions(): number {
    return Array.from(this.#channels.values(), (subscriptions) => subscriptions.size).reduce(
      (sum, size) => sum + size,
      0,
    );
  }

  dropConnections(): void {
    for (const subscriptions of this.#channels.values()) for (const subscription of subscriptions) subscription.drop();
  }
}
