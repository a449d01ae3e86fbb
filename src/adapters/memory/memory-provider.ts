import type { MemoryFeed } from "./memory-feed.ts";
import type { MemoryFeedPeer } from "./memory-feed-peer.ts";

/** How a {@link MemoryProvider} answers. */
export interface MemoryProviderOptions {
  /** Whether a key is accepted; default: every one. */
  readonly acceptsKey?: (key: string) => boolean;
  /** Whether a topic is part of the plan; default: every one. */
  readonly authorizes?: (topic: string) => boolean;
  /** Whether a topic is answered at all; default: every one. The provider is silent about channels that it does not know. */
  readonly knows?: (topic: string) => boolean;
}

interface Session {
  isAuthenticated: boolean;
  readonly topics: Set<string>;
}

/**
 * Makes every further link of a {@link MemoryFeed} answer as the provider does: a greeting, the verdict on the key, one
 * confirmation per topic, all those of a request in one frame. Topics outside the plan are refused in a frame before it
 * that names none; what a link holds already is not answered. Data is for the test to send.
 *
 * @example
 * ```ts
 * const feed = new MemoryFeed();
 * const provider = new MemoryProvider(feed);
 * // A worker connects through `feed`, and then:
 * const peer = await feed.nextLink();
 * provider.topicsOf(peer); // what it subscribed to and was given
 * ```
 */
export class MemoryProvider {
  readonly #options: MemoryProviderOptions;
  readonly #sessions = new WeakMap<MemoryFeedPeer, Session>();

  constructor(feed: MemoryFeed, options: MemoryProviderOptions = {}) {
    this.#options = options;
    feed.onLink((peer) => this.#greet(peer));
  }

  /** What a link holds. */
  topicsOf(peer: MemoryFeedPeer): ReadonlySet<string> {
    return this.#sessions.get(peer)?.topics ?? new Set();
  }

  #greet(peer: MemoryFeedPeer): void {
    const session: Session = { isAuthenticated: false, topics: new Set() };
    this.#sessions.set(peer, session);
    peer.onReceive((text) => this.#answer(peer, session, text));
    say(peer, ["connected", "Connected Successfully"]);
  }

  #answer(peer: MemoryFeedPeer, session: Session, text: string): void {
    const { action, params }: { action?: unknown; params?: unknown } = JSON.parse(text);
    if (typeof params !== "string") return;
    if (action === "auth") this.#authenticate(peer, session, params);
    else if (!session.isAuthenticated) say(peer, ["auth_required", "authentication required"]);
    else if (action === "subscribe") this.#subscribe(peer, session, params.split(","));
    else if (action === "unsubscribe") this.#unsubscribe(peer, session, params.split(","));
  }

  #authenticate(peer: MemoryFeedPeer, session: Session, key: string): void {
    if (this.#options.acceptsKey?.(key) ?? true) {
      session.isAuthenticated = true;
      say(peer, ["auth_success", "authenticated"]);
      return;
    }
    say(peer, ["auth_failed", "authentication failed"]);
    // The provider drops the connection without a close frame.
    peer.cut();
  }

  #subscribe(peer: MemoryFeedPeer, { topics }: Session, asked: readonly string[]): void {
    const { authorizes = () => true, knows = () => true } = this.#options;
    const known = [...new Set(asked)].filter((topic) => !topics.has(topic) && knows(topic));
    const given = known.filter(authorizes);
    for (const topic of given) topics.add(topic);
    if (given.length < known.length) say(peer, ["error", "not authorized"]);
    say(peer, ...given.map((topic): Status => ["success", `subscribed to: ${topic}`]));
  }

  #unsubscribe(peer: MemoryFeedPeer, { topics }: Session, asked: readonly string[]): void {
    const dropped = asked.filter((topic) => topics.delete(topic));
    say(peer, ...dropped.map((topic): Status => ["success", `unsubscribed to: ${topic}`]));
  }
}

type Status = readonly [status: string, message: string];

function say(peer: MemoryFeedPeer, ...statuses: readonly Status[]): void {
  if (statuses.length === 0) return;
  peer.send(JSON.stringify(statuses.map(([status, message]) => ({ ev: "status", status, message }))));
}
