/** Why a link is gone. */
export interface LinkClosed {
  /**
   * Of the peer's close frame; 1005 where it carried none. `undefined` where no close frame came: the link was cut, timed
   * out, or broke a rule.
   */
  readonly code: number | undefined;
  /** Of the peer's close frame, empty where it gave none; `undefined` where no close frame came. */
  readonly reason: string | undefined;
  /** The failure underneath, where there was one: a message too large is told here. */
  readonly error: unknown;
}

/** Hears one link. Called synchronously from the socket, in order: it must not throw and must not block. */
export interface FeedSink {
  /** The first call of all. The promise of `connect` resolves after it, possibly after frames and even after `closed`. */
  open(): void;
  /** One message: text as a string, binary as bytes, as they came. They belong to the sink. Never after `closed`. */
  frame(payload: string | Uint8Array): void;
  /** The peer proved to be alive without sending data (a pong). */
  alive(): void;
  /** Exactly once for every link that was opened, the last call of all. Never from within a call of the link's methods. */
  closed(how: LinkClosed): void;
}

/** One open link. No method throws but `close` for its arguments, and every one is without effect once the link is closed. */
export interface FeedLink {
  /** Hands a text message to the socket. Without effect from `close` on. */
  send(text: string): void;
  /** Asks the peer for a sign of life; answers `false` where the runtime has no way to, or the link is not open. */
  ping(): boolean;
  /**
   * Stops reading, where `capabilities.pause` says so; without effect elsewhere. What was read before may still be handed
   * over. Until `resume` nothing is heard, neither pongs nor the end of the link.
   */
  pause(): void;
  resume(): void;
  /**
   * Closes with a close frame, and ends a pause, so that the answer can be heard. Frames may come until `closed`, which
   * follows with the peer's answer, at the latest after 1 s without one. The first call counts.
   *
   * @param code 1000, or from 3000 to 4999: what every runtime lets a client send.
   * @param reason cut to the 123 bytes that a close frame holds.
   * @throws {RangeError} for another code.
   */
  close(code: number, reason: string): void;
  readonly capabilities: { readonly ping: boolean; readonly pause: boolean };
}

/** Opens links to a feed. */
export interface FeedConnector {
  /**
   * Opens one link and tells `sink` everything about it.
   *
   * Rejects, without a call of the sink, where no link comes about: with a {@link WsError} that names the host, or with a
   * TypeError for a URL that is none. An abort of `signal` ends the attempt, which rejects with the signal's reason, or the
   * link, as its `close(1000, "")` does.
   */
  connect(url: string, sink: FeedSink, signal: AbortSignal): Promise<FeedLink>;
}
