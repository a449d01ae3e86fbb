/** What a change of the wanted topics came to, as JSON on `CHANNELS.subscriptions` of the message bus. */
export interface SubscriptionChange {
  /** Topics that were not wanted before, in the order given. */
  readonly added: readonly string[];
  /** Topics that are no longer wanted, in the order given. */
  readonly removed: readonly string[];
}

/**
 * The topics that a targeted source is to subscribe to, `T.O:SPXW251223P06870000` or `Q.AAPL`: one set for all sources of
 * a system. Who follows it hears the changes, and rereads the set now and then, since messages can be lost.
 *
 * After `close()` every method rejects with `ClosedError`.
 */
export interface SubscriptionStore {
  /**
   * Adds and removes topics in one step, and announces what that really changed; nothing is announced where nothing did.
   * A topic in both lists is added. Repeatable: a repeat changes nothing. The change can be read by the time it is heard.
   *
   * @returns what it really changed: what was announced, where something was.
   * @throws {TypeError} for a text that is no topic (`isTopic`): nothing is changed then.
   */
  change(change: SubscriptionChange): Promise<SubscriptionChange>;
  /** All wanted topics, in no particular order. @throws {StorageError} for a member that is no topic. */
  wanted(): Promise<ReadonlySet<string>>;
  /** Idempotent. */
  close(): Promise<void>;
}
