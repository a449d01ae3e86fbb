import type { DisconnectReason } from "./disconnect-reason.ts";
import type { Liveness } from "./liveness.ts";

/** One socket, from the attempt to its end. */
export interface Link {
  readonly epoch: number;
  /** When it opened; monotonic, ms. */
  openedMs: number | undefined;
  /** From the opening on. */
  liveness: Liveness | undefined;
  /** For when the next look at its liveness was planned; monotonic, ms. */
  lookDueMs: number;
  lastReceivedAtMs: number;
  /** The same; monotonic, ms. */
  lastReceivedMs: number;
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
export function newLink(epoch: number, atMs: number, monotonicMs: number): Link {
  return {
    epoch,
    openedMs: undefined,
    liveness: undefined,
    lookDueMs: monotonicMs,
    lastReceivedAtMs: atMs,
    lastReceivedMs: monotonicMs,
    carriedData: false,
    confirmedAtMs: undefined,
    refusal: undefined,
    isRefusalTold: false,
    verdict: undefined,
  };
}

/** From its opening to the last receipt, ms; `undefined` where it never opened. */
export function heldMs({ openedMs, lastReceivedMs }: Link): number | undefined {
  return openedMs === undefined ? undefined : lastReceivedMs - openedMs;
}
