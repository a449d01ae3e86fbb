/** Why a link is gone. `code` and `reason` are those of the close frame; absent where none came. */
export interface LinkClosed {
  readonly code: number | undefined;
  readonly reason: string | undefined;
  /** The failure underneath, where there was one. */
  readonly error: unknown;
}

/** Hears one link. Called synchronously from the socket, in order: it must not throw and must not block. */
export interface FeedSink {
  open(): void;
  /** One message, text or bytes as they came. Never after `closed`. */
  frame(payload: string | Uint8Array): void;
  /** The peer proved to be alive without sending data (a pong). */
  alive(): void;
  /** Exactly once for every link that was opened, the last call of all. */
  closed(how: LinkClosed): void;
}

/** One open link. Every method is without effect once the link is closed. */
export interface FeedLink {
  /** Hands a text message to the socket. */
  send(text: string): void;
  /** Asks the peer for a sign of life; answers `false` where the runtime has no way to. */
  ping(): boolean;
  /** Stops and restarts reading, where `capabilities.pause` says so. */
  pause(): void;
  resume(): void;
  /** Closes with a close frame; `closed` follows, at the latest when the peer did not answer for 1 s. */
  close(code: number, reason: string): void;
  readonly capabilities: { readonly ping: boolean; readonly pause: boolean };
}

/** Opens links to a feed. */
export interface FeedConnector {
  /**
   * Opens one link and tells `sink` everything about it.
   *
   * Rejects, without a call of the sink, where no link comes about. An abort of `signal` ends the attempt, or the link.
   */
  connect(url: string, sink: FeedSink, signal: AbortSignal): Promise<FeedLink>;
}
