import { WsError } from "../../domain/errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { FeedConnector, FeedLink, FeedSink } from "../../ports/feed-connector.ts";
import { assertFeedUrl } from "../feed-url.ts";
import { MemoryFeedPeer } from "./memory-feed-peer.ts";

/** What the links of a {@link MemoryFeed} can do. */
export interface MemoryFeedOptions {
  /** Whether links can ping; default true. */
  readonly ping?: boolean;
  /** Whether links can stop reading; default true. */
  readonly pause?: boolean;
  /** Measures the second after which an unanswered close ends; without one such a close ends at once. */
  readonly clock?: Clock;
}

type Script = { readonly kind: "refuse"; readonly error: unknown } | { readonly kind: "hang" };

/**
 * A feed without a network, for tests: each link has a peer that the test speaks with.
 *
 * @example
 * ```ts
 * const feed = new MemoryFeed();
 * const heard: unknown[] = [];
 * const sink = { open() {}, alive() {}, closed() {}, frame: (payload: string | Uint8Array) => heard.push(payload) };
 * const link = await feed.connect("wss://feed.test/options", sink, new AbortController().signal);
 * const peer = await feed.nextLink();
 * peer.send("[]"); // heard is ["[]"]
 * link.send("hello"); // peer.received is ["hello"]
 * peer.cut();
 * ```
 */
export class MemoryFeed implements FeedConnector {
  readonly #capabilities: FeedLink["capabilities"];
  readonly #clock: Clock | undefined;
  readonly #links: MemoryFeedPeer[] = [];
  readonly #linkListeners = new Set<(peer: MemoryFeedPeer) => void>();
  readonly #waiting: ((peer: MemoryFeedPeer) => void)[] = [];
  readonly #hanging = new Set<() => void>();
  #script: Script[] = [];
  #attempts = 0;
  #taken = 0;
  #openLinks = 0;

  constructor(options: MemoryFeedOptions = {}) {
    this.#capabilities = { ping: options.ping ?? true, pause: options.pause ?? true };
    this.#clock = options.clock;
  }

  /** Every link that was ever opened, in order. */
  get links(): readonly MemoryFeedPeer[] {
    return this.#links;
  }

  /** How many links are not closed. */
  get openLinks(): number {
    return this.#openLinks;
  }

  /** How often a link was asked for. */
  get attempts(): number {
    return this.#attempts;
  }

  /** How many attempts hang. */
  get hangingAttempts(): number {
    return this.#hanging.size;
  }

  /** The first link that no earlier call answered with, as soon as there is one. */
  nextLink(): Promise<MemoryFeedPeer> {
    const peer = this.#links[this.#taken];
    this.#taken += 1;
    if (peer !== undefined) return Promise.resolve(peer);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Hears every further link, right after its sink heard `open`. Answers with what ends it. */
  onLink(callback: (peer: MemoryFeedPeer) => void): () => void {
    this.#linkListeners.add(callback);
    return () => {
      this.#linkListeners.delete(callback);
    };
  }

  /** Refuses attempts that nothing else was said of, with this error, or a {@link WsError} that says `unreachable`. */
  refuse(error?: unknown, attempts = 1): void {
    for (let index = 0; index < attempts; index++) this.#script.push({ kind: "refuse", error });
  }

  /** Leaves attempts that nothing else was said of without an answer, until `release` or their abort. */
  hang(attempts = 1): void {
    for (let index = 0; index < attempts; index++) this.#script.push({ kind: "hang" });
  }

  /** Lets all attempts that hang succeed. */
  release(): void {
    for (const go of [...this.#hanging]) go();
  }

  async connect(url: string, sink: FeedSink, signal: AbortSignal): Promise<FeedLink> {
    const { host } = assertFeedUrl(url);
    signal.throwIfAborted();
    this.#attempts += 1;
    const script = this.#script.shift();
    if (script?.kind === "hang") await this.#hang(signal);
    // As with a socket, nothing happens before the caller has its promise.
    else await Promise.resolve();
    signal.throwIfAborted();
    if (script?.kind === "refuse") {
      throw (
        script.error ?? new WsError(`Cannot connect to ${host}: it must accept, it refused`, { reason: "unreachable" })
      );
    }
    return this.#open(url, sink, signal);
  }

  #hang(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const go = (): void => {
        this.#hanging.delete(go);
        signal.removeEventListener("abort", go);
        resolve();
      };
      this.#hanging.add(go);
      signal.addEventListener("abort", go, { once: true });
    });
  }

  #open(url: string, sink: FeedSink, signal: AbortSignal): FeedLink {
    const abort = (): void => peer.closeFromClient(1000, "");
    const onEnded = (): void => {
      this.#openLinks -= 1;
      signal.removeEventListener("abort", abort);
    };
    const peer = new MemoryFeedPeer({ url, sink, capabilities: this.#capabilities, clock: this.#clock, onEnded });
    signal.addEventListener("abort", abort, { once: true });
    this.#openLinks += 1;
    this.#links.push(peer);
    sink.open();
    this.#waiting.shift()?.(peer);
    for (const listener of [...this.#linkListeners]) listener(peer);
    return peer.link();
  }
}
