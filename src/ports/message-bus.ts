/**
 * Announcements between processes. At most once: a message may be lost, never doubled; whoever needs certainty rereads
 * the state that the message speaks of.
 *
 * After `close()` every method rejects with `ClosedError`, and no listener is called any more.
 */
export interface MessageBus {
  /** Resolves when the message is handed over; says nothing about who heard it. */
  publish(channel: string, body: string): Promise<void>;
  /**
   * Calls `on` with each message of the channel in the order of publication, and with a `resync` first, and
   * again after every reconnection: whatever was published before it may have been missed. A throwing listener does not
   * affect others.
   *
   * Resolves when the subscription stands and the first `resync` was delivered; ends when `signal` aborts. Where it has
   * aborted before, resolves without a subscription.
   */
  subscribe(channel: string, on: (message: BusMessage) => void, signal: AbortSignal): Promise<void>;
  /** Idempotent. */
  close(): Promise<void>;
}

/** What a subscriber hears. */
export type BusMessage = { readonly kind: "message"; readonly body: string } | { readonly kind: "resync" };
