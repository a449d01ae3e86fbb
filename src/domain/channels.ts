/**
 * The channels on which stores and operators announce things, as the message bus names them. What is announced can be
 * read from its store: a message that was missed loses nothing.
 */
export const CHANNELS = {
  /** The payload of `massive:spot:{SYMBOL}`, each time one is stored. */
  spot: "massive:spot",
  /** A chain fetch is complete. */
  chainSnapshot: "massive:chain:snapshot",
  /** `force {SYMBOL}`, from an operator. */
  chainCommand: "massive:chain:command",
  /** Topics added to and removed from the wanted set. */
  subscriptions: "massive:ws:subscriptions",
  /** Another epoch is active. */
  epochPromoted: "epoch:promoted",
  /** A worker lives. */
  heartbeat: "massive:heartbeat",
} as const;

/** Where rolling windows of an underlying are announced: `massive:ws:snapshot:SPX`. The message is the snapshot. */
export function flowChannel(underlying: string): string {
  return `massive:ws:snapshot:${underlying}`;
}

/** Where the grid of an underlying and expiration is announced: `massive:ws:snapshot:SPX:2025-12-23`. */
export function gridChannel(underlying: string, expiration: string): string {
  return `massive:ws:snapshot:${underlying}:${expiration}`;
}

/** Where a model of a symbol is announced: `massive:gex:model:SPX`. The message is the model. */
export function modelChannel(model: string, symbol: string): string {
  return `massive:${model}:model:${symbol}`;
}
