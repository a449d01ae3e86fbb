import isomorphicWebSocket from "isomorphic-ws";
import type { FeedConnector, FeedLink, FeedSink } from "../../ports/feed-connector.ts";
import { assertFeedUrl } from "../feed-url.ts";
import { isEmitterClass, openEmitterSocket } from "./emitter-socket.ts";
import type { SocketListener, WebSocketConstructor } from "./runtime-socket.ts";
import { openStandardSocket } from "./standard-socket.ts";
import { openLink } from "./ws-link.ts";

/** How links are opened. */
export interface WsFeedOptions {
  /** A message with more bytes ends its link; default 16,777,216, as `parsePayload` takes. */
  readonly maxFrameBytes?: number;
  /** How long an attempt may take, ms; default 15,000. */
  readonly handshakeTimeoutMs?: number;
  /**
   * The class of the sockets; default that of `ws`, or the runtime's own where a bundler or the runtime has no `ws`. With
   * `globalThis.WebSocket`, links can neither ping nor pause, a refusal tells no HTTP status, and a peer that leaves a
   * close frame unanswered keeps its connection for as long as the runtime does, though the link is told to be closed.
   */
  readonly WebSocket?: WebSocketConstructor;
}

/** Longest delay that a timer takes, ms. */
const MAX_DELAY_MS = 2_147_483_647;

/**
 * Opens links over WebSocket. Holds nothing between them, so that one connector serves any number.
 *
 * @example
 * ```ts
 * const connector = new WsFeedConnector();
 * const stop = new AbortController();
 * const link = await connector.connect(
 *   "wss://socket.massive.com/options",
 *   { open() {}, alive() {}, frame: (payload) => console.log(payload), closed: ({ code }) => console.log("closed", code) },
 *   stop.signal,
 * );
 * link.close(1000, "done");
 * ```
 */
export class WsFeedConnector implements FeedConnector {
  readonly #maxFrameBytes: number;
  readonly #handshakeTimeoutMs: number;
  readonly #WebSocket: WebSocketConstructor;

  /**
   * @throws {RangeError} unless the bounds are positive integers.
   * @throws {TypeError} where no class is given and the runtime has none.
   */
  constructor(options: WsFeedOptions = {}) {
    this.#maxFrameBytes = positive("maxFrameBytes", options.maxFrameBytes ?? 16_777_216, Number.MAX_SAFE_INTEGER);
    this.#handshakeTimeoutMs = positive("handshakeTimeoutMs", options.handshakeTimeoutMs ?? 15_000, MAX_DELAY_MS);
    this.#WebSocket = options.WebSocket ?? defaultWebSocket();
  }

  async connect(url: string, sink: FeedSink, signal: AbortSignal): Promise<FeedLink> {
    const parsed = assertFeedUrl(url);
    signal.throwIfAborted();
    const openSocket = isEmitterClass(this.#WebSocket) ? openEmitterSocket : openStandardSocket;
    const maxFrameBytes = this.#maxFrameBytes;
    return openLink({
      url: parsed,
      sink,
      signal,
      handshakeTimeoutMs: this.#handshakeTimeoutMs,
      maxFrameBytes,
      openSocket: (listener: SocketListener) => openSocket(this.#WebSocket, { url, maxFrameBytes }, listener),
    });
  }
}

function defaultWebSocket(): WebSocketConstructor {
  // Bundles for browsers and edge runtimes get the global class from the library, or null where there is none.
  const found: WebSocketConstructor | null | undefined = isomorphicWebSocket ?? globalThis.WebSocket;
  if (found) return found;
  throw new TypeError(
    "Cannot make a feed connector: 'WebSocket' must be given where the runtime has no such class, current value is undefined",
  );
}

function positive(name: string, value: number, most: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new RangeError(
    `Cannot make a feed connector: '${name}' must be an integer from 1 to ${most}, current value is ${value}`,
  );
}
