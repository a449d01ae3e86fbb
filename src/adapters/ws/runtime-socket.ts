import type { FeedLink } from "../../ports/feed-connector.ts";

/**
 * A WebSocket class: that of `ws`, or the standard one of a browser, Node, Deno, Bun or Workers. Which of the two kinds it
 * is of is told by its prototype: the instances of `ws` are emitters.
 */
export type WebSocketConstructor = new (
  url: string,
) => { readonly readyState: number; send(text: string): void; close(code?: number, reason?: string): void };

/** What a socket is opened with. */
export interface SocketSettings {
  readonly url: string;
  /** No message may have more bytes. */
  readonly maxFrameBytes: number;
}

/** Hears a socket. `frame` and `pong` are called only between `opened` and `ended`. */
export interface SocketListener {
  opened(): void;
  readonly frame: (payload: string | Uint8Array) => void;
  readonly pong: () => void;
  /** The server answered the handshake with this HTTP status; `ended` follows. */
  refused(status: number): void;
  /** The socket closes because of a failure; `ended` follows, unless the peer keeps it waiting. */
  failed(error: unknown): void;
  /** The last call. @param code 1006 where no close frame came. */
  ended(code: number, reason: string): void;
}

/** A socket of either kind. */
export interface RuntimeSocket {
  readonly capabilities: FeedLink["capabilities"];
  send(text: string): void;
  /** Whether a ping was sent. */
  ping(): boolean;
  pause(): void;
  resume(): void;
  close(code: number, reason: string): void;
  /** Ends the socket, or the attempt, without waiting for the peer; answers whether `ended` will follow. */
  terminate(): boolean;
}

/** A message is larger than the connector takes. */
export class FrameTooLarge extends Error {
  constructor() {
    super("the message is too large");
    this.name = "FrameTooLarge";
  }
}

export const OPEN = 1;
