import type { EndedLink } from "./backoff.ts";
import type { DisconnectReason } from "./disconnect-reason.ts";
import type { Liveness } from "./liveness.ts";

/** One socket, from the attempt to its end. */
export interface Link extends EndedLink {
  readonly epoch: number;
  openedAtMs: number | undefined;
  /** From the opening on. */
  liveness: Liveness | undefined;
  /** For when the next look at its liveness was planned. */
  lookDueAtMs: number;
  lastReceivedAtMs: number;
  carriedData: boolean;
  /** When the latest of its items was confirmed; `undefined` while it holds nothing. */
  confirmedAtMs: number | undefined;
  /** The latest refusal of an item. */
  refusal: string | undefined;
  isRefusalTold: boolean;
  /** Why we closed it. */
  verdict: { readonly reason: DisconnectReason; readonly detail: string | undefined } | undefined;
}

/** A socket that is being opened. */
export function newLink(epoch: number, atMs: number): Link {
  return {
    epoch,
    openedAtMs: undefined,
    liveness: undefined,
    lookDueAtMs: atMs,
    lastReceivedAtMs: atMs,
    carriedData: false,
    confirmedAtMs: undefined,
    refusal: undefined,
    isRefusalTold: false,
    verdict: undefined,
  };
}
