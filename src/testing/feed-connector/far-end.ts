import type { FeedConnector } from "../../ports/feed-connector.ts";
import type { ContractRunner, StoreTime } from "../runner.ts";

/** The far end of one link, driven by the test. */
export interface FarEnd {
  send(payload: string | Uint8Array): void;
  /** What the client sent, in order. */
  readonly received: readonly string[];
  /** The client's close frame; `undefined` where none came. */
  readonly closedByClient: { readonly code: number; readonly reason: string } | undefined;
  close(code: number, reason: string): void;
  /** Ends the connection without a close frame. */
  cut(): void;
  /** From now on leaves a close frame of the client unanswered, and the connection open. */
  ignoreClose(): void;
  /** Whether the connection is there. */
  readonly isConnected: boolean;
}

/** A connector, and the server that it connects to. */
export interface FeedServer extends Pick<StoreTime, "elapse"> {
  readonly connector: FeedConnector;
  /** Accepts links. */
  readonly url: string;
  /** Nobody listens there. */
  readonly refusedUrl: string;
  /** Answers every handshake with HTTP status 404. */
  readonly notFoundUrl: string;
  /** Takes connections and never answers a handshake. */
  readonly hangingUrl: string;
  /** Connections to `hangingUrl`, or attempts, that are there. */
  hangingAttempts(): number;
  /** Every link that was accepted, in order. */
  readonly farEnds: readonly FarEnd[];
  /** Listeners, timers and the like that the adapter holds, where that can be told; 0 when nothing is open. */
  held?(): number;
  dispose(): Promise<void>;
}

/** What an adapter, or its runtime, cannot do. Each entry is the reason; it appears in the titles of the skipped tests. */
export interface FeedConnectorLimits {
  readonly ping?: string;
  readonly pause?: string;
  /** A refusal's HTTP status is not told. */
  readonly status?: string;
  /** A connection whose peer ignores close frames cannot be ended at once. */
  readonly terminate?: string;
  /** Messages are of any size. */
  readonly frameSize?: string;
}

/** What the suite needs to know of an adapter. */
export interface FeedConnectorOptions {
  readonly runner: ContractRunner;
  /** A server of its own with a connector that takes messages of at most 100,000 bytes; called once per test. */
  readonly open: () => Promise<FeedServer>;
  readonly limits?: FeedConnectorLimits;
}
