import type { Gap, GapCause } from "../stream/gap.ts";
import type { StatusEvent } from "../wire/frame.ts";
import type { DisconnectReason } from "./disconnect-reason.ts";

/**
 * Where a connection is. `connecting` an attempt is under way, `authenticating` the socket is open, `subscribing` the key
 * was accepted, `streaming` what was wanted is confirmed, `closing` the socket was told to close, `backingOff` there is no
 * socket until the next attempt, `stopped` there is none and never will be.
 */
export type ConnectionPhase =
  | "idle"
  | "connecting"
  | "authenticating"
  | "subscribing"
  | "streaming"
  | "closing"
  | "backingOff"
  | "stopped";

/** What a connection waits for. At most one timer of each name is set. */
export type ConnectionTimer = "handshake" | "acknowledgement" | "liveness" | "retry";

/** Something happened. What carries an epoch belongs to that socket, and changes nothing once the socket is history. */
export type ConnectionEvent =
  | {
      readonly kind: "started";
      /** The latest epoch that this connection ever had in the log; the first of this run is larger. */
      readonly afterEpoch: number | undefined;
      /** When this connection last received anything in an earlier run; `undefined` where there was none. */
      readonly absentSinceAtMs: number | undefined;
      /** What was missing when that run was killed: told as missing up to that receipt. @default nothing */
      readonly untold?: readonly Gap[] | undefined;
    }
  | { readonly kind: "opened"; readonly epoch: number; readonly canPing: boolean }
  | {
      readonly kind: "frame";
      readonly epoch: number;
      /** Whether it brought anything but statuses. */
      readonly carriesData: boolean;
    }
  /** The statuses of a frame, behind its `frame`. */
  | { readonly kind: "statuses"; readonly epoch: number; readonly statuses: readonly StatusEvent[] }
  /** Rows came for topics, `{channel}.{ticker}`; once per topic and epoch is enough. */
  | { readonly kind: "seen"; readonly epoch: number; readonly topics: readonly string[] }
  /** A channel is silent against all likelihood, since it last brought data. */
  | { readonly kind: "quiet"; readonly epoch: number; readonly channel: string; readonly sinceAtMs: number }
  /** A pong. */
  | { readonly kind: "alive"; readonly epoch: number }
  /** The socket is gone, or the attempt failed: exactly once for every `openSocket`. */
  | {
      readonly kind: "closed";
      readonly epoch: number;
      /** Of the close frame; absent where none came. */
      readonly code: number | undefined;
      /** What the close frame or the failure says. */
      readonly detail: string | undefined;
    }
  /** All that is wanted from now on. */
  | {
      readonly kind: "wanted";
      readonly topics: Iterable<string>;
      /** Which quotes are wanted is not known yet, and follows: up to then they are missing. @default false */
      readonly quotesFollow?: boolean;
    }
  | { readonly kind: "timer"; readonly timer: ConnectionTimer; readonly id: number }
  | { readonly kind: "stop" };

/** An entry for the raw log, in order with the frames. */
export type ConnectionEntry =
  | { readonly kind: "connected"; readonly receivedAtMs: number }
  | { readonly kind: "heartbeat"; readonly receivedAtMs: number }
  | { readonly kind: "closed"; readonly receivedAtMs: number; readonly cause: GapCause }
  | { readonly kind: "gap"; readonly receivedAtMs: number; readonly gap: Gap };

/** Something for people: a log line, a counter. */
export type ConnectionReport =
  | {
      readonly kind: "disconnected";
      readonly reason: DisconnectReason;
      readonly code: number | undefined;
      readonly message: string;
      /** Until the next attempt; `undefined` where there is none. */
      readonly retryInMs: number | undefined;
    }
  /** The provider refuses something and does not say what; these topics were unconfirmed at that time. */
  | { readonly kind: "refused"; readonly message: string; readonly unconfirmed: readonly string[] }
  /** Asked for as often as allowed, never confirmed. */
  | { readonly kind: "unconfirmed"; readonly topics: readonly string[]; readonly asks: number }
  /** A status that means nothing to us. */
  | { readonly kind: "unknownStatus"; readonly status: string; readonly message: string | undefined };

/** Something to be done, in the order given. What concerns a socket that is gone by then is without effect. */
export type ConnectionAction =
  /** Connect; then tell `opened`, and in any case `closed`. */
  | { readonly kind: "openSocket"; readonly epoch: number }
  | { readonly kind: "authenticate"; readonly epoch: number }
  | { readonly kind: "subscribe"; readonly epoch: number; readonly topics: readonly string[] }
  | { readonly kind: "unsubscribe"; readonly epoch: number; readonly topics: readonly string[] }
  | { readonly kind: "ping"; readonly epoch: number }
  /** Close the socket, or give up the attempt; may come again for a socket that opened meanwhile. */
  | { readonly kind: "closeSocket"; readonly epoch: number; readonly code: number; readonly reason: string }
  | { readonly kind: "setTimer"; readonly timer: ConnectionTimer; readonly id: number; readonly delayMs: number }
  | { readonly kind: "clearTimer"; readonly timer: ConnectionTimer; readonly id: number }
  /** Append to the raw log, under the epoch given. */
  | { readonly kind: "record"; readonly epoch: number; readonly entry: ConnectionEntry }
  /** Ask for less before the link comes back. */
  | { readonly kind: "shed" }
  /** The connection ends, and trying again cannot help. */
  | { readonly kind: "fail"; readonly reason: "auth_failed" | "not_entitled"; readonly message: string }
  | { readonly kind: "report"; readonly report: ConnectionReport };
